public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
import SaccadeTensors

/// Classes that a network finds by looking in glimpses: `task: glimpse`.
///
/// What names classes learns from the right ones; what says where to look learns from rewards alone, 1 for each class that is
/// named rightly. Samples are images as they are, or canvases with one of them or several, to be named from left to right.
public struct GlimpseRecognition: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable { case canvas, passes, reinforce }

    public static let name = "glimpse"
    public static let command = "explain glimpses"
    public static let monitor = Monitor(.validation, .accuracy)
    public static let monitors =
        [.loss, .accuracy, .sequenceAccuracy].map { Monitor(.validation, $0) }
        + [.loss, .accuracy, .sequenceAccuracy].map { Monitor(.training, $0) }
    public static let networks = GlimpseNetworkName.allCases.map { (name: $0.rawValue, recipe: $0.recipe) }

    /// How images are put on canvases of the size of the network's input; nil leaves them as they are.
    public var canvas: CanvasLayout?
    /// How often an image is looked at when the network is judged, 1 to 100; probabilities are averaged. The first time
    /// goes where the network says, further ones around it, as while it learns.
    public var passes = 1
    /// How much the reinforcement counts beside the classes, above 0 and at most 1000: λ of Ba et al. (2015), equation 14.
    public var reinforce = 1.0
    public var classNames: [String] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        canvas = try values.decodeIfPresent(CanvasLayout.self, forKey: .canvas)
        passes = try values.decodeIfPresent(Int.self, forKey: .passes) ?? passes
        reinforce = try values.decodeIfPresent(Double.self, forKey: .reinforce) ?? reinforce
    }

    public var problem: String? {
        guard (1...100).contains(passes) else { return "passes must be 1 to 100, not \(passes)" }
        guard reinforce > 0, reinforce <= 1000 else {
            return "reinforce must be above 0 and at most 1000, not \(reinforce)"
        }
        return canvas?.problem
    }

    /// Classes to name for each image.
    var answers: Int { canvas?.digits ?? 1 }

    public var monitor: Monitor { Monitor(.validation, answers > 1 ? .sequenceAccuracy : .accuracy) }

    // MARK: Data

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] {
        try ClassificationDataset.splits(at: data)
    }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> ImageCanvases {
        ImageCanvases(
            try ClassificationDataset(at: data, split: split, unusableFraction: fraction), layout: canvas)
    }

    public func classNames(of samples: ImageCanvases) -> [String] { samples.images.classNames }

    public func matched(
        _ samples: ImageCanvases, hasNames: Bool, note: (String) -> Void
    ) throws(RunError) -> ImageCanvases {
        var task = Classification()
        task.classNames = classNames
        return ImageCanvases(
            try task.matched(samples.images, hasNames: hasNames, note: note), layout: samples.layout)
    }

    /// Sees to it that images fit on the canvases.
    public func prepared(
        for samples: ImageCanvases, by model: ModelDescription
    ) throws(FileError) -> GlimpseRecognition {
        guard let preprocessing = model.preprocessing, samples.count > 0 else { return self }
        var generator = SplitMix64(seed: 0)
        _ = try samples.canvas(
            at: 0, size: preprocessing.size, channels: preprocessing.channels, using: &generator)
        return self
    }

    public func source(
        of samples: ImageCanvases, for model: ModelDescription, augmentation: [Augmentation]
    ) -> PreparedCanvases {
        PreparedCanvases(samples, model.imagePreprocessing, augmentation)
    }

    public func batch(of samples: LoadedSamples<PreparedCanvas>, from source: PreparedCanvases) -> GlimpseBatch {
        GlimpseBatch(
            images: source.tensor(of: samples.samples), labels: samples.samples.map(\.labels),
            seeds: samples.samples.map(\.seed), names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        model.imagePreprocessing.count * MemoryLayout<Float>.stride
    }

    public func judgedAtOnce(by model: ModelDescription) -> Int { 250 }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> AnyGlimpseNetwork {
        let image = try architecture.imageShape(input)
        guard let structure = architecture.structure, let network = GlimpseNetworkName(rawValue: structure.key) else {
            let known = Self.networks.map(\.name).joined(separator: " and ")
            throw RecipeError(
                "a network that looks in glimpses is no list of layers; there are \(known)",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        let classes = classNames.isEmpty ? architecture.classes ?? 10 : classNames.count
        return try network.model(structure, image: image, classes: classes, answers: answers, seed: seed)
    }

    public func problem(with model: AnyGlimpseNetwork) -> String? {
        guard model.classes != classNames.count else { return nil }
        return "there are \(classNames.count) classes, and the network tells apart \(model.classes)"
    }
}

extension Architecture {
    /// The shape of a network's images, which all have the same.
    ///
    /// - Parameter input: Takes the place of the recipe's.
    func imageShape(_ input: InputSize?) throws(RecipeError) -> ImageShape {
        guard case .image(let height, let width, let channels) = input ?? self.input else {
            throw RecipeError(
                "input must be height x width x channels, not \(self.input)", at: Location(file: source))
        }
        if case .fit = try preprocessing().resizing {
            throw RecipeError(
                "resize: fit leaves each image a size of its own, and this network wants all images of one size; choose "
                    + "stretch or crop", at: preprocessingSection?.location ?? Location(file: source))
        }
        return ImageShape(channels: channels, height: height, width: width)
    }
}
