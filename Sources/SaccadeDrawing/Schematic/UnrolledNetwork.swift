import SaccadePrelude

/// A recurrent network unrolled in time, as lectures draw it: every step a column, its input at the bottom, its state in the
/// middle, its output on top, all with their numbers. States are handed from left to right; gradients, where they are drawn,
/// from right to left.
///
/// In all texts what follows an underscore is written as an index: `W_xh`.
public struct UnrolledNetwork: Figure {
    /// How a row of numbers stands out.
    public enum Emphasis: Sendable, Hashable {
        case plain
        /// Green: the target.
        case wanted
        /// Vermillion: taken for the target.
        case mistaken
        /// Of second rank.
        case faint
    }

    /// Numbers side by side.
    public struct Row: Sendable, Hashable {
        public var cells: [String]
        public var emphasis: Emphasis

        public init(_ cells: [String], _ emphasis: Emphasis = .plain) {
            (self.cells, self.emphasis) = (cells, emphasis)
        }
    }

    /// One vector, or several side by side.
    public struct Box: Sendable, Hashable {
        /// Above the columns; none, or one for each.
        public var columns: [String]
        /// At least one, all as long as the columns.
        public var rows: [Row]

        public init(columns: [String] = [], _ rows: [Row]) { (self.columns, self.rows) = (columns, rows) }
    }

    /// A column of the drawing.
    public struct Step: Sendable, Hashable {
        /// Nil where no inputs are drawn.
        public var input: Box?
        public var state: Box
        public var output: Box
        /// Below all.
        public var below: String
        /// Above all, line by line; the first is the target.
        public var above: [String]

        public init(input: Box? = nil, state: Box, output: Box, below: String = "", above: [String] = []) {
            (self.input, self.state, self.output, self.below, self.above) = (input, state, output, below, above)
        }
    }

    /// What is written at the left of each layer, and beside arrows.
    public struct Names: Sendable, Hashable {
        public var input, state, output: String
        /// Beside ``Step/below`` and each line of ``Step/above``.
        public var below: String
        public var above: [String]
        /// Arrows from inputs to states, from states to states, from states to outputs.
        public var inputWeights, stateWeights, outputWeights: String
        /// What the state before the first step is, or the gradient behind the last.
        public var outside: String

        public init(
            input: String, state: String, output: String, below: String, above: [String], inputWeights: String,
            stateWeights: String, outputWeights: String, outside: String
        ) {
            (self.input, self.state, self.output, self.below, self.above) = (input, state, output, below, above)
            (self.inputWeights, self.stateWeights, self.outputWeights) = (inputWeights, stateWeights, outputWeights)
            self.outside = outside
        }
    }

    public let title: String
    public let steps: [Step]
    public let names: Names
    public let isBackward: Bool
    /// Whether the word goes on behind the last step that is drawn.
    public let goesOn: Bool
    public let size: (width: Double, height: Double)
    let layout: Layout

    /// Where everything stands, in points.
    struct Layout: Sendable {
        /// Widths of the columns of numbers in a layer's boxes.
        var inputColumns, stateColumns, outputColumns: [Double]
        /// Upper edges of the layers and of the lines above them.
        var inputTop, stateTop, outputTop, aboveTop: Double
        /// Where the first column of the drawing begins, and from there to the next.
        var left, pitch, columnWidth: Double
    }

