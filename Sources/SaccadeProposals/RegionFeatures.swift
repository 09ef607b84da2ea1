/// What is known of each region: its size, the box around it, and how often each colour and texture occurs in it.
///
/// Regions lie in slots. A merged region takes the slot of one of the two, so that as many slots are enough as there are
/// regions in the beginning.
struct RegionFeatures: Sendable {
    /// Bins for each channel of colour.
    static let colorBins = 25

    /// Pixels of the image.
    let pixels: Int
    private(set) var sizes: [Int32]
    /// The box around each: left, top, right and bottom, the last pixel included.
    private(set) var bounds: [SIMD4<Int32>]
    /// For each slot colours and then textures, both summing to 1 and filled up with zeros to whole vectors.
    private var rows: [SIMD8<Float>]
    private let colorVectors: Int
    private let textureVectors: Int
    private var rowVectors: Int { colorVectors + textureVectors }

    init(_ segmentation: GraphSegmentation, _ planes: ColorPlanes, _ gradients: OrientedGradients) {
        pixels = segmentation.labels.count
        let channels = planes.channels
        let counts = RegionFeatures.counts(segmentation, planes, gradients)
        (sizes, bounds) = RegionFeatures.extents(segmentation)
        let directions = 2 * OrientedGradients.axes
        colorVectors = (channels * RegionFeatures.colorBins + 7) / 8
        textureVectors = (channels * directions * OrientedGradients.steps + 7) / 8
        rows = Array(repeating: .zero, count: segmentation.count * (colorVectors + textureVectors))
        for slot in 0..<segmentation.count { fillRow(slot, channels, counts) }
    }

    /// Sizes and boxes.
    private static func extents(_ segmentation: GraphSegmentation) -> (sizes: [Int32], bounds: [SIMD4<Int32>]) {
        var sizes = [Int32](repeating: 0, count: segmentation.count)
        var bounds = [SIMD4<Int32>](repeating: SIMD4(.max, .max, -1, -1), count: segmentation.count)
        let labels = segmentation.labels
        var next = 0
        for y in 0..<Int32(segmentation.height) {
            for x in 0..<Int32(segmentation.width) {
                let label = Int(labels[next])
                next += 1
                sizes[label] &+= 1
                let box = bounds[label]
                bounds[label] = SIMD4(min(box.x, x), min(box.y, y), max(box.z, x), max(box.w, y))
            }
        }
        return (sizes, bounds)
    }

    // MARK: Histograms

    /// Bins of one channel: colours, then signed steps along each axis.
    private static let channelCounts = colorBins + OrientedGradients.axes * OrientedGradients.signedSteps

    /// How often each bin occurs in each region: `[region, channels, channelCounts]`.
    private static func counts(
        _ segmentation: GraphSegmentation, _ planes: ColorPlanes, _ gradients: OrientedGradients
    ) -> [UInt32] {
        let (count, steps) = (segmentation.labels.count, OrientedGradients.signedSteps)
        let stride = planes.channels * channelCounts
        // To the nearest of 0...24: the outermost bins are half as wide, as in the authors' program.
        let colorBin = (0..<256).map { UInt8((2 * (colorBins - 1) * $0 + 255) / 510) }
        var counts = [UInt32](repeating: 0, count: segmentation.count * stride)
        // Labels are regions, bins are less than the counts that a channel has: nothing is reached beyond the arrays.
        counts.withUnsafeMutableBufferPointer { counts in
            segmentation.labels.withUnsafeBufferPointer { labels in
                planes.values.withUnsafeBufferPointer { values in
                    gradients.bins.withUnsafeBufferPointer { bins in
                        colorBin.withUnsafeBufferPointer { colorBin in
                            for channel in 0..<planes.channels {
                                let colors = values.baseAddress.unsafelyUnwrapped + channel * count
                                let first = bins.baseAddress.unsafelyUnwrapped + channel * 4 * count
                                let (second, third, fourth) = (first + count, first + 2 * count, first + 3 * count)
                                let base = counts.baseAddress.unsafelyUnwrapped + channel * channelCounts
                                for i in 0..<count {
                                    let row = base + Int(labels[i]) &* stride
                                    row[Int(colorBin[Int(colors[i])])] &+= 1
                                    let textures = row + colorBins
                                    textures[Int(first[i])] &+= 1
                                    textures[steps &+ Int(second[i])] &+= 1
                                    textures[2 &* steps &+ Int(third[i])] &+= 1
                                    textures[3 &* steps &+ Int(fourth[i])] &+= 1
                                }
                            }
                        }
                    }
                }
            }
        }
        return counts
    }

