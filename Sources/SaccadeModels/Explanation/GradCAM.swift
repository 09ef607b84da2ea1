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
    /// Layers act as when they predict: dropout passes everything, batch norms use their running averages.
    ///
    /// - Parameters:
    ///   - x: One input, `[1, …]` with ``input``.
    ///   - label: The class, an index into the scores.
    ///   - stage: Index of a stage that is spatial; see ``lastConvolution``.
    /// - Returns: `L` of as many rows and columns as the stage gives; none is negative. Its unit is that of the score.
    /// - Precondition: The scores are `[1, classes]` and `label` is one of them.
    public func gradCAM(of x: Tensor, class label: Int, at stage: Int) -> EvidenceMap {
        require(x.shape[0] == 1, "gradCAM is of one picture, got \(x.shape)")
        require(stages[stage].isSpatial, "gradCAM: \(stages[stage].name) gives \(stages[stage].output), not a grid")
        require(
            output.rank == 1 && (0..<output[0]).contains(label), "gradCAM: there is no score \(label) among \(output)")
        let activation = stages[...stage].reduce(x) { $1($0) }  // [1, K, H, W]
        // A parameter is what gradients are asked for: here the activation, as if the network began behind it.
        let leaf = Parameter(activation)
        let (_, gradients) = withGradients(phase: .inference) {
            sum(stages[(stage + 1)...].reduce(leaf.value) { $1($0) }.sliced(axis: 1, label..<label + 1))
        }
        let (height, width) = (activation.shape[2], activation.shape[3])
        guard let gradient = gradients[leaf] else {
            return EvidenceMap(width: width, height: height, values: Array(repeating: 0, count: height * width))
        }
        let weights = mean(gradient, axes: [2, 3], keepingAxes: true)  // [1, K, 1, 1]
        let map = relu(sum(weights * leaf.value, axes: [1]))  // [1, H, W]
        return EvidenceMap(width: width, height: height, values: map.scalars)
    }
}
