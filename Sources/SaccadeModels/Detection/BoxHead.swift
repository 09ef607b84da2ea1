import SaccadeLayers
import SaccadeTensors

/// Two fully connected layers over a region's features, and the sibling layers behind them: a score for each class and,
/// for each class, how the region would have to move. Girshick, "Fast R-CNN" (2015), figure 1.
struct BoxHead: Module {
    /// `box_head` of torchvision's checkpoints.
    struct Trunk: Module {
        let fc6: Linear
        let fc7: Linear
    }

    /// `box_predictor`.
    struct Predictor: Module {
        let clsScore: Linear
        let bboxPred: Linear
    }

    let trunk: Trunk
    let predictor: Predictor

    /// - Parameters:
    ///   - inputs: Elements of a region's features.
    ///   - width: Of both layers.
    ///   - classes: With the background, which is class 0.
    init(_ inputs: Int, width: Int, classes: Int, using generator: inout some RandomNumberGenerator) {
        trunk = Trunk(
            fc6: Linear(in: inputs, out: width, activation: .relu, using: &generator),
            fc7: Linear(in: width, out: width, activation: .relu, using: &generator))
        predictor = Predictor(
            clsScore: Linear(in: width, out: classes, using: &generator),
            bboxPred: Linear(in: width, out: 4 * classes, using: &generator))
    }

    /// - Parameter regions: `[R, C, H, W]`.
    /// - Returns: `[R, classes]` and `[R, 4 · classes]`, a class's four numbers side by side.
    func callAsFunction(_ regions: Tensor) -> (scores: Tensor, offsets: Tensor) {
        let x = trunk.fc7(trunk.fc6(regions.flattened(from: 1), as: "fc6"), as: "fc7")
        return (predictor.clsScore(x, as: "cls_score"), predictor.bboxPred(x, as: "bbox_pred"))
    }
}
