import SaccadePrelude
import SaccadeTensors

/// The weights of a recurrent layer in one direction, with PyTorch's shapes and first values.
struct RecurrentWeights: Sendable {
    let input: Parameter  // [G·H, in]
    let hidden: Parameter  // [G·H, H]
    let inputBias: Parameter?  // [G·H]
    let hiddenBias: Parameter?  // [G·H]

    /// Uniform in ±1/√H, all of them.
    init(
        _ kind: RecurrentCell, in inputs: Int, out hidden: Int, bias: Bool,
        using generator: inout some RandomNumberGenerator
    ) {
        let bound = 1 / Float(max(hidden, 1)).squareRoot()
        let initializer = Initializer.uniform(-bound, bound)
        let sums = kind.gateCount * hidden
        input = initializer.parameter([sums, inputs], using: &generator)
        self.hidden = initializer.parameter([sums, hidden], using: &generator)
        inputBias = bias ? initializer.parameter([sums], using: &generator) : nil
        hiddenBias = bias ? initializer.parameter([sums], using: &generator) : nil
    }

    /// Under the names that PyTorch has for them, which end as layer and direction say.
    func named(_ suffix: String) -> [(name: String, value: Any)] {
        let all: [(String, Parameter?)] = [
            ("weight_ih", input), ("weight_hh", hidden), ("bias_ih", inputBias), ("bias_hh", hiddenBias),
        ]
        return all.compactMap { name, parameter in parameter.map { (name + suffix, $0) } }
    }

    /// What the inputs add to the gates: `[…, in]` to `[…, G·H]`.
    func gates(of x: Tensor) -> Tensor { linear(x, input.value, bias: inputBias?.value) }
}
