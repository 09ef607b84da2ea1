package import SaccadeLayers
import SaccadeTensors

extension ModelSummary.Memory {
    /// Traces the network, once forward and once with its gradients, and follows which tensors are alive when.
    ///
    /// Of a network in parts one predicts at a time, and all are trained together: the loss is that of all.
    ///
    /// - Parameters:
    ///   - parameters: How many there are.
    ///   - auxiliary: Parameters of heads for training alone, beside the others.
    init(
        _ model: some StagedModel, _ stages: [TracedStage], batch: Int, parameters: Int, auxiliary: Int,
        optimizerStates: Int
    ) {
        self.batch = batch
        parameterBytes = parameters * MemoryLayout<Float>.stride
        let trainedBytes = (parameters + auxiliary) * MemoryLayout<Float>.stride
        optimizerBytes = optimizerStates * trainedBytes
        inferenceBytes = parameterBytes + (stages.map { $0.inferenceByteCount(batch: batch) }.max() ?? 0)
        let leaves = model.parameters.map(\.parameter)
        trainingBytes =
            (1 + optimizerStates) * trainedBytes
            + stages.reduce(0) { $0 + $1.trainingByteCount(batch: batch, leaves) }
    }
}

extension ModelSummary.Memory {
    /// - Parameters:
    ///   - model: As it is trained; its inputs have their usual sizes.
    ///   - batch: Samples at a time.
    ///   - optimizerStates: Numbers that the optimizer keeps for each parameter.
    package init(of model: some StagedModel, batch: Int, optimizerStates: Int) {
        let count = model.parameters.reduce(0) { $0 + $1.parameter.shape.elementCount }
        self.init(
            model, TracedStage.of(model, sizes: [:]), batch: batch, parameters: count, auxiliary: 0,
            optimizerStates: optimizerStates)
    }
}

extension TracedStage {
    /// The shapes of the inputs for so many samples.
    private func shapes(batch: Int) -> [Shape] {
        zip(model.inputs, shapes).map { input, shape in
            Shape(zip(input.lengths, shape.dimensions).map { $0 == .batch ? batch : $1 })
        }
    }

    fileprivate func inferenceByteCount(batch: Int) -> Int {
        Trace.of(shapes(batch: batch)) { model($0) }.peakByteCount(overwrites: true)
    }

    fileprivate func trainingByteCount(batch: Int, _ leaves: [Parameter]) -> Int {
        guard model.runsInTraining > 0 else { return 0 }
        let graph = Trace.of(shapes(batch: batch) + [[]], phase: .training) { inputs in
            // Sums stand for any loss. They are multiplied by an input, so that their gradients are traced, too, in
            // place of being computed.
            let (_, gradients) = withGradients {
                let results = model.trainingResults(Array(inputs.dropLast()))
                let losses = (results.outputs + results.auxiliary.map(\.result)).map { sum($0) }
                return losses.dropFirst().reduce(losses[0], +) * inputs[inputs.count - 1]
            }
            return leaves.compactMap { gradients[$0] }
        }
        let once = graph.peakByteCount(overwrites: false)
        // Of what runs again and again all is kept but the gradients of parameters, which add up.
        let gradients = graph.outputs.reduce(0) {
            $0 + graph.values[$1].shape.elementCount * MemoryLayout<Float>.stride
        }
        return once + (model.runsInTraining - 1) * max(once - gradients, 0)
    }
}
