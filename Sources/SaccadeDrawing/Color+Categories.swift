import Foundation

extension Color {
    /// The colours of classes and objects, in order: sixteen that colour-blind eyes keep apart as well.
    ///
    /// The first seven are Okabe and Ito's. Each further one is the colour of a grid over sRGB (lightness 28 to 88) that
    /// lies farthest from all before it, where the distance of two colours is the smallest of their CIE 1976 distances as
    /// people see them, with protanopia and with deuteranopia (Machado, Oliveira and Fernandes, 2009, full severity).
    /// Any two are at least 16 apart.
    public static let categories: [Color] = [
        .blue, .vermillion, .bluishGreen, .reddishPurple, .orange, .skyBlue, .yellow,
        Color(bytes: 0x00, 0x00, 0xFF), Color(bytes: 0x87, 0xF0, 0x96), Color(bytes: 0x87, 0x0F, 0x0F),
        Color(bytes: 0x69, 0x69, 0xFF), Color(bytes: 0x4B, 0x3C, 0x5A), Color(bytes: 0x3C, 0x2D, 0xA5),
        Color(bytes: 0xF0, 0xD2, 0xD2), Color(bytes: 0xFF, 0x00, 0x5A), Color(bytes: 0x69, 0x96, 0xFF),
    ]

    /// The colour of the class with this number, from 0; after sixteen they begin anew.
    public static func category(_ index: Int) -> Color { categories[((index % 16) + 16) % 16] }

    /// What is known to be right, beside what was answered: the yellow of U-Net's figures.
    public static let truth = Color(bytes: 0xFF, 0xF0, 0x00)

    /// Red, green and blue of all classes by number, for files whose pixels are numbers of colours: those of
    /// ``category(_:)``, ever darker where they begin anew.
    ///
    /// - Parameter background: A class that is black.
    public static func palette(classes: Int, background: Int? = nil) -> [[UInt8]] {
        (0..<classes).map { index in
            index == background ? [0, 0, 0] : category(index).mixed(with: .black, Double(index / 16) / 17).bytes
        }
    }

    /// A colour from bytes.
    init(bytes red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.init(Double(red) / 255, Double(green) / 255, Double(blue) / 255)
    }

    /// Red, green and blue as bytes.
    var bytes: [UInt8] { [red, green, blue].map { UInt8((min(max($0, 0), 1) * 255).rounded()) } }

    /// Black or white, whichever has the higher contrast to this colour (WCAG 2.1, relative luminance).
    var readableInk: Color {
        let linear = [red, green, blue].map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        let light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        // Contrast is the ratio of both luminances, each raised by 0.05; the two are equal at the root of 1.05 · 0.05.
        return light > 0.179 ? .black : .white
    }
}
