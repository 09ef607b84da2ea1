/// The mean of numbers that come one after another, each counting as many samples as it stands for.
public struct RunningMean: Sendable, Hashable, Codable {
    /// The sum of value × samples.
    public private(set) var sum = 0.0
    /// How many samples were counted.
    public private(set) var count = 0

    public init() {}

    /// - Parameters:
    ///   - sum: Of value × samples.
    ///   - count: How many samples that is.
    public init(sum: Double, count: Int) { (self.sum, self.count) = (sum, count) }

    public mutating func add(_ value: Double, count: Int = 1) {
        sum += value * Double(count)
        self.count += count
    }

    public static func += (mean: inout RunningMean, other: RunningMean) {
        mean.sum += other.sum
        mean.count += other.count
    }

    /// The mean; 0 before anything was added.
    public var value: Double { count == 0 ? 0 : sum / Double(count) }
}
