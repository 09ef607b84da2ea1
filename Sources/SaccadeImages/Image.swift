import SaccadePrelude

/// An image of 8-bit grey or RGB pixels, as plain bytes.
///
/// Rows run from top to bottom without gaps and channels are interleaved: the byte of channel `c` at column `x` of row
/// `y` is `pixels[(y * width + x) * channels + c]`. Values are as files store them (sRGB, 0...255).
public struct Image: Sendable, Equatable {
    /// Columns; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// 1 for grey, 3 for RGB.
    public let channels: Int
    /// `height * width * channels` bytes.
    public private(set) var pixels: [UInt8]

    /// An image made of given bytes.
    ///
    /// - Precondition: `width` and `height` are at least 1, `channels` is 1 or 3, and `pixels` holds
    ///   `height * width * channels` bytes.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        require(width > 0 && height > 0, "Image: \(width)×\(height) has no pixels")
        require(channels == 1 || channels == 3, "Image: \(channels) channels; expected 1 or 3")
        require(
            pixels.count == width * height * channels,
            "Image: \(pixels.count) bytes for \(width)×\(height)×\(channels)")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// An image of one colour, whose channels (1 or 3) are the elements of `colour`.
    public init(width: Int, height: Int, filledWith colour: [UInt8]) {
        require(width > 0 && height > 0, "Image: \(width)×\(height) has no pixels")
        var pixels = [UInt8](repeating: colour.first ?? 0, count: width * height * colour.count)
        if colour.count > 1 {
            for i in pixels.indices { pixels[i] = colour[i % colour.count] }
        }
        self.init(width: width, height: height, channels: colour.count, pixels: pixels)
    }

    /// The byte at a column, a row and a channel, all counted from zero.
    public subscript(x: Int, y: Int, channel: Int = 0) -> UInt8 {
        get { pixels[offset(x, y, channel)] }
        set { pixels[offset(x, y, channel)] = newValue }
    }

    private func offset(_ x: Int, _ y: Int, _ channel: Int) -> Int {
        require(
            x >= 0 && x < width && y >= 0 && y < height && channel >= 0 && channel < channels,
            "Image: (\(x), \(y), \(channel)) is outside \(width)×\(height)×\(channels)")
        return (y * width + x) * channels + channel
    }

    /// Width and height.
    public var size: PixelSize { PixelSize(width: width, height: height) }
}

/// Width and height in pixels.
public struct PixelSize: Sendable, Hashable, CustomStringConvertible {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A size from its two sides.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// `width×height`.
    public var description: String { "\(width)×\(height)" }
}
