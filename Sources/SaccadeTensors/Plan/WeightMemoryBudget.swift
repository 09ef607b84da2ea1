/// How much more memory a plan's weights may still take than the network's own.
///
/// Winograd's algorithm multiplies less and has weights up to four times as large. What it saves grows with the
/// images, what it costs with the channels; and as images shrink towards the end of a network where channels grow,
/// the first to come are those that save the most for each byte.
struct WeightMemoryBudget {
    private(set) var remaining: Int

    /// Two and a half times the network's own are the most, so that memory stays below that of other runtimes; what
    /// matters to nobody is allowed to every network.
    init(own byteCount: Int) { remaining = max(byteCount / 2 * 3, 32 << 20) }

    func covers(_ kernel: Kernel, _ request: KernelRequest) -> Bool {
        Self.extra(kernel, request) <= remaining
    }

    /// The kernels that are covered; the smallest where none is.
    func affordable(_ kernels: [Kernel], _ request: KernelRequest) -> [Kernel] {
        let covered = kernels.filter { covers($0, request) }
        guard covered.isEmpty else { return covered }
        let smallest = kernels.min { Self.extra($0, request) < Self.extra($1, request) }
        return smallest.map { [$0] } ?? []
    }

    mutating func spend(on kernel: Kernel, _ request: KernelRequest) {
        // Below 0 not even weights that stay as they are would be covered.
        remaining = max(0, remaining - max(0, Self.extra(kernel, request)))
    }

    /// Bytes that the constants take in the kernel's order beyond those that they take as they are.
    private static func extra(_ kernel: Kernel, _ request: KernelRequest) -> Int {
        request.constantInputs.reduce(0) { sum, index in
            let operand = request.inputs[index]
            return sum + Arrangement.byteCount(of: kernel.inputs[index], operand.shape) - operand.byteCount
        }
    }
}
