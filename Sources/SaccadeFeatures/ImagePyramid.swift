public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// An image at smaller and smaller sizes, so that a window of one size finds objects of all.
///
/// Each level is resized from the image itself, with a triangle wide enough for every pixel to count.
public struct ImagePyramid: Sendable {
    /// Steps from one level to the next that make sense.
    public static let steps = 1.01...4.0

    /// One size of the image.
    public struct Level: Sendable, Hashable {
        /// In pixels.
        public let size: PixelSize
        /// Pixels of the image along one pixel of the level, to the right and down. With sides rounded to whole pixels these
        /// are not quite the same.
        public let horizontalScale: Double
        public let verticalScale: Double

        /// A box on the level as one on the image.
        public func box(_ box: Box) -> Box { box.scaled(x: horizontalScale, y: verticalScale) }
    }

    /// From the largest to the smallest.
    public let levels: [Level]
    private let image: Image

    /// - Parameters:
    ///   - image: The image.
    ///   - smallest: Levels go on as long as this fits.
    ///   - step: How many times smaller the sides of a level are than those of the one before, in ``steps``.
    ///   - magnification: How many times larger than the image the first level is, in 1/64...64; above 1 for objects that
    ///     are smaller than the window.
    public init(_ image: Image, downTo smallest: PixelSize, step: Double, magnification: Double = 1) {
        require(
            Self.steps.contains(step) && (1.0 / 64...64).contains(magnification) && smallest.width > 0
                && smallest.height > 0,
            "ImagePyramid: from \(magnification) in steps of \(step) down to \(smallest)")
        self.image = image
        var levels: [Level] = []
        var scale = magnification
        while true {
            let (width, height) = ((Double(image.width) * scale).rounded(), (Double(image.height) * scale).rounded())
            // Sides that an image cannot be resized to are left out.
            if width < Double(smallest.width) || height < Double(smallest.height) { break }
            if max(width, height) <= Double(1 << 24) {
                levels.append(
                    Level(
                        size: PixelSize(width: Int(width), height: Int(height)),
                        horizontalScale: Double(image.width) / width, verticalScale: Double(image.height) / height))
            }
            scale /= step
        }
        self.levels = levels
    }

    /// The image at a level's size.
    public func image(at level: Level) -> Image {
        image.resized(width: level.size.width, height: level.size.height, filter: .bilinear)
    }
}
