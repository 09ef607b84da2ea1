import CSaccadeImageCodecs

/// How new pixels are made of old ones when a picture changes its size.
public enum ResizeFilter: String, Sendable, Hashable, CaseIterable {
    /// The pixel under the new pixel's centre.
    case nearest
    /// A triangle as wide as two pixels of the smaller picture: on shrinking every old pixel counts (antialiasing).
    case bilinear
}

extension Image {
    /// The picture at another size; the same bytes as Pillow's `resize` gives, where that begins with the rows.
    ///
    /// Pillow always did so up to version 12. Version 13 begins with the columns when the height shrinks much more than
    /// the width does; intermediate rounding then differs by at most one level.
    ///
    /// - Parameters:
    ///   - width: New width in pixels; at least 1.
    ///   - height: New height in pixels; at least 1.
    ///   - filter: How new pixels are made of old ones.
    public func resized(width newWidth: Int, height newHeight: Int, filter: ResizeFilter = .bilinear) -> Image {
        precondition(
            newWidth > 0 && newHeight > 0 && newWidth <= 1 << 24 && newHeight <= 1 << 24,
            "resized: \(newWidth)×\(newHeight) is not a picture's size")
        return resized(width: newWidth, height: newHeight, columns: 0..<newWidth, rows: 0..<newHeight, filter)
    }

    /// The picture scaled so that its shorter side becomes `side` pixels, its proportions kept.
    ///
    /// The longer side is rounded down, as torchvision's `Resize` does. It never becomes more than 100 times the shorter
    /// one, so that a line of pixels, which is no picture, does not become a huge one.
    public func resized(shortSide side: Int, filter: ResizeFilter = .bilinear) -> Image {
        precondition(side > 0 && side <= 1 << 16, "resized: a short side of \(side) pixels")
        let size = scaledSize(shortSide: side)
        return resized(
            width: min(size.width, 100 * side), height: min(size.height, 100 * side), filter: filter)
    }

    /// The middle `cropWidth × cropHeight` pixels of the picture scaled to a short side of `side`.
    ///
    /// The same bytes as ``resized(shortSide:filter:)`` followed by ``centerCropped(width:height:)``, the usual way into
    /// a classifier, but only the pixels that remain are computed.
    ///
    /// - Precondition: `cropWidth` and `cropHeight` are in `1...side`.
    public func resized(
        shortSide side: Int, centerCrop cropWidth: Int, _ cropHeight: Int, filter: ResizeFilter = .bilinear
    ) -> Image {
        precondition(side > 0 && side <= 1 << 16, "resized: a short side of \(side) pixels")
        precondition(
            (1...side).contains(cropWidth) && (1...side).contains(cropHeight),
            "resized: cannot crop \(cropWidth)×\(cropHeight) from a short side of \(side)")
        let size = scaledSize(shortSide: side)
        let (x, y) = (centerStart(size.width, cropWidth), centerStart(size.height, cropHeight))
        return resized(
            width: size.width, height: size.height, columns: x..<(x + cropWidth), rows: y..<(y + cropHeight), filter)
    }

    private func scaledSize(shortSide side: Int) -> PixelSize {
        width <= height
            ? PixelSize(width: side, height: side * height / width)
            : PixelSize(width: side * width / height, height: side)
    }

    /// The pixels at given columns and rows of the picture of another size.
    private func resized(
        width newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>, _ filter: ResizeFilter
    ) -> Image {
        if newWidth == width, newHeight == height {
            if columns.count == width, rows.count == height { return self }
            return cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        }
        switch filter {
        case .nearest: return resizedNearest(newWidth, newHeight, columns, rows)
        case .bilinear: return resizedBilinear(newWidth, newHeight, columns, rows)
        }
    }

