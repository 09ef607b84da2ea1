public import SaccadeGeometry
public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// The family of R-CNNs: networks that say of regions of an image what they show and where exactly.
///
/// - R-CNN runs a whole network on every region, cut out of the image and warped: Girshick et al., "Rich Feature
///   Hierarchies for Accurate Object Detection and Semantic Segmentation" (2014).
/// - Fast R-CNN looks at the image once, and reads regions from its map: Girshick (2015).
/// - Faster R-CNN proposes the regions itself: Ren, He, Girshick and Sun (2015).
/// - Mask R-CNN says of each object which pixels are the object's: He et al. (2017).
///
/// The parts are ``Model``s; between them is plain code that chooses boxes. Names of parameters are torchvision's:
/// `backbone.body.layer1.0.conv1.weight`, `rpn.head.cls_logits.weight`, `roi_heads.box_predictor.cls_score.weight`.
public struct RegionCNN: StagedModel {
    /// Looks at the image; nil of R-CNN, which looks at its regions.
    let backbone: DetectionBackbone?
    /// Proposes regions; nil where they come from outside.
    let proposals: ProposalHead?
    var boxes: BoxHead
    let masks: MaskHead?
    /// The usual image.
    let image: ImageShape
    /// The boxes that proposals begin with.
    let anchors: AnchorGenerator
    let boxPooling: RegionPooling
    let maskPooling: RegionPooling
    /// Picks anchors and regions.
    let source: RandomSource
    /// Which anchors and regions are learnt from.
    public var sampling: Sampling
    /// Which boxes become proposals, and which detections.
    public var filters = Filters()
    /// What of the network is learnt.
    public var learnt = Part.everything

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

    /// A part that can be learnt by itself, as in the four steps of Ren et al. (2015), section 3.2.
    public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
        case everything, proposals, regions
    }

    /// - Parameters:
    ///   - configuration: Without a problem.
    ///   - classifier: On images; its layers up to the last map that is read look at the image, or for R-CNN those up to its
    ///     last features at each region.
    ///   - classes: Without the background.
    init(
        _ configuration: Configuration, _ classifier: ResolvedNetwork, image: ImageShape, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "RegionCNN: \(configuration.problem ?? "")")
        self.image = image
        source = RandomSource(seed: generator.next())
        let classifier =
            configuration.frozen ? classifier.withFrozenNorms(epsilon: configuration.frozenEpsilon) : classifier
        guard configuration.family != .rcnn else {
            (backbone, proposals, masks) = (nil, nil, nil)
            anchors = configuration.anchors(levels: 1)
            boxPooling = RegionPooling(method: .warp(context: configuration.context), size: configuration.side)
            maskPooling = boxPooling
            boxes = BoxHead(features: classifier, classes: classes + 1, using: &generator)
            sampling = Sampling()
            return
        }
        let backbone = DetectionBackbone(classifier, pyramid: configuration.pyramid, using: &generator)
        anchors = configuration.anchors(levels: backbone.levels)
        let isFaster = configuration.family == .faster
        proposals =
            isFaster
            ? ProposalHead(backbone.channels, anchors: anchors.levels[0].anchors.count, using: &generator) : nil
        boxPooling = RegionPooling(method: configuration.pooling.reading, size: 7)
        maskPooling = RegionPooling(method: configuration.pooling.reading, size: 14)
        boxes = BoxHead(
            backbone.channels * 7 * 7, width: configuration.width, classes: classes + 1, using: &generator)
        masks = configuration.masks ? MaskHead(backbone.channels, classes: classes + 1, using: &generator) : nil
        self.backbone = backbone
        sampling = Sampling(regions: isFaster ? .proposals : .fastRCNN)
    }

    /// Whether regions have to come from outside.
    public var needsProposals: Bool { proposals == nil }

    /// Whether it says which pixels an object has.
    public var hasMasks: Bool { masks != nil }

    /// Whether machines and regressors are fitted once the network is trained, as R-CNN's are.
    public var isFittedAfterwards: Bool { boxes.predictor.svm != nil }

    public var children: [(name: String, value: Any)] {
        var heads: [(name: String, part: any Module)] = [("box_head", boxes.trunk), ("box_predictor", boxes.predictor)]
        if let masks { heads += [("mask_head", masks), ("mask_predictor", masks.predictor)] }
        var parts: [(name: String, value: Any)] = []
        if let backbone { parts.append(("backbone", backbone)) }
        if let proposals { parts.append(("rpn", Named([("head", proposals)]))) }
        return parts + [("roi_heads", Named(heads)), ("sampling", source)]
    }

    public var heads: [String] {
        ["roi_heads.box_predictor.cls_score", "roi_heads.box_predictor.bbox_pred"]
            + (masks == nil ? [] : ["roi_heads.mask_predictor.mask_fcn_logits"])
    }

    /// One of the outputs is the background.
    public func classCount(in shapes: [String: Shape]) -> Int? {
        shapes["\(heads[0]).weight"]?.dimensions.first.map { max($0, 1) - 1 }
    }

    public var ancestors: [Ancestor] {
        if let backbone { return [Ancestor(backbone.body.name, names: names(ofPart: "backbone.body"))] }
        guard case .network(let network) = boxes.trunk else { return [] }
        return [Ancestor(network.name, names: names(ofPart: "roi_heads.box_head"))]
    }

    /// What runs in one go, in order.
    public var stages: [(name: String, model: any Model)] {
        guard let backbone else {
            return [
                ("features", RegionFeatureStage(trunk: boxes.trunk, channels: image.channels, side: boxPooling.size)),
                ("boxes", RegionJudgeStage(predictor: boxes.predictor, features: featureCount)),
            ]
        }
        let channels = backbone.channels
        var stages: [(name: String, model: any Model)] = [
            ("maps", MapStage(backbone: backbone, head: proposals, image: image)),
            ("boxes", BoxStage(head: boxes, channels: channels, size: boxPooling.size)),
        ]
        if let masks { stages.append(("masks", MaskStage(head: masks, channels: channels, size: maskPooling.size))) }
        return stages
    }

    /// Numbers that a region becomes in front of the layers that judge it.
    var featureCount: Int { boxes.predictor.clsScore.weight.value.shape[1] }

    /// Parts by names of their own.
    private struct Named: Module {
        private let parts: [(name: String, part: any Module)]

        init(_ parts: [(name: String, part: any Module)]) { self.parts = parts }

        var children: [(name: String, value: Any)] { parts.map { ($0.name, $0.part) } }
    }
}
