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

    /// A table besides that of the classes.
    public struct Table: Sendable {
        /// Above the rows' names; it says the unit of the fractions, which are shown in percent with one decimal.
        public let title: String
        public let columns: [Column]
        public let rows: [Row]

        public init(_ title: String, columns: [Column], rows: [Row]) {
            (self.title, self.columns, self.rows) = (title, columns, rows)
        }
    }

    /// Samples.
    public let count: Int
    public let metrics: [Metric: Double]
    public let columns: [Column]
    /// One for each class.
    public let rows: [Row]
    /// How many samples, or pixels, of class `row` were taken for class `column`; nil where that is not counted.
    public let confusions: [[Int]]?
    /// What else there is to read, to draw and to keep.
    public let tables: [Table]
    public let charts: [Chart]
    public let images: [MarkedImage]
    public let files: [File]
    /// The same as JSON.
    public let json: any Encodable & Sendable

    public init(
        count: Int, metrics: [Metric: Double], columns: [Column], rows: [Row], confusions: [[Int]]?,
        tables: [Table] = [], charts: [Chart] = [], images: [MarkedImage] = [], files: [File] = [],
        json: any Encodable & Sendable
    ) {
        (self.count, self.metrics, self.columns, self.rows) = (count, metrics, columns, rows)
        (self.confusions, self.tables, self.charts, self.json) = (confusions, tables, charts, json)
        (self.images, self.files) = (images, files)
    }
}
