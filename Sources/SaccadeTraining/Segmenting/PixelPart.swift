import SaccadePrelude

/// A part of an image with a probability of each class at each pixel.
public struct PixelPart: Sendable {
    /// Of the image.
    public let columns, rows: Range<Int>
    /// `[classes, rows, columns]`; those of a pixel add up to 1.
    public let probabilities: [Float]

    public var classes: Int { rows.isEmpty || columns.isEmpty ? 0 : probabilities.count / area }
    var area: Int { rows.count * columns.count }

    init(columns: Range<Int>, rows: Range<Int>, probabilities: [Float]) {
        require(
            rows.count * columns.count > 0 && probabilities.count % (rows.count * columns.count) == 0,
            "PixelPart: \(probabilities.count) probabilities for \(columns.count)×\(rows.count) pixels")
        (self.columns, self.rows, self.probabilities) = (columns, rows, probabilities)
    }

    /// The most probable class of each pixel, `[rows, columns]`; of equals the first.
    public var best: [UInt8] { best(threshold: nil) }

    /// - Parameter threshold: Which class is the background, and how probable all others together must be where it is not:
    ///   there the most probable of them is. Nil compares every class with every other.
    func best(threshold: (background: UInt8, least: Float)?) -> [UInt8] {
        guard let threshold, classes > 1 else { return mostProbable(of: 0..<classes) }
        let background = Int(threshold.background)
        let others = (0..<classes).filter { $0 != background }
        var best = mostProbable(of: others)
        for pixel in best.indices where 1 - probabilities[background * area + pixel] <= threshold.least {
            best[pixel] = threshold.background
        }
        return best
    }

    /// - Parameter candidates: At least one.
    private func mostProbable(of candidates: some Sequence<Int>) -> [UInt8] {
        let (area, candidates) = (area, Array(candidates))
        return probabilities.withUnsafeBufferPointer { probabilities in
            [UInt8](unsafeUninitializedCapacity: area) { best, count in
                best.initialize(repeating: UInt8(truncatingIfNeeded: candidates[0]))
                for pixel in 0..<area {
                    var most = probabilities[candidates[0] * area + pixel]
                    for other in candidates.dropFirst() where probabilities[other * area + pixel] > most {
                        most = probabilities[other * area + pixel]
                        best[pixel] = UInt8(truncatingIfNeeded: other)
                    }
                }
                count = area
            }
        }
    }
}
