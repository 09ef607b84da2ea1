import SaccadeTensors

extension Operators {
    /// Elements that are taken elsewhere, several times, or not at all.
    static let movements: [String: ONNXOperator] = [
        "Transpose": { call in
            let value = try call.value(0)
            let rank = value.shape.rank
            let axes = try call.integers("perm").map { try call.axes($0, of: rank) } ?? (0..<rank).reversed()
            guard axes.count == rank else {
                throw Problem.malformed("an order of \(axes.count) axes for \(value.shape)")
            }
            guard axes != Array(0..<rank) else { return [value] }
            return [try call.moved(value) { try call.apply(.transpose(axes), $0) }]
        },
        "Concat": concatenate,
        "Split": split,
        "Slice": slice,
        "Gather": gather,
        "GatherElements": { call in
            let value = try call.value(0)
            let axis = try call.axis(call.integer("axis", or: 0), of: value.shape.rank)
            let indices = try call.indices(1, below: value.shape[axis])
            guard indices.shape.rank == value.shape.rank else {
                throw Problem.malformed("\(indices.shape) places in \(value.shape)")
            }
            return [try call.moved(value) { try call.apply(.gather(axis: axis), $0, indices) }]
        },
        "Expand": { call in
            let value = try call.value(0)
            let target = try Limits.shape(call.numbers(1).elements)
            guard let shape = broadcastShape(value.shape, target) else {
                throw Problem.malformed("\(value.shape) cannot be repeated to \(target)")
            }
            guard shape != value.shape else { return [value] }
            return [try call.moved(value) { try call.apply(.broadcast(shape), $0) }]
        },
        "Tile": tile,
        "DepthToSpace": float { call in
            let x = try call.tensor(0, ranks: 4...4)
            let (block, shape) = (try call.blockSize(), x.shape)
            guard shape[1] % (block * block) == 0 else {
                throw Problem.malformed("\(shape[1]) channels in blocks of \(block)")
            }
            let channels = shape[1] / (block * block)
            let isColumnFirst = try call.string("mode", or: "DCR") == "CRD"
            let split = isColumnFirst ? [channels, block, block] : [block, block, channels]
            let parts = try call.reshape(x, [shape[0]] + split + [shape[2], shape[3]])
            let order = isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
            return try call.reshape(
                call.apply(.transpose(order), parts), [shape[0], channels, shape[2] * block, shape[3] * block])
        },
        "SpaceToDepth": float { call in
            let x = try call.tensor(0, ranks: 4...4)
            let (block, shape) = (try call.blockSize(), x.shape)
            guard shape[2] % block == 0, shape[3] % block == 0 else {
                throw Problem.malformed("\(shape) in blocks of \(block)")
            }
            let parts = try call.reshape(x, [shape[0], shape[1], shape[2] / block, block, shape[3] / block, block])
            return try call.reshape(
                call.apply(.transpose([0, 3, 5, 1, 2, 4]), parts),
                [shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block])
        },
    ]

    private static let concatenate: ONNXOperator = { call in
        guard !call.inputs.isEmpty else { throw Problem.malformed("it has no inputs") }
        let values = try call.inputs.indices.map { try call.value($0) }
        // Before opset 4 the channels were meant where nothing was said.
        let axis = try call.axis(call.integer("axis", or: 1), of: values[0].shape.rank)
        let numbers = values.compactMap { value in if case .numbers(let numbers) = value { numbers } else { nil } }
        if numbers.count == values.count, numbers.allSatisfy({ $0.shape.rank == 1 }) {
            return [.numbers(Numbers(numbers.flatMap(\.elements)))]
        }
        guard values.count > 1 else { return [values[0]] }
        let joined = try call.results(
            of: .concatenation(axis: axis), values.indices.map { try call.tensor($0) })[0]
        return [.tensor(joined, values[0].kind)]
    }

    private static let split: ONNXOperator = { call in
        let value = try call.value(0)
        let axis = try call.axis(call.integer("axis", or: 0), of: value.shape.rank)
        let (length, parts) = (value.shape[axis], call.node.outputs.count)
        guard try call.integer("num_outputs", or: parts) == parts, parts > 0 else {
            throw Problem.malformed("num_outputs is not the number of outputs")
        }
        // Equal parts, the last of which may be smaller.
        let size = (length + parts - 1) / parts
        let lengths =
            try call.integers("split", orInput: 1)
            ?? (0..<parts).map { Swift.min(size, length - Swift.min($0 * size, length)) }
        guard lengths.count == parts, lengths.allSatisfy({ (0...length).contains($0) }), lengths.reduce(0, +) == length
        else {
            throw Problem.malformed("parts of \(lengths) along an axis of \(length)")
        }
        var start = 0
        return try lengths.map { part in
            defer { start += part }
            return try call.moved(value) { try call.slice($0, axis: axis, start: start, step: 1, length: part) }
        }
    }

