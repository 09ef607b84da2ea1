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
    public var best: [UInt8] {
        let (area, classes) = (area, classes)
        return probabilities.withUnsafeBufferPointer { probabilities in
            [UInt8](unsafeUninitializedCapacity: area) { best, count in
                best.initialize(repeating: 0)
                for pixel in 0..<area {
                    var most = probabilities[pixel]
                    for other in stride(from: 1, to: classes, by: 1) where probabilities[other * area + pixel] > most {
                        most = probabilities[other * area + pixel]
                        best[pixel] = UInt8(truncatingIfNeeded: other)
                    }
                }
                count = area
            }
        }
    }
}
