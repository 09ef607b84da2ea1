package import SaccadeLayers
import SaccadeTensors

/// What a network needs of memory, in bytes, worked out from its traces: one forward, one with its gradients, following
/// which tensors are alive when.
package struct ModelMemory: Sendable {
    package let parameterBytes: Int
    /// Parameters, and the results that are needed at the same time when each is freed after its last reader.
    package let inferenceBytes: Int
    /// Parameters, the optimizer's states, and the results and gradients that are needed at the same time in one step
    /// of training.
    package let trainingBytes: Int

    /// - Parameters:
    ///   - network: Its stages are traced on their usual sizes; the results of all are kept while training.
    ///   - batch: Samples at a time.
    ///   - optimizerStates: Numbers that the optimizer keeps for each parameter.
    package init(_ network: any StagedModel, batch: Int, optimizerStates: Int) {
        let parameters = network.parameters.map(\.parameter)
        let bytes = parameters.reduce(0) { $0 + $1.shape.elementCount } * MemoryLayout<Float>.stride
        parameterBytes = bytes
        var (inference, training) = (0, 0)
        for (_, stage) in network.stages {
            let shapes = stage.inputs.map { $0.shape(batch: batch) }
            inference = max(inference, Trace.of(shapes) { stage($0) }.peakByteCount(overwrites: true))
            let graph = Trace.of(shapes + [[]], phase: .training) { inputs in
                // The sum stands for any loss. It is multiplied by an input, so that its gradient is traced, too, in
                // place of being computed.
                let (_, gradients) = withGradients {
                    let results = stage.trainingResults(Array(inputs.dropLast()))
                    let sums = results.outputs.map { sum($0) } + results.auxiliary.map { sum($0.result) }
                    return sums.dropFirst().reduce(sums[0], +) * inputs[inputs.count - 1]
                }
                return parameters.compactMap { gradients[$0] }
            }
            training += graph.peakByteCount(overwrites: false)
        }
        inferenceBytes = bytes + inference
        trainingBytes = (1 + optimizerStates) * bytes + training
    }
}
