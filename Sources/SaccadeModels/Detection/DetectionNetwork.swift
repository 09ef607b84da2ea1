import SaccadePrelude
package import SaccadeSettings

/// The networks that find objects, by the names that recipes have for them.
public enum DetectionNetwork: String, Sendable, CaseIterable {
    case rcnn
    case fastRCNN = "fast-rcnn"
    case fasterRCNN = "faster-rcnn"
    case maskRCNN = "mask-rcnn"
    case fasterRCNNResNet50FPN = "fasterrcnn-resnet-50-fpn"
    case maskRCNNResNet50FPN = "maskrcnn-resnet-50-fpn"

    /// The recipe that a bare name stands for.
    public var recipe: String {
        let (name, input, classes) =
            switch self {
            case .rcnn: ("R-CNN", "600x800x3", 20)
            case .fastRCNN: ("Fast R-CNN", "600x800x3", 20)
            case .fasterRCNN: ("Faster R-CNN", "600x800x3", 20)
            case .maskRCNN: ("Mask R-CNN", "600x800x3", 20)
            case .fasterRCNNResNet50FPN: ("Faster R-CNN, ResNet-50, FPN", "800x800x3", 90)
            case .maskRCNNResNet50FPN: ("Mask R-CNN, ResNet-50, FPN", "800x800x3", 90)
            }
        let sides = isTorchvision ? "shortSide: 800, longSide: 1333" : "shortSide: 600, longSide: 1000"
        return "name: \(name)\ntask: detect\nnetwork: {\(rawValue): {}}\ninput: \(input)\nclasses: \(classes)\n"
            + "preprocessing: {resize: fit, \(sides), mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}\n"
    }

    /// Whether torchvision has it.
    private var isTorchvision: Bool { self == .fasterRCNNResNet50FPN || self == .maskRCNNResNet50FPN }

    private var family: RegionCNN.Configuration.Family {
        switch self {
        case .rcnn: .rcnn
        case .fastRCNN: .fast
        case .fasterRCNN, .maskRCNN, .fasterRCNNResNet50FPN, .maskRCNNResNet50FPN: .faster
        }
    }

    /// Whether regions have to come from outside.
    public var needsProposals: Bool { family != .faster }

    /// The network with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: What the recipe says behind the name.
    ///   - image: The usual one.
    ///   - classes: Without the background; at least 1.
    ///   - seed: Where the sequence of random first weights starts.
    /// - Throws: `RecipeError` at the setting that cannot be.
    package func model(
        _ settings: Setting.Entry, image: ImageShape, classes: Int, seed: UInt64
    ) throws(RecipeError) -> RegionCNN {
        var configuration: RegionCNN.Configuration =
            try settings.value.isEmpty ? RegionCNN.Configuration() : settings.value.decoded()
        configuration.family = family
        if self == .maskRCNN { configuration.masks = true }
        if isTorchvision {
            (configuration.backbone, configuration.pyramid) = ("resnet-50", 256)
            (configuration.frozen, configuration.masks) = (true, self == .maskRCNNResNet50FPN)
        }
        guard configuration.frozen || configuration.frozenEpsilon == nil else {
            throw RecipeError("frozenEpsilon is of frozen batch norms; say frozen: true, too", at: settings.location)
        }
        if let problem = configuration.problemOfFamily { throw RecipeError(problem, at: settings.location) }
        var generator = SplitMix64(seed: seed)
        do throws(RecipeError) {
            return try configuration.network(for: image, classes: classes, using: &generator)
        } catch {
            // What is wrong with a backbone is the fault of the line that names it.
            guard let place = error.location, place.file != settings.location.file else { throw error }
            throw RecipeError(
                "\(settings.key) with \(place.file), where a classifier’s recipe belongs: \(error.message)",
                at: settings.location)
        }
    }
}
