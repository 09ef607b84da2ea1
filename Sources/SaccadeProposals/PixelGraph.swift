/// The pixels of an image as a graph: an edge between any two that touch, corners included, from the lightest edge to the
/// heaviest.
///
/// Weights are distances between the colours of the smoothed image, as in Felzenszwalb and Huttenlocher (2004), section
/// 4.1. A space of one channel counts as three equal ones, as in the program of selective search, so that scales mean
/// the same in all. Of equal weights come first those to the right, then down, down and right, up and right; of these, by
/// row and column. (Their program sorts without saying how ties fall.)
///
/// One graph serves segmentations of every scale.
struct PixelGraph: Sendable {
    let width: Int
    let height: Int
    /// The bits of each weight above those of its place: `pixel << 2 | direction`.
    let edges: [UInt64]

    /// The neighbour minus the pixel, for each direction.
    var offsets: SIMD4<Int32> {
        SIMD4(1, Int32(width), Int32(width + 1), Int32(1 - width))
    }

    /// - Parameter smoothing: σ of the Gaussian in pixels.
    init(_ planes: ColorPlanes, smoothing: Double) {
        (width, height) = (planes.width, planes.height)
        let smooth = smoothed(planes, smoothing)
        let weights = PixelGraph.weights(smooth, width: planes.width, height: planes.height)
        edges = PixelGraph.sorted(weights, width: planes.width, height: planes.height)
    }

    /// Where a direction's edges begin: the rows, how many of each row's first pixels, and how far the neighbour is.
    private static func directions(_ width: Int, _ height: Int) -> [(rows: Range<Int>, columns: Int, offset: Int)] {
        [
            (0..<height, width - 1, 1), (0..<height - 1, width, width), (0..<height - 1, width - 1, width + 1),
            (1..<height, width - 1, 1 - width),
        ]
    }

    /// The weights' bits, which sort as the weights do, for none is negative; direction by direction, row by row.
    private static func weights(_ planes: [[Float]], width: Int, height: Int) -> [UInt32] {
        let directions = directions(width, height)
        let count = directions.reduce(0) { $0 + $1.rows.count * $1.columns }
        let scale = 3 / Float(planes.count)
        // Vectors of eight are read and written up to seven behind a row's end: within the planes' slack and, for the
        // next row overwrites it, within the slack of the weights.
        return [UInt32](unsafeUninitializedCapacity: count + PlaneFilter.slack) { bits, initialized in
            var target = UnsafeMutableRawPointer(bits.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: Float.self)
            for direction in directions {
                for y in direction.rows {
                    let start = y * width
                    for plane in planes.indices {
                        planes[plane].withUnsafeBufferPointer { values in
                            let pixels = values.baseAddress.unsafelyUnwrapped + start
                            let neighbors = pixels + direction.offset
                            for x in stride(from: 0, to: direction.columns, by: 8) {
                                let difference = vector(pixels + x) - vector(neighbors + x)
                                var sum = difference * difference
                                if plane > 0 { sum += vector(target + x) }
                                if plane == planes.count - 1 { sum = (sum * scale).squareRoot() }
                                store(sum, to: target + x)
                            }
                        }
                    }
                    target += direction.columns
                }
            }
            initialized = count
        }
    }

    /// Radix sort, least significant digit first: exact, stable, and linear in the number of edges.
    ///
    /// Digits have 11, 10 and 10 bits: the topmost bit is the sign, which no weight has.
    private static func sorted(_ weights: [UInt32], width: Int, height: Int) -> [UInt64] {
        let unsorted = weights.count
        let first = Starts(bits: 11)
        let second = Starts(bits: 10)
        let third = Starts(bits: 10)
        for bits in weights {
            first.count(bits & 0x7FF)
            second.count(bits >> 11 & 0x3FF)
            third.count(bits >> 21)
        }
        // Every place is written exactly once by each pass: see `Starts`.
        let edges = [UInt64](unsafeUninitializedCapacity: unsorted) { edges, initialized in
            first.accumulate()
            var next = 0
            for (number, direction) in directions(width, height).enumerated() {
                for y in direction.rows {
                    for x in 0..<direction.columns {
                        let bits = weights[next]
                        let place = UInt64(truncatingIfNeeded: (y &* width &+ x) << 2 | number)
                        edges[first.take(bits & 0x7FF)] = UInt64(bits) << 32 | place
                        next &+= 1
                    }
                }
            }
            initialized = unsorted
        }
        return sorted(sorted(edges, shift: 32 + 11, second), shift: 32 + 21, third)
    }

    private static func sorted(_ edges: [UInt64], shift: UInt64, _ starts: borrowing Starts) -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: edges.count) { result, initialized in
            starts.accumulate()
            for edge in edges { result[starts.take(UInt32(truncatingIfNeeded: edge >> shift) & 0x3FF)] = edge }
            initialized = edges.count
        }
    }
}

/// Where the keys of each digit go in one pass of a radix sort.
private struct Starts: ~Copyable {
    // Freed by `deinit`, and never reached with a digit of more bits than it was made for.
    private let values: UnsafeMutableBufferPointer<Int>

    init(bits: Int) {
        values = .allocate(capacity: 1 << bits)
        values.initialize(repeating: 0)
    }

    deinit { values.deallocate() }

    @inline(__always)
    func count(_ digit: UInt32) { values[Int(digit)] &+= 1 }

    /// From how many there are of each to where each begins.
    func accumulate() {
        var sum = 0
        for i in values.indices { (values[i], sum) = (sum, sum + values[i]) }
    }

    /// The place of the next key that has the digit.
    @inline(__always)
    func take(_ digit: UInt32) -> Int {
        let place = values[Int(digit)]
        values[Int(digit)] = place &+ 1
        return place
    }
}

/// Each channel smoothed, `[height, width]` and ``PlaneFilter/slack`` behind.
func smoothed(_ planes: ColorPlanes, _ sigma: Double) -> [[Float]] {
    let filter = PlaneFilter(width: planes.width, height: planes.height)
    let kernel = HalfKernel.gaussian(sigma)
    let count = planes.width * planes.height
    var rows = [Float](repeating: 0, count: count + PlaneFilter.slack)
    return planes.values.withUnsafeBufferPointer { values in
        (0..<planes.channels).map { channel in
            var result = [Float](repeating: 0, count: count + PlaneFilter.slack)
            // All three have the sizes that the filter wants.
            rows.withUnsafeMutableBufferPointer { rows in
                result.withUnsafeMutableBufferPointer { result in
                    let row = rows.baseAddress.unsafelyUnwrapped
                    filter.filterRows(values.baseAddress.unsafelyUnwrapped + channel * count, kernel, into: row)
                    filter.filterColumns(row, kernel, into: result.baseAddress.unsafelyUnwrapped)
                }
            }
            return result
        }
    }
}
