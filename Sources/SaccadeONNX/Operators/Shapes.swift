import SaccadeTensors

extension Operators {
    /// Other shapes for the same elements, and shapes as numbers.
    static let shapes: [String: ONNXOperator] = [
        "Identity": { [try $0.value(0)] },
        "Shape": { call in
            let lengths = try call.value(0).shape.dimensions
            func bound(_ name: String, _ other: Int) throws -> Int {
                let place = try call.integer(name, or: other)
                return Swift.min(Swift.max(place < 0 ? place + lengths.count : place, 0), lengths.count)
            }
            let (start, end) = (try bound("start", 0), try bound("end", lengths.count))
            return [.numbers(Numbers(Array(lengths[start..<Swift.max(start, end)])))]
        },
        "Size": { [.numbers(Numbers([try $0.value(0).shape.elementCount], []))] },
        "Reshape": reshape,
        "Flatten": { call in
            let value = try call.value(0)
            let rank = value.shape.rank
            let axis = try call.integer("axis", or: 1)
            let first = axis == rank ? rank : try call.axis(axis, of: Swift.max(rank, 1))
            let rows = value.shape.dimensions.prefix(first).reduce(1, *)
            let columns = value.shape.dimensions.dropFirst(first).reduce(1, *)
            return [try call.reshaped(value, [rows, columns])]
        },
        "Squeeze": { call in
            let value = try call.value(0)
            let lengths = value.shape.dimensions
            let axes = try call.integers("axes", orInput: 1).map { try call.axes($0, of: lengths.count) }
            let gone = axes ?? lengths.indices.filter { lengths[$0] == 1 }
            guard gone.allSatisfy({ lengths[$0] == 1 }) else {
                throw Problem.malformed("the axes \(gone) of \(value.shape) are not of length 1")
            }
            return [try call.reshaped(value, lengths.indices.filter { !gone.contains($0) }.map { lengths[$0] })]
        },
        "Unsqueeze": { call in
            let value = try call.value(0)
            guard let given = try call.integers("axes", orInput: 1), given.count <= Limits.rank else {
                throw Problem.malformed("it is not said where axes are added")
            }
            let axes = try call.axes(given, of: value.shape.rank + given.count)
            var rest = value.shape.dimensions[...]
            let lengths = (0..<value.shape.rank + given.count).map { axes.contains($0) ? 1 : rest.removeFirst() }
            return [try call.reshaped(value, lengths)]
        },
        "Cast": cast,
        "CastLike": { call in
            let kind = try call.value(1).kind
            return [try call.converted(call.value(0), to: kind)]
        },
    ]

    private static let reshape: ONNXOperator = { call in
        call.ignore("consumed_inputs")
        let value = try call.value(0)
        guard var lengths = try call.integers("shape", orInput: 1), lengths.count <= Limits.rank else {
            throw Problem.malformed("it is not said which shape")
        }
        let keepsZeros = try call.flag("allowzero")
        for (axis, length) in lengths.enumerated() where length == 0 && !keepsZeros {
            guard axis < value.shape.rank else { throw Problem.malformed("\(value.shape) has no axis \(axis) to keep") }
            lengths[axis] = value.shape[axis]
        }
        let count = value.shape.elementCount
        if let open = lengths.firstIndex(of: -1) {
            lengths[open] = 1
            let rest = try Limits.shape(lengths).elementCount
            guard rest > 0, count % rest == 0 else {
                throw Problem.malformed(
                    "\(value.shape) cannot be given a shape with \(rest) elements beside the open axis")
            }
            lengths[open] = count / rest
        }
        return [try call.reshaped(value, lengths)]
    }

    private static let cast: ONNXOperator = { call in
        call.ignore("saturate", "round_mode")
        guard let number = try call.integer("to"), let type = ElementType(rawValue: number) else {
            throw Problem.unsupported("another type of numbers than are understood")
        }
        return [try call.converted(call.value(0), to: type.kind)]
    }
}

extension Call {
    /// The same elements in another shape.
    func reshaped(_ value: Value, _ lengths: [Int]) throws -> Value {
        let shape = try Limits.shape(lengths)
        guard shape.elementCount == value.shape.elementCount else {
            throw Problem.malformed(
                "\(value.shape) has \(value.shape.elementCount) elements, and \(shape) would have \(shape.elementCount)"
            )
        }
        if case .numbers(let numbers) = value { return .numbers(Numbers(numbers.elements, shape, numbers.kind)) }
        return .tensor(try reshape(value.tensor(), lengths), value.kind)
    }

    /// The same numbers of another kind.
    func converted(_ value: Value, to kind: Value.Kind) throws -> Value {
        guard value.kind != kind else { return value }
        switch (value, kind) {
        case (.numbers(let numbers), .float): return .tensor(try numbers.tensor(), .float)
        case (.numbers(let numbers), .integer): return .numbers(Numbers(numbers.elements, numbers.shape))
        case (.numbers(let numbers), .boolean):
            return .numbers(Numbers(numbers.elements.map { $0 == 0 ? 0 : 1 }, numbers.shape, .boolean))
        default: break
        }
        if kind == .boolean {
            let isZero = try apply(.binary(.equal), value.tensor(), scalar(0))
            return .tensor(try apply(.binary(.subtract), scalar(1), isZero), .boolean)
        }
        guard kind == .integer, value.kind == .float else { return .tensor(try value.tensor(), kind) }
        // Fractions are cut off, as far as they are known.
        guard let known = try value.known(), known.shape.elementCount <= Limits.smallElements else {
            return .uncut(try value.tensor())
        }
        return .numbers(try Numbers(Tensor(known.scalars.map { $0.rounded(.towardZero) }, shape: known.shape)))
    }

    /// Elements that go elsewhere: floats as `body` says, and whole numbers that are known likewise.
    func moved(_ value: Value, _ body: (Tensor) throws -> Tensor) throws -> Value {
        guard case .numbers(let numbers) = value else { return .tensor(try body(value.tensor()), value.kind) }
        guard numbers.elements.count <= Limits.exactInteger else {
            throw Problem.unsupported("\(numbers.elements.count) whole numbers")
        }
        let places = try body(Tensor(numbers.elements.indices.map(Float.init), shape: numbers.shape))
        // Where they go depends on what comes with each run.
        guard !places.isTraced else { return .tensor(try body(numbers.tensor()), numbers.kind) }
        return .numbers(Numbers(places.scalars.map { numbers.elements[Int($0)] }, places.shape, numbers.kind))
    }
}
