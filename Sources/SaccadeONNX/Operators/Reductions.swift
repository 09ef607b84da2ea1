import SaccadeTensors

extension Operators {
    /// One number from many.
    static let reductions: [String: ONNXOperator] = [
        "ReduceSum": reduce(.sum, whole: { try exactSum($0) }),
        "ReduceMean": reduce(.sum, mean: true),
        "ReduceMax": reduce(.largest, whole: { $0.max() ?? 0 }),
        "ReduceMin": reduce(.smallest, whole: { $0.min() ?? 0 }),
        "ReduceProd": reduce(nil, whole: { try exactProduct($0) }),
        "ReduceL1": reduce(.sum, before: { try $0.unary(.absolute, $1) }),
        "ReduceL2": reduce(.sum, before: { try $0.multiply($1, $1) }, after: { try $0.unary(.squareRoot, $1) }),
        "ReduceSumSquare": reduce(.sum, before: { try $0.multiply($1, $1) }),
        "ReduceLogSum": reduce(.sum, after: { try $0.unary(.log, $1) }),
        "ArgMax": { call in
            let x = try call.tensor(0, ranks: 1...Limits.rank)
            guard try !call.flag("select_last_index") else { throw Problem.unsupported("the last of equals") }
            let axis = try call.axis(call.integer("axis", or: 0), of: x.shape.rank)
            let places = try call.apply(.argMax(axis: axis), x)
            var lengths = x.shape.dimensions
            lengths[axis] = 1
            return [.tensor(try call.flag("keepdims", or: true) ? call.reshape(places, lengths) : places, .integer)]
        },
        "TopK": { call in
            let x = try call.tensor(0, ranks: 1...Limits.rank)
            guard try call.flag("largest", or: true) else { throw Problem.unsupported("the smallest elements") }
            call.ignore("sorted")
            let axis = try call.axis(call.integer("axis", or: -1), of: x.shape.rank)
            guard axis == x.shape.rank - 1 else { throw Problem.unsupported("other than the last axis") }
            guard let count = try call.integers("k", 1) else { throw Problem.malformed("it is not said how many") }
            let results = try call.results(of: .topK(count: count), [x])
            return [.tensor(results[0], .float), .tensor(results[1], .integer)]
        },
    ]

    private static func reduce(
        _ kind: ReductionKind?, mean: Bool = false, whole: (@Sendable ([Int]) throws -> Int)? = nil,
        before: (@Sendable (Call, Tensor) throws -> Tensor)? = nil,
        after: (@Sendable (Call, Tensor) throws -> Tensor)? = nil
    ) -> ONNXOperator {
        { call in
            let value = try call.value(0)
            let rank = value.shape.rank
            var axes = try call.integers("axes", orInput: 1).map { try call.axes($0, of: rank) } ?? []
            let keepsAxes = try call.flag("keepdims", or: true)
            if axes.isEmpty {
                if try call.flag("noop_with_empty_axes") { return [value] }
                axes = Array(0..<rank)
            }
            call.ignore("noop_with_empty_axes")
            let lengths = value.shape.dimensions.enumerated().compactMap { axis, length in
                axes.contains(axis) ? (keepsAxes ? 1 : nil) : length
            }
            if case .numbers(let numbers) = value, let whole {
                guard axes.count == rank else { throw Problem.unsupported("some axes of whole numbers") }
                return [.numbers(Numbers([try whole(numbers.elements)], try Limits.shape(lengths)))]
            }
            guard let kind else {
                throw Problem.unsupported("products of numbers that are not known before the network runs")
            }
            let x = try call.tensor(0)
            // The mean of planes is what pooling does, in whatever order images lie.
            if mean, rank == 4, Set(axes) == [2, 3], max(x.shape[2], x.shape[3]) <= Limits.window {
                let kernel = Pair(x.shape[2], x.shape[3])
                let y = try call.apply(.pooling(.average(countIncludePad: false), kernel: kernel, stride: kernel), x)
                return [.tensor(try call.reshape(y, lengths), .float)]
            }
            var y = try before.map { try $0(call, x) } ?? x
            if !axes.isEmpty { y = try call.apply(.reduction(kind, axes: axes, keepsAxes: keepsAxes), y) }
            if mean { y = try call.multiply(y, 1 / Float(axes.map { x.shape[$0] }.reduce(1, *))) }
            return [.tensor(try after.map { try $0(call, y) } ?? y, value.kind)]
        }
    }

    private static func exactSum(_ numbers: [Int]) throws -> Int {
        try numbers.reduce(0) { sum, next in
            let (result, overflow) = sum.addingReportingOverflow(next)
            guard !overflow else { throw Problem.malformed("a sum of whole numbers is too large") }
            return result
        }
    }

    private static func exactProduct(_ numbers: [Int]) throws -> Int {
        try numbers.reduce(1) { product, next in
            let (result, overflow) = product.multipliedReportingOverflow(by: next)
            guard !overflow else { throw Problem.malformed("a product of whole numbers is too large") }
            return result
        }
    }
}

extension Call {
    /// One whole number, an attribute in early opsets and an input later.
    fileprivate func integers(_ name: String, _ index: Int) throws -> Int? {
        if hasAttribute(name) { return try integer(name) }
        guard has(index) else { return nil }
        let numbers = try numbers(index).elements
        guard numbers.count == 1 else { throw Problem.malformed("its input \(index) should be one number") }
        return numbers[0]
    }
}
