public import SaccadeImages

/// The colour spaces of Uijlings et al., "Selective Search for Object Recognition" (2013), section 3.2: each is blind to
/// other changes of the light. (Their C, after Geusebroek, is not among the ones that they recommend, and not here.)
///
/// All of them in 8 bits, rounded to the nearest, as in the authors' program.
public enum ColorSpace: String, CaseIterable, Sendable, Hashable, Codable {
    /// Red, green and blue as they are stored.
    case rgb = "RGB"
    /// The grey of ``SaccadeImages/Image/grey()``, one channel.
    case intensity = "I"
    /// CIE L*a*b* of sRGB under D65: 255 L* / 100, a* + 128, b* + 128.
    case lab = "Lab"
    /// The two shares 255 R / (R + G + B) and 255 G / (R + G + B), 85 in black, and the intensity.
    case rgI
    /// Hue as 255 times the part of a full turn, saturation and value; Smith (1978). Greys have hue 0.
    case hsv = "HSV"
    /// The three shares of red, green and blue, 85 each in black.
    case normalizedRGB = "rgb"
    /// The hue of ``hsv``, one channel.
    case hue = "H"

    /// 1 or 3.
    public var channels: Int { self == .intensity || self == .hue ? 1 : 3 }
}

/// An image in a colour space, channel by channel.
public struct ColorPlanes: Sendable, Equatable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// 1 or 3.
    public let channels: Int
    /// `[channels, height, width]`.
    public let values: [UInt8]

    /// An image's colours in a space; grey images are grey in all of them.
    public init(_ image: Image, in space: ColorSpace) {
        (width, height, channels) = (image.width, image.height, space.channels)
        let pixels = image.rgb().pixels
        switch space {
        case .rgb: values = converted(pixels, channels: 3) { $0 }
        case .intensity: values = image.grey().pixels
        case .lab:
            let lab = Lab()
            values = converted(pixels, channels: 3) { lab.color(of: $0) }
        case .rgI: values = converted(pixels, channels: 2) { shares(of: $0) } + image.grey().pixels
        case .hsv: values = converted(pixels, channels: 3) { hsv(of: $0) }
        case .normalizedRGB: values = converted(pixels, channels: 3) { shares(of: $0) }
        case .hue: values = converted(pixels, channels: 1) { hsv(of: $0) }
        }
    }
}

/// Takes interleaved pixels through a conversion and lays the first channels of what comes out one behind the other.
@inline(__always)
private func converted(
    _ pixels: [UInt8], channels: Int, _ convert: (SIMD3<UInt8>) -> SIMD3<UInt8>
) -> [UInt8] {
    let count = pixels.count / 3
    return pixels.withUnsafeBufferPointer { pixels in
        [UInt8](unsafeUninitializedCapacity: channels * count) { planes, initialized in
            for i in 0..<count {
                let color = convert(SIMD3(pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]))
                for channel in 0..<channels { planes[channel * count + i] = color[channel] }
            }
            initialized = channels * count
        }
    }
}

@inline(__always)
private func shares(of rgb: SIMD3<UInt8>) -> SIMD3<UInt8> {
    let (r, g, b) = (UInt32(rgb.x), UInt32(rgb.y), UInt32(rgb.z))
    let sum = r + g + b
    if sum == 0 { return SIMD3(85, 85, 85) }
    // Half of the divisor is added first: that rounds to the nearest.
    return SIMD3(
        UInt8((510 * r + sum) / (2 * sum)), UInt8((510 * g + sum) / (2 * sum)), UInt8((510 * b + sum) / (2 * sum)))
}

@inline(__always)
private func hsv(of rgb: SIMD3<UInt8>) -> SIMD3<UInt8> {
    let (r, g, b) = (Int32(rgb.x), Int32(rgb.y), Int32(rgb.z))
    let most = max(r, g, b)
    let range = most - min(r, g, b)
    if range == 0 { return SIMD3(0, 0, UInt8(most)) }
    // The hue in sixths of a turn, times the range.
    var sixths =
        if most == b { 4 * range + r - g } else if most == g { 2 * range + b - r } else { g - b }
    if sixths < 0 { sixths += 6 * range }
    let hue = (510 * sixths + 6 * range) / (12 * range)
    let saturation = (510 * range + most) / (2 * most)
    return SIMD3(UInt8(hue), UInt8(saturation), UInt8(most))
}
