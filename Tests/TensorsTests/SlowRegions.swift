import SaccadeTensors

/// RoIAlign and RoI pooling bin by bin and sample by sample, as their papers define them and torchvision counts.
struct SlowRegions {
    let features: SlowImages
    let size: Pair
    let scale: Float

    /// The image of a box, whose fraction is cut off.
    private func image(_ box: [Float]) -> Int? {
        box[0] >= 0 && box[0] < Float(features.count) ? Int(box[0]) : nil
    }

    /// - Returns: `nil` where a bin has more than a thousand samples along an axis: that would take all day.
    func aligned(_ box: [Float], ratio: Int, isAligned: Bool) -> [Float]? {
        func axis(_ from: Float, _ to: Float, _ bins: Int) -> (start: Float, bin: Float, samples: Int)? {
            let offset: Float = isAligned ? 0.5 : 0
            let (start, end) = (from * scale - offset, to * scale - offset)
            let extent = isAligned || end - start > 1 ? end - start : 1
            guard start.isFinite, end.isFinite, (end - start).isFinite else { return (0, 0, 0) }
            let bin = extent / Float(bins)
            guard ratio == 0 else { return (start, bin, ratio) }
            return bin > 1000 ? nil : (start, bin, Int(max(bin.rounded(.up), 0)))
        }
        guard let rows = axis(box[2], box[4], size.height), let columns = axis(box[1], box[3], size.width) else {
            return nil
        }
        guard let image = image(box) else { return zeros }
        let count = Double(max(rows.samples * columns.samples, 1))
        return each { c, i, k in
            var sum = 0.0
            for v in 0..<rows.samples {
                let y = rows.start + Float(i) * rows.bin + (Float(v) + 0.5) * rows.bin / Float(rows.samples)
                for u in 0..<columns.samples {
                    let x =
                        columns.start + Float(k) * columns.bin
                        + (Float(u) + 0.5) * columns.bin / Float(columns.samples)
                    sum += interpolated(image, c, y, x)
                }
            }
            return Float(sum / count)
        }
    }

    private func interpolated(_ n: Int, _ c: Int, _ y: Float, _ x: Float) -> Double {
        guard y >= -1, y <= Float(features.height), x >= -1, x <= Float(features.width) else { return 0 }
        func neighbours(_ at: Float, _ length: Int) -> [(Int, Double)] {
            let at = min(max(at, 0), Float(length - 1))
            let low = Int(at)
            return [(low, 1 - Double(at - Float(low))), (min(low + 1, length - 1), Double(at - Float(low)))]
        }
        var sum = 0.0
        for (row, a) in neighbours(y, features.height) {
            for (column, b) in neighbours(x, features.width) { sum += a * b * Double(features[n, c, row, column]) }
        }
        return sum
    }

    func pooled(_ box: [Float]) -> [Float] {
        func windows(_ from: Float, _ to: Float, _ bins: Int, _ length: Int) -> [Range<Int>] {
            guard (from * scale).isFinite, (to * scale).isFinite else { return (0..<bins).map { _ in 0..<0 } }
            // Farther than the map and its bins reach, it is all the same.
            func pixel(_ at: Float) -> Int {
                Int(min(max((at * scale).rounded(.toNearestOrAwayFromZero), -0x1p30), 0x1p30))
            }
            let start = pixel(from)
            let bin = Float(max(pixel(to) - start + 1, 1)) / Float(bins)
            return (0..<bins).map { index in
                let begin = Int((Float(index) * bin).rounded(.down)) + start
                let end = Int((Float(index + 1) * bin).rounded(.up)) + start
                return min(max(begin, 0), length)..<min(max(end, 0), length)
            }
        }
        guard let image = image(box) else { return zeros }
        let rows = windows(box[2], box[4], size.height, features.height)
        let columns = windows(box[1], box[3], size.width, features.width)
        return each { c, i, k in
            guard !rows[i].isEmpty, !columns[k].isEmpty else { return 0 }
            var best = -Float.greatestFiniteMagnitude
            for y in rows[i] {
                for x in columns[k] where features[image, c, y, x] > best { best = features[image, c, y, x] }
            }
            return best
        }
    }

    private var zeros: [Float] { each { _, _, _ in 0 } }

    private func each(_ value: (_ channel: Int, _ row: Int, _ column: Int) -> Float) -> [Float] {
        (0..<features.channels).flatMap { c in
            (0..<size.height).flatMap { i in (0..<size.width).map { k in value(c, i, k) } }
        }
    }
}
