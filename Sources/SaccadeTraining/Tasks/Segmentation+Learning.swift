import SaccadeDatasets
import SaccadeImages
public import SaccadeLayers
import SaccadeLoading
import SaccadeMetrics
import SaccadePrelude
import SaccadeTensors

extension Segmentation {
    /// The loss of the recipe, over the pixels that count.
    public func losses(of model: AnyModel, on batch: SegmentationBatch) -> Losses {
        let results = model.trainingResults(batch.inputs)
        // Row by row once, for all that reads them.
        let scores = results.outputs[0].rowMajor
        let own = loss(of: scores, batch)
        let total = results.auxiliary.reduce(own.total) { $0 + loss(of: $1.result, batch).total * $1.weight }
        return Losses(total, parts: own.parts.map { ($0, $1) }) {
            var confusion = ConfusionMatrix(classes: classNames.count)
            count(scores.detached, batch, in: &confusion)
            return [.pixelAccuracy: RunningMean(sum: confusion.accuracy * Double(batch.count), count: batch.count)]
        }
    }

    private func loss(
        of scores: Tensor, _ batch: SegmentationBatch
    ) -> (total: Tensor, parts: KeyValuePairs<Metric, Tensor>) {
        let size = Pair(scores.shape[2], scores.shape[3])
        let map = batch.middleWeights(size)
        return loss(
            scores, batch.middleClasses(size),
            // A weight map has those of the classes in it.
            classWeights: map == nil ? weights.map { Tensor($0, shape: [$0.count]) } : nil, weightMap: map,
            ignored: Int(Annotations.unknownClass))
    }

    /// Counts the pixels whose class has the highest score.
    private func count(_ scores: Tensor, _ batch: SegmentationBatch, in confusion: inout ConfusionMatrix) {
        let found = argMax(scores, axis: 1).scalars.map { UInt8($0) }
        let area = scores.shape[2] * scores.shape[3]
        for (index, classes) in batch.middle(batch.classes, Pair(scores.shape[2], scores.shape[3])).enumerated() {
            confusion.count(classes, found[index * area..<(index + 1) * area])
        }
    }

    public var noScore: SegmentationScore {
        SegmentationScore(classes: classNames.count, borderClass: borderClass)
    }

    /// The loss that is judged by is the plain cross entropy of the pixels that count, whatever is minimised, so that
    /// trainings can be compared.
    public func judge(_ model: Runner<AnyModel>, by batch: SegmentationBatch, into score: inout SegmentationScore)
        throws
    {
        guard batch.images == nil, let preprocessing = batch.preprocessing else {
            let scores = try model(batch.inputs)[0]
            let size = Pair(scores.shape[2], scores.shape[3])
            let (truth, area) = (batch.middle(batch.classes, size), size.height * size.width)
            let probabilities = softmax(scores, axis: 1).scalars
            for (index, truth) in truth.enumerated() {
                let count = scores.shape[1] * area
                score.add(
                    [
                        PixelPart(
                            columns: 0..<size.width, rows: 0..<size.height,
                            probabilities: Array(probabilities[index * count..<(index + 1) * count]))
                    ], truth: truth, width: size.width)
            }
            return
        }
        let network = try TiledNetwork(model.model, preprocessing)
        for image in batch.whole {
            var parts: [PixelPart] = []
            try network.forEachPart(of: image.image) {
                try model([$0])[0]
            } _: { part, _ in
                parts.append(part)
            }
            score.add(parts, truth: image.annotations?.classes ?? [], width: image.image.width)
        }
    }

    public func report(_ score: SegmentationScore) -> TaskReport { score.report(classNames: classNames) }
}

extension ConfusionMatrix {
    /// Counts the pixels of a map, but for those that do not count.
    mutating func count(_ truth: some Collection<UInt8>, _ found: some Collection<UInt8>) {
        do {
            try add(labels: truth, predictions: found, ignoring: Annotations.unknownClass)
        } catch {
            // The data set has made sure of every class.
            wrongProgram("Segmentation: \(error)")
        }
    }
}
