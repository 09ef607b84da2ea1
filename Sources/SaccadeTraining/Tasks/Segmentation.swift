public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
public import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
import SaccadeTensors

/// A class for each pixel: `task: segment`.
///
/// Where a network's maps shrink, as the U-Net's do, it answers for the middle of the image, and is judged there.
public struct Segmentation: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case ignoredLabel, classes, objects, loss, classWeights, weightMap, borderClass
    }

    public static let name = "segment"
    public static let monitor = Monitor(.validation, .meanIoU)
    public static let monitors =
        [.loss, .pixelAccuracy, .meanAccuracy, .meanIoU, .meanDice, .randScore, .informationScore]
        .map { Monitor(.validation, $0) } + [.loss, .pixelAccuracy].map { Monitor(.training, $0) }
    public static let seesTiles = true
    public static let networks = SegmentationNetwork.allCases.map { (name: $0.rawValue, recipe: $0.recipe) }

    /// The value of pixels that cost nothing and count nothing: 255 along outlines in Pascal VOC, and what augmentation
    /// brings in from beyond the image.
    public var ignoredLabel = 255
    /// What the classes are called, by number, where the data do not say; nil for `class 0` and so on.
    public var classes: [String]?
    /// Whether to learn from masks that number objects: which pixels are an object's, with background between any two.
    public var objects = false
    /// What a wrong class costs.
    public var loss = SegmentationLoss()
    /// How much the pixels of each class count.
    public var classWeights = ClassWeights.none
    /// Border weights that are added to those of the classes; none by default.
    public var weightMap: WeightMap?
    /// The class that lies between objects, such as the membranes between cells: answers are judged by the parts that it
    /// leaves, too. None by default.
    public var borderClass: Int?
    public var classNames: [String] = []
    /// Of each class, once the data have been seen; nil where all count alike.
    var weights: [Float]?

    /// U-Net's border weights: what lies between two objects counts more; see `borderWeights`. Objects are what hangs
    /// together along edges of any class but the first, which is the background.
    public struct WeightMap: Sendable, Hashable, Codable {
        /// w0 of the paper, 0 to 1000.
        public var strength = 10.0
        /// σ of the paper in pixels, 0.1 to 100.
        public var sigma = 5.0

        public init() {}
    }

    /// A mask has a byte for each pixel, and one value is for those that do not count.
    static let mostClasses = 255

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        ignoredLabel = try values.decodeIfPresent(Int.self, forKey: .ignoredLabel) ?? ignoredLabel
        classes = try values.decodeIfPresent([String].self, forKey: .classes)
        objects = try values.decodeIfPresent(Bool.self, forKey: .objects) ?? objects
        loss = try values.decodeIfPresent(SegmentationLoss.self, forKey: .loss) ?? loss
        classWeights = try values.decodeIfPresent(ClassWeights.self, forKey: .classWeights) ?? classWeights
        weightMap = try values.decodeIfPresent(WeightMap.self, forKey: .weightMap)
        borderClass = try values.decodeIfPresent(Int.self, forKey: .borderClass)
        classNames = classes ?? []
    }

    public var problem: String? {
        guard (0...255).contains(ignoredLabel) else { return "ignoredLabel must be 0 to 255, not \(ignoredLabel)" }
        if let borderClass, !(0...254).contains(borderClass) {
            return "borderClass must be the number of a class, 0 to 254, not \(borderClass)"
        }
        if let classes,
            !(2...Self.mostClasses).contains(classes.count) || Set(classes).count < classes.count
                || classes.contains("")
        {
            return "classes must be 2 to \(Self.mostClasses) different names"
        }
        if objects, classes != nil {
            return "objects are of one class: leave out classes, or objects"
        }
        return loss.problem ?? classWeights.problem ?? weightMap?.problem
    }

    // MARK: Data

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] {
        try MaskDataset(at: data, kind: .semantic).splits
    }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> MaskDataset {
        let dataset =
            objects
            ? try MaskDataset(at: data, kind: .instance).withObjectsAsClasses()
            : try MaskDataset(at: data, kind: .semantic).withNamedClasses(ignoring: UInt8(ignoredLabel), classes)
        return dataset.samples(of: split)
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

    public func prepared(for samples: MaskDataset, by model: ModelDescription) throws(FileError) -> Segmentation {
        if let borderClass, borderClass >= classNames.count {
            throw FileError(
                .malformed, path: samples.root,
                reason: "segment.borderClass is \(borderClass), and the \(classNames.count) classes are 0 to "
                    + "\(classNames.count - 1)", remedy: "give the number of one of them")
        }
        var task = self
        switch classWeights {
        case .none: return self
        case .medianFrequency: task.weights = samples.classFrequencies().medianFrequencyWeights.map { Float($0) }
        case .given(let weights):
            guard weights.count == classNames.count else {
                throw FileError(
                    .tooFewClasses, path: samples.root,
                    reason:
                        "the data have \(classNames.count) classes, and segment.classWeights gives \(weights.count)",
                    remedy: "give one for each class: \(classNames.joined(separator: ", "))")
            }
            task.weights = weights.map { Float($0) }
        }
        return task
    }

    public func batch(
        of samples: LoadedSamples<PreparedImage>, from source: PreparedImages<MaskDataset>
    ) -> SegmentationBatch {
        // Whole images, each in its own size, are judged tile by tile.
        guard source.preprocessing.resizing != .tiles || source.augmentations.first?.resizes ?? false else {
            return SegmentationBatch(whole: samples.samples, source.preprocessing, names: samples.names)
        }
        let classes = samples.samples.map { $0.annotations?.classes ?? [] }
        let width = source.preprocessing.width
        return SegmentationBatch(
            images: source.tensor(of: samples.samples), classes: classes,
            weights: weightMap.map { map in classes.map { map.weights(of: $0, width: width, classWeights: weights) } },
            names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        let preprocessing = model.imagePreprocessing
        return preprocessing.count * MemoryLayout<Float>.stride + preprocessing.height * preprocessing.width
    }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> AnyModel {
        let classes = classNames.isEmpty ? architecture.classes : classNames.count
        if let classes, classes > Self.mostClasses {
            throw RecipeError(
                "a network tells apart at most \(Self.mostClasses) classes of pixels, not \(classes)",
                at: Location(file: architecture.source))
        }
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
}
