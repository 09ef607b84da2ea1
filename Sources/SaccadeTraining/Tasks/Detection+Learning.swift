public import SaccadeDatasets
import SaccadeGeometry
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadeTensors

extension Detection {
    public func losses(of model: RegionCNN, on batch: DetectionBatch) -> Losses {
        let losses = model.losses(batch.images, batch.targets, sizes: batch.sizes)
        let parts: KeyValuePairs<Metric, Tensor?> = [
            .objectnessLoss: losses.objectness, .proposalBoxLoss: losses.proposalBoxes, .classLoss: losses.classes,
            .boxLoss: losses.boxes, .maskLoss: losses.masks,
        ]
        return Losses(losses.total, parts: parts.compactMap { metric, part in part.map { (metric, $0) } })
    }

    public func fit(
        _ model: RegionCNN, to samples: PreparedImages<DetectionDataset>, in folder: String, note: (String) -> Void
    ) throws -> Bool {
        guard model.isFittedAfterwards else { return false }
        try RCNNFitting(network: model, classes: classNames.count)
            .fit(to: samples, limit: proposals, in: folder, note: note)
        return true
    }

    /// In the pixels of the image as the data set has it.
    public func judge(
        _ model: Runner<RegionCNN>, by batch: DetectionBatch, into score: inout DetectionScore
    ) throws {
        let (network, run) = (model.model, { (stage: Int, inputs: [Tensor]) in try model(inputs, stage: stage) })
        if learns == .proposals {
            let proposals = try network.proposals(on: batch.images, sizes: batch.sizes, run: run)
            for (boxes, objects) in zip(proposals, batch.objects) { score.proposals.add(boxes, truth: objects) }
            return
        }
        let found = try network.detect(batch.images, sizes: batch.sizes, proposals: batch.proposals, run: run)
        score.categoryIDs = batch.categoryIDs
        for (found, (original, seen)) in zip(found, zip(batch.originals, batch.sizes)) {
            try score.add(
                found.objects(
                    on: original.visiblePart, seenAs: seen, of: original.size, classNames: classNames),
                on: original, hasMasks: found.masks != nil)
        }
    }
}
