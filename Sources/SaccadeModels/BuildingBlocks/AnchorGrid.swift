public import SaccadeGeometry

/// The anchors on one map of an image: at every place of it the same shapes.
public struct AnchorGrid: Sendable {
    /// Which anchor one is.
    public struct Position: Sendable, Hashable {
        /// Of the place, from 0.
        public let row: Int
        public let column: Int
        /// Of the shape, among the anchors of the place.
        public let shape: Int
    }

    /// Sizes and aspect ratios.
    public let shapes: AnchorGenerator.Level
    /// Places of the map along each axis.
    public let width: Int
    public let height: Int
    /// Pixels between neighbouring places.
    public let stride: (x: Int, y: Int)
    /// In pixels of the image, place by place and row by row, at each of them the shapes in order.
    public let anchors: Boxes

    /// - Parameters:
    ///   - width: Places of the map, at least 1.
    ///   - height: Likewise.
    ///   - image: Pixels of the image that the map was computed from, with its padding; at least as many as places.
    public init(
        _ shapes: AnchorGenerator.Level, width: Int, height: Int, image: (width: Int, height: Int)
    ) {
        (self.shapes, self.width, self.height) = (shapes, width, height)
        stride = (image.width / max(width, 1), image.height / max(height, 1))
        anchors = AnchorGenerator(levels: [shapes]).anchors(on: [(width: width, height: height)], of: image)[0]
    }

    /// The anchors of each place.
    public var shapeCount: Int { shapes.anchors.count }

    /// Which one the anchor at an index is.
    public func position(of index: Int) -> Position {
        let place = index / shapeCount
        return Position(row: place / width, column: place % width, shape: index % shapeCount)
    }

    /// The indices of the anchors of one place.
    public func indices(row: Int, column: Int) -> Range<Int> {
        let first = (row * width + column) * shapeCount
        return first..<first + shapeCount
    }

    /// The place in the middle of the map.
    public var middle: (row: Int, column: Int) { (height / 2, width / 2) }

    /// Where a place lies on the image, in pixels: the middle of its anchors.
    public func point(row: Int, column: Int) -> Point { Point(Double(column * stride.x), Double(row * stride.y)) }

    /// Square root of a shape's area, and its height as a multiple of its width.
    public func form(_ shape: Int) -> (size: Float, ratio: Float) {
        (shapes.sizes[shape % shapes.sizes.count], shapes.aspectRatios[shape / shapes.sizes.count])
    }
}
