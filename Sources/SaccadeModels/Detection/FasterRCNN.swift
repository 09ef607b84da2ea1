public import SaccadeGeometry
public import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// Faster R-CNN: a network that looks at an image once, proposes regions, and says of each what it is and where exactly;
/// with masks also which of its pixels belong to it, and then it is Mask R-CNN.
///
/// Ren, He, Girshick and Sun, "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks" (2015);
/// He et al., "Mask R-CNN" (2017). Its parts are ``Model``s; between them is plain code that chooses boxes.
///
/// Names of parameters are torchvision's: `backbone.body.layer1.0.conv1.weight`, `rpn.head.cls_logits.weight`,
/// `roi_heads.box_predictor.cls_score.weight`.
public struct FasterRCNN: StagedModel {
    let backbone: DetectionBackbone
    let proposals: ProposalHead
    let boxes: BoxHead
    private(set) var masks: MaskHead?
    /// The usual image.
    let image: ImageShape
    /// The boxes that proposals begin with.
    let anchors: AnchorGenerator
    let boxPooling: RegionPooling
    let maskPooling: RegionPooling
    /// Picks anchors and regions.
    let source: RandomSource
    /// Which anchors and regions are learnt from.
    public var sampling = Sampling()
    /// Which boxes become proposals, and which detections.
    public var filters = Filters()

    public struct Sampling: Sendable, Hashable {
        public var anchors = TargetSampling.anchors
        public var regions = TargetSampling.proposals
    }

    public struct Filters: Sendable {
        public var proposals = ProposalFilter()
        public var proposalsInTraining: ProposalFilter = {
            var filter = ProposalFilter()
            (filter.limitBefore, filter.limitAfter) = (2000, 2000)
            return filter
        }()
        public var detections = DetectionFilter()
    }

    /// - Parameters:
    ///   - configuration: Without a problem.
    ///   - classifier: On images; its layers up to the last map that is read are the backbone.
    ///   - classes: Without the background.
    init(
        _ configuration: Configuration, _ classifier: ResolvedNetwork, image: ImageShape, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "FasterRCNN: \(configuration.problem ?? "")")
        self.image = image
        source = RandomSource(seed: generator.next())
        backbone = DetectionBackbone(
            configuration.frozen ? classifier.withFrozenNorms() : classifier, pyramid: configuration.pyramid,
            using: &generator)
        anchors = configuration.anchors(levels: backbone.levels)
        proposals = ProposalHead(
            backbone.channels, anchors: anchors.levels[0].anchors.count, using: &generator)
        boxPooling = RegionPooling(method: configuration.pooling, size: 7)
        maskPooling = RegionPooling(method: configuration.pooling, size: 14)
        boxes = BoxHead(
            backbone.channels * 7 * 7, width: configuration.width, classes: classes + 1, using: &generator)
        masks = configuration.masks ? MaskHead(backbone.channels, classes: classes + 1, using: &generator) : nil
    }

    public var children: [(name: String, value: Any)] {
        var heads: [(name: String, part: any Module)] = [("box_head", boxes.trunk), ("box_predictor", boxes.predictor)]
        if let masks { heads += [("mask_head", masks), ("mask_predictor", masks.predictor)] }
        return [
            ("backbone", backbone), ("rpn", Named("head", proposals)), ("roi_heads", Named(heads)), ("sampling", source),
        ]
    }

    public var heads: [String] {
        ["roi_heads.box_predictor.cls_score", "roi_heads.box_predictor.bbox_pred"]
            + (masks == nil ? [] : ["roi_heads.mask_predictor.mask_fcn_logits"])
    }

    public var ancestors: [Ancestor] { [Ancestor(backbone.body.name, names: names(ofPart: "backbone.body"))] }

    /// What runs in one go, in order: the image to proposals, regions to boxes, regions to masks.
    public var stages: [(name: String, model: any Model)] {
        var stages: [(name: String, model: any Model)] = [
            ("proposals", ProposalStage(self)), ("boxes", BoxStage(self)),
        ]
        if let masks {
            stages.append(("masks", MaskStage(head: masks, channels: backbone.channels, size: maskPooling.size)))
        }
        return stages
    }

    /// Parts by names of their own.
    private struct Named: Module {
        private let parts: [(name: String, part: any Module)]

        init(_ parts: [(name: String, part: any Module)]) { self.parts = parts }
        init(_ name: String, _ part: any Module) { parts = [(name, part)] }

        var children: [(name: String, value: Any)] { parts.map { ($0.name, $0.part) } }
    }
}

/// From images to maps, and to what is proposed at each place of them.
struct ProposalStage: Model {
    private let backbone: DetectionBackbone
    private let head: ProposalHead
    private let image: ImageShape

    init(_ detector: FasterRCNN) {
        (backbone, head, image) = (detector.backbone, detector.proposals, detector.image)
    }

    var inputs: [ModelInput] {
        let lengths = [image.height, image.width].map { ModelInput.Length.free(FreeLength(usual: $0, least: 32)) }
        return [ModelInput("image", [.batch, .fixed(image.channels)] + lengths)]
    }

    /// The maps from fine to coarse, then objectness and offsets of each.
    var outputs: [String] {
        (0..<backbone.levels).map { "map\($0)" } + (0..<backbone.levels).flatMap { ["objectness\($0)", "offsets\($0)"] }
    }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let maps = Trace.scope("backbone") { backbone(inputs[0]) }
        let found = maps.map { map in Trace.scope("rpn.head") { head(map) } }
        return maps + found.flatMap { [$0.objectness, $0.offsets] }
    }
}

/// From the features of regions to classes and boxes.
struct BoxStage: Model {
    private let head: BoxHead
    private let channels: Int
    private let size: Int

    init(_ detector: FasterRCNN) {
        (head, channels, size) = (detector.boxes, detector.backbone.channels, detector.boxPooling.size)
    }

    var inputs: [ModelInput] { [ModelInput("regions", [.batch, .fixed(channels), .fixed(size), .fixed(size)])] }
    var outputs: [String] { ["scores", "offsets"] }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let found = Trace.scope("roi_heads") { head(inputs[0]) }
        return [found.scores, found.offsets]
    }
}

/// From the features of regions to the pixels of each class.
struct MaskStage: Model {
    let head: MaskHead
    let channels: Int
    let size: Int

    var inputs: [ModelInput] { [ModelInput("regions", [.batch, .fixed(channels), .fixed(size), .fixed(size)])] }
    var outputs: [String] { ["masks"] }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [Trace.scope("roi_heads") { head(inputs[0]) }] }
}
