public import SaccadeGeometry
public import SaccadeImages

/// How an image fits into a frame of other proportions: scaled by one factor, in the middle, with bars beside or above
/// and below it.
public struct Letterbox: Sendable, Hashable {
    /// The image's size before.
    public let old: PixelSize
    /// The frame.
    public let new: PixelSize
    /// The image's size in the frame, in whole pixels, at least one.
    public let scaled: PixelSize
    /// The column and row of the frame at which the image begins.
    public let x: Int, y: Int

    /// The largest that fits.
    public init(_ old: PixelSize, in new: PixelSize) {
        self.init(
            old, in: new,
            scale: min(Double(new.width) / Double(old.width), Double(new.height) / Double(old.height)))
        // Rounding never leads out of the frame: one side is the frame's, and the other less.
    }

    /// Scaled by a factor, and where it is larger than the frame, only its middle.
    init(_ old: PixelSize, in new: PixelSize, scale: Double) {
        (self.old, self.new) = (old, new)
        scaled = PixelSize(
            width: max(1, Int((Double(old.width) * scale).rounded())),
            height: max(1, Int((Double(old.height) * scale).rounded())))
        // Down, also below zero, so that it is one place for each size.
        (x, y) = ((new.width - scaled.width) >> 1, (new.height - scaled.height) >> 1)
    }

    /// Takes points of the image to points of the frame; its inverse takes what was found there back.
    public var map: Homography {
        Homography.scaling(
            Double(scaled.width) / Double(old.width), Double(scaled.height) / Double(old.height)
        ).then(.translation(Double(x), Double(y)))
    }

    var transform: GeometricTransform { GeometricTransform(map, from: old, to: new) }

    /// The image in its frame.
    ///
    /// - Parameter bars: The colour of the bars, of as many channels as the image; black where left out.
    public func apply(to image: Image, filter: ResizeFilter = .bilinear, bars: [UInt8]? = nil) -> Image {
        image.resized(width: scaled.width, height: scaled.height, filter: filter)
            .framed(x: x, y: y, new, bars ?? [UInt8](repeating: 0, count: image.channels))
    }
}

extension Image {
    /// The image with its upper left corner at (`x`, `y`) of a frame, which it may fill in part or reach beyond.
    func framed(x: Int, y: Int, _ size: PixelSize, _ color: [UInt8]) -> Image {
        let (left, top) = (max(x, 0), max(y, 0))
        let (right, bottom) = (min(x + width, size.width), min(y + height, size.height))
        guard left < right, top < bottom else {
            return Image(width: size.width, height: size.height, filledWith: color)
        }
        let part = cropped(x: left - x, y: top - y, width: right - left, height: bottom - top)
        if part.size == size { return part }
        return part.padded(
            left: left, top: top, right: size.width - right, bottom: size.height - bottom, paddingMode: .color(color))
    }
}
