public import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings

/// What is where on an image: `task: detect`.
public struct Detection: ObjectTask {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case anchorsPerImage, regionsPerImage, positiveRegions, proposals, scoreThreshold, iouThreshold, limit
        case learns, proposer
    }

    public static let name = "detect"
    public static let monitor = Monitor(.validation, .ap)
    public var monitor: Monitor { learns == .proposals ? Monitor(.validation, .proposalRecall) : Self.monitor }
    public static let monitors =
        [.ap, .ap50, .ap75, .maskAP, .maskAP50, .maskAP75, .proposalRecall].map { Monitor(.validation, $0) }
        + [.loss, .objectnessLoss, .proposalBoxLoss, .classLoss, .boxLoss, .maskLoss].map { Monitor(.training, $0) }
    public static let networks = DetectionNetwork.allCases.map { (name: $0.rawValue, recipe: $0.recipe) }

    /// Anchors of an image that are learnt from, half of them with an object where there are so many; 1 to 65 536.
    public var anchorsPerImage = 256
    /// Regions of an image that are learnt from; 1 to 65 536.
    public var regionsPerImage = 512
    /// The share of them that may have an object, 0 to 1.
    public var positiveRegions = 0.25
    /// How many proposals an image has at most, when it is judged; twice as many in training. 1 to 100 000.
    public var proposals = 1000
    /// What is less sure is no detection, 0 to 1.
    public var scoreThreshold = 0.05
    /// Of two detections of a class that overlap by more than this IoU the less sure one is dropped, 0 to 1.
    public var iouThreshold = 0.5
    /// Detections on an image at most; 1 to 100 000.
    public var limit = 100
    /// What of a Faster R-CNN is learnt: everything, its proposals, or what regions are.
    public var learns = RegionCNN.Part.everything
    /// Who says which regions may have an object: `selective-search` in the paper's quality, `selective-search-fast`, or a
    /// run whose network proposes them. Nil is the network itself, and of one that proposes none the fast search.
    public var proposer: String?
    public var classNames: [String] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        anchorsPerImage = try values.decodeIfPresent(Int.self, forKey: .anchorsPerImage) ?? anchorsPerImage
        regionsPerImage = try values.decodeIfPresent(Int.self, forKey: .regionsPerImage) ?? regionsPerImage
        positiveRegions = try values.decodeIfPresent(Double.self, forKey: .positiveRegions) ?? positiveRegions
        proposals = try values.decodeIfPresent(Int.self, forKey: .proposals) ?? proposals
        scoreThreshold = try values.decodeIfPresent(Double.self, forKey: .scoreThreshold) ?? scoreThreshold
        iouThreshold = try values.decodeIfPresent(Double.self, forKey: .iouThreshold) ?? iouThreshold
        limit = try values.decodeIfPresent(Int.self, forKey: .limit) ?? limit
        proposer = try values.decodeIfPresent(String.self, forKey: .proposer)
        if let word = try values.decodeIfPresent(String.self, forKey: .learns) {
            guard let part = RegionCNN.Part(rawValue: word) else {
                throw decoder.unknown(word, CodingKeys.learns, among: RegionCNN.Part.allCases.map(\.rawValue))
            }
            learns = part
        }
    }

    public var problem: String? {
        let counts: KeyValuePairs = [
            "anchorsPerImage": (anchorsPerImage, 65_536), "regionsPerImage": (regionsPerImage, 65_536),
            "proposals": (proposals, 100_000), "limit": (limit, 100_000),
        ]
        for (name, (count, most)) in counts where !(1...most).contains(count) {
            return "\(name) must be 1 to \(most), not \(count)"
        }
        let shares: KeyValuePairs = [
            "positiveRegions": positiveRegions, "scoreThreshold": scoreThreshold, "iouThreshold": iouThreshold,
        ]
        for (name, share) in shares where !(0...1).contains(share) { return "\(name) must be 0 to 1, not \(share)" }
        return nil
    }

    // MARK: Data

    public func source(
        of samples: DetectionDataset, for model: ModelDescription, augmentation: [Augmentation]
    ) throws -> PreparedImages<DetectionDataset> {
        var samples = samples
        samples.proposer = try regionProposing(on: samples, by: model)
        return PreparedImages(samples, model.imagePreprocessing, augmentation)
    }

    public func batch(
        of samples: LoadedSamples<PreparedImage>, from source: PreparedImages<DetectionDataset>
    ) -> DetectionBatch {
        let images = samples.samples
        let isFitted = source.preprocessing.fittedSize(of: source.preprocessing.size) != nil
        let isGiven = source.dataset.proposer != nil
        return DetectionBatch(
            images: isFitted ? source.paddedTensor(of: images, multipleOf: 32) : source.tensor(of: images),
            sizes: images.map { ImageSize(width: $0.image.width, height: $0.image.height) },
            objects: images.map { $0.annotations?.objects ?? [] },
            proposals: isGiven ? images.map { $0.annotations?.proposals?.first(proposals) ?? Boxes() } : nil,
            originals: images.map { image in
                DetectionBatch.Original(
                    sample: source.dataset.samples[image.index], size: image.originalSize,
                    visiblePart: source.preprocessing.visiblePart(of: image.originalSize))
            }, categoryIDs: source.dataset.categoryIDs, names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        model.imagePreprocessing.count * MemoryLayout<Float>.stride
    }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> RegionCNN {
        guard let structure = architecture.structure, let network = DetectionNetwork(rawValue: structure.key) else {
            throw RecipeError(
                "a detector is one of \(DetectionNetwork.allCases.map(\.rawValue).joined(separator: ", ")), not a list of "
                    + "layers; say network: {faster-rcnn: {backbone: resnet-18}}",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        guard case .image(let height, let width, let channels) = input ?? architecture.input else {
            throw RecipeError(
                "input must be height x width x channels, not \(architecture.input)",
                at: Location(file: architecture.source))
        }
        var model = try network.model(
            structure, image: ImageShape(channels: channels, height: height, width: width),
            classes: classNames.isEmpty ? architecture.classes ?? 20 : classNames.count, seed: seed)
        apply(to: &model)
        return model
    }

    private func apply(to model: inout RegionCNN) {
        model.sampling.anchors.sampler = BalancedSampler(count: anchorsPerImage, positiveFraction: 0.5)
        model.sampling.regions.sampler = BalancedSampler(count: regionsPerImage, positiveFraction: positiveRegions)
        (model.filters.proposals.limitBefore, model.filters.proposals.limitAfter) = (proposals, proposals)
        let inTraining = 2 * proposals
        (model.filters.proposalsInTraining.limitBefore, model.filters.proposalsInTraining.limitAfter) =
            (inTraining, inTraining)
        model.filters.detections.scoreThreshold = Float(scoreThreshold)
        model.filters.detections.iouThreshold = iouThreshold
        model.filters.detections.limit = limit
        model.learnt = learns
    }

    public func problem(with model: RegionCNN) -> String? {
        learns == .everything || !model.needsProposals
            ? nil : "only a network that proposes regions learns \(learns.rawValue) alone; leave out detect.learns"
    }

    public func problem(with model: RegionCNN, learningFrom samples: DetectionDataset) -> String? {
        if let problem = problemWithoutObjects(samples) { return problem }
        guard model.hasMasks else { return nil }
        let hasOutlines = samples.samples.contains { $0.objects.contains { $0.outline != nil } }
        return hasOutlines
            ? nil
            : "the data have boxes alone, and Mask R-CNN learns from outlines; give a data set with polygons or masks (COCO), "
                + "or take faster-rcnn"
    }
}
