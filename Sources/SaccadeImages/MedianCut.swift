/// Chooses a palette by cutting the cube of all colours in two, again and again, where as many pixels lie on either side
/// (Heckbert, "Color Image Quantization for Frame Buffer Display", 1982); always the box whose pixels are furthest from
/// their mean.
///
/// Colours are told apart by the highest six bits of each channel while they are counted; a palette's colours are means of
/// all eight.
struct MedianCut {
    private struct Bin {
        var pixels = 0
        var sums = SIMD4<Int>()

        var mean: SIMD4<Double> { SIMD4<Double>(sums) / Double(pixels) }
    }

    private static let bits: UInt32 = 6
    private var bins = [Bin](repeating: Bin(), count: 1 << (3 * bits))

    @inline(__always)
    static func bin(of color: UInt32) -> Int {
        let (red, green, blue) = (color >> 16, color >> 8 & 0xFF, color & 0xFF)
        return Int((red >> (8 - bits)) << (2 * bits) | (green >> (8 - bits)) << bits | blue >> (8 - bits))
    }

    @inline(__always)
    mutating func count(_ color: UInt32) {
        let place = Self.bin(of: color)
        bins[place].pixels += 1
        bins[place].sums &+= SIMD4(Int(color >> 16), Int(color >> 8 & 0xFF), Int(color & 0xFF), 0)
    }

    /// Some of the bins, and how far they are from their mean.
    private struct Box {
        let places: Range<Int>
        /// The sum over all pixels of the squared distance from the mean along each channel.
        let errors: SIMD4<Double>
        let mean: SIMD4<Double>
        let pixels: Int

        init(_ places: Range<Int>, of entries: [Bin]) {
            var (sum, squares, pixels) = (SIMD4<Double>(), SIMD4<Double>(), 0)
            for entry in entries[places] {
                let mean = entry.mean
                sum += mean * Double(entry.pixels)
                squares += mean * mean * Double(entry.pixels)
                pixels += entry.pixels
            }
            (self.places, self.pixels) = (places, pixels)
            mean = sum / Double(pixels)
            errors = squares - sum * mean
        }
    }

    /// Red, green and blue of so many colours at most.
    func palette(colors: Int) -> [UInt8] {
        var entries = bins.filter { $0.pixels > 0 }
        var boxes = [Box(entries.indices, of: entries)]
        while boxes.count < colors {
            let largest = boxes.indices.filter { boxes[$0].places.count > 1 }
                .max { boxes[$0].errors.sum() < boxes[$1].errors.sum() }
            guard let largest else { break }
            let box = boxes[largest]
            let channel = (0..<3).max { box.errors[$0] < box.errors[$1] } ?? 0
            entries[box.places].sort { $0.mean[channel] < $1.mean[channel] }
            var (place, pixels) = (box.places.lowerBound, 0)
            repeat {
                pixels += entries[place].pixels
                place += 1
            } while place < box.places.upperBound - 1 && pixels * 2 < box.pixels
            boxes[largest] = Box(box.places.lowerBound..<place, of: entries)
            boxes.append(Box(place..<box.places.upperBound, of: entries))
        }
        return boxes.flatMap { box in (0..<3).map { UInt8(box.mean[$0].rounded()) } }
    }

    /// For each bin, the number of the nearest colour of a palette to the pixels in it; 0 where there are none.
    func nearest(in palette: [UInt8]) -> [UInt8] {
        let colors = (0..<palette.count / 3).map { number in
            SIMD4<Double>(
                Double(palette[3 * number]), Double(palette[3 * number + 1]), Double(palette[3 * number + 2]), 0)
        }
        return bins.map { bin in
            guard bin.pixels > 0 else { return 0 }
            let mean = bin.mean
            var best = (number: 0, distance: Double.infinity)
            for (number, color) in colors.enumerated() {
                let offset = color - mean
                let distance = (offset * offset).sum()
                if distance < best.distance { best = (number, distance) }
            }
            return UInt8(best.number)
        }
    }
}
