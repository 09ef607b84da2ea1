import SaccadeTensors

/// A sum over axes of any length, divided by how many there are: ONNX has a word for both together, and what they are
/// divided by is not the same for every length.
struct MeanOverAxes {
    let inputs: [Int]
    let axes: [Int]
    let keepsAxes: Bool
}

extension GraphWriter {
    /// The mean that a multiplication completes.
    func mean(of node: Graph.Node, _ forms: [OperationForm]) -> MeanOverAxes? {
        guard case .binary(.multiply) = forms[0] else { return nil }
        for (sum, factor) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
            guard case .result(let index, 0) = graph.values[sum].origin,
                case .reduction(.sum, let axes, let keepsAxes) = graph.nodes[index].operation.form
            else { continue }
            let source = graph.nodes[index].inputs[0]
            let counts = traces.graphs.map { graph in axes.reduce(1) { $0 * graph.values[source].shape[$1] } }
            guard Length(samples: counts).fixed == nil else { continue }
            let areReciprocals = zip(traces.graphs, counts).allSatisfy { graph, count in
                guard case .constant(let factor) = graph.values[factor].origin, factor.shape.elementCount == 1 else {
                    return false
                }
                return factor.item == 1 / Float(count)
            }
            if areReciprocals { return MeanOverAxes(inputs: [source], axes: axes, keepsAxes: keepsAxes) }
        }
        return nil
    }
}

extension StepWriter {
    mutating func write(_ mean: MeanOverAxes) {
        add(
            "ReduceMean", with: ["axes": .integers(mean.axes), "keepdims": .integer(mean.keepsAxes ? 1 : 0)])
    }
}
