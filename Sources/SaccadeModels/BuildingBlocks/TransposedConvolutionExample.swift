public import SaccadeTensors

/// Transposed convolution on numbers: a copy of the filter for each input, weighted by it, summed where copies overlap.
///
/// Also called up-convolution, fractionally strided convolution, backward strided convolution or deconvolution. Dumoulin
/// and Visin, "A guide to convolution arithmetic for deep learning" (2016), chapter 4.
public struct TransposedConvolutionExample: Sendable {
    /// The filter behind one input.
    public struct Copy: Sendable {
        /// Of the input.
        public let place: NumberGrid.Place
        public let value: Double
        /// In a grid of the output's size; what lies outside is cut off.
        public let weighted: NumberGrid
    }

    /// The most numbers of all copies together.
    public static let maximumNumbers = 16384

    public let input: NumberGrid
    public let filter: NumberGrid
    /// Output elements between the copies of neighbouring inputs.
    public let stride: Int
    /// Elements cut off from each side of the output: the place of the filter's origin, by row and column.
    public let padding: Pair
    /// Elements added at the bottom and the right.
    public let outputPadding: Pair
    /// Row by row.
    public let copies: [Copy]
    public let output: NumberGrid
    /// The largest difference of what the engine gives.
    public let engineDifference: Double

    /// - Parameters:
    ///   - padding: At most what leaves an output; nil puts the filter's origin in its centre.
    ///   - size: Of the output; nil is `stride` times the input where that can be, else the least that can.
    /// - Throws: Which sizes can be.
    public init(
        _ input: NumberGrid, filter: NumberGrid, stride: Int = 2, padding: Pair? = nil, size: Pair? = nil
    ) throws(BuildingBlockError) {
        guard (1...NumberGrid.maximumLength).contains(stride) else {
            throw BuildingBlockError("the stride must be 1 to \(NumberGrid.maximumLength), not \(stride)")
        }
        let padding = padding ?? Pair((filter.height - 1) / 2, (filter.width - 1) / 2)
        let height = try Self.length(input.height, filter.height, stride, padding.height, size?.height, "high")
        let width = try Self.length(input.width, filter.width, stride, padding.width, size?.width, "wide")
        guard max(height.whole, width.whole) <= NumberGrid.maximumLength,
            input.places.count * height.whole * width.whole <= Self.maximumNumbers
        else {
            throw BuildingBlockError(
                "\(input.places.count) copies in an output of \(height.whole)×\(width.whole) are more than anybody "
                    + "reads; give fewer numbers or a smaller stride")
        }
        (self.input, self.filter, self.stride, self.padding) = (input, filter, stride, padding)
        outputPadding = Pair(height.extra, width.extra)
        copies = input.places.map { place in
            let weighted = filter.places.compactMap { tap -> (NumberGrid.Place, Double)? in
                let row = place.row * stride - padding.height + tap.row
                let column = place.column * stride - padding.width + tap.column
                guard (0..<height.whole).contains(row), (0..<width.whole).contains(column) else { return nil }
                return (.init(row: row, column: column), filter[tap] * input[place])
            }
            return Copy(
                place: place, value: input[place],
                weighted: NumberGrid(height: height.whole, width: width.whole, weighted))
        }
        let sums = copies.flatMap { copy in copy.weighted.places.map { ($0, copy.weighted[$0]) } }
        output = NumberGrid(height: height.whole, width: width.whole, sums)
        let engine = convTranspose2D(
            input.tensor, filter.tensor, stride: Pair(stride, stride), padding: padding, outputPadding: outputPadding)
        engineDifference = output.difference(to: NumberGrid(engine))
    }

    /// How long a side of the output is, and how much of it is output padding.
    private static func length(
        _ input: Int, _ filter: Int, _ stride: Int, _ padding: Int, _ wanted: Int?, _ word: String
    ) throws(BuildingBlockError) -> (whole: Int, extra: Int) {
        guard (0...NumberGrid.maximumLength).contains(padding) else {
            throw BuildingBlockError("the padding must be 0 to \(NumberGrid.maximumLength), not \(padding)")
        }
        let least = (input - 1) * stride - 2 * padding + filter
        guard least + stride - 1 >= 1 else {
            throw BuildingBlockError(
                "nothing of the output is left behind a padding of \(padding); give a smaller one")
        }
        // An engine adds fewer elements than the stride: so many outputs would have come from this input.
        let allowed = max(least, 1)...(least + stride - 1)
        let whole = wanted ?? (allowed.contains(stride * input) ? stride * input : allowed.lowerBound)
        guard allowed.contains(whole) else {
            throw BuildingBlockError(
                "from \(input) numbers with a filter of \(filter), stride \(stride) and padding \(padding) the output "
                    + "is " + (allowed.count == 1 ? "\(least)" : "\(allowed.lowerBound) to \(allowed.upperBound)")
                    + " \(word), not \(whole)")
        }
        return (whole, whole - least)
    }
}
