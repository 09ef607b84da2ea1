/// The pixels of an object, as COCO stores them: lengths of runs down the columns.
///
/// Going down each column, and column after column from the left, `runs` tells in turn how many pixels are outside and
/// how many inside; the first run is of outside pixels and may be 0, no other is 0. Two masks are equal when their
/// pixels are.
public struct RunLengthMask: Sendable, Hashable {
    /// A mask of more pixels is refused, before any memory is taken for it: 2²⁸.
    public static let pixelLimit = 1 << 28

    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int
    /// Lengths of outside and inside runs in turn, which add up to `width * height`.
    public let runs: [UInt32]
    /// How many pixels are inside.
    public let pixelCount: Int

    /// A mask from run lengths, which COCO calls uncompressed.
    ///
    /// - Throws: ``GeometryError`` for a size beyond the limit, a negative length, or lengths that do not add up to
    ///   `width * height`.
    public init(width: Int, height: Int, runs: some Sequence<Int>) throws(GeometryError) {
        var builder = try RunBuilder(width: width, height: height)
        var isInside = false
        for run in runs {
            try builder.append(run, isInside: isInside)
            isInside.toggle()
        }
        self = try builder.mask()
    }

    /// A mask from a byte for each pixel.
    ///
    /// - Parameter pixels: Row by row, as images are; anything but 0 is inside.
    /// - Throws: ``GeometryError`` when the bytes are not `width * height`, or more than the limit.
    public init(width: Int, height: Int, pixels: [UInt8]) throws(GeometryError) {
        var builder = try RunBuilder(width: width, height: height)
        guard pixels.count == width * height else {
            throw GeometryError(
                .size, "\(pixels.count) bytes for a mask of \(width)×\(height) pixels; give one byte for each pixel")
        }
        for x in 0..<width {
            var start = 0
            while start < height {
                let isInside = pixels[start * width + x] != 0
                var end = start + 1
                while end < height, (pixels[end * width + x] != 0) == isInside { end += 1 }
                builder.appendUnchecked(end - start, isInside: isInside)
                start = end
            }
        }
        self = try builder.mask()
    }

    /// For builders, which know that everything holds.
    init(width: Int, height: Int, canonical runs: [UInt32], pixelCount: Int) {
        self.width = width
        self.height = height
        self.runs = runs
        self.pixelCount = pixelCount
    }

    /// A byte for each pixel, row by row: 1 inside, 0 outside.
    public var pixels: [UInt8] {
        var pixels = [UInt8](repeating: 0, count: width * height)
        forEachInside { start, end in
            var (x, y) = (start / height, start % height)
            for _ in start..<end {
                pixels[y * width + x] = 1
                y += 1
                if y == height { (x, y) = (x + 1, 0) }
            }
        }
        return pixels
    }

    /// The smallest box around all inside pixels; without area, at the origin, when there are none.
    public var bounds: Box {
        var (left, right, top, bottom) = (width, 0, height, 0)
        forEachInside { start, end in
            let (first, last) = (start / height, (end - 1) / height)
            left = min(left, first)
            right = max(right, last + 1)
            // A run that goes on in the next column touches both the lowest and the highest row.
            top = first == last ? min(top, start % height) : 0
            bottom = first == last ? max(bottom, (end - 1) % height + 1) : height
        }
        if pixelCount == 0 { return Box(left: 0, top: 0, right: 0, bottom: 0) }
        return Box(left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom))
    }

    /// Calls with the range of each inside run, in pixels down the columns.
    func forEachInside(_ body: (_ start: Int, _ end: Int) -> Void) {
        runs.withUnsafeBufferPointer { runs in
            var (index, end) = (0, 0)
            while index + 1 < runs.count {
                let start = end + Int(runs[index])
                end = start + Int(runs[index + 1])
                body(start, end)
                index += 2
            }
        }
    }
}

/// Puts runs together and joins those that belong together.
struct RunBuilder {
    let width: Int
    let height: Int
    private let total: Int
    private var runs: [UInt32] = []
    private var covered = 0
    private var inside = 0

    init(width: Int, height: Int) throws(GeometryError) {
        let (total, overflow) = width.multipliedReportingOverflow(by: height)
        guard width >= 0, height >= 0 else {
            throw GeometryError(.size, "a mask cannot be \(width)×\(height) pixels; give sizes of 0 or more")
        }
        // The sides too: nothing times a billion is nothing, but walking over its columns is not.
        guard !overflow, max(total, width, height) <= RunLengthMask.pixelLimit else {
            throw GeometryError(
                .size,
                "a mask of \(width)×\(height) pixels is refused; the limit is \(RunLengthMask.pixelLimit) pixels")
        }
        (self.width, self.height, self.total) = (width, height, total)
    }

    mutating func append(_ run: Int, isInside: Bool) throws(GeometryError) {
        guard run >= 0 else {
            throw GeometryError(.runs, "a mask has a run of \(run) pixels; give lengths of 0 or more")
        }
        guard run <= total - covered else {
            throw GeometryError(
                .runs, "the runs of a mask cover more than its \(width)×\(height) pixels; check its size")
        }
        appendUnchecked(run, isInside: isInside)
    }

    /// - Precondition: All runs together stay within the mask.
    mutating func appendUnchecked(_ run: Int, isInside: Bool) {
        guard run > 0 else { return }
        // Runs at odd places are inside.
        if runs.isEmpty, isInside { runs.append(0) }
        if runs.count.isMultiple(of: 2) == isInside, !runs.isEmpty {
            runs[runs.count - 1] += UInt32(run)
        } else {
            runs.append(UInt32(run))
        }
        covered += run
        if isInside { inside += run }
    }

    func mask() throws(GeometryError) -> RunLengthMask {
        guard covered == total else {
            throw GeometryError(
                .runs,
                "the runs of a mask cover \(covered) of its \(width)×\(height) = \(total) pixels; check its size")
        }
        return RunLengthMask(width: width, height: height, canonical: runs, pixelCount: inside)
    }
}