    private func resizedNearest(_ newWidth: Int, _ newHeight: Int, _ columns: Range<Int>, _ rows: Range<Int>) -> Image {
        // Positions are summed, not multiplied, to round where Pillow rounds.
        func sources(_ old: Int, _ new: Int, _ range: Range<Int>) -> [Int] {
            let step = Double(old) / Double(new)
            var position = step * 0.5
            // A crop that begins so far out has no counterpart to agree with, and need not be walked to.
            if range.lowerBound > 1 << 20 {
                position += Double(range.lowerBound) * step
            } else {
                for _ in 0..<range.lowerBound { position += step }
            }
            return range.map { _ in
                defer { position += step }
                return min(Int(position), old - 1)
            }
        }
        let (xs, ys) = (sources(width, newWidth, columns), sources(height, newHeight, rows))
        let byteCount = xs.count * ys.count * channels
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
                var to = 0
                for y in ys {
                    let row = y * width
                    for x in xs {
                        let from = (row + x) * channels
                        for c in 0..<channels { target[to + c] = source[from + c] }
                        to += channels
                    }
                }
                count = to
            }
        }
        return Image(width: xs.count, height: ys.count, channels: channels, pixels: result)
    }

    private func resizedBilinear(
        _ newWidth: Int, _ newHeight: Int, _ columns: Range<Int>, _ rows: Range<Int>
    ) -> Image {
        let down = TriangleWeights(from: height, to: newHeight, at: rows)
        let across = TriangleWeights(from: width, to: newWidth, at: columns)
        // First along the rows, and only those rows that the second pass looks at.
        let needed = down.sources
        let rowBytes = columns.count * channels
        let narrow = [UInt8](unsafeUninitializedCapacity: needed.count * rowBytes) { target, count in
            pixels.withUnsafeBufferPointer { source in
                saccade_resample_along_rows(
                    source.baseAddress! + needed.lowerBound * width * channels, Int32(width), Int32(needed.count),
                    Int32(channels), across.spans, across.weights, Int32(across.taps), Int32(columns.count),
                    target.baseAddress)
            }
            count = needed.count * rowBytes
        }
        let spans = down.spans.map {
            saccade_resample_span(start: $0.start - Int32(needed.lowerBound), count: $0.count)
        }
        let result = [UInt8](unsafeUninitializedCapacity: rows.count * rowBytes) { target, count in
            saccade_resample_along_columns(
                narrow, Int32(rowBytes), spans, down.weights, Int32(down.taps), Int32(rows.count), target.baseAddress)
            count = rows.count * rowBytes
        }
        return Image(width: columns.count, height: rows.count, channels: channels, pixels: result)
    }
}

/// Fixed-point weights of a triangle filter along one axis, computed as Pillow's `precompute_coeffs` does.
struct TriangleWeights {
    /// Weights stored for every output position, of which the first `spans[i].count` count.
    let taps: Int
    var spans: [saccade_resample_span] = []
    var weights: [Int32] = []

    /// - Parameter positions: The output positions that are wanted, out of `0..<new`.
    init(from old: Int, to new: Int, at positions: Range<Int>) {
        let scale = Double(old) / Double(new)
        let support = max(scale, 1)  // half the triangle's base, in old pixels
        taps = Int(support.rounded(.up)) * 2 + 1
        spans.reserveCapacity(positions.count)
        weights = [Int32](repeating: 0, count: positions.count * taps)
        var real = [Double](repeating: 0, count: taps)
        for (i, position) in positions.enumerated() {
            let center = (Double(position) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), old)
            var sum = 0.0
            for k in 0..<(end - start) {
                let distance = abs((Double(k + start) - center + 0.5) * (1 / support))
                real[k] = max(1 - distance, 0)
                sum += real[k]
            }
            for k in 0..<(end - start) {
                let fixed = real[k] / sum * Double(1 << Int(SACCADE_RESAMPLE_BITS))
                weights[i * taps + k] = Int32(fixed + 0.5)
            }
            spans.append(saccade_resample_span(start: Int32(start), count: Int32(end - start)))
        }
    }

    /// The input positions between the first and the last that any output position looks at.
    var sources: Range<Int> {
        Int(spans[0].start)..<Int(spans[spans.count - 1].start + spans[spans.count - 1].count)
    }
}
