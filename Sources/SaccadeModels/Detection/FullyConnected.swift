import SaccadeLayers
import SaccadeLinear
import SaccadePrelude
import SaccadeTensors

/// A fully connected layer over regions, as it is learnt or as two smaller ones: W ≈ U Σₜ Vᵀ with the t largest singular
/// values alone (Girshick, "Fast R-CNN", 2015, section 3.1).
enum FullyConnected: Layer {
    case whole(Linear)
    /// Σₜ Vᵀ, `[t, in]`, without a bias; then U, `[out, t]`, with the layer's bias and activation. Nothing is between them.
    case truncated(Linear, Linear)

    /// A checkpoint has names for the whole layer alone.
    var children: [(name: String, value: Any)] {
        switch self {
        case .whole(let layer): layer.children
        case .truncated(let first, let second): [("0", first), ("1", second)]
        }
    }

    /// - Parameter x: `[R, in]`.
    /// - Returns: `[R, out]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .whole(let layer): layer(x)
        case .truncated(let first, let second): second(first(x, as: "0"), as: "1")
        }
    }

    /// The two layers in the place of the one.
    ///
    /// - Parameter rank: t, from 1 to the smaller of the layer's sides.
    /// - Throws: `LinearError`: a rank that cannot be, weights that are not finite, a layer that is two already.
    func truncated(toRank rank: Int) throws(LinearError) -> FullyConnected {
        guard case .whole(let layer) = self else {
            throw LinearError(.setting, "it is two layers already; begin with the network as it was learnt")
        }
        let (outputs, inputs) = (layer.weight.shape[0], layer.weight.shape[1])
        let factors = try TruncatedSVD(
            Matrix(rows: outputs, columns: inputs, values: layer.weight.value.scalars), rank: rank)
        func linear(_ weights: Matrix) -> Linear {
            var generator = SplitMix64(seed: 0)
            let linear = Linear(in: weights.columns, out: weights.rows, bias: false, using: &generator)
            linear.weight.assign(Tensor(weights.values, shape: [weights.rows, weights.columns]))
            return linear
        }
        var second = linear(factors.left)
        (second.bias, second.activation) = (layer.bias, layer.activation)
        return .truncated(linear(factors.scaledRight), second)
    }
}
