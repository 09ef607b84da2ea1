import SaccadePrelude

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Image {
    /// The image with normally distributed noise on every sample, rounded and cut off at 0 and 255.
    ///
    /// - Parameter deviation: Its standard deviation in levels, 0...255.
    public func withNoise(deviation: Double, using generator: inout some RandomNumberGenerator) -> Image {
        require((0...255).contains(deviation), "withNoise: a standard deviation of \(deviation) levels")
        let deviation = Float(deviation)
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
                for i in stride(from: 0, to: source.count, by: 2) {
                    // Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958; two at a time.
                    let bits = generator.next()
                    // In (0, 1] for the logarithm, and in [0, 1).
                    let u = Float((bits >> 40) + 1) * 0x1p-24
                    let v = Float(bits & 0xFF_FFFF) * 0x1p-24
                    let radius = deviation * (-2 * logf(u)).squareRoot()
                    target[i] = rounded(Float(source[i]) + radius * cosf(2 * .pi * v))
                    if i + 1 < source.count {
                        target[i + 1] = rounded(Float(source[i + 1]) + radius * sinf(2 * .pi * v))
                    }
                }
                count = source.count
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }

    /// The image with a rectangle of it painted over.
    ///
    /// - Parameters:
    ///   - colour: As many channels as the image's.
    /// - Precondition: The rectangle lies inside the image; it may be empty.
    public func painted(x: Int, y: Int, width: Int, height: Int, _ colour: [UInt8]) -> Image {
        require(colour.count == channels, "painted: \(colour.count) channels on an image of \(channels)")
        return painted(x: x, y: y, width: width, height: height) { colour[$0] }
    }

    /// The image with a rectangle of it replaced by noise: every sample drawn evenly from 0...255.
    ///
    /// - Precondition: As of ``painted(x:y:width:height:_:)``.
    public func paintedWithNoise(
        x: Int, y: Int, width: Int, height: Int, using generator: inout some RandomNumberGenerator
    ) -> Image {
        painted(x: x, y: y, width: width, height: height) { _ in UInt8(truncatingIfNeeded: generator.next() >> 56) }
    }

    private func painted(
        x: Int, y: Int, width newWidth: Int, height newHeight: Int, _ sample: (_ channel: Int) -> UInt8
    ) -> Image {
        require(
            x >= 0 && y >= 0 && newWidth >= 0 && newHeight >= 0 && newWidth <= width - x && newHeight <= height - y,
            "painted: \(newWidth)×\(newHeight) at (\(x), \(y)) is not inside \(width)×\(height)")
        var result = pixels
        for row in y..<y + newHeight {
            for i in 0..<newWidth * channels { result[(row * width + x) * channels + i] = sample(i % channels) }
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }
}

/// To the nearest level.
private func rounded(_ value: Float) -> UInt8 { UInt8(min(max(value + 0.5, 0), 255)) }
