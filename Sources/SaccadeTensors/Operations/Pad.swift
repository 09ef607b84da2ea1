import SaccadePrelude

/// What lies beyond the edge of a tensor.
public enum Border: Hashable, Sendable {
    case constant(Float)
    /// The elements before the edge, backwards; the edge itself is not repeated.
    case reflected
}

extension Tensor {
    /// The tensor with more elements before and after it along one axis.
    ///
    /// - Parameters:
    ///   - axis: Counted from the front, or from the back when negative.
    ///   - before: Elements to add; not negative.
    ///   - after: Elements to add; not negative.
    /// - Precondition: A reflection adds fewer elements on a side than there are.
    public func padded(axis: Int, before: Int, after: Int, with border: Border = .constant(0)) -> Tensor {
        let axis = shape.resolved(axis: axis)
        let length = shape[axis]
        require(before >= 0 && after >= 0, "padded: \(before) and \(after) elements; neither may be negative")
        guard before + after > 0 else { return self }
        switch border {
        case .constant(let value):
            let whole = shape.replacing(axis, with: length + before + after)
            let view = View(whole, replacing: axis, start: before, step: 1, length: length)
            return Placement(view, background: value, name: "padded").applied(to: self)
        case .reflected:
            require(
                before < length && after < length,
                "padded: \(length) elements cannot be reflected to \(before) before and \(after) after them")
            let places = (-before..<length + after).map { $0 < 0 ? -$0 : $0 < length ? $0 : 2 * (length - 1) - $0 }
            return indexSelected(axis: axis, Tensor(places))
        }
    }

    /// Images with more rows and columns around them, along the last two axes.
    public func padded(
        top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0, with border: Border = .constant(0)
    ) -> Tensor {
        padded(axis: -2, before: top, after: bottom, with: border)
            .padded(axis: -1, before: left, after: right, with: border)
    }
}