    private static let slice: ONNXOperator = { call in
        let value = try call.value(0)
        let rank = value.shape.rank
        guard let starts = try call.integers("starts", orInput: 1), let ends = try call.integers("ends", orInput: 2)
        else {
            throw Problem.malformed("it is not said from where to where")
        }
        let given = try call.integers("axes", orInput: 3) ?? Array(starts.indices)
        let axes = try call.axes(given, of: rank)
        let steps = call.has(4) ? try call.numbers(4).elements : starts.map { _ in 1 }
        guard starts.count == axes.count, ends.count == axes.count, steps.count == axes.count else {
            throw Problem.malformed("\(starts.count) starts, \(ends.count) ends and \(axes.count) axes")
        }
        var (first, step, count) = (
            [Int](repeating: 0, count: rank), [Int](repeating: 1, count: rank), value.shape.dimensions
        )
        for (place, axis) in axes.enumerated() {
            let length = value.shape[axis]
            guard steps[place] != 0, steps[place] != .min else { throw Problem.malformed("a step of \(steps[place])") }
            step[axis] = steps[place]
            // Bounds beyond the ends mean the ends.
            func bound(_ number: Int, _ range: ClosedRange<Int>) -> Int {
                let place = number < 0 ? Swift.max(number, -length - 1) + length : number
                return Swift.min(Swift.max(place, range.lowerBound), range.upperBound)
            }
            if steps[place] > 0 {
                let (from, to) = (bound(starts[place], 0...length), bound(ends[place], 0...length))
                first[axis] = from
                count[axis] = to > from ? (to - from - 1) / steps[place] + 1 : 0
            } else {
                let (from, to) = (bound(starts[place], -1...length - 1), bound(ends[place], -1...length - 1))
                first[axis] = from
                count[axis] = from > to ? (from - to - 1) / -steps[place] + 1 : 0
            }
            // Of a step that leads beyond the end only its sign counts.
            if count[axis] <= 1 { step[axis] = 1 }
        }
        guard
            first != [Int](repeating: 0, count: rank) || step.contains(where: { $0 != 1 })
                || count != value.shape.dimensions
        else { return [value] }
        if case .numbers(let numbers) = value, count.contains(0) {
            return [.numbers(Numbers([], try Limits.shape(count), numbers.kind))]
        }
        return [
            try call.moved(value) {
                try call.apply(.slice(of: value.shape, starts: first, steps: step, lengths: count), $0)
            }
        ]
    }

    private static let gather: ONNXOperator = { call in
        let value = try call.value(0)
        let axis = try call.axis(call.integer("axis", or: 0), of: value.shape.rank)
        guard try value.shape.rank - 1 + call.value(1).shape.rank <= Limits.rank else {
            throw Problem.unsupported("more than \(Limits.rank) axes")
        }
        let indices = try call.indices(1, below: value.shape[axis])
        return [try call.moved(value) { try call.apply(.indexSelect(axis: axis), $0, indices) }]
    }

    private static let tile: ONNXOperator = { call in
        let value = try call.value(0)
        var repeats = try call.numbers(1).elements
        if call.has(2) {
            // Opset 1: how often, and along which axis.
            let axis = try call.numbers(2).elements
            guard axis.count == 1, repeats.count == 1 else {
                throw Problem.malformed("tiles or axis are no single number")
            }
            var all = [Int](repeating: 1, count: value.shape.rank)
            all[try call.axis(axis[0], of: value.shape.rank)] = repeats[0]
            repeats = all
        }
        guard repeats.count == value.shape.rank, repeats.allSatisfy({ (1...Limits.elements).contains($0) }) else {
            throw Problem.malformed("repeats of \(repeats) for \(value.shape)")
        }
        _ = try Limits.shape(
            zip(repeats, value.shape.dimensions).map { $0.multipliedReportingOverflow(by: $1).partialValue })
        return [
            try call.moved(value) { x in
                try repeats.enumerated().reduce(x) { x, repeated in
                    guard repeated.element > 1 else { return x }
                    // [A, B, C] by [A, r, B, C] to [A, r · B, C], where a loop may have no more axes than a tensor.
                    let outer = x.shape.dimensions.prefix(repeated.offset).reduce(1, *)
                    let inner = x.shape.dimensions.dropFirst(repeated.offset).reduce(1, *)
                    let flat = try call.reshape(x, [outer, 1, inner])
                    let copies = try call.apply(.broadcast(Limits.shape([outer, repeated.element, inner])), flat)
                    var lengths = x.shape.dimensions
                    lengths[repeated.offset] *= repeated.element
                    return try call.reshape(copies, lengths)
                }
            }
        ]
    }
}

extension Call {
    /// Places along an axis, which may count from the end where they are known.
    func indices(_ index: Int, below length: Int) throws -> Tensor {
        let value = try value(index)
        if case .input(let input, let tensor) = value, tensor.isTraced, let bounds = IndexBounds.current {
            guard length <= Limits.exactInteger else { throw Problem.unsupported("an axis of \(length)") }
            bounds.note(input: input, below: length)
            return tensor
        }
        let numbers = try numbers(index)
        let places = try numbers.elements.map { place in
            guard place >= -length, place < length else {
                throw Problem.malformed("there is no place \(place) of \(length)")
            }
            return place < 0 ? place + length : place
        }
        return try Numbers(places, numbers.shape).tensor()
    }

    fileprivate func blockSize() throws -> Int {
        guard let block = try integer("blocksize"), (1...Limits.window).contains(block) else {
            throw Problem.malformed("blocksize is missing, or not positive")
        }
        return block
    }
}
