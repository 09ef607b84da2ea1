import CSaccadeImageCodecs
import SaccadePrelude

extension Image {
    /// The image at another size; the same bytes as `resize` of Pillow 13 gives.
    ///
    /// Pillow 12 and older always begin with the rows, this one with the columns where the height shrinks by more than
    /// twice as many pixels as the width does: there, rounding between the two passes differs by a level, and the
    /// clipping of what ``ResizeFilter/bicubic`` and ``ResizeFilter/lanczos`` overshoot by more.
    ///
    /// - Parameters:
    ///   - width: New width in pixels; at least 1.
    ///   - height: New height in pixels; at least 1.
    ///   - filter: How new pixels are made of old ones.
    public func resized(width newWidth: Int, height newHeight: Int, filter: ResizeFilter = .bilinear) -> Image {
        require(
            newWidth > 0 && newHeight > 0 && newWidth <= 1 << 24 && newHeight <= 1 << 24,
            "resized: \(newWidth)×\(newHeight) is not an image's size")
        return resized(width: newWidth, height: newHeight, columns: 0..<newWidth, rows: 0..<newHeight, filter)
    }

    /// The image scaled so that its shorter side becomes `side` pixels, its proportions kept.
    ///
    /// The longer side is rounded down, as torchvision's `Resize` does. It never becomes more than 100 times the shorter
    /// one, so that a line of pixels, which is no image, does not become a huge one.
    public func resized(shortSide side: Int, filter: ResizeFilter = .bilinear) -> Image {
        require(side > 0 && side <= 1 << 16, "resized: a short side of \(side) pixels")
        let size = self.size.scaled(toShortSide: side)
        return resized(
            width: min(size.width, 100 * side), height: min(size.height, 100 * side), filter: filter)
    }

    /// The middle `cropWidth × cropHeight` pixels of the image scaled to a short side of `side`.
    ///
    /// The same bytes as ``resized(shortSide:filter:)`` followed by ``centerCropped(width:height:)``, the usual way into
    /// a classifier, but only the pixels that remain are computed.
    ///
    /// - Precondition: `cropWidth` and `cropHeight` are in `1...side`.
    public func resized(
        shortSide side: Int, centerCrop cropWidth: Int, _ cropHeight: Int, filter: ResizeFilter = .bilinear
    ) -> Image {
        require(side > 0 && side <= 1 << 16, "resized: a short side of \(side) pixels")
        require(
            (1...side).contains(cropWidth) && (1...side).contains(cropHeight),
            "resized: cannot crop \(cropWidth)×\(cropHeight) from a short side of \(side)")
        let (size, x, y) = self.size.centerCrop(ofShortSide: side, cropWidth, cropHeight)
        return resized(
            width: size.width, height: size.height, columns: x..<(x + cropWidth), rows: y..<(y + cropHeight), filter)
    }

    /// The pixels at given columns and rows of the image of another size.
    private func resized(
        width newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>, _ filter: ResizeFilter
    ) -> Image {
        if newWidth == width, newHeight == height {
            if columns.count == width, rows.count == height { return self }
            return cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        }
        guard let kernel = filter.kernel else { return resizedNearest(newWidth, newHeight, columns, rows) }
        return resampled(newWidth, newHeight, columns, rows, kernel)
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

    /// The pixels at given columns and rows of the image of another size, or of the same, by any kernel.
    func resampled(
        _ newWidth: Int, _ newHeight: Int, _ columns: Range<Int>, _ rows: Range<Int>, _ kernel: ResampleKernel
    ) -> Image {
        let down = ResampleWeights(kernel, from: height, to: newHeight, at: rows)
        let across = ResampleWeights(kernel, from: width, to: newWidth, at: columns)
        // Rounding and clipping between the passes make their order visible; this is Pillow's rule for it.
        if height - newHeight > 2 * max(width - newWidth, 0) {
            let low = pixels.resampledAlongColumns(rowBytes: width * channels, to: rows.count, down.spans, down)
            let result = low[...].resampledAlongRows(
                width: width, height: rows.count, channels: channels, to: columns.count, across)
            return Image(width: columns.count, height: rows.count, channels: channels, pixels: result)
        }
        // Only those rows that the second pass looks at.
        let needed = down.sources
        let narrow = pixels[(needed.lowerBound * width * channels)...].resampledAlongRows(
            width: width, height: needed.count, channels: channels, to: columns.count, across)
        let spans = down.spans.map {
            saccade_resample_span(start: $0.start - Int32(needed.lowerBound), count: $0.count)
        }
        let result = narrow.resampledAlongColumns(rowBytes: columns.count * channels, to: rows.count, spans, down)
        return Image(width: columns.count, height: rows.count, channels: channels, pixels: result)
    }
}

extension ArraySlice<UInt8> {
    /// Rows of other widths, made of `height` rows of `width` pixels.
    fileprivate func resampledAlongRows(
        width: Int, height: Int, channels: Int, to newWidth: Int, _ weights: ResampleWeights
    ) -> [UInt8] {
        let byteCount = height * newWidth * channels
        return [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            withUnsafeBufferPointer { source in
                saccade_resample_along_rows(
                    source.baseAddress!, Int32(width), Int32(height), Int32(channels), weights.spans, weights.weights,
                    Int32(weights.taps), Int32(newWidth), target.baseAddress)
            }
            count = byteCount
        }
    }
}

extension [UInt8] {
    /// `newHeight` rows, made of the rows that `spans` name.
    fileprivate func resampledAlongColumns(
        rowBytes: Int, to newHeight: Int, _ spans: [saccade_resample_span], _ weights: ResampleWeights
    ) -> [UInt8] {
        let byteCount = newHeight * rowBytes
        return [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            saccade_resample_along_columns(
                self, Int32(rowBytes), spans, weights.weights, Int32(weights.taps), Int32(newHeight),
                target.baseAddress)
            count = byteCount
        }
    }
}
