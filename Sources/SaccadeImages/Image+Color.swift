import CSaccadeImageCodecs
import SaccadePrelude

extension Image {
    /// The image in grey: `(19595 R + 38470 G + 7471 B + 32768) / 65536`, ITU-R 601 luma in fixed point as in Pillow.
    public func grey() -> Image {
        if channels == 1 { return self }
        let pixelCount = width * height
        let result = [UInt8](unsafeUninitializedCapacity: pixelCount) { target, count in
            saccade_rgb_to_grey(pixels, pixelCount, target.baseAddress)
            count = pixelCount
        }
        return Image(width: width, height: height, channels: 1, pixels: result)
    }

    /// The image with three channels; grey is repeated in each.
    public func rgb() -> Image {
        if channels == 3 { return self }
        let pixelCount = width * height
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: pixelCount * 3) { target, count in
                for i in 0..<pixelCount {
                    target[3 * i] = source[i]
                    target[3 * i + 1] = source[i]
                    target[3 * i + 2] = source[i]
                }
                count = pixelCount * 3
            }
        }
        return Image(width: width, height: height, channels: 3, pixels: result)
    }

    /// The image with 1 or 3 channels, converted where it has the other number.
    public func converted(toChannels count: Int) -> Image {
        require(count == 1 || count == 3, "converted: \(count) channels; expected 1 or 3")
        return count == 1 ? grey() : rgb()
    }
}
