import SaccadePrelude

/// An immutable array of `Float` with a shape.
///
/// A tensor is a value: it never changes after it is made, so it may be shared freely between tasks. The
/// mutable things in this package are ``Parameter`` and ``Buffer``, and nothing else.
///
/// Whole numbers, such as class labels or the places that a pooling chose, are held as floats; they are
/// exact up to 2²⁴.
public struct Tensor: Sendable {
    public let shape: Shape
    package let content: Content

    /// Where this tensor sits on the running tape; `nil` for a constant.
    let slot: Tape.Slot?

    package enum Content: Sendable {
        /// Elements in memory, row-major unless an arrangement says otherwise.
        case stored(Storage, Arrangement?)
        /// A value that only exists when the plan being traced runs.
        case traced(Trace.ValueID)
    }

    init(shape: Shape, content: Content, slot: Tape.Slot? = nil) {
        self.shape = shape
        self.content = content
        self.slot = slot
    }

    /// - Parameter scalars: The elements, last axis fastest.
    /// - Precondition: There are as many as `shape` holds.
    public init(_ scalars: [Float], shape: Shape) {
        require(scalars.count == shape.elementCount, "\(scalars.count) scalars do not fill shape \(shape)")
        self.init(shape: shape) { elements in
            _ = elements.update(fromContentsOf: scalars)
        }
    }

    /// Whole numbers as a tensor of one axis.
    public init(_ numbers: [Int]) { self.init(numbers.map(Float.init), shape: [numbers.count]) }

    public init(filledWith scalar: Float, shape: Shape) {
        self.init(shape: shape) { $0.update(repeating: scalar) }
    }

    /// A tensor whose elements `initialize` writes, row-major, into memory that holds anything.
    package init<Failure: Error>(
        shape: Shape, initializingWith initialize: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        let storage = Storage(byteCount: shape.elementCount * MemoryLayout<Float>.stride)
        try initialize(UnsafeMutableBufferPointer(start: storage.floats, count: shape.elementCount))
        self.init(shape: shape, content: .stored(storage, nil))
    }

    /// A tensor whose elements lie, row-major, where somebody else has them.
    ///
    /// - Parameters:
    ///   - bytes: As many as `shape` holds, where a `Float` may lie.
    ///   - owner: Keeps them as they are for as long as it lives.
    ///   - letsGo: Frees memory that they need, where they can be had again when they are read; nil where they cannot.
    package init(
        shape: Shape, lent bytes: UnsafeRawBufferPointer, by owner: some AnyObject & Sendable,
        letsGo: (@Sendable () -> Void)? = nil
    ) {
        require(
            bytes.count == shape.elementCount * MemoryLayout<Float>.stride && bytes.count > 0,
            "\(bytes.count) bytes do not fill shape \(shape)")
        self.init(shape: shape, content: .stored(Storage(lent: bytes, by: owner, letsGo: letsGo), nil))
    }
}

extension Tensor {
    /// The elements, last axis fastest.
    ///
    /// - Precondition: The tensor is not part of a network being traced: then it has no elements yet.
    public var scalars: [Float] { withScalars { Array($0) } }

    /// Calls `body` with the elements, last axis fastest, without copying them where they lie that way.
    public func withScalars<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        let (storage, _) = rowMajor.stored("the elements of")
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(start: storage.floats, count: shape.elementCount))
    }

    /// The only element of a tensor that has one, such as a loss.
    public var item: Float {
        require(shape.elementCount == 1, "item of a tensor of shape \(shape)")
        return withScalars { $0[0] }
    }

    /// Whether every element is a finite number.
    public var isFinite: Bool { withScalars { $0.allSatisfy(\.isFinite) } }

    package var arrangement: Arrangement? {
        if case .stored(_, let arrangement) = content { arrangement } else { nil }
    }

    package var operand: Operand { Operand(shape, arrangement) }

    package var isTraced: Bool { if case .traced = content { true } else { false } }

    /// - Parameter purpose: What the caller wanted, for the message of a trap.
    func stored(_ purpose: StaticString) -> (Storage, Arrangement?) {
        guard case .stored(let storage, let arrangement) = content else {
            wrongProgram(
                "\(purpose) a tensor of shape \(shape) was asked for while a network was being traced; "
                    + "it has none until the plan runs")
        }
        return (storage, arrangement)
    }

    var rowMajorStorage: Storage { rowMajor.stored("the storage of").0 }

    /// The same tensor as a constant: no gradient flows through it.
    public var detached: Tensor { Tensor(shape: shape, content: content) }
}
