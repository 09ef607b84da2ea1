import SaccadeOneDNN

/// Times kernels on memory that holds zeros.
enum Timing {
    static func fastest(
        of all: [Kernel], _ request: KernelRequest, _ constants: Set<Int>, _ network: WeightsInTurn?
    ) -> Kernel {
        let candidates = all.filter(\.isCompilable)
        guard candidates.count > 1 else { return candidates.first ?? all[0] }
        // The same numbers for all of them: large inputs times many candidates would be more than a training needs.
        let zeros = request.inputs.map(Tensor.zeros)
        let trials = candidates.map { Trial($0, request.results, zeros, constants, network) }
        for trial in trials { trial.run() }  // warms caches and memory
        var best = [Duration](repeating: .seconds(1000), count: trials.count)
        var spent = Duration.zero
        let clock = ContinuousClock()
        var running = Array(trials.indices)
        // In turn, so that a disturbance meets all of them; the shortest run of each is what it can do.
        for round in 0..<20 where round < 3 || spent < .milliseconds(200) {
            for index in running {
                let elapsed = clock.measure { trials[index].run() }
                best[index] = min(best[index], elapsed)
                spent += elapsed
            }
            // Those far behind will not catch up, and large shapes make each of their runs dear. But one run alone may
            // have been disturbed, or have had to ask the system for memory.
            guard round > 0 else { continue }
            let leader = best.min() ?? .zero
            running.removeAll { best[$0] > leader * 1.25 }
        }
        // The plainest come first: each must lose clearly to be passed over.
        var winner = 0
        for index in best.indices where best[index] < best[winner] * 0.97 { winner = index }
        guard network != nil else { return candidates[winner] }
        // In a plan what a kernel needs for itself adds to what the process holds: a tenth of its time is worth much of it.
        let frugal = candidates.indices.filter {
            best[$0] < best[winner] * 1.1
                && candidates[$0].scratchByteCount <= candidates[winner].scratchByteCount - (32 << 20)
        }
        let least = frugal.min { candidates[$0].scratchByteCount < candidates[$1].scratchByteCount }
        return candidates[least ?? winner]
    }

    /// A kernel with inputs of zeros; a run includes the reorders that the kernel makes necessary.
    private struct Trial {
        private let kernel: Kernel
        private let inputs: [Tensor]
        private let results: [Shape]
        private let constants: Set<Int>
        private let network: WeightsInTurn?

        init(
            _ kernel: Kernel, _ results: [Shape], _ zeros: [Tensor], _ constants: Set<Int>, _ network: WeightsInTurn?
        ) {
            self.kernel = kernel
            self.results = results
            self.constants = constants
            self.network = network
            inputs = zeros.enumerated().map { index, tensor in
                constants.contains(index) ? kernel.arranging(tensor, at: index) : tensor
            }
        }

        func run() {
            var inputs = inputs
            if let network { for index in constants { inputs[index] = network.next(like: inputs[index]) } }
            _ = kernel.results(of: inputs, shapes: results)
        }
    }
}

extension Kernel {
    /// oneDNN may offer an implementation and then fail to compile it.
    fileprivate var isCompilable: Bool {
        body.primitives.allSatisfy { (try? $0.prepare()) != nil }
    }
}

extension Tensor {
    /// Zeros that lie as an operand does.
    fileprivate static func zeros(_ operand: Operand) -> Tensor {
        let storage = Storage(byteCount: operand.byteCount)
        storage.address.initializeMemory(as: UInt8.self, repeating: 0, count: operand.byteCount)
        return Tensor(shape: operand.shape, content: .stored(storage, operand.arrangement))
    }
}
