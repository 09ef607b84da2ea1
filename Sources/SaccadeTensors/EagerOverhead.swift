import SaccadeOneDNN

/// What eager execution adds to a oneDNN primitive: looking up the kernel, memory for the result, the call.
package enum EagerOverhead {
    /// Microseconds that one small convolution takes eagerly, and that its bare primitive takes.
    package static func measure(repetitions: Int = 2000) -> (eager: Double, bare: Double) {
        let input = Tensor(filledWith: 0.5, shape: [1, 16, 8, 8])
        let weight = Tensor(filledWith: 0.1, shape: [16, 16, 3, 3])
        let convolution = Convolution(
            kernel: 3, stride: 1, padding: 1, dilation: 1, groups: 1, hasBias: false, activation: nil)
        let request = KernelRequest(inputs: [input.operand, weight.operand], results: [[1, 16, 8, 8]])
        let kernel = KernelCache.shared.kernel(for: convolution, request)
        // Arranged beforehand: a reorder is an operation of its own.
        let (x, w) = (input.arranged(kernel.inputs[0]), weight.arranged(kernel.inputs[1]))
        let result = Storage(byteCount: Arrangement.byteCount(of: kernel.results[0], [1, 16, 8, 8]))
        let scratch = Storage(byteCount: max(kernel.scratchByteCount, 64))
        let addresses: [UnsafeMutableRawPointer?] = [
            x.stored("the elements of").0.address, w.stored("the elements of").0.address, result.address,
            scratch.address,
        ]
        let bare = microseconds(repetitions) { kernel.run(at: addresses) }
        let eager = microseconds(repetitions) { _ = conv2D(x, w, padding: 1) }
        withExtendedLifetime((result, scratch)) {}
        return (eager, bare)
    }

    /// The median over batches of calls.
    private static func microseconds(_ repetitions: Int, _ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let times = (0..<20).map { _ in
            let elapsed = clock.measure { for _ in 0..<repetitions / 20 { body() } }
            return (Double(elapsed.components.attoseconds) * 1e-12 + Double(elapsed.components.seconds) * 1e6)
                / Double(repetitions / 20)
        }
        return times.sorted()[times.count / 2]
    }
}
