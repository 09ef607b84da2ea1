/// The axes of a loop over tensors whose shapes broadcast to one: as few axes as will do.
struct Broadcast: Sendable {
    /// Lengths of the loop's axes, at least one.
    private(set) var lengths: [Int]
    /// For each tensor, elements between neighbours along each axis; 0 repeats.
    private(set) var strides: [[Int]]

    /// The shape that both broadcast to, or `nil`.
    static func shape(_ a: Shape, _ b: Shape) -> Shape? {
        if a == b { return a }
        let rank = max(a.rank, b.rank)
        var lengths = [Int](repeating: 1, count: rank)
        for (axis, length) in zip((0..<rank).reversed(), a.dimensions.reversed()) { lengths[axis] = length }
        for (axis, length) in zip((0..<rank).reversed(), b.dimensions.reversed()) where length != lengths[axis] {
            guard length == 1 || lengths[axis] == 1 else { return nil }
            lengths[axis] = lengths[axis] == 1 ? length : lengths[axis]
        }
        return Shape(lengths)
    }

    init(_ result: Shape, _ shapes: [Shape]) {
        let all = shapes.map { shape in
            let missing = result.rank - shape.rank
            return [Int](repeating: 0, count: missing)
                + zip(shape.dimensions, shape.strides).map { $0 == 1 ? 0 : $1 }
        }
        self.init(lengths: result.dimensions, strides: all)
    }

    /// Joins neighbouring axes that every tensor walks as if they were one.
    init(lengths: [Int], strides: [[Int]]) {
        var joined: [Int] = []
        var steps = strides.map { _ in [Int]() }
        for axis in lengths.indices where lengths[axis] != 1 {
            let continues =
                !joined.isEmpty
                && strides.indices.allSatisfy { steps[$0][steps[$0].count - 1] == strides[$0][axis] * lengths[axis] }
            if continues {
                joined[joined.count - 1] *= lengths[axis]
                for tensor in strides.indices { steps[tensor][steps[tensor].count - 1] = strides[tensor][axis] }
            } else {
                joined.append(lengths[axis])
                for tensor in strides.indices { steps[tensor].append(strides[tensor][axis]) }
            }
        }
        if joined.isEmpty {
            joined = [1]
            steps = strides.map { _ in [0] }
        }
        precondition(joined.count <= 8, "loops have at most 8 axes that differ, got \(joined.count)")
        self.lengths = joined
        self.strides = steps
    }
}
