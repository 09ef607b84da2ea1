import SaccadeGeometry
import SaccadePrelude

/// The scores of the ISBI 2012 challenge for borders of cells: the best V^Rand and V^Info of any threshold.
///
/// At each threshold an answer is cut into cells and borders, its borders are thinned by ``thinnedCells(_:width:)``, and
/// its cells are compared with those of the truth by ``RandScore``. Membranes are borders whose width is a matter of
/// taste, which thinning takes out of the judgement.
public struct BorderThinnedRandScore: Sendable {
    /// 0, 0.1, … 1, which the challenge tried.
    public static let challengeThresholds = (0...10).map { Double($0) / 10 }

    /// A pixel is a cell's if its probability is above.
    public let thresholds: [Double]
    /// The scores at each threshold.
    public private(set) var scores: [RandScore]

    /// - Precondition: There is a threshold.
    public init(thresholds: [Double] = Self.challengeThresholds) {
        require(!thresholds.isEmpty, "BorderThinnedRandScore: there must be a threshold")
        self.thresholds = thresholds
        scores = thresholds.map { _ in RandScore() }
    }

    /// Judges one image.
    ///
    /// - Parameters:
    ///   - truth: Whether each pixel is a cell's, row by row, `[height, width]`.
    ///   - cellProbability: How sure the answer is that each pixel is a cell's, in 0...1, likewise.
    ///   - width: Pixels from left to right.
    /// - Throws: ``MetricsError`` when there are not as many pixels in one as in the other, or no whole rows.
    public mutating func add(truth: [Bool], cellProbability: [Float], width: Int) throws(MetricsError) {
        guard truth.count == cellProbability.count, width > 0, truth.count.isMultiple(of: width) else {
            throw MetricsError(
                .size,
                "an answer of \(cellProbability.count) pixels for a truth of \(truth.count) in rows of \(width); "
                    + "compare images of one size")
        }
        let cells = connectedComponents(truth, width: width)
        for (index, threshold) in thresholds.enumerated() {
            let isCell = cellProbability.map { Double($0) > threshold }
            try scores[index].add(truth: cells, answer: thinnedCells(isCell, width: width))
        }
    }

    /// The best V^Rand, in 0...1.
    public var rand: Double { scores.map(\.rand).max()! }
    /// The best V^Info, in 0...1.
    public var info: Double { scores.map(\.info).max()! }
}
