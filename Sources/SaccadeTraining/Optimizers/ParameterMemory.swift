import CSaccadeKernels
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// The parameters of an optimizer with the numbers that it keeps for each.
struct ParameterMemory {
    /// One parameter's share.
    struct Entry {
        let name: String
        let parameter: Parameter
        var steps = 0
        /// As many as there are names of quantities; empty until the first step.
        var quantities: [Parameter] = []
    }

    /// What the optimizer keeps, in PyTorch's words.
    let quantities: [String]
    var entries: [Entry]

    init(_ parameters: [(name: String, parameter: Parameter)], quantities: [String]) {
        require(!parameters.isEmpty, "an optimizer was given no parameters to train")
        self.quantities = quantities
        entries = parameters.map { Entry(name: $0.name, parameter: $0.parameter) }
    }

    var parameters: [(name: String, parameter: Parameter)] { entries.map { ($0.name, $0.parameter) } }

    /// Calls `body` for each parameter that has a gradient with the number of this step, from 1, and the addresses of
    /// gradient, quantities and weights.
    mutating func update(
        _ gradients: Gradients,
        _ body: (
            _ step: Int, _ count: Int, _ gradient: UnsafePointer<Float>?, _ quantities: [UnsafeMutablePointer<Float>?],
            _ weight: UnsafeMutablePointer<Float>?
        ) -> Void
    ) {
        for index in entries.indices {
            guard let gradient = gradients[entries[index].parameter] else { continue }
            let shape = entries[index].parameter.shape
            if entries[index].quantities.isEmpty {
                entries[index].quantities = quantities.map { _ in Parameter(Tensor(filledWith: 0, shape: shape)) }
            }
            entries[index].steps += 1
            let entry = entries[index]
            gradient.withScalars { gradient in
                entry.parameter.update { weight in
                    withUpdates(of: entry.quantities[...], []) { quantities in
                        body(entry.steps, weight.count, gradient.baseAddress, quantities, weight.baseAddress)
                    }
                }
            }
        }
    }

    /// Opens one quantity after another.
    private func withUpdates(
        of parameters: ArraySlice<Parameter>, _ open: [UnsafeMutablePointer<Float>?],
        _ body: ([UnsafeMutablePointer<Float>?]) -> Void
    ) {
        guard let first = parameters.first else { return body(open) }
        first.update { withUpdates(of: parameters.dropFirst(), open + [$0.baseAddress], body) }
    }

    var state: OptimizerState {
        get {
            var state = OptimizerState()
            for entry in entries where entry.steps > 0 {
                state.steps[entry.name] = entry.steps
                for (name, quantity) in zip(quantities, entry.quantities) {
                    state.tensors.append(("\(name)/\(entry.name)", quantity.value))
                }
            }
            return state
        }
        set {
            let tensors = Dictionary(newValue.tensors.map { ($0.name, $0.tensor) }) { $1 }
            for index in entries.indices {
                let entry = entries[index]
                entries[index].steps = newValue.steps[entry.name] ?? 0
                let found = quantities.compactMap { tensors["\($0)/\(entry.name)"] }
                require(
                    found.allSatisfy { $0.shape == entry.parameter.shape }
                        && (found.count == quantities.count || entries[index].steps == 0),
                    "the state of an optimizer does not fit parameter \(entry.name)")
                entries[index].quantities = entries[index].steps == 0 ? [] : found.map { Parameter($0) }
            }
        }
    }
}
