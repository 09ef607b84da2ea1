import SaccadeImages

/// An image at the resolution in which it is drawn, and what becomes of it when it is cut into regions.
struct RegionPainting {
    private let image: Image
    private let width: Int
    private let height: Int

    /// - Parameter frame: What the image is to fill.
    init(_ image: Image, filling frame: Rectangle) {
        self.image = image
        width = max(1, Int((frame.width * Tinting.resolution).rounded()))
        height = max(1, Int((frame.height * Tinting.resolution).rounded()))
    }

    /// The image itself.
    var plain: Image {
        let grows = width >= image.width && height >= image.height
        return image.rgb().resized(width: width, height: height, filter: grows ? .nearest : .area)
    }

    /// The image in greys that leave room for colours on top.
    var pale: Image {
        let grey = plain.grey()
        return Image(
            width: width, height: height, channels: 1, pixels: grey.pixels.map { UInt8(110 + Int($0) * 145 / 255) })
    }

    /// Each region in the mean colour of its pixels, and white lines between them.
    ///
    /// - Parameter labels: The number of each pixel's region, row by row; none negative.
    func regions(_ labels: [Int32]) -> Image {
        let colors = meanColors(labels)
        // Where there are many regions their lines would hide them.
        let regions = Set(labels).count
        let share = regions <= 60 ? 12 : regions <= 240 ? 8 : 5
        let columns = (0..<width).map { (2 * $0 + 1) * image.width / (2 * width) }
        let rows = (0..<height).map { (2 * $0 + 1) * image.height / (2 * height) }
        func label(_ x: Int, _ y: Int) -> Int32 {
            labels[rows[min(y, height - 1)] * image.width + columns[min(x, width - 1)]]
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let own = label(x, y)
                var color = colors[Int(own)]
                if label(x + 1, y) != own || label(x, y + 1) != own {
                    color = ((16 - share) &* color &+ share &* SIMD3(repeating: 255)) / 16
                }
                for channel in 0..<3 { pixels.append(UInt8(truncatingIfNeeded: color[channel])) }
            }
        }
        return Image(width: width, height: height, channels: 3, pixels: pixels)
    }

    private func meanColors(_ labels: [Int32]) -> [SIMD3<Int>] {
        let regions = Int(labels.max() ?? 0) + 1
        var (sums, counts) = ([SIMD3<Int>](repeating: .zero, count: regions), [Int](repeating: 0, count: regions))
        let pixels = image.rgb().pixels
        for (pixel, label) in labels.enumerated() {
            sums[Int(label)] &+= SIMD3(Int(pixels[3 * pixel]), Int(pixels[3 * pixel + 1]), Int(pixels[3 * pixel + 2]))
            counts[Int(label)] += 1
        }
        return zip(sums, counts).map { $1 == 0 ? $0 : $0 / SIMD3(repeating: $1) }
    }
}
