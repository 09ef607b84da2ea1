import SaccadeImages

/// The colours that Pascal VOC's masks have (Everingham et al., 2010, `VOClabelcolormap`): a number's bits are dealt out
/// to red, green and blue in turn, the lowest becoming the highest of each.
///
/// The colours are all different, so that a mask's numbers can be read from its colours, whether its file names them by
/// number or not.
enum VOCPalette {
    /// What pixels between objects have, which do not count.
    static let void: UInt8 = 255

    /// The red, green and blue of a number.
    static func color(_ number: UInt8) -> (UInt8, UInt8, UInt8) {
        var channels: [UInt8] = [0, 0, 0]
        for bit in 0..<8 where number & 1 << UInt8(bit) != 0 { channels[bit % 3] |= 0x80 >> UInt8(bit / 3) }
        return (channels[0], channels[1], channels[2])
    }

    /// The number of a colour; nil where it is none of the 256.
    static func number(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8? {
        var number: UInt8 = 0
        for bit in 0..<8 where [red, green, blue][bit % 3] & 0x80 >> UInt8(bit / 3) != 0 { number |= 1 << UInt8(bit) }
        return color(number) == (red, green, blue) ? number : nil
    }

    /// The numbers of an image's colours, a byte for each pixel.
    ///
    /// - Parameter image: Of three channels.
    /// - Returns: Nil where a pixel has none of the colours.
    static func numbers(of image: Image) -> Image? {
        // Masks have few colours, and long runs of each.
        var known: [SIMD4<UInt8>: UInt8] = [:]
        var numbers = [UInt8](repeating: 0, count: image.width * image.height)
        for pixel in numbers.indices {
            let at = pixel * image.channels
            let (red, green, blue) = (image.pixels[at], image.pixels[at + 1], image.pixels[at + 2])
            let key = SIMD4(red, green, blue, 0)
            if let number = known[key] {
                numbers[pixel] = number
            } else {
                guard let number = number(red, green, blue) else { return nil }
                known[key] = number
                numbers[pixel] = number
            }
        }
        return Image(width: image.width, height: image.height, channels: 1, pixels: numbers)
    }
}
