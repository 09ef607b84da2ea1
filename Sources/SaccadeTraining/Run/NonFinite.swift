import SaccadeDatasets
import SaccadeLayers
import SaccadeLoading
import SaccadeTensors

/// Finds where values stopped being finite.
struct NonFinite {
    let network: any StagedModel
    let batch: any LearningBatch

    /// The first place on the way from the inputs through the network, and back with the gradients, whose values
    /// are not finite.
    func firstPlace(loss: Float, gradients: Gradients) -> String {
        if batch.inputs.contains(where: { !$0.isFinite }) { return "the inputs hold values that are not finite" }
        if let part = network.nonFinitePart { return "\(part) is not finite" }
        if let layer = firstLayer() { return "the values are not finite from \(layer) on" }
        if !loss.isFinite { return "the loss is \(loss), though the outputs are finite" }
        // Gradients flow from the last layer to the first.
        let (name, _) =
            network.parameters.last { gradients[$0.parameter].map { !$0.isFinite } ?? false }
            ?? ("an unknown parameter", Parameter(Tensor([0])))
        return "the gradients are not finite from that of \(name) back"
    }

    /// The first operation of the first stage whose result is not finite, by the name of its layer.
    private func firstLayer() -> String? {
        guard let stage = network.stages.first?.model, stage.inputs.count == batch.inputs.count else { return nil }
        // The stage as a list of operations, each applied on its own to what came before. Predicting: what a layer
        // does while training only changes its own buffers.
        let graph = Trace.of(batch.inputs.map(\.shape), names: network.parameterNames) { stage($0) }
        var values = graph.values.map { value -> Tensor? in
            switch value.origin {
            case .input(let index): batch.inputs[index]
            case .parameter(let parameter): parameter.value
            case .constant(let tensor): tensor
            case .result, .released: nil
            }
        }
        for node in graph.nodes {
            let inputs = node.inputs.compactMap { values[$0] }
            guard inputs.count == node.inputs.count else { return nil }
            for (index, result) in zip(node.results, node.operation.results(of: inputs)) {
                guard result.isFinite else {
                    return node.scope.map { "layer \($0) (\(node.operation.name))" } ?? "the \(node.operation.name)"
                }
                values[index] = result
            }
        }
        return nil
    }
}

extension StagedModel {
    /// The first parameter or buffer that holds what is no finite number; nil where all is well.
    var nonFinitePart: String? {
        if let (name, _) = parameters.first(where: { !$0.parameter.value.isFinite }) { return "parameter \(name)" }
        return buffers.first { !$0.buffer.value.isFinite }.map { "buffer \($0.name)" }
    }
}
