import SaccadeGeometry
public import SaccadeTensors

/// RoIAlign on numbers: a region is brought to the map, nothing is rounded, and each bin is the mean of samples, each of them
/// interpolated between the four elements around it. He et al., "Mask R-CNN" (2017), section 3.
public struct RegionAlignExample: Sendable {
    /// A place that is read between elements.
    public struct Sample: Sendable, Hashable {
        /// Where it lies; the middle of the map's element `i` is at `i`.
        public let row: Double
        public let column: Double
        /// The elements around it and how much each counts: four, at the map's last row or column fewer; none where the
        /// sample lies more than one element outside the map and counts as 0.
        public let neighbours: [Neighbour]
        public let value: Double
    }

    /// An element beside a sample.
    public struct Neighbour: Sendable, Hashable {
        public let place: NumberGrid.Place
        public let weight: Double
    }

    /// A part of the region, and its mean.
    public struct Bin: Sendable, Hashable {
        /// Of the result.
        public let place: NumberGrid.Place
        /// Row by row.
        public let samples: [Sample]
        public let mean: Double
    }

    /// The most samples of a bin along each axis.
    public static let mostSamples = 8

    public let input: NumberGrid
    public let region: MappedRegion
    /// Rows and columns of bins.
    public let size: Pair
    /// Samples of a bin along each axis.
    public let samples: Int
    /// Whether the map's elements are squares, the first of which begins at 0; else their middles are at whole numbers, and a
    /// region is at least one element wide and high.
    public let isAligned: Bool
    /// The region's upper left corner, by row and column, where the middle of element `i` is at `i`.
    public let start: (row: Double, column: Double)
    /// Rows and columns of a bin; negative where the region is inverted.
    public let binSize: (height: Double, width: Double)
    /// Row by row.
    public let bins: [Bin]
    public let output: NumberGrid
    /// The largest difference of what the engine gives.
    public let engineDifference: Double

    /// - Parameters:
    ///   - size: At most ``MappedRegion/mostBins`` each.
    ///   - samples: 1 to ``mostSamples``.
    public init(
        _ input: NumberGrid, region: MappedRegion, size: Pair, samples: Int = 2, isAligned: Bool = false
    ) throws(BuildingBlockError) {
        try MappedRegion.requireBins(size)
        guard (1...Self.mostSamples).contains(samples) else {
            throw BuildingBlockError("a bin has 1 to \(Self.mostSamples) samples along each axis here, not \(samples)")
        }
        let box = region.scaled
        func axis(_ from: Double, _ to: Double, bins: Int, length: Int) -> Axis {
            Axis(from: from, to: to, bins: bins, length: length, samples: samples, isAligned: isAligned)
        }
        let rows = axis(box.top, box.bottom, bins: size.height, length: input.height)
        let columns = axis(box.left, box.right, bins: size.width, length: input.width)
        (self.input, self.region, self.size) = (input, region, size)
        (self.samples, self.isAligned) = (samples, isAligned)
        start = (rows.start, columns.start)
        binSize = (rows.binSize, columns.binSize)
        bins = rows.bins.enumerated().flatMap { row, rows in
            columns.bins.enumerated().map { column, columns in
                let samples = rows.flatMap { row in columns.map { Self.sample(row, $0, of: input) } }
                return Bin(
                    place: .init(row: row, column: column), samples: samples,
                    mean: samples.reduce(0) { $0 + $1.value } / Double(samples.count))
            }
        }
        output = NumberGrid(height: size.height, width: size.width, bins.map { ($0.place, $0.mean) })
        let engine = roiAlign(
            input.tensor, boxes: region.tensor, outputSize: size, spatialScale: Float(region.scale),
            samplingRatio: samples, aligned: isAligned)
        engineDifference = output.difference(to: NumberGrid(engine))
    }

    private static func sample(_ row: Axis.Point, _ column: Axis.Point, of input: NumberGrid) -> Sample {
        let neighbours = row.taps.flatMap { y in
            column.taps.map { x in
                Neighbour(place: .init(row: y.place, column: x.place), weight: y.weight * x.weight)
            }
        }
        return Sample(
            row: row.at, column: column.at, neighbours: neighbours,
            value: neighbours.reduce(0) { $0 + $1.weight * input[$1.place] })
    }

    /// The samples along one axis, placed step by step in `Float` as the engine rounds: whether one counts can hang on that.
    private struct Axis {
        struct Point {
            let at: Double
            let taps: [(place: Int, weight: Double)]
        }
        let start: Double
        let binSize: Double
        /// The samples of each bin.
        let bins: [[Point]]

        init(from: Double, to: Double, bins count: Int, length: Int, samples: Int, isAligned: Bool) {
            let offset: Float = isAligned ? 0.5 : 0
            let (from, to) = (Float(from) - offset, Float(to) - offset)
            let size = (isAligned ? to - from : max(to - from, 1)) / Float(count)
            (start, binSize) = (Double(from), Double(size))
            bins = (0..<count).map { bin in
                (0..<samples).map { sample in
                    let at = from + Float(bin) * size + (Float(sample) + 0.5) * size / Float(samples)
                    return Point(at: Double(at), taps: Self.taps(at, length: length))
                }
            }
        }

        private static func taps(_ at: Float, length: Int) -> [(place: Int, weight: Double)] {
            guard at >= -1, at <= Float(length) else { return [] }
            let inside = min(max(at, 0), Float(length - 1))
            let low = Int(inside)
            guard low < length - 1 else { return [(low, 1)] }
            let upper = Double(inside - Float(low))
            return [(low, 1 - upper), (low + 1, upper)]
        }
    }
}
