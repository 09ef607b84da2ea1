import CSaccadeThreads
import SaccadeOneDNN

/// Times kernels on memory that holds zeros.
enum Timing {
    static func fastest(
        of all: [Kernel], _ request: KernelRequest, _ network: ColdWeights?
    ) -> (kernel: Kernel, disturbance: Disturbance?) {
        let candidates = all.filter(\.isCompilable)
        guard candidates.count > 1 else { return (candidates.first ?? all[0], nil) }
        let watch = Disturbance.Watch()
        // The same numbers for all of them: large inputs times many candidates would be more than a training needs.
        let zeros = request.inputs.map(Tensor.zeros)
        let trials = candidates.map { Trial($0, request, zeros, network) }
        let meetings = trials.map { trial in Threads.meetings(in: trial.run) }  // warms caches and memory, too
        var times = [[Duration]](repeating: [], count: trials.count)
        var best = [Duration](repeating: .seconds(1000), count: trials.count)
        var spent = Duration.zero
        let clock = ContinuousClock()
        var running = Array(trials.indices)
        // In turn, so that a disturbance meets all of them; the shortest run of each is what it can do.
        for round in 0..<20 where round < 3 || spent < .milliseconds(200) {
            for index in running {
                let elapsed = clock.measure { trials[index].run() }
                times[index].append(elapsed)
                best[index] = min(best[index], elapsed)
                spent += elapsed
            }
            // Those far behind will not catch up, and large shapes make each of their runs dear. But one run alone may
            // have been disturbed, or have had to ask the system for memory.
            guard round > 0 else { continue }
            let leader = best.min() ?? .zero
            running.removeAll { best[$0] > leader * 1.25 }
        }
        let winner = choice(
            best, scratch: candidates.map(\.scratchByteCount), meetings: meetings,
            sparesMemory: !request.constantInputs.isEmpty)
        return (candidates[winner], watch.end(spread: spread(of: times[winner])))
    }

    /// How many times as long as the shortest the median run takes.
    static func spread(of times: [Duration]) -> Double {
        let sorted = times.sorted()
        guard let shortest = sorted.first, shortest > .zero else { return 1 }
        return sorted[sorted.count / 2] / shortest
    }

    /// Which of several kernels to take.
    ///
    /// - Parameters:
    ///   - times: How long each takes, the plainest first.
    ///   - scratch: Bytes that each needs for itself.
    ///   - meetings: How often the threads of each meet: every time all wait for one that is late.
    ///   - sparesMemory: Whether what a kernel needs for itself stays with somebody, as with a plan: then a tenth of its
    ///     time is worth 32 MB.
    static func choice(_ times: [Duration], scratch: [Int], meetings: [Int], sparesMemory: Bool) -> Int {
        // Each must lose clearly to be passed over.
        var winner = 0
        for index in times.indices where times[index] < times[winner] * 0.97 { winner = index }
        winner = calmest(winner, times, meetings: meetings)
        guard sparesMemory else { return winner }
        let frugal = times.indices.filter {
            times[$0] < times[winner] * 1.1 && scratch[$0] <= scratch[winner] - (32 << 20)
        }
        return frugal.min { scratch[$0] < scratch[$1] } ?? winner
    }

    /// Of those that are as fast as the winner, the one that suffers least when a thread is late.
    static func calmest(_ winner: Int, _ times: [Duration], meetings: [Int]) -> Int {
        let calmer = times.indices.filter { times[$0] <= times[winner] * 1.01 && meetings[$0] < meetings[winner] }
        return calmer.min { (meetings[$0], times[$0]) < (meetings[$1], times[$1]) } ?? winner
    }

    /// A kernel with inputs of zeros; a run includes the reorders that the kernel makes necessary.
    private struct Trial {
        private let kernel: Kernel
        /// Those that are the same in every run.
        private let inputs: [Tensor?]
        private let request: KernelRequest
        private let network: ColdWeights?

        init(_ kernel: Kernel, _ request: KernelRequest, _ zeros: [Tensor], _ network: ColdWeights?) {
            self.kernel = kernel
            self.request = request
            self.network = network
            inputs = zeros.enumerated().map { index, tensor in
                guard request.constantInputs.contains(index) else { return tensor }
                return network == nil ? kernel.arranging(tensor, at: index) : nil
            }
        }

        func run() {
            let inputs = inputs.enumerated().compactMap { index, tensor in
                tensor ?? network?.next(request.inputs[index].shape, kernel.inputs[index])
            }
            _ = kernel.results(of: inputs, shapes: request.results)
        }
    }
}

extension Kernel {
    /// oneDNN may offer an implementation and then fail to compile it.
    var isCompilable: Bool {
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
