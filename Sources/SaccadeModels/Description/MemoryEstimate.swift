import SaccadeLayers
import SaccadeTensors

extension Description.Memory {
    /// Traces the network, once forward and once with its gradients, and follows which tensors are alive when.
    ///
    /// - Parameter auxiliary: Parameters of heads for training alone, beside the others.
    init(_ resolved: ResolvedNetwork, batch: Int, parameters: Int, auxiliary: Int, optimizerStates: Int) {
        let network = Network(resolved)
        let shape = Shape([batch] + resolved.input.dimensions)
        let parameterBytes = parameters * MemoryLayout<Float>.stride
        self.batch = batch
        self.parameterBytes = parameterBytes
        let trainedBytes = (parameters + auxiliary) * MemoryLayout<Float>.stride
        optimizerBytes = optimizerStates * trainedBytes
        let inference = Trace.of([shape]) { [network($0[0])] }
        inferenceBytes = parameterBytes + inference.peakByteCount(overwrites: true)

        let training = Trace.of([shape, []], phase: .training) { inputs in
            // The sum stands for any loss. It is multiplied by an input, so that its gradient is traced, too, in place
            // of being computed.
            let (_, gradients) = withGradients {
                let results = network.trainingResults([inputs[0]])
                return results.auxiliary.reduce(sum(results.outputs[0])) { $0 + sum($1.result) } * inputs[1]
            }
            return network.parameters.compactMap { gradients[$0.parameter] }
        }
        trainingBytes = (1 + optimizerStates) * trainedBytes + training.peakByteCount(overwrites: false)
    }
}
