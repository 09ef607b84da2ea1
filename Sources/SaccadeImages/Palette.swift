import SaccadeFiles

/// Colours that pixels name by number.
struct Palette {
    /// Red, green and blue of each colour.
    let colors: [UInt8]
    /// Whether all colours are grey, so that an image needs one channel only.
    let isGrey: Bool

    var count: Int { colors.count / 3 }

    init(rgb colors: [UInt8]) {
        self.colors = colors
        isGrey = (0..<colors.count / 3).allSatisfy { color in
            let (red, green, blue) = (colors[3 * color], colors[3 * color + 1], colors[3 * color + 2])
            return red == green && red == blue
        }
    }

    /// From black to white.
    static let ramp = Palette(rgb: (0...255).flatMap { [$0, $0, $0] })

    /// How many channels an image of these colours has.
    var channels: Int { isGrey ? 1 : 3 }

    /// The image of these numbers.
    ///
    /// - Throws: ``FileError`` with the code `malformed` where there is no colour of some number.
    func image(of indices: [UInt8], width: Int, height: Int, _ format: String, name: String) throws(FileError) -> Image
    {
        // As long as a byte can ask for, so that the inner loop need not look.
        let table = colors + [UInt8](repeating: 0, count: max(0, 768 - colors.count))
        var highest: UInt8 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: indices.count * channels) { target, count in
            if isGrey {
                for (i, index) in indices.enumerated() {
                    highest = max(highest, index)
                    target[i] = table[3 * Int(index)]
                }
            } else {
                for (i, index) in indices.enumerated() {
                    highest = max(highest, index)
                    let from = 3 * Int(index)
                    target[3 * i] = table[from]
                    target[3 * i + 1] = table[from + 1]
                    target[3 * i + 2] = table[from + 2]
                }
            }
            count = indices.count * channels
        }
        guard Int(highest) < self.count else {
            throw FileError(
                .malformed, path: name,
                reason: "is a damaged \(format) (a pixel has colour \(highest) of a palette of \(self.count))",
                remedy: "copy or download it again")
        }
        return Image(width: width, height: height, channels: channels, pixels: pixels)
    }
}
