public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
public import SaccadeLayers
public import SaccadeLoading
public import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
public import SaccadeTensors

/// A class for each pixel: `task: segment`.
///
/// Where a network's maps shrink, as the U-Net's do, it answers for the middle of the image, and is judged there.
public struct Segmentation: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable { case ignoredLabel }

    public static let name = "segment"
    public static let monitor = Monitor(.validation, .meanIoU)
    public static let monitors =
        [.loss, .pixelAccuracy, .meanAccuracy, .meanIoU].map { Monitor(.validation, $0) }
        + [.loss, .pixelAccuracy].map { Monitor(.training, $0) }
    public static let networks = SegmentationNetwork.allCases.map { (name: $0.rawValue, recipe: $0.recipe) }

    /// The value of pixels that cost nothing and count nothing: 255 along outlines in Pascal VOC, and what augmentation
    /// brings in from beyond the image.
    public var ignoredLabel = 255
    public var classNames: [String] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        ignoredLabel = try values.decodeIfPresent(Int.self, forKey: .ignoredLabel) ?? ignoredLabel
    }

    public var problem: String? {
        (0...255).contains(ignoredLabel) ? nil : "ignoredLabel must be 0 to 255, not \(ignoredLabel)"
    }

    // MARK: Data

    public static func splits(at data: String) throws(FileError) -> [DatasetSplit] {
        try MaskDataset(at: data, kind: .semantic).splits
    }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> MaskDataset {
        try MaskDataset(at: data, kind: .semantic).withNamedClasses(ignoring: UInt8(ignoredLabel)).samples(of: split)
    }

    public func classNames(of samples: MaskDataset) throws(FileError) -> [String] {
        let names = samples.classNames ?? []
        guard names.count >= 2 else {
            throw FileError(
                .tooFewClasses, path: samples.root,
                reason:
                    "the masks have \(names.isEmpty ? "no class" : "one class"), and a network tells apart at least two",
                remedy:
                    "give masks whose pixels have the number of their class; \(ignoredLabel) is the value of pixels "
                    + "that do not count (segment.ignoredLabel)")
        }
        return names
    }

    public func matched(
        _ samples: MaskDataset, hasNames: Bool, note: (String) -> Void
    ) throws(RunError) -> MaskDataset {
        guard let theirs = samples.classNames, theirs.count <= classNames.count else {
            throw RunError(
                .different,
                "the masks of the data have \(samples.classNames?.count ?? 0) classes, and the model \(classNames.count); "
                    + "give the data set that belongs to it")
        }
        return samples
    }

    public func source(
        of samples: MaskDataset, for model: ModelDescription, augmentation: [Augmentation]
    ) -> PreparedImages<MaskDataset> {
        PreparedImages(samples, model.imagePreprocessing, augmentation)
    }

    public func batch(of samples: LoadedSamples<PreparedImage>, from source: PreparedImages<MaskDataset>) -> Batch {
        Batch(
            images: source.tensor(of: samples.samples), classes: samples.samples.map { $0.annotations?.classes ?? [] },
            names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        let preprocessing = model.imagePreprocessing
        return preprocessing.count * MemoryLayout<Float>.stride + preprocessing.height * preprocessing.width
    }

    /// Images with a class for each pixel.
    public struct Batch: LearningBatch {
        /// `[N, C, H, W]`.
        public let images: Tensor
        /// Of each image, row by row.
        public let classes: [[UInt8]]
        private let namesOfSamples: @Sendable () -> [String]

        public var count: Int { classes.count }
        public var names: [String] { namesOfSamples() }
        public var inputs: [Tensor] { [images] }

        init(images: Tensor, classes: [[UInt8]], names: @escaping @Sendable () -> [String]) {
            let area = images.shape[2] * images.shape[3]
            require(
                images.shape[0] == classes.count && classes.allSatisfy { $0.count == area },
                "a batch of shape \(images.shape) with \(classes.map(\.count)) classes")
            (self.images, self.classes, namesOfSamples) = (images, classes, names)
        }

        /// The classes of the middle of each image.
        ///
        /// - Parameter size: Height and width; at most the image's.
        func middle(_ size: Pair) -> [[UInt8]] {
            let (height, width) = (images.shape[2], images.shape[3])
            guard (size.height, size.width) != (height, width) else { return classes }
            let (top, left) = ((height - size.height) / 2, (width - size.width) / 2)
            return classes.map { classes in
                (top..<top + size.height).flatMap { classes[$0 * width + left..<$0 * width + left + size.width] }
            }
        }
    }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> AnyModel {
        let classes = classNames.isEmpty ? architecture.classes : classNames.count
        guard let structure = architecture.structure else {
            return AnyModel(Network(try architecture.resolved(input: input, classes: classes, seed: seed)))
        }
        guard case .image(let height, let width, let channels) = input ?? architecture.input else {
            throw RecipeError(
                "input must be height x width x channels, not \(architecture.input)",
                at: Location(file: architecture.source))
        }
        guard let network = SegmentationNetwork(rawValue: structure.key) else {
            throw RecipeError("there is no network \(structure.key) for segmentation", at: structure.location)
        }
        return AnyModel(
            try network.model(
                structure, image: ImageShape(channels: channels, height: height, width: width), classes: classes ?? 2,
                seed: seed))
    }

    public func problem(with model: AnyModel) -> String? {
        let shapes = model.inputs.map { $0.shape(batch: 1) }
        let graph = Trace.of(shapes) { model($0) }
        let scores = graph.values[graph.outputs[0]].shape
        guard scores.rank != 4 || scores[1] != classNames.count || scores[2] > shapes[0][2] || scores[3] > shapes[0][3]
        else { return nil }
        return "there are \(classNames.count) classes, and for an image \(shapes[0]) the network gives scores of shape "
            + "\(scores) where [1, \(classNames.count), H, W] is needed, H and W at most the image’s; change its last layer"
    }

    // MARK: Learning and judging

    /// The mean cross entropy over the pixels that count.
    public func losses(of model: AnyModel, on batch: Batch) -> Losses {
        let results = model.trainingResults(batch.inputs)
        let scores = results.outputs[0]
        let total = results.auxiliary.reduce(loss(of: scores, batch)) { $0 + loss(of: $1.result, batch) * $1.weight }
        return Losses(total) {
            var confusion = ConfusionMatrix(classes: classNames.count)
            count(scores.detached, batch, in: &confusion)
            return [.pixelAccuracy: RunningMean(sum: confusion.accuracy * Double(batch.count), count: batch.count)]
        }
    }

    private func loss(of scores: Tensor, _ batch: Batch) -> Tensor {
        let size = Pair(scores.shape[2], scores.shape[3])
        let classes = batch.middle(size).flatMap { $0.map(Float.init) }
        return crossEntropy(
            scores, Tensor(classes, shape: [batch.count, size.height, size.width]),
            ignoredLabel: Int(Annotations.unknownClass))
    }

    /// Counts the pixels whose class has the highest score.
    private func count(_ scores: Tensor, _ batch: Batch, in confusion: inout ConfusionMatrix) {
        let found = argMax(scores, axis: 1).scalars.map { UInt8($0) }
        let area = scores.shape[2] * scores.shape[3]
        for (index, classes) in batch.middle(Pair(scores.shape[2], scores.shape[3])).enumerated() {
            do {
                try confusion.add(
                    labels: classes, predictions: found[index * area..<(index + 1) * area],
                    ignoring: Annotations.unknownClass)
            } catch {
                wrongProgram("Segmentation: \(error)")
            }
        }
    }

    public var noScore: Score { Score(classes: classNames.count) }

    public func judge(_ model: Runner<AnyModel>, by batch: Batch, into score: inout Score) throws {
        let scores = try model(batch.inputs)[0]
        score.loss.add(Double(loss(of: scores, batch).item), count: batch.count)
        count(scores, batch, in: &score.confusion)
    }

    /// What is known about a network after it has seen images with masks.
    public struct Score: TaskScore {
        var loss = RunningMean()
        /// Of pixels.
        var confusion: ConfusionMatrix

        init(classes: Int) { confusion = ConfusionMatrix(classes: classes) }

        public var count: Int { loss.count }
        public var metrics: [Metric: Double] {
            [
                .loss: loss.value, .pixelAccuracy: confusion.globalAccuracy, .meanAccuracy: confusion.classAccuracy,
                .meanIoU: confusion.meanIoU,
            ]
        }
    }

    public func report(_ score: Score) -> TaskReport {
        struct Whole: Codable {
            struct Class: Codable {
                let name: String
                let iou, dice: Double?
                let pixels: Int
            }
            let images: Int
            let loss, pixelAccuracy, meanAccuracy, meanIoU: Double
            let classes: [Class]
            let confusionMatrix: [[Int]]
        }
        let confusion = score.confusion
        let classes = classNames.indices.map { index in
            Whole.Class(
                name: classNames[index], iou: confusion.intersectionOverUnion[index], dice: confusion.dice[index],
                pixels: confusion.classScores[index].support)
        }
        let whole = Whole(
            images: score.count, loss: score.loss.value, pixelAccuracy: confusion.globalAccuracy,
            meanAccuracy: confusion.classAccuracy, meanIoU: confusion.meanIoU, classes: classes,
            confusionMatrix: confusion.counts)
        return TaskReport(
            count: score.count, metrics: score.metrics,
            columns: [.init("IoU"), .init("Dice"), .init("pixels", isFraction: false)],
            rows: classes.map { .init($0.name, [$0.iou ?? .nan, $0.dice ?? .nan, Double($0.pixels)]) },
            confusions: confusion.counts, json: whole)
    }
}
