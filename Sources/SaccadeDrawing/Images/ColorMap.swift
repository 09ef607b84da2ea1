import SaccadePrelude

/// Turns numbers in `0...1` into colours whose lightness grows evenly, so that equal steps look equal, in print and to
/// colour-blind eyes too.
public enum ColorMap: String, Sendable, Hashable, CaseIterable {
    /// From dark violet over green to yellow (van der Walt and Smith, matplotlib, 2015).
    case viridis
    /// From black over violet and orange to pale yellow; by the same authors.
    case inferno
    /// White to black.
    case grey

    /// The published map at equal distances. Straight lines between them leave it by at most 16 levels of 255.
    private var stops: [UInt32] {
        switch self {
        case .viridis:
            [
                0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725,
            ]
        case .inferno:
            [
                0x000004, 0x1B0C41, 0x4A0C6B, 0x781C6D, 0xA52C60, 0xCF4446, 0xED6925, 0xFB9B06, 0xF7D13D, 0xFCFFA4,
            ]
        case .grey: [0xFFFFFF, 0x000000]
        }
    }

    /// The colour of a number; what lies outside `0...1` has the colour of the nearer end.
    ///
    /// - Precondition: The number is not NaN.
    public func color(_ value: Double) -> Color {
        require(!value.isNaN, "ColorMap: no number has no colour")
        let stops = stops
        let at = min(max(value, 0), 1) * Double(stops.count - 1)
        let index = min(Int(at), stops.count - 2)
        return Self.color(stops[index]).mixed(with: Self.color(stops[index + 1]), at - Double(index))
    }

    private static func color(_ hex: UInt32) -> Color {
        Color(bytes: UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
    }
}
