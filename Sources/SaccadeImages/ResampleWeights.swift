import CSaccadeImageCodecs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How much an old pixel counts by its distance from a new pixel's centre.
struct ResampleKernel {
    /// Beyond this distance nothing counts, in pixels of the smaller image.
    let support: Double
    let weight: @Sendable (_ distance: Double) -> Double

    /// Half open, so that a pixel on the border of two counts once.
    static let box = ResampleKernel(support: 0.5) { -0.5 < $0 && $0 <= 0.5 ? 1 : 0 }

    static let triangle = ResampleKernel(support: 1) { max(1 - abs($0), 0) }

    static let cubic = ResampleKernel(support: 2) {
        let (x, a) = (abs($0), -0.5)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }

    /// A bell curve, cut at three standard deviations.
    static func gaussian(sigma: Double) -> ResampleKernel {
        // One pixel more than the curve needs: the spans of pixels that count are symmetric only but for the last.
        ResampleKernel(support: (3 * sigma).rounded(.down) + 1) {
            abs($0) <= 3 * sigma ? exp(-$0 * $0 / (2 * sigma * sigma)) : 0
        }
    }

    static let lanczos = ResampleKernel(support: 3) { x in
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
        return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
}

/// Fixed-point weights of a filter along one axis, computed as Pillow's `precompute_coeffs` does.
struct ResampleWeights {
    /// Weights stored for every output position, of which the first `spans[i].count` count.
    let taps: Int
    var spans: [saccade_resample_span] = []
    var weights: [Int32] = []

    /// - Parameter positions: The output positions that are wanted, out of `0..<new`.
    init(_ kernel: ResampleKernel, from old: Int, to new: Int, at positions: Range<Int>) {
        let scale = Double(old) / Double(new)
        let stretch = max(scale, 1)
        let support = kernel.support * stretch  // in old pixels
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
                real[k] = kernel.weight((Double(k + start) - center + 0.5) * (1 / stretch))
                sum += real[k]
            }
            for k in 0..<(end - start) {
                let fixed = real[k] / sum * Double(1 << Int(SACCADE_RESAMPLE_BITS))
                weights[i * taps + k] = Int32(fixed + (fixed < 0 ? -0.5 : 0.5))
            }
            spans.append(saccade_resample_span(start: Int32(start), count: Int32(end - start)))
        }
    }

    /// The input positions between the first and the last that any output position looks at.
    var sources: Range<Int> {
        Int(spans[0].start)..<Int(spans[spans.count - 1].start + spans[spans.count - 1].count)
    }
}
