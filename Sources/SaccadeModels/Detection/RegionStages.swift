import SaccadeLayers
import SaccadeTensors

/// From images to maps, and to what is proposed at each place of them.
struct MapStage: Model {
    let backbone: DetectionBackbone
    let head: ProposalHead?
    let image: ImageShape

    var inputs: [ModelInput] {
        let lengths = [image.height, image.width].map { ModelInput.Length.free(FreeLength(usual: $0, least: 32)) }
        return [ModelInput("image", [.batch, .fixed(image.channels)] + lengths)]
    }

    /// The maps from fine to coarse, then objectness and offsets of each.
    var outputs: [String] {
        let levels = 0..<backbone.levels
        return levels.map { "map\($0)" }
            + (head == nil ? [] : levels.flatMap { ["objectness\($0)", "offsets\($0)"] })
    }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let maps = Trace.scope("backbone") { backbone(inputs[0]) }
        guard let head else { return maps }
        let found = maps.map { map in Trace.scope("rpn.head") { head(map) } }
        return maps + found.flatMap { [$0.objectness, $0.offsets] }
    }
}

/// R-CNN: from the pixels of regions to their features.
struct RegionFeatureStage: Model {
    let trunk: BoxHead.Trunk
    let channels: Int
    let side: Int

    var inputs: [ModelInput] { [ModelInput("regions", [.batch, .fixed(channels), .fixed(side), .fixed(side)])] }
    var outputs: [String] { ["features"] }
    var batchRounding: Int? { RegionCNN.regionsAtOnce }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [Trace.scope("roi_heads") { trunk(inputs[0]) }] }
}

/// R-CNN: from the features of regions to classes, boxes and what the machines say.
struct RegionJudgeStage: Model {
    let predictor: BoxHead.Predictor
    let features: Int

    var inputs: [ModelInput] { [ModelInput("features", [.batch, .fixed(features)])] }
    var outputs: [String] { ["scores", "offsets", "margins"] }
    var batchRounding: Int? { RegionCNN.judgedAtOnce }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        Trace.scope("roi_heads") { Trace.scope("box_predictor") { predictor(inputs[0]) } }
    }
}

/// From the features of regions to classes and boxes.
struct BoxStage: Model {
    let head: BoxHead
    let channels: Int
    let size: Int

    var inputs: [ModelInput] { [ModelInput("regions", [.batch, .fixed(channels), .fixed(size), .fixed(size)])] }
    var outputs: [String] { ["scores", "offsets"] }
    var batchRounding: Int? { RegionCNN.judgedAtOnce }

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
    var batchRounding: Int? { RegionCNN.maskedAtOnce }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [Trace.scope("roi_heads") { head(inputs[0]) }] }
}
