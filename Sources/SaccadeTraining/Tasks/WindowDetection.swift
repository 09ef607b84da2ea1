public import SaccadeDatasets
import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
import SaccadeLayers
import SaccadeLinear
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
import SaccadeTensors

/// What is where on an image, by windows that are laid everywhere: `task: detect-windows`. Dalal and Triggs (2005).
///
/// Nothing is learnt by gradients: a solver finds a linear SVM for each class. In each of the ``rounds`` it looks at all windows
/// of all images, and learns again from those that it was wrong about.
public struct WindowDetection: ObjectTask {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case cost, rounds, randomNegatives, negatives, positives, negativesBelow, scoreThreshold, iouThreshold, limit
    }

    public static let name = "detect-windows"
    public static let command = "detect"
    public static let monitor = Monitor(.validation, .ap)
    public static let monitors = [Metric.ap, .ap50, .ap75].map { Monitor(.validation, $0) }
    public static let networks = [(name: "hog-svm", recipe: recipe)]
    public static let isSolvedFor = true

    private static let recipe =
        "name: HOG and SVM\ntask: detect-windows\nnetwork: {hog-svm: {}}\ninput: 480x640x3\nclasses: 20\n"

    /// C of the machines' loss, above 0.
    public var cost = 0.1
    /// How often all windows of all images pass by for hard negatives, 1 to 100.
    public var rounds = 2
    /// Windows of each class without an object that the first training has, drawn at random; 1 to 1 000 000.
    public var randomNegatives = 2000
    /// Windows without an object that a class keeps at most; 1 to 1 000 000.
    public var negatives = 4000
    /// Descriptors of objects that a class has at most, their mirror images among them; 2 to 1 000 000.
    public var positives = 4000
    /// A window whose IoU with each object of the class is below has none; 0 to 1.
    public var negativesBelow = 0.3
    /// What is less sure is no detection, 0 to 1: 1 / (1 + exp(−m)) for the margin m, which is no probability.
    public var scoreThreshold = 0.25
    /// Of two detections of a class that overlap by more than this IoU the less sure one is dropped, 0 to 1.
    public var iouThreshold = 0.3
    /// Detections on an image at most; 1 to 100 000.
    public var limit = 100
    public var classNames: [String] = []
    /// One for each class, as the objects to learn from suggest them; none before those are known.
    private var windows: [WindowShape] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        cost = try values.decodeIfPresent(Double.self, forKey: .cost) ?? cost
        rounds = try values.decodeIfPresent(Int.self, forKey: .rounds) ?? rounds
        randomNegatives = try values.decodeIfPresent(Int.self, forKey: .randomNegatives) ?? randomNegatives
        negatives = try values.decodeIfPresent(Int.self, forKey: .negatives) ?? negatives
        positives = try values.decodeIfPresent(Int.self, forKey: .positives) ?? positives
        negativesBelow = try values.decodeIfPresent(Double.self, forKey: .negativesBelow) ?? negativesBelow
        scoreThreshold = try values.decodeIfPresent(Double.self, forKey: .scoreThreshold) ?? scoreThreshold
        iouThreshold = try values.decodeIfPresent(Double.self, forKey: .iouThreshold) ?? iouThreshold
        limit = try values.decodeIfPresent(Int.self, forKey: .limit) ?? limit
    }

    public var problem: String? {
        let counts: KeyValuePairs = [
            "rounds": (rounds, 1...100), "randomNegatives": (randomNegatives, 1...1_000_000),
            "negatives": (negatives, 1...1_000_000), "positives": (positives, 2...1_000_000),
            "limit": (limit, 1...100_000),
        ]
        for (name, (count, range)) in counts where !range.contains(count) {
            return "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(count)"
        }
        let shares: KeyValuePairs = [
            "negativesBelow": negativesBelow, "scoreThreshold": scoreThreshold, "iouThreshold": iouThreshold,
        ]
        for (name, share) in shares where !(0...1).contains(share) { return "\(name) must be 0 to 1, not \(share)" }
        return (1e-6...1e6).contains(cost) ? nil : "cost must be 0.000001 to 1000000, not \(cost)"
    }

    // MARK: Data

    public func source(
        of samples: DetectionDataset, for model: ModelDescription, augmentation: [Augmentation]
    ) -> WholeImages {
        WholeImages(samples)
    }

    public func batch(of samples: LoadedSamples<WholeImage>, from source: WholeImages) -> WindowBatch {
        WindowBatch(
            images: samples.samples.map(\.image), samples: samples.indices.map { source.dataset.samples[$0] },
            categoryIDs: source.dataset.categoryIDs, names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int { model.preprocessing?.count ?? 0 }

    // MARK: Network

    /// With the windows that suit the objects.
    public func prepared(for samples: DetectionDataset, by model: ModelDescription) throws(RecipeError) -> Self {
        let configuration = try Self.configuration(of: model.architecture)
        var copy = self
        copy.windows = classNames.indices.map { label in
            let objects = samples.samples.flatMap(\.objects).filter { $0.label == label && !$0.isLeftOut }
            return WindowShape(
                fitting: objects.map(\.box), side: configuration.side, margin: configuration.margin,
                cell: configuration.cell) ?? configuration.usualWindow
        }
        return copy
    }

    private static func configuration(
        of architecture: Architecture
    ) throws(RecipeError) -> WindowNetwork.Configuration {
        guard let structure = architecture.structure, structure.key == "hog-svm" else {
            throw RecipeError(
                "what looks at windows is hog-svm, not a list of layers; say network: hog-svm, or task: detect for the R-CNNs",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        return try structure.value.isEmpty ? WindowNetwork.Configuration() : structure.value.decoded()
    }

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> WindowNetwork {
        let configuration = try Self.configuration(of: architecture)
        let classes = classNames.isEmpty ? architecture.classes ?? 20 : classNames.count
        let windows = windows.isEmpty ? Array(repeating: configuration.usualWindow, count: classes) : windows
        var model = WindowNetwork(configuration, windows: windows, seed: seed)
        (model.scoreThreshold, model.iouThreshold, model.limit) = (Float(scoreThreshold), iouThreshold, limit)
        return model
    }

    public func problem(with model: WindowNetwork) -> String? { nil }
}

extension WindowDetection {
    /// How machines are sought.
    func fitSettings(for model: WindowNetwork) -> HOGSVM.FitSettings {
        var settings = HOGSVM.FitSettings()
        let configuration = model.configuration
        settings.hog = configuration.hog
        (settings.objectSide, settings.margin, settings.step) =
            (configuration.side, configuration.margin, configuration.step)
        settings.svm.cost = cost
        (settings.mining.rounds, settings.mining.limit) = (rounds, negatives)
        (settings.randomNegatives, settings.negativeIoU) = (randomNegatives, negativesBelow)
        (settings.positiveLimit, settings.seed) = (positives, model.seed)
        return settings
    }
}

extension AnnotatedObject {
    /// Whether it is no example of its class.
    var isLeftOut: Bool { isDifficult || isCrowd || !box.isValid }
}
