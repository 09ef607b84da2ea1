package import SaccadeImages
import SaccadePrelude

/// Probabilities of all classes at every pixel of an image.
package struct PixelMap: Sendable {
    package let size: PixelSize
    package let classes: Int
    /// `[classes, height, width]`, in 0...1.
    package private(set) var probabilities: [Float]

    package init(_ size: PixelSize, classes: Int) {
        (self.size, self.classes) = (size, classes)
        probabilities = Array(repeating: 0, count: classes * size.width * size.height)
    }

    package mutating func add(_ part: PixelPart) {
        require(part.classes == classes, "PixelMap: \(part.classes) classes, expected \(classes)")
        let columns = part.columns.count
        for number in 0..<classes {
            for (index, row) in part.rows.enumerated() {
                let from = number * part.area + index * columns
                let to = (number * size.height + row) * size.width + part.columns.lowerBound
                probabilities.replaceSubrange(to..<to + columns, with: part.probabilities[from..<from + columns])
            }
        }
    }

    /// Calls with part after part of the map in another size, some rows at a time: each pixel is the weighted mean of the
    /// four whose centres lie around its own, as PyTorch's `interpolate(mode="bilinear")` has it.
    func forEachPart(resizedTo new: PixelSize, _ body: (PixelPart, Double) throws -> Void) rethrows {
        let columns = Self.sources(new.width, of: size.width)
        let rows = Self.sources(new.height, of: size.height)
        // A part of about a million numbers.
        let step = max(1, min(new.height, (1 << 20) / max(1, new.width * classes)))
        for start in stride(from: 0, to: new.height, by: step) {
            let end = min(start + step, new.height)
            let part = [Float](unsafeUninitializedCapacity: classes * (end - start) * new.width) { target, count in
                probabilities.withUnsafeBufferPointer { source in
                    for number in 0..<classes {
                        for row in rows[start..<end] {
                            let upper = source.baseAddress! + (number * size.height + row.first) * size.width
                            let lower = source.baseAddress! + (number * size.height + row.second) * size.width
                            for column in columns {
                                let above =
                                    upper[column.first] * (1 - column.share) + upper[column.second] * column.share
                                let below =
                                    lower[column.first] * (1 - column.share) + lower[column.second] * column.share
                                target[count] = above * (1 - row.share) + below * row.share
                                count += 1
                            }
                        }
                    }
                }
            }
            try body(
                PixelPart(columns: 0..<new.width, rows: start..<end, probabilities: part),
                Double(end) / Double(new.height))
        }
    }

    private static func sources(_ count: Int, of old: Int) -> [(first: Int, second: Int, share: Float)] {
        let scale = Float(old) / Float(count)
        return (0..<count).map { index in
            let place = max((Float(index) + 0.5) * scale - 0.5, 0)
            let first = min(Int(place), old - 1)
            return (first, min(first + 1, old - 1), first + 1 < old ? place - Float(first) : 0)
        }
    }
}
