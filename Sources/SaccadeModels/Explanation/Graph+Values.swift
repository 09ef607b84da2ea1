import SaccadePrelude
import SaccadeTensors

extension Graph {
    /// Applies the operations to tensors one after another, each on its own, and gives some of the values on the way.
    ///
    /// - Parameters:
    ///   - inputs: Of the shapes that were traced.
    ///   - wanted: Indices of values.
    func results(on inputs: [Tensor], of wanted: [Int]) -> [Tensor] {
        let kept = Set(wanted)
        let needed = reached(from: wanted)
        var readers = [Int](repeating: 0, count: values.count)
        for node in needed { for value in Set(nodes[node].inputs) { readers[value] += 1 } }
        var tensors: [Int: Tensor] = [:]

        func tensor(_ value: Int) -> Tensor {
            if let tensor = tensors[value] { return tensor }
            switch values[value].origin {
            case .input(let index): return inputs[index]
            case .parameter(let parameter): return parameter.value
            case .constant(let tensor): return tensor
            case .result, .released: wrongProgram("a value was asked for before it was computed")
            }
        }
        for (index, node) in nodes.enumerated() where needed.contains(index) {
            for (value, result) in zip(node.results, node.operation.results(of: node.inputs.map(tensor))) {
                tensors[value] = result
            }
            for value in Set(node.inputs) {
                readers[value] -= 1
                if readers[value] == 0, !kept.contains(value) { tensors[value] = nil }
            }
        }
        return wanted.map(tensor)
    }
}
