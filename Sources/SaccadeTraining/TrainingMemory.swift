import SaccadeDatasets
import SaccadeFiles
import SaccadeLayers
import SaccadeLoading
import SaccadeModels
import SaccadeTensors

/// What a training will need of the machine's memory, in bytes, before it has begun.
///
/// The network's part follows from tracing one step and following which tensors are alive when, the others from sizes
/// alone; ``cached`` and ``overhead`` go by what trainings were measured to take.
public struct TrainingMemory: Sendable, Equatable {
    /// Samples of each step.
    public let batch: Int
    /// Parameters, the optimizer's states, and the results and gradients of one step.
    public let network: Int
    /// The average of weights, and the weights that it takes the place of while it is judged.
    public let average: Int
    /// The sum of gradients over several batches.
    public let accumulated: Int
    /// Batches that are read ahead, to learn from and to judge by.
    public let batches: Int
    /// Samples that stay in memory from beginning to end.
    public let samples: Int
    /// The program itself with the engine's generated code, as measured on x86 with one thread for each of two cores.
    public static let overhead = 88 << 20

    /// Tensors that were used and wait to be used again, rounded sizes, and what kernels want for themselves, also while
    /// they are tried: about half of what is in use. With that the totals of three trainings were 185, 227 and 736 MiB; the processes
    /// reached 162 (179 when the kernels were tried), 206 (241) and 738.
    public var cached: Int { Self.sum([network, average, accumulated, batches]) / 2 + 16 << 20 }

    public var total: Int { Self.sum([network, average, accumulated, batches, samples, cached, Self.overhead]) }

    /// The largest number where that is not enough.
    private static func sum(_ parts: [Int]) -> Int {
        parts.reduce(0) { sum, part in
            let (next, isTooLarge) = sum.addingReportingOverflow(part)
            return isTooLarge ? .max : next
        }
    }

    /// - Parameters:
    ///   - network: As it is trained.
    ///   - settings: How it is trained.
    ///   - batch: Samples of each step, in place of what the settings say.
    ///   - sample: Bytes of a batch of one sample.
    ///   - resident: Bytes of samples that stay in memory.
    init(
        _ network: any StagedModel, _ settings: TrainingSettings, batch: Int? = nil, sample: Int, resident: Int
    ) {
        let batch = batch ?? settings.batchSize
        let memory = ModelSummary.Memory(
            of: network, batch: batch, optimizerStates: settings.optimizer.statesPerParameter)
        self.batch = batch
        samples = resident
        self.network = memory.trainingBytes
        average = settings.ema == nil ? 0 : 2 * memory.parameterBytes
        accumulated = settings.accumulation == 1 ? 0 : memory.parameterBytes
        batches = 2 * BatchLoading.standardBuffers * batch * sample
    }
}

extension Training {
    /// What the training will need.
    ///
    /// - Parameter batch: Samples of each step, in place of what the settings say.
    public func memory(batch: Int? = nil) throws -> TrainingMemory { try memory(of: network(), batch) }

    /// The largest batch whose training needs at most `limit` bytes; nil if there is none.
    ///
    /// - Parameter limit: Bytes.
    public func largestBatch(within limit: Int) throws -> Int? {
        let network = try network()
        func fits(_ batch: Int) throws -> Bool { try memory(of: network, batch).total <= limit }
        guard try fits(1) else { return nil }
        // More samples never need less.
        var (fitting, tooMany) = (1, min(description.settings.batchSize, ModelSummary.maximumBatch) + 1)
        while tooMany - fitting > 1 {
            let middle = (fitting + tooMany) / 2
            if try fits(middle) { fitting = middle } else { tooMany = middle }
        }
        return fitting
    }

    private func memory(of network: Task.Learner, _ batch: Int?) throws -> TrainingMemory {
        let batch = batch ?? description.settings.batchSize
        guard batch <= ModelSummary.maximumBatch else {
            throw RunError(
                .tooLarge,
                "a batch of \(batch) samples: memory is worked out for at most \(ModelSummary.maximumBatch); give a "
                    + "smaller --batch-size.")
        }
        return TrainingMemory(
            network, description.settings, batch: batch, sample: task.sampleBytes(for: description.model),
            resident: residentBytes)
    }
}

extension OptimizerSettings {
    /// Numbers that the optimizer remembers for each parameter.
    public var statesPerParameter: Int {
        switch self {
        case .sgd(let momentum, _): momentum == 0 ? 0 : 1
        case .adam, .adamW: 2
        case .rmsProp(_, _, let momentum, let isCentered): 1 + (momentum == 0 ? 0 : 1) + (isCentered ? 1 : 0)
        }
    }
}