    /// - Parameters:
    ///   - title: Above all; may be empty.
    ///   - steps: At least one; their boxes of a layer have the same number of rows and columns.
    ///   - isBackward: Whether arrows go against the order of computation.
    ///   - goesOn: Whether there are more steps than these.
    public init(title: String, steps: [Step], names: Names, isBackward: Bool = false, goesOn: Bool = false) {
        require(!steps.isEmpty, "UnrolledNetwork: no steps")
        for layer in [steps.compactMap(\.input), steps.map(\.state), steps.map(\.output)] {
            require(
                layer.allSatisfy { box in
                    !box.rows.isEmpty && box.rows.allSatisfy { $0.cells.count == box.rows[0].cells.count }
                        && box.rows.count == layer[0].rows.count && box.columns == layer[0].columns
                        && [0, box.rows[0].cells.count].contains(box.columns.count)
                        && box.rows[0].cells.count == layer[0].rows[0].cells.count
                }, "UnrolledNetwork: boxes of one layer with different rows or columns")
        }
        let hasInputs = steps.allSatisfy { $0.input != nil }
        require(hasInputs || steps.allSatisfy { $0.input == nil }, "UnrolledNetwork: some steps have no input")
        (self.title, self.steps, self.names) = (title, steps, names)
        (self.isBackward, self.goesOn) = (isBackward, goesOn)

        let ruler = TextRuler()
        let inputs = steps.compactMap(\.input)
        let columns = [inputs, steps.map(\.state), steps.map(\.output)].map { Self.columnWidths($0, ruler) }
        let widths = columns.map { $0.isEmpty ? 0 : $0.reduce(2 * Self.padding, +) }
        let above = steps.flatMap(\.above).map { IndexedText($0, Self.target).width(ruler) }.max() ?? 0
        let below = steps.map { IndexedText($0.below, Self.fed).width(ruler) }.max() ?? 0
        let columnWidth = max(widths.max() ?? 0, min(above, 160), min(below, 160))
        let named = [names.input, names.state, names.output, names.below] + names.above
        let side = min(named.map { IndexedText($0, Self.name).width(ruler) }.max() ?? 0, 110)
        // Between boxes of states there is room for an arrow and its name.
        let arrow = max(Self.arrow, IndexedText(names.stateWeights, Self.weight).width(ruler) + 14)
        let pitch = max(columnWidth + 12, widths[1] + arrow)
        let outside = IndexedText(names.outside, Self.weight).width(ruler) + 6
        // A state narrower than its column leaves room beside it.
        let overhang = max(0, arrow + outside - (columnWidth - widths[1]) / 2)
        let left = Self.margin + side + (isBackward ? 10 : 10 + overhang)
        let lines = steps.map(\.above.count).max() ?? 0
        let aboveTop = title.isEmpty ? Self.margin : 36
        let outputTop = aboveTop + Double(lines) * Self.lineHeight + (lines > 0 ? 3 : 0)
        let stateTop = outputTop + Self.height(steps[0].output) + Self.rise
        let stateBottom = stateTop + Self.height(steps[0].state)
        let inputTop = hasInputs ? stateBottom + Self.rise : stateBottom
        let bottom = inputTop + (steps[0].input.map(Self.height) ?? 0)
        layout = Layout(
            inputColumns: columns[0], stateColumns: columns[1], outputColumns: columns[2], inputTop: inputTop,
            stateTop: stateTop, outputTop: outputTop, aboveTop: aboveTop, left: left, pitch: pitch,
            columnWidth: columnWidth)
        let right = left + Double(steps.count - 1) * pitch + columnWidth
        let behind = isBackward || goesOn ? overhang : 0
        let titleWidth = min(ruler.width(of: title.oneLine, Self.heading), 900)
        size = (
            max(right + behind, Self.margin + titleWidth) + Self.margin,
            bottom + (steps.contains { !$0.below.isEmpty } ? Self.lineHeight + 3 : 0) + Self.margin
        )
    }

    private static func columnWidths(_ boxes: [Box], _ ruler: borrowing TextRuler) -> [Double] {
        guard let first = boxes.first else { return [] }
        return first.rows[0].cells.indices.map { column in
            var widest = 0.0
            for box in boxes {
                for row in box.rows {
                    widest = max(widest, ruler.width(of: row.cells[column].oneLine, style(row.emphasis)))
                }
            }
            let name = first.columns.isEmpty ? 0 : IndexedText(first.columns[column], columnName).width(ruler)
            return min(max(widest, name), 120) + 9
        }
    }

    static func height(_ box: Box) -> Double {
        2 * padding + (box.columns.isEmpty ? 0 : columnHeight) + Double(box.rows.count) * rowHeight
    }

    static let margin = 12.0
    static let padding = 3.0
    static let rowHeight = 13.0
    static let columnHeight = 12.0
    static let lineHeight = 14.0
    /// Between layers.
    static let rise = 34.0
    /// The least length of an arrow between states.
    static let arrow = 40.0

    static let heading = TextStyle(size: 12, isBold: true)
    static let name = TextStyle(size: 9, color: .faint)
    static let weight = TextStyle(size: 9)
    static let columnName = TextStyle(size: 8, color: .faint)
    static let target = TextStyle(size: 10.5, color: .bluishGreen, isBold: true)
    static let fed = TextStyle(size: 10.5, isBold: true)

    static func style(_ emphasis: Emphasis) -> TextStyle {
        switch emphasis {
        case .plain: TextStyle(size: 9)
        case .wanted: TextStyle(size: 9, color: Color.bluishGreen.mixed(with: .black, 0.25), isBold: true)
        case .mistaken: TextStyle(size: 9, color: Color.vermillion.mixed(with: .black, 0.1), isBold: true)
        case .faint: TextStyle(size: 9, color: .faint)
        }
    }
}
