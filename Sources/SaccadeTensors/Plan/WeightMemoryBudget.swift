/// How much more memory a plan's weights may still take than the network's own.
///
/// Winograd's algorithm multiplies less and has weights up to four times as large. What it saves for each byte grows
/// with the places that a weight is used at. In a classifier these become fewer from layer to layer, and the first to
/// come gain the most; a network that draws its answer at full size ends with them. So what nodes of more places will
/// ask for is kept for them.
struct WeightMemoryBudget {
    /// What a node may ask for.
    struct Wish: Equatable {
        /// The most that its weights may take beyond their own size.
        var byteCount: Int
        /// Multiplications of a run for each of these bytes.
        var worth: Double
    }

    private(set) var remaining: Int
    /// Of the nodes still to come, by their place in the graph.
    private var wishes: [Int: Wish]

    /// Two and a half times the network's own are the most, so that memory stays below that of other runtimes; what
    /// matters to nobody is allowed to every network.
    init(own byteCount: Int, wishes: [Int: Wish] = [:]) {
        remaining = max(byteCount / 2 * 3, 32 << 20)
        self.wishes = wishes
    }

    /// What a node may spend: what is left, but for what those behind it need who gain more from each byte.
    ///
    /// To be asked once for each node, in their order.
    mutating func share(of node: Int) -> Int {
        guard let own = wishes.removeValue(forKey: node) else { return remaining }
        let kept = wishes.values.reduce(0) { $1.worth > own.worth ? $0 + $1.byteCount : $0 }
        return max(0, remaining - kept)
    }

    static func covers(_ kernel: Kernel, _ request: KernelRequest, within share: Int) -> Bool {
        extra(kernel, request) <= share
    }

    /// The kernels that are covered; the smallest where none is.
    static func affordable(_ kernels: [Kernel], _ request: KernelRequest, within share: Int) -> [Kernel] {
        let covered = kernels.filter { covers($0, request, within: share) }
        guard covered.isEmpty else { return covered }
        let smallest = kernels.min { extra($0, request) < extra($1, request) }
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

extension Graph {
    /// The memory for weights that each node may ask for, by its place.
    func weightMemoryWishes(_ options: Plan.Options) -> [Int: WeightMemoryBudget.Wish] {
        guard options.allowsWinograd, options.precision == .float32 else { return [:] }
        var wishes: [Int: WeightMemoryBudget.Wish] = [:]
        for (place, node) in nodes.enumerated() {
            let inputs = node.inputs.map { values[$0].shape }
            let byteCount = node.operation.additionalWeights(inputs) * MemoryLayout<Float>.stride
            guard byteCount > 0 else { continue }
            let multiplyAdds = node.operation.multiplyAdds(inputs, node.results.map { values[$0].shape })
            wishes[place] = .init(byteCount: byteCount, worth: Double(multiplyAdds) / Double(byteCount))
        }
        return wishes
    }
}
