public import SaccadeMetrics

/// What a network came to on a data set, in a form that every task has: what `saccade evaluate` shows.
public struct TaskReport: Sendable {
    /// Numbers of each class, in the columns' order.
    public struct Row: Sendable {
        public let name: String
        public let values: [Double]

        public init(_ name: String, _ values: [Double]) { (self.name, self.values) = (name, values) }
    }

    public struct Column: Sendable {
        public let title: String
        /// Whether its values are shown in percent; others are whole numbers.
        public let isFraction: Bool

        public init(_ title: String, isFraction: Bool = true) { (self.title, self.isFraction) = (title, isFraction) }
    }

    /// Samples.
    public let count: Int
    public let metrics: [Metric: Double]
    public let columns: [Column]
    /// One for each class.
    public let rows: [Row]
    /// How many samples, or pixels, of class `row` were taken for class `column`; nil where that is not counted.
    public let confusions: [[Int]]?
    /// The same as JSON.
    public let json: any Encodable & Sendable

    public init(
        count: Int, metrics: [Metric: Double], columns: [Column], rows: [Row], confusions: [[Int]]?,
        json: any Encodable & Sendable
    ) {
        (self.count, self.metrics, self.columns, self.rows) = (count, metrics, columns, rows)
        (self.confusions, self.json) = (confusions, json)
    }
}
