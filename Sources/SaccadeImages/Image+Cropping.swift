import SaccadePrelude

extension Image {
    /// The part of the image that begins at column `x` and row `y`.
    ///
    /// - Precondition: The part has pixels and lies inside the image.
    public func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> Image {
        require(
            x >= 0 && y >= 0 && newWidth > 0 && newHeight > 0 && newWidth <= width - x && newHeight <= height - y,
            "cropped: \(newWidth)×\(newHeight) at (\(x), \(y)) is not inside \(width)×\(height)")
        var result = [UInt8]()
        result.reserveCapacity(newWidth * newHeight * channels)
        for row in y..<(y + newHeight) {
            let start = (row * width + x) * channels
            result.append(contentsOf: pixels[start..<(start + newWidth * channels)])
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
    }

    /// The middle of the image; an odd pixel that is left over falls as in torchvision's `CenterCrop`.
    ///
    /// - Precondition: The part is no larger than the image.
    public func centerCropped(width newWidth: Int, height newHeight: Int) -> Image {
        cropped(
            x: PixelSize.centerStart(width, newWidth), y: PixelSize.centerStart(height, newHeight), width: newWidth,
            height: newHeight)
    }
}