    /// Turns a region's counts into shares.
    private mutating func fillRow(_ slot: Int, _ channels: Int, _ counts: [UInt32]) {
        let (size, steps) = (UInt32(sizes[slot]), OrientedGradients.steps)
        let (colorShare, textureShare) = (
            1 / Float(channels * Int(size)), 1 / Float(channels * 2 * OrientedGradients.axes * Int(size))
        )
        for channel in 0..<channels {
            let start = (slot * channels + channel) * RegionFeatures.channelCounts
            for bin in 0..<RegionFeatures.colorBins {
                set(slot, channel * RegionFeatures.colorBins + bin, colorShare * Float(counts[start + bin]))
            }
            for axis in 0..<OrientedGradients.axes {
                let zero =
                    start + RegionFeatures.colorBins + axis * OrientedGradients.signedSteps + steps - 1
                for sign in [1, -1] {
                    let direction = (channel * OrientedGradients.axes + axis) * 2 + (sign < 0 ? 1 : 0)
                    let first = colorVectors * 8 + direction * steps
                    // What points the other way counts as zero here.
                    var rest = size
                    for step in 1..<steps {
                        let count = counts[zero + sign * step]
                        rest -= count
                        set(slot, first + step, textureShare * Float(count))
                    }
                    set(slot, first, textureShare * Float(rest))
                }
            }
        }
    }

    private mutating func set(_ slot: Int, _ element: Int, _ share: Float) {
        rows[slot * rowVectors + element / 8][element % 8] = share
    }

    // MARK: Similarity and merging

    /// The sum of some measures of how alike two regions are.
    func similarity(_ a: Int, _ b: Int, _ measures: SimilarityMeasures) -> Float {
        let (first, second) = (a * rowVectors, b * rowVectors)
        return Similarity(
            color: measures.contains(.color) ? intersection(first, second, colorVectors) : 0,
            texture: measures.contains(.texture)
                ? intersection(first + colorVectors, second + colorVectors, textureVectors) : 0,
            size: 1 - Float(Int(sizes[a]) + Int(sizes[b])) / Float(pixels),
            fill: 1 - Float(emptySpace(a, b)) / Float(pixels)
        ).sum(of: measures)
    }

    /// How alike two regions are by all measures.
    func similarity(_ a: Int, _ b: Int) -> Similarity {
        Similarity(
            color: similarity(a, b, .color), texture: similarity(a, b, .texture), size: similarity(a, b, .size),
            fill: similarity(a, b, .fill))
    }

    /// Pixels in the box around both that are in neither.
    private func emptySpace(_ a: Int, _ b: Int) -> Int {
        let box = united(bounds[a], bounds[b])
        let area = (Int(box.z) - Int(box.x) + 1) * (Int(box.w) - Int(box.y) + 1)
        return area - Int(sizes[a]) - Int(sizes[b])
    }

    @inline(__always)
    private func intersection(_ a: Int, _ b: Int, _ vectors: Int) -> Float {
        // Slots have whole rows, so that both stretches lie in them.
        rows.withUnsafeBufferPointer { rows in
            let (first, second) = (rows.baseAddress.unsafelyUnwrapped + a, rows.baseAddress.unsafelyUnwrapped + b)
            var sum = SIMD8<Float>.zero
            for i in 0..<vectors { sum += first[i].replacing(with: second[i], where: second[i] .< first[i]) }
            return sum.sum()
        }
    }

    /// Makes one region of two, in the first's slot: histograms as in equation 2, weighted by size.
    mutating func merge(_ a: Int, with b: Int) {
        let size = sizes[a] + sizes[b]
        let (first, second) = (Float(sizes[a]) / Float(size), Float(sizes[b]) / Float(size))
        let vectors = rowVectors
        rows.withUnsafeMutableBufferPointer { rows in
            let (target, other) = (
                rows.baseAddress.unsafelyUnwrapped + a * vectors, rows.baseAddress.unsafelyUnwrapped + b * vectors
            )
            for i in 0..<vectors { target[i] = first * target[i] + second * other[i] }
        }
        sizes[a] = size
        bounds[a] = united(bounds[a], bounds[b])
    }
}

@inline(__always)
private func united(_ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> SIMD4<Int32> {
    SIMD4(min(a.x, b.x), min(a.y, b.y), max(a.z, b.z), max(a.w, b.w))
}
