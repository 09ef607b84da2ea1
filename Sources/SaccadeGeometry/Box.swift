/// An upright rectangle on an image, in pixels.
///
/// Coordinates are continuous: pixel `i` covers `i..<i + 1`, so that a box around all of an image W pixels wide goes
/// from 0 to W, and `right - left` is a width. Data whose last pixel is inclusive (Pascal VOC) add 1 to their right and
/// bottom when they are read.
public struct Box: Sendable, Hashable, Codable {
    public var left: Double
    public var top: Double
    /// Exclusive.
    public var right: Double
    /// Exclusive.
    public var bottom: Double

    /// A box from its edges, whatever they are: see ``isValid``.
    public init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// A box from its upper left corner and its sides, as COCO writes it.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.init(left: x, top: y, right: x + width, bottom: y + height)
    }

    /// Whether the edges are finite and in order, with some area between them.
    public var isValid: Bool {
        left < right && top < bottom && left.isFinite && right.isFinite && top.isFinite && bottom.isFinite
    }

    /// `right - left`; negative when the edges are not in order.
    @inlinable public var width: Double { right - left }
    /// `bottom - top`; negative when the edges are not in order.
    @inlinable public var height: Double { bottom - top }
    /// The middle.
    public var center: Point { Point((left + right) / 2, (top + bottom) / 2) }
    /// Square pixels; 0 when the edges are not in order.
    @inlinable public var area: Double { width > 0 && height > 0 ? width * height : 0 }

    /// What the two have in common; nil when that has no area.
    public func intersection(_ other: Box) -> Box? {
        let common = Box(
            left: max(left, other.left), top: max(top, other.top),
            right: min(right, other.right), bottom: min(bottom, other.bottom))
        return common.area > 0 && area > 0 && other.area > 0 ? common : nil
    }

    /// The smallest box around both.
    public func union(_ other: Box) -> Box {
        Box(
            left: min(left, other.left), top: min(top, other.top),
            right: max(right, other.right), bottom: max(bottom, other.bottom))
    }

    /// The part inside a frame. What lies outside becomes a box without area at the nearest edge.
    public func clipped(to frame: Box) -> Box {
        Box(
            left: min(max(left, frame.left), frame.right), top: min(max(top, frame.top), frame.bottom),
            right: min(max(right, frame.left), frame.right), bottom: min(max(bottom, frame.top), frame.bottom))
    }

    /// The part on an image of so many pixels.
    public func clipped(toWidth width: Int, height: Int) -> Box {
        clipped(to: Box(left: 0, top: 0, right: Double(width), bottom: Double(height)))
    }

    /// The box on the same image resized by these factors.
    public func scaled(x: Double, y: Double) -> Box {
        Box(left: left * x, top: top * y, right: right * x, bottom: bottom * y)
    }

    /// The box moved.
    public func shifted(x: Double, y: Double) -> Box {
        Box(left: left + x, top: top + y, right: right + x, bottom: bottom + y)
    }
}
