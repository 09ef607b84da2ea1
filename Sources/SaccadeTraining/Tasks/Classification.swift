public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
public import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
public import SaccadeSettings
import SaccadeTensors

/// One class for each image: `task: classify`, which recipes need not say.
public struct Classification: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable { case labelSmoothing }

    public static let name = "classify"
    public static let monitor = Monitor(.validation, .accuracy)
    public static let monitors =
        [.loss, .accuracy, .top5].map { Monitor(.validation, $0) } + [.loss, .accuracy].map { Monitor(.training, $0) }
    public static let mixesBatches = true

    /// The part of the truth that is spread over all classes, in `0..<1`. Szegedy et al., "Rethinking the Inception
    /// Architecture for Computer Vision" (2016), section 7.
    public var labelSmoothing = 0.0
    public var classNames: [String] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        labelSmoothing = try values.decodeIfPresent(Double.self, forKey: .labelSmoothing) ?? labelSmoothing
    }

    public var problem: String? {
        (0..<1).contains(labelSmoothing)
            ? nil : "labelSmoothing must be at least 0 and below 1, not \(labelSmoothing)"
    }

    // MARK: Data

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] {
        try ClassificationDataset.splits(at: data)
    }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> ClassificationDataset {
        try ClassificationDataset(at: data, split: split, unusableFraction: fraction)
    }

    public func classNames(of samples: ClassificationDataset) -> [String] { samples.classNames }

    public func matched(
        _ samples: ClassificationDataset, hasNames: Bool, note: (String) -> Void
    ) throws(RunError) -> ClassificationDataset {
        let theirs = samples.classNames
        if !hasNames, theirs.count == classNames.count { return samples }
        if let relabelled = samples.relabelled(by: classNames) { return relabelled }
        func list(_ names: [String], _ most: Int = 12) -> String {
            names.prefix(most).joined(separator: ", ") + (names.count > most ? ", …" : "")
        }
        guard theirs.count == classNames.count, Set(theirs).isDisjoint(with: classNames) else {
            throw RunError(
                .different,
                "the model does not know the classes \(list(theirs.filter { !classNames.contains($0) })) of the data, but "
                    + "\(list(classNames)); give the data set that belongs to it")
        }
        note(
            "The data’s \(theirs.count) classes (\(list(theirs, 3))) have different names from the model’s "
                + "(\(list(classNames, 3))): matching them by order.")
        return samples.renamed(classNames)
    }

    public func source(
        of samples: ClassificationDataset, for model: ModelDescription, augmentation: [Augmentation]
    ) -> PreparedImages<ClassificationDataset> {
        PreparedImages(samples, model.imagePreprocessing, augmentation)
    }

    public func batch(
        of samples: LoadedSamples<PreparedImage>, from source: PreparedImages<ClassificationDataset>
    ) -> LabelledBatch {
        LabelledBatch(samples, from: source)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        model.imagePreprocessing.count * MemoryLayout<Float>.stride
    }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> AnyModel {
        let classes = classNames.isEmpty ? nil : classNames.count
        return AnyModel(Network(try architecture.resolved(input: input, classes: classes, seed: seed)))
    }

    public func problem(with model: AnyModel) -> String? {
        let graph = Trace.of(model.inputs.map { $0.shape(batch: 1) }) { model($0) }
        let scores = graph.values[graph.outputs[0]].shape
        guard scores != [1, classNames.count] else { return nil }
        return "there are \(classNames.count) classes, and for one image the network gives scores of shape \(scores) "
            + "where [1, \(classNames.count)] is needed; change its last layer"
    }

    // MARK: Learning and judging

    /// The mean cross entropy.
    ///
    /// Where images were mixed, that of both classes, each counting as much as its image: cross entropy is linear in the
    /// truth, so this is the one with the mixed truth (Zhang et al., "mixup", 2017, section 3). A network with auxiliary
    /// heads is also taught by what these make of the images: the cross entropy of each is added, times its weight.
    public func losses(of model: AnyModel, on batch: LabelledBatch) -> Losses {
        let results = model.trainingResults(batch.inputs)
        let scores = results.outputs[0]
        let total = results.auxiliary.reduce(crossEntropy(of: scores, batch)) {
            $0 + crossEntropy(of: $1.result, batch) * $1.weight
        }
        return Losses(total) {
            let classes = scores.shape[1]
            let right = scores.detached.withScalars { scalars in
                batch.dominantLabels.enumerated().count { row, label in
                    topClasses(1, of: scalars[row * classes..<(row + 1) * classes]) == [label]
                }
            }
            return [.accuracy: RunningMean(sum: Double(right), count: batch.count)]
        }
    }

    func crossEntropy(of logits: Tensor, _ batch: LabelledBatch) -> Tensor {
        let own = SaccadeTensors.crossEntropy(logits, batch.labels, labelSmoothing: Float(labelSmoothing))
        guard let mixture = batch.mixture else { return own }
        let other = SaccadeTensors.crossEntropy(logits, mixture.partnerLabels, labelSmoothing: Float(labelSmoothing))
        return own * mixture.lambda + other * (1 - mixture.lambda)
    }

    public var noScore: ClassificationScore { ClassificationScore(classes: classNames.count) }

    public func judge(_ model: Runner<AnyModel>, by batch: LabelledBatch, into score: inout ClassificationScore) throws
    {
        let logits = try model(batch.inputs)[0]
        score.add(logits, labels: batch.labels, loss: Double(SaccadeTensors.crossEntropy(logits, batch.labels).item))
    }

    public func report(_ score: ClassificationScore) -> TaskReport {
        TaskReport(of: score, classNames: classNames, counted: "images")
    }
}

extension TaskReport {
    /// Of answers that are a class each.
    ///
    /// - Parameter counted: What was judged, in the plural.
    init(of score: ClassificationScore, classNames: [String], counted: String) {
        let report = EvaluationReport(score, classNames: classNames)
        self.init(
            count: score.count, metrics: score.metrics,
            columns: [.init("precision"), .init("recall"), .init("F1"), .init(counted, isFraction: false)],
            rows: report.classes.map { .init($0.name, [$0.precision, $0.recall, $0.f1, Double($0.samples)]) },
            confusions: report.confusionMatrix, json: report)
    }
}

extension LabelledBatch {
    /// The class that counts most of each sample, `[N]`: the one that a prediction is compared with.
    var dominantLabels: [Int] {
        mixture.map { $0.lambda < 0.5 ? $0.partnerLabels : labels } ?? labels
    }
}
