package import SaccadeOneDNN

/// How a tensor's elements lie in memory where that is not row by row.
package struct Arrangement: Hashable, Sendable {
    package let layout: Layout
    /// The layout of the same axes when the tensor is row-major. Axes may be split or swapped against the
    /// tensor's shape: a grouped convolution sees its weights `[O, C, KH, KW]` as `[G, O/G, C, KH, KW]`.
    package let rowMajor: Layout
    /// How a copy would lie: the same, but where this is a part of a larger tensor, with others' elements between its own.
    package let packed: Layout

    /// `nil` where `layout` is just row-major.
    package init?(_ layout: Layout, rowMajor: Layout, packed: Layout? = nil) {
        guard layout !== rowMajor else { return nil }
        self.layout = layout
        self.rowMajor = rowMajor
        self.packed = packed ?? layout
    }

    package static func layout(of arrangement: Arrangement?, _ shape: Shape) -> Layout {
        arrangement?.layout ?? .rowMajor(shape.dimensions)
    }

    /// Bytes that a tensor of `shape` takes.
    package static func byteCount(of arrangement: Arrangement?, _ shape: Shape) -> Int {
        arrangement?.layout.byteCount ?? shape.elementCount * MemoryLayout<Float>.stride
    }
}

/// A shape and the order of its elements: what a kernel is made for.
package struct Operand: Hashable, Sendable {
    package var shape: Shape
    package var arrangement: Arrangement?

    package init(_ shape: Shape, _ arrangement: Arrangement? = nil) {
        self.shape = shape
        self.arrangement = arrangement
    }

    package var layout: Layout { Arrangement.layout(of: arrangement, shape) }
    package var byteCount: Int { Arrangement.byteCount(of: arrangement, shape) }
    /// The same as a tensor of its own, where it is a part of another.
    var packed: Operand {
        Operand(shape, arrangement.flatMap { Arrangement($0.packed, rowMajor: $0.rowMajor) })
    }

    package var elementType: ElementType { arrangement?.layout.elementType ?? .float32 }
}
