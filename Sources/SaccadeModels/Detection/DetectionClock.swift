/// How long the parts of detections take, part by part: what the formulas of the R-CNNs' papers are made of.
public final class DetectionClock {
    /// Where time goes.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// Where there may be objects: selective search, or what follows from the maps of a network that proposes.
        case proposals
        /// The network over the image, or over each of its regions.
        case convolution
        /// Regions cut out of the image, or read from its maps.
        case pooling
        /// What regions are and how they move: fully connected layers, linear SVMs.
        case heads
        /// What is kept of them: scores, suppression.
        case suppression
        /// Which pixels objects have.
        case masks
    }

    /// Since the beginning, of each part.
    public private(set) var seconds: [Part: Double] = [:]
    /// Regions that were judged.
    public private(set) var regions = 0

    public init() {}

    func measured<Result>(_ part: Part, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer { seconds[part, default: 0] += start.duration(to: .now) / .seconds(1) }
        return try body()
    }

    /// For parts outside the network.
    package func add(_ duration: Duration, to part: Part) { seconds[part, default: 0] += duration / .seconds(1) }

    func count(regions count: Int) { regions += count }
}

extension DetectionClock? {
    /// The same without anybody who wants to know.
    func measured<Result>(_ part: DetectionClock.Part, _ body: () throws -> Result) rethrows -> Result {
        guard let self else { return try body() }
        return try self.measured(part, body)
    }
}
