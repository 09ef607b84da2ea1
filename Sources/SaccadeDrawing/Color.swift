/// An opaque colour; each part in `0...1`, in sRGB.
public struct Color: Sendable, Hashable {
    public var red: Double
    public var green: Double
    public var blue: Double

    /// A colour from its parts, each in `0...1`.
    public init(_ red: Double, _ green: Double, _ blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    private init(hex: UInt32) {
        self.init(Double(hex >> 16 & 255) / 255, Double(hex >> 8 & 255) / 255, Double(hex & 255) / 255)
    }

    /// This colour with `share`, in `0...1`, of another mixed in.
    public func mixed(with other: Color, _ share: Double) -> Color {
        Color(
            red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
    }

    /// The tint of a number: white at 0, ever more blue towards 1, ever more vermillion towards −1. What lies outside has the
    /// tint of the nearer end, and what is no number is white.
    public static func signed(_ value: Double) -> Color {
        guard !value.isNaN else { return .white }
        // Not to the full: black text stands on it.
        return Color.white.mixed(with: value < 0 ? .vermillion : .blue, 0.6 * min(abs(value), 1))
    }

    /// How light it looks, `0...1` (ITU-R 709 weights).
    public var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

    public static let white = Color(1, 1, 1)
    public static let black = Color(0, 0, 0)
    /// Text.
    public static let ink = Color(hex: 0x222222)
    /// Text and lines of second rank.
    public static let faint = Color(hex: 0x6B6B6B)
    /// Grid lines.
    public static let grid = Color(hex: 0xDDDDDD)

    // Okabe and Ito, "Color Universal Design" (2008): eight colours that the common kinds of colour blindness keep apart.
    public static let orange = Color(hex: 0xE69F00)
    public static let skyBlue = Color(hex: 0x56B4E9)
    public static let bluishGreen = Color(hex: 0x009E73)
    public static let yellow = Color(hex: 0xF0E442)
    public static let blue = Color(hex: 0x0072B2)
    public static let vermillion = Color(hex: 0xD55E00)
    public static let reddishPurple = Color(hex: 0xCC79A7)

    /// The colours of curves, in order: the palette without yellow, too pale for a line on white, and with grey.
    public static let series: [Color] = [
        .blue, .vermillion, .bluishGreen, .reddishPurple, .orange, .skyBlue, .faint,
    ]
}
