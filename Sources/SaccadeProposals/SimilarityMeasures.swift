/// What makes two neighbouring regions alike: any of the four measures of Uijlings et al. (2013), section 3.2, whose sum is
/// their similarity (equation 6).
public struct SimilarityMeasures: OptionSet, Sendable, Hashable, Codable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The intersection of the histograms of colours (equation 1): 25 bins for each channel, which sum to 1 together.
    public static let color = SimilarityMeasures(rawValue: 1)
    /// The intersection of the histograms of Gaussian derivatives (equation 3): 10 bins for each of 8 directions of each
    /// channel, which sum to 1 together.
    public static let texture = SimilarityMeasures(rawValue: 2)
    /// 1 minus the share of the image that both have (equation 4): small regions are merged early.
    public static let size = SimilarityMeasures(rawValue: 4)
    /// 1 minus the share of the image that lies in the box around both but in neither (equation 5).
    public static let fill = SimilarityMeasures(rawValue: 8)

    /// All that there are.
    public static let all: SimilarityMeasures = [.color, .texture, .size, .fill]

    /// The measures' initials as in the paper's tables, such as `C+T+S+F`.
    public var description: String {
        [(SimilarityMeasures.color, "C"), (.texture, "T"), (.size, "S"), (.fill, "F")].filter { contains($0.0) }
            .map(\.1).joined(separator: "+")
    }
}

/// How alike two regions are by each measure, 0...1.
public struct Similarity: Sendable, Hashable {
    public var color: Float
    public var texture: Float
    public var size: Float
    public var fill: Float

    /// The sum over some measures.
    public func sum(of measures: SimilarityMeasures) -> Float {
        var sum: Float = 0
        if measures.contains(.color) { sum += color }
        if measures.contains(.texture) { sum += texture }
        if measures.contains(.size) { sum += size }
        if measures.contains(.fill) { sum += fill }
        return sum
    }
}
