public import SaccadeGeometry
import SaccadeTensors

/// What is known about a picture besides its class, in pixels of the picture, so that it can be moved together with it.
public struct Annotations: Sendable, Hashable {
    /// One object; its parts stay and go together.
    public struct Object: Sendable, Hashable {
        /// Number of its class.
        public var category: Int
        public var box: Box
        /// Of the picture's size.
        public var mask: RunLengthMask?
        public var keypoints: [Keypoint]

        public init(category: Int, box: Box, mask: RunLengthMask? = nil, keypoints: [Keypoint] = []) {
            (self.category, self.box, self.mask, self.keypoints) = (category, box, mask, keypoints)
        }
    }

    public var objects: [Object]
    /// A class for each pixel, row by row; nil where it is not known.
    public var classes: [UInt8]?

    public init(objects: [Object] = [], classes: [UInt8]? = nil) { (self.objects, self.classes) = (objects, classes) }

    /// What is known about the part of the picture that begins at column `x` and row `y`.
    ///
    /// Boxes are clipped to the part. An object is dropped when less than `leastVisible` of its box's area remains, or
    /// nothing. Keypoints outside become unlabelled, at the origin. Masks and classes are cut out pixel by pixel.
    ///
    /// - Parameters:
    ///   - size: Columns and rows of the picture.
    ///   - leastVisible: A share in `0...1`.
    /// - Throws: ``GeometryError`` when a mask is not of the picture's size.
    /// - Precondition: The part has pixels and lies inside the picture, and there is a class for each pixel or none.
    public func cropped(
        x: Int, y: Int, width: Int, height: Int, from size: (width: Int, height: Int), leastVisible: Double
    ) throws(GeometryError) -> Annotations {
        require(
            x >= 0 && y >= 0 && width > 0 && height > 0 && width <= size.width - x && height <= size.height - y,
            "cropped: \(width)×\(height) at (\(x), \(y)) is not inside \(size.width)×\(size.height)")
        require((0...1).contains(leastVisible), "cropped: a share of \(leastVisible)")
        require(
            classes.map { $0.count == size.width * size.height } ?? true, "cropped: not one class for each pixel")
        func part(_ pixels: [UInt8]) -> [UInt8] {
            (y..<y + height).flatMap { row in pixels[row * size.width + x..<row * size.width + x + width] }
        }
        var result: [Object] = []
        for var object in objects {
            let whole = object.box.area
            let box = object.box.shifted(x: -Double(x), y: -Double(y)).clipped(toWidth: width, height: height)
            guard box.isValid, whole.isFinite, box.area >= leastVisible * whole else { continue }
            object.box = box
            if let mask = object.mask {
                guard mask.width == size.width, mask.height == size.height else {
                    throw GeometryError(
                        .mismatch,
                        "a mask of \(mask.width)×\(mask.height) pixels does not belong to a picture of "
                            + "\(size.width)×\(size.height); give masks of the picture's size")
                }
                object.mask = try RunLengthMask(width: width, height: height, pixels: part(mask.pixels))
            }
            object.keypoints = object.keypoints.map { point in
                let (u, v) = (point.x - Double(x), point.y - Double(y))
                let isInside = u >= 0 && v >= 0 && u < Double(width) && v < Double(height)
                return isInside && point.visibility != .unlabelled
                    ? Keypoint(x: u, y: v, visibility: point.visibility)
                    : Keypoint(x: 0, y: 0, visibility: .unlabelled)
            }
            result.append(object)
        }
        return Annotations(objects: result, classes: classes.map(part))
    }
}
