/// Places for blocks in one piece of memory: blocks that live at the same time do not overlap.
enum Arena {
    private static let alignment = 64

    /// - Parameter blocks: Sizes in bytes with the first and the last step that needs each; a block of no bytes
    ///   gets no place.
    /// - Returns: An offset for each block, and the bytes that hold them all.
    static func assign(_ blocks: [(byteCount: Int, first: Int, last: Int)]) -> (offsets: [Int], byteCount: Int) {
        // The largest first, each into the lowest gap left by those it lives beside: within a few percent of
        // the lower bound on real networks (Pisarchyk & Lee, "Efficient Memory Management for Deep Neural Net
        // Inference", 2020).
        var offsets = [Int](repeating: 0, count: blocks.count)
        var placed = Neighbours()
        var total = 0
        let order = blocks.indices.filter { blocks[$0].byteCount > 0 }
            .sorted { (blocks[$0].byteCount, $1) > (blocks[$1].byteCount, $0) }
        for index in order {
            let block = blocks[index]
            let size = (block.byteCount + alignment - 1) / alignment * alignment
            var offset = 0
            let beside = placed.of(block.first, block.last).filter {
                blocks[$0].first <= block.last && block.first <= blocks[$0].last
            }
            for other in beside.sorted(by: { offsets[$0] < offsets[$1] }) {
                if offset + size <= offsets[other] { break }
                let end = offsets[other] + (blocks[other].byteCount + alignment - 1) / alignment * alignment
                offset = max(offset, end)
            }
            offsets[index] = offset
            placed.add(index, block.first, block.last)
            total = max(total, offset + size)
        }
        return (offsets, total)
    }

    /// Blocks by the time that they are there, so that none is compared with all others of a long network.
    private struct Neighbours {
        /// Most live from one step to the next: those are found by their steps.
        private static let fewSteps = 16
        private var byStep: [Int: [Int]] = [:]
        private var shortLived: [Int] = []
        private var longLived: [Int] = []

        /// Blocks that may live between two steps, those that do among them; some twice.
        func of(_ first: Int, _ last: Int) -> [Int] {
            guard last - first < Self.fewSteps else { return longLived + shortLived }
            return longLived + (first...last).flatMap { byStep[$0] ?? [] }
        }

        mutating func add(_ block: Int, _ first: Int, _ last: Int) {
            guard last - first < Self.fewSteps else { return longLived.append(block) }
            shortLived.append(block)
            for step in first...last { byStep[step, default: []].append(block) }
        }
    }
}
