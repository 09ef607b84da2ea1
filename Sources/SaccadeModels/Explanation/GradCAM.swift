import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

extension LayerByLayer {
    /// Where a network sees a class: Grad-CAM (Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via
    /// Gradient-based Localization", 2017).
    ///
    /// With `A` the activations of a stage and `y` the class's score before softmax,
    ///
    ///     α[k] = mean over i, j of ∂y / ∂A[k, i, j]      (equation 1)
    ///     L = ReLU(Σ over k of α[k] · A[k])              (equation 2)
    ///
    /// Layers act as when they predict: dropout passes everything, batch norms use their running averages. Where there
    /// are scores for every place, as in segmentation, `y` is their sum (Vinogradova et al., "Towards Interpretable
    /// Semantic Segmentation via Gradient-weighted Class Activation Mapping", 2020).
    ///
    /// - Parameters:
    ///   - x: One input, `[1, …]` with ``input``.
    ///   - label: The class, an index into the scores.
    ///   - stage: Index of a stage that is spatial; see ``lastConvolution``.
    /// - Returns: `L` of as many rows and columns as the stage gives; none is negative. Its unit is that of the score.
    /// - Precondition: The scores are `[1, classes]` or `[1, classes, …]`, and `label` is one of them.
    public func gradCAM(of x: Tensor, class label: Int, at stage: Int) -> SaliencyMap {
        require(
            output.rank >= 1 && (0..<output[0]).contains(label), "gradCAM: there is no score \(label) among \(output)")
        return gradCAM(of: [x], at: stage) { sum($0[0].sliced(axis: 1, label..<label + 1)) }
    }

    /// Where a network sees what any number made of its outputs stands for.
    ///
    /// - Parameters:
    ///   - inputs: Of one sample, one tensor for each input of the network.
    ///   - stage: Index of a stage that is spatial.
    ///   - score: A tensor of one element, made of the network's outputs.
    /// - Returns: As for a class.
    public func gradCAM(
        of inputs: [Tensor], at stage: Int, score: ([Tensor]) -> Tensor
    ) -> SaliencyMap {
        require(inputs.allSatisfy { $0.shape[0] == 1 }, "gradCAM is of one image, got \(inputs.map(\.shape))")
        let stage = stages[stage]
        guard stage.isSpatial, let node = stage.node else {
            wrongProgram("gradCAM: \(stage.name) gives \(stage.output), not a grid")
        }
        // A parameter is what gradients are asked for: here it stands for the activation, as if the network began
        // behind it.
        let activation = Parameter(Tensor(filledWith: 0, shape: Shape([1] + stage.output.dimensions)))
        let weights = Set(model.parameters.map(\.parameter))
        var isReached = false
        let graph = Trace.of(inputs.map(\.shape), leaf: (node, activation)) { inputs in
            let (_, gradients) = withGradients(phase: .inference, except: weights) { score(model(inputs)) }
            isReached = gradients[activation] != nil
            return [gradients[activation] ?? activation.value]
        }
        let (height, width) = (stage.output[1], stage.output[2])
        guard isReached else {
            return SaliencyMap(width: width, height: height, values: Array(repeating: 0, count: height * width))
        }
        let found = graph.results(on: inputs, of: [graph.nodes[node].results[0], graph.outputs[0]])  // A, ∂y / ∂A
        let means = mean(found[1], axes: [2, 3], keepingAxes: true)  // [1, K, 1, 1]
        let map = relu(sum(means * found[0], axes: [1]))  // [1, H, W]
        return SaliencyMap(width: width, height: height, values: map.scalars)
    }
}
