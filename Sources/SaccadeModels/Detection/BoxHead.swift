import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// What is made of a region, and the sibling layers behind it: a score for each class and, for each class, how the region
/// would have to move. Girshick, "Fast R-CNN" (2015), figure 1.
struct BoxHead: Module {
    /// `box_head` of torchvision's checkpoints.
    enum Trunk: Module {
        /// Two fully connected layers over a region's features.
        case connected(fc6: FullyConnected, fc7: FullyConnected)
        /// A network over a region's pixels, up to its last features.
        case network(Network)

        var children: [(name: String, value: Any)] {
            switch self {
            case .connected(let fc6, let fc7): [("fc6", fc6), ("fc7", fc7)]
            case .network(let network): network.children
            }
        }

        /// - Parameter regions: `[R, C, H, W]`.
        /// - Returns: `[R, features]`.
        func callAsFunction(_ regions: Tensor) -> Tensor {
            switch self {
            case .connected(let fc6, let fc7): fc7(fc6(regions.flattened(from: 1), as: "fc6"), as: "fc7")
            case .network(let network): Trace.scope("box_head") { network(regions).flattened(from: 1) }
            }
        }
    }

    /// `box_predictor`.
    struct Predictor: Module {
        let clsScore: Linear
        let bboxPred: Linear
        /// R-CNN: linear SVMs, one for each class but the background, which are fitted after training and then judge in
        /// place of the class scores; zeros before. Nil of all others.
        let svm: Linear?

        /// - Parameter features: `[R, features]`.
        /// - Returns: `[R, classes]` and `[R, 4 · classes]`, a class's four numbers side by side; the machines' margins,
        ///   `[R, classes - 1]`.
        func callAsFunction(_ features: Tensor) -> [Tensor] {
            [clsScore(features, as: "cls_score"), bboxPred(features, as: "bbox_pred")]
                + (svm.map { [$0(features, as: "svm")] } ?? [])
        }
    }

    var trunk: Trunk
    let predictor: Predictor

    /// - Parameters:
    ///   - inputs: Elements of a region's features.
    ///   - width: Of both layers.
    ///   - classes: With the background, which is class 0.
    init(_ inputs: Int, width: Int, classes: Int, using generator: inout some RandomNumberGenerator) {
        trunk = .connected(
            fc6: .whole(Linear(in: inputs, out: width, activation: .relu, using: &generator)),
            fc7: .whole(Linear(in: width, out: width, activation: .relu, using: &generator)))
        predictor = Predictor(
            clsScore: Linear(in: width, out: classes, using: &generator),
            bboxPred: Linear(in: width, out: 4 * classes, using: &generator), svm: nil)
    }

    /// - Parameters:
    ///   - classifier: On regions' pixels; its layers up to the one that names classes are kept.
    ///   - classes: With the background, which is class 0.
    init(features classifier: ResolvedNetwork, classes: Int, using generator: inout some RandomNumberGenerator) {
        let network = Network(classifier.withoutClassifier())
        trunk = .network(network)
        let width = network.output.elementCount
        // Regions stay as they are until it has been learnt how they have to move.
        func zeros(_ outputs: Int) -> Linear {
            let linear = Linear(in: width, out: outputs, using: &generator)
            linear.weight.assign(Tensor(filledWith: 0, shape: linear.weight.value.shape))
            linear.bias?.assign(Tensor(filledWith: 0, shape: [outputs]))
            return linear
        }
        predictor = Predictor(
            clsScore: Linear(in: width, out: classes, using: &generator), bboxPred: zeros(4 * classes),
            svm: zeros(classes - 1))
    }

    /// - Parameter regions: `[R, C, H, W]`.
    /// - Returns: `[R, classes]` and `[R, 4 · classes]`, a class's four numbers side by side.
    func callAsFunction(_ regions: Tensor) -> (scores: Tensor, offsets: Tensor) {
        let results = predictor(trunk(regions))
        return (results[0], results[1])
    }
}
