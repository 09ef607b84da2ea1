public import SaccadeMetrics
import SaccadeSettings

/// A metric that is watched: what epochs are compared by.
///
/// In recipes the part and the metric are one word: `validationLoss`, `trainingAccuracy`, `validationMeanIoU`.
public struct Monitor: Sendable, Hashable {
    public enum Part: String, Sendable, Hashable, CaseIterable { case validation, training }

    public var part: Part
    public var metric: Metric

    public init(_ part: Part, _ metric: Metric) { (self.part, self.metric) = (part, metric) }

    /// All there are, in the order in which they are listed to users.
    public static let all = Part.allCases.flatMap { part in Metric.allCases.map { Monitor(part, $0) } }

    /// The word for it in a recipe.
    public var name: String {
        let metric = metric.rawValue
        return part.rawValue + metric.prefix(1).uppercased() + metric.dropFirst()
    }

    /// - Parameter name: The word for it in a recipe.
    public init?(name: String) {
        guard let monitor = Monitor.all.first(where: { $0.name == name }) else { return nil }
        self = monitor
    }

    /// What tables call it: `val accuracy`, `train loss`.
    public var title: String { Monitor.title(of: part) + " " + metric.title }

    /// `val` or `train`.
    public static func title(of part: Part) -> String { part == .validation ? "val" : "train" }

    /// The metric of an epoch. Where there are no validation samples, the training's own takes the place of the
    /// validation's; where the task does not measure it, there is none.
    public func value(of record: EpochRecord) -> Double? {
        part == .validation ? record[metric] : record.training[metric]
    }

    /// The metric of an epoch, where this very part has it.
    public func measured(in record: EpochRecord) -> Double? {
        part == .validation ? record.validation[metric] : record.training[metric]
    }

    /// How good an epoch was: larger is better.
    func score(of record: EpochRecord) -> Double {
        guard let value = value(of: record), value.isFinite else {
            // What is not a number is worse than any.
            return -.greatestFiniteMagnitude
        }
        return metric.isLowerBetter ? -value : value
    }
}

extension Monitor: Codable {
    public init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard let monitor = Monitor(name: name) else {
            let known = Monitor.all.map(\.name)
            let guess = nearest(to: name, among: known).map { "did you mean \($0)?" }
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "there is no metric \(name); \(guess ?? "there are \(known.joined(separator: ", "))")"))
        }
        self = monitor
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(name)
    }
}

/// Which epoch's weights a run keeps as the best ones, and what `patience` waits for: an object with a `metric`.
public struct BestSettings: Sendable, Equatable, Codable {
    private enum CodingKeys: String, CodingKey { case metric }

    /// Nil leaves it to the task: accuracy of a classifier, mean IoU of a segmentation network.
    public var metric: Monitor?

    public init(metric: Monitor? = nil) { self.metric = metric }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: [CodingKeys.metric.rawValue])
        metric = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Monitor.self, forKey: .metric)
    }
}
