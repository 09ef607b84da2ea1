import SaccadeTensors

/// Where in a file the numbers of one tensor lie, and how. Made only through ``init(type:shape:strides:source:offset:)``,
/// which believes nothing.
struct StoredTensor: Sendable {
    /// Bytes of a file that one or several tensors look at.
    struct Source: Sendable, Hashable {
        /// Where they begin in the file, from its first byte.
        let start: Int
        /// How many bytes of the file they take.
        let length: Int
        /// Their count when they are inflated; `nil` when they lie there as they are.
        let inflatedLength: Int?
        let isBigEndian: Bool

        init(start: Int, length: Int, inflatedLength: Int? = nil, isBigEndian: Bool = false) {
            self.start = start
            self.length = length
            self.inflatedLength = inflatedLength
            self.isBigEndian = isBigEndian
        }

        /// Bytes that are there for tensors to look at.
        var byteCount: Int { inflatedLength ?? length }
    }

    let type: ElementType
    let shape: Shape
    /// Elements between neighbours along each axis; not negative.
    let strides: [Int]
    let source: Source
    /// The first element's place among those of the source.
    let offset: Int
    /// How many of the source's elements lie between the first and the last that are looked at, both counted.
    let span: Int

    /// The most axes that a tensor may have.
    static let highestRank = 8
    /// A view may repeat elements, as one that was expanded does; up to here it may be larger than what it looks at.
    static let mostRepeatedElements = 1 << 24

    /// Why lengths and strides from a file make no tensor: words that follow "tensor NAME ".
    struct Problem: Error {
        let reason: String
    }

    /// - Throws: ``Problem`` unless every element lies in the source.
    init(type: ElementType, shape: [Int], strides: [Int]? = nil, source: Source, offset: Int = 0) throws(Problem) {
        guard shape.count <= Self.highestRank, shape.allSatisfy({ $0 >= 0 }) else {
            throw Problem(reason: "has the impossible shape \(shape.prefix(20))")
        }
        guard let count = Self.product(shape), Self.product(shape + [type.byteCount]) != nil else {
            throw Problem(reason: "has the impossible shape \(shape)")
        }
        let shape = Shape(shape)
        let steps = strides ?? shape.strides
        guard steps.count == shape.rank, steps.allSatisfy({ $0 >= 0 }), offset >= 0 else {
            throw Problem(reason: "has the impossible strides \(steps.prefix(20)) from element \(offset) on")
        }
        let available = source.byteCount / type.byteCount
        let outside = Problem(
            reason: "of shape \(shape) and strides \(steps) begins at element \(offset) of \(available) and "
                + "reaches beyond them")
        var last = 0
        if count > 0 {
            for (length, step) in zip(shape.dimensions, steps) {
                let (distance, overflow) = (length - 1).multipliedReportingOverflow(by: step)
                let (sum, overflowOfSum) = last.addingReportingOverflow(distance)
                guard !overflow, !overflowOfSum else { throw outside }
                last = sum
            }
        }
        span = count > 0 ? last + 1 : 0
        guard offset <= available, span <= available - offset else { throw outside }
        guard count <= max(available, Self.mostRepeatedElements) else {
            throw Problem(reason: "of shape \(shape) repeats \(available) elements too often")
        }
        self.type = type
        self.shape = shape
        self.strides = steps
        self.source = source
        self.offset = offset
    }

    var byteCount: Int { shape.elementCount * type.byteCount }

    /// Whether the elements lie one after another, last axis fastest.
    var isContiguous: Bool {
        zip(shape.dimensions, zip(strides, shape.strides)).allSatisfy { length, steps in
            length == 1 || steps.0 == steps.1
        } || shape.elementCount == 0
    }

    /// - Returns: `nil` where the lengths that are not 0 multiply to more than an integer holds: then no shape may have
    ///   them, even if it has no elements, for its strides would overflow.
    private static func product(_ factors: [Int]) -> Int? {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: max(factor, 1))
            guard !overflow else { return nil }
            product = next
        }
        return factors.contains(0) ? 0 : product
    }
}
