import SaccadeGeometry
public import SaccadeTensors

/// RoI max pooling on numbers: a region is brought to the map, rounded and divided into bins, and the largest number of each
/// bin is kept.
///
/// Girshick, "Fast R-CNN" (2015), section 2.1, as its authors' program rounds: corners to the nearest element, halves away
/// from zero; the elements that the right and bottom corners fall on belong to the region, which so is never empty; a bin
/// begins at its share rounded down and ends at its share rounded up, so that neighbours may have a row or a column in common.
public struct RegionPoolingExample: Sendable {
    /// A part of the region, and what is kept of it.
    public struct Bin: Sendable, Hashable {
        /// Of the result.
        public let place: NumberGrid.Place
        /// Of the map; none where the bin lies outside.
        public let rows: Range<Int>
        public let columns: Range<Int>
        /// Where the largest number is, the first of equals; nil of a bin outside the map, which gives 0.
        public let largest: NumberGrid.Place?
    }

    public let input: NumberGrid
    public let region: MappedRegion
    /// Rows and columns of bins.
    public let size: Pair
    /// The region's first and last row of the map, rounded; the last one may be before the first, and both outside.
    public let rows: (first: Int, last: Int)
    /// The region's first and last column.
    public let columns: (first: Int, last: Int)
    /// Rows and columns that a bin takes before its edges are rounded.
    public let binSize: (height: Double, width: Double)
    /// Row by row.
    public let bins: [Bin]
    public let output: NumberGrid
    /// The largest difference of what the engine gives.
    public let engineDifference: Double

    /// - Parameter size: At most ``MappedRegion/mostBins`` each.
    public init(_ input: NumberGrid, region: MappedRegion, size: Pair) throws(BuildingBlockError) {
        try MappedRegion.requireBins(size)
        let box = region.scaled
        let rows = Axis(from: box.top, to: box.bottom, bins: size.height, length: input.height)
        let columns = Axis(from: box.left, to: box.right, bins: size.width, length: input.width)
        (self.input, self.region, self.size) = (input, region, size)
        self.rows = (rows.first, rows.last)
        self.columns = (columns.first, columns.last)
        binSize = (rows.binSize, columns.binSize)
        bins = rows.bins.enumerated().flatMap { row, rows in
            columns.bins.enumerated().map { column, columns in
                var largest: NumberGrid.Place?
                for y in rows {
                    for x in columns {
                        let place = NumberGrid.Place(row: y, column: x)
                        if largest.map({ input[place] > input[$0] }) ?? true { largest = place }
                    }
                }
                return Bin(place: .init(row: row, column: column), rows: rows, columns: columns, largest: largest)
            }
        }
        output = NumberGrid(
            height: size.height, width: size.width, bins.map { ($0.place, $0.largest.map { input[$0] } ?? 0) })
        let engine = roiPool(
            input.tensor, boxes: region.tensor, outputSize: size, spatialScale: Float(region.scale))
        engineDifference = output.difference(to: NumberGrid(engine))
    }

    /// The region and its bins along one axis, step by step in `Float` as the engine rounds.
    private struct Axis {
        let first: Int
        let last: Int
        let binSize: Double
        let bins: [Range<Int>]

        init(from: Double, to: Double, bins count: Int, length: Int) {
            first = Int(from.rounded(.toNearestOrAwayFromZero))
            last = Int(to.rounded(.toNearestOrAwayFromZero))
            let size = Float(max(last - first + 1, 1)) / Float(count)
            binSize = Double(size)
            let start = first
            func clamped(_ place: Float) -> Int { min(max(Int(place) + start, 0), length) }
            bins = (0..<count).map { bin in
                clamped((Float(bin) * size).rounded(.down))..<clamped((Float(bin + 1) * size).rounded(.up))
            }
        }
    }
}
