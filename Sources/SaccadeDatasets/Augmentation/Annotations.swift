public import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

/// What is known about an image besides its class, in pixels of the image, so that it can be moved together with it.
public struct Annotations: Sendable, Hashable {
    /// The class of pixels that do not count, whatever their value in a file is: 255, as in Pascal VOC.
    public static let unknownClass: UInt8 = 255

    /// One object; its parts stay and go together.
    public struct Object: Sendable, Hashable {
        /// Number of its class.
        public var category: Int
        public var box: Box
        /// Of the image's size.
        public var mask: RunLengthMask?
        public var keypoints: [Keypoint]
        /// Many objects of the class in one region (COCO).
        public var isCrowd: Bool
        /// The fraction of the object that the changes so far have left on the image, 0...1. Fractions multiply, so that two
        /// changes that cut off a little each drop it when together they cut off too much.
        public var visibleFraction: Double

        public init(
            category: Int, box: Box, mask: RunLengthMask? = nil, keypoints: [Keypoint] = [], isCrowd: Bool = false,
            visibleFraction: Double = 1
        ) {
            (self.category, self.box, self.mask, self.keypoints) = (category, box, mask, keypoints)
            (self.isCrowd, self.visibleFraction) = (isCrowd, visibleFraction)
        }
    }

    public var objects: [Object]
    /// A class for each pixel, row by row; nil where it is not known.
    public var classes: [UInt8]?
    /// Regions that may have an object, as somebody proposed them; nil where nobody did.
    public var proposals: Boxes?

    public init(objects: [Object] = [], classes: [UInt8]? = nil, proposals: Boxes? = nil) {
        (self.objects, self.classes, self.proposals) = (objects, classes, proposals)
    }

    /// What stays and what goes when an image is moved.
    public struct Rules: Sendable, Hashable {
        /// Two keypoints by their numbers, such as left knee and right knee.
        public struct Pair: Sendable, Hashable {
            public var left: Int
            public var right: Int
            public init(_ left: Int, _ right: Int) { (self.left, self.right) = (left, right) }
        }

        /// An object of which less than this fraction is left is dropped, 0...1; in any case one of which nothing is.
        public var leastVisible: Double
        /// Keypoints that change places when the image is mirrored. A mirror image's left hand is a right hand, in
        /// whichever direction the image is mirrored.
        public var mirroredKeypoints: [Pair]
        /// The class of pixels that come in from beyond the image.
        public var unknownClass: UInt8

        /// - Precondition: The fraction is in 0...1.
        public init(
            leastVisible: Double = 0.1, mirroredKeypoints: [Pair] = [], unknownClass: UInt8 = Annotations.unknownClass
        ) {
            require((0...1).contains(leastVisible), "Rules: a fraction of \(leastVisible)")
            (self.leastVisible, self.mirroredKeypoints) = (leastVisible, mirroredKeypoints)
            self.unknownClass = unknownClass
        }

        /// Left and right of COCO's person: eyes, ears, shoulders, elbows, wrists, hips, knees, ankles.
        public static let cocoPerson = (1...8).map { Pair(2 * $0 - 1, 2 * $0) }
    }

    /// What is known about the part of the image that begins at column `x` and row `y`.
    ///
    /// Boxes are clipped to the part. An object is dropped when less than `leastVisible` of it remains, or nothing.
    /// Keypoints outside become unlabelled, at the origin. Masks and classes are cut out pixel by pixel.
    ///
    /// - Parameters:
    ///   - size: Columns and rows of the image.
    ///   - leastVisible: A fraction in `0...1`.
    /// - Throws: ``GeometryError`` when a mask is not of the image's size.
    /// - Precondition: The part has pixels and lies inside the image, and there is a class for each pixel or none.
    public func cropped(
        x: Int, y: Int, width: Int, height: Int, from size: (width: Int, height: Int), leastVisible: Double
    ) throws(GeometryError) -> Annotations {
        require(
            x >= 0 && y >= 0 && width > 0 && height > 0 && width <= size.width - x && height <= size.height - y,
            "cropped: \(width)×\(height) at (\(x), \(y)) is not inside \(size.width)×\(size.height)")
        let part = GeometricTransform(
            .translation(-Double(x), -Double(y)), from: PixelSize(width: size.width, height: size.height),
            to: PixelSize(width: width, height: height))
        return try moved(by: part, Rules(leastVisible: leastVisible))
    }
}
