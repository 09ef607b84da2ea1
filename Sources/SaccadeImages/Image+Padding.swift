import SaccadePrelude

extension Image {
    /// The image with more around it.
    ///
    /// - Precondition: No number is negative.
    public func padded(
        left: Int, top: Int, right: Int, bottom: Int, paddingMode: PaddingMode? = nil
    ) -> Image {
        require(
            left >= 0 && top >= 0 && right >= 0 && bottom >= 0,
            "padded: \(left), \(top), \(right), \(bottom) pixels; expected none below 0")
        return part(
            x: -left, y: -top, PixelSize(width: left + width + right, height: top + height + bottom),
            paddingMode: paddingMode ?? .color([UInt8](repeating: 0, count: channels)))
    }

    /// A part of the image that may reach beyond its edges, or lie outside.
    ///
    /// - Parameters:
    ///   - x: The part's first column.
    ///   - y: The part's first row.
    ///   - size: At least 1×1.
    ///   - paddingMode: What shows where there is no image.
    public func part(x left: Int, y top: Int, _ size: PixelSize, paddingMode: PaddingMode) -> Image {
        paddingMode.check(self)
        var result = [UInt8]()
        result.reserveCapacity(size.width * size.height * channels)
        // The columns of the part that show the image itself.
        let start = min(max(-left, 0), size.width)
        let visible = start..<max(min(width - left, size.width), start)
        for y in top..<top + size.height {
            if case .color(let color) = paddingMode, !(0..<height).contains(y) {
                for _ in 0..<size.width { result += color }
                continue
            }
            let row = (0..<height).contains(y) ? y * width : paddingMode.inside(y, height) * width
            func appendOutside(_ columns: Range<Int>) {
                for x in columns {
                    if case .color(let color) = paddingMode {
                        result += color
                    } else {
                        let from = (row + paddingMode.inside(left + x, width)) * channels
                        result += pixels[from..<(from + channels)]
                    }
                }
            }
            appendOutside(0..<visible.lowerBound)
            if !visible.isEmpty {
                let from = (row + left + visible.lowerBound) * channels
                result += pixels[from..<(from + visible.count * channels)]
            }
            appendOutside(visible.upperBound..<size.width)
        }
        return Image(width: size.width, height: size.height, channels: channels, pixels: result)
    }

    /// The image moved right by `x` and down by `y` pixels within its frame; negative ones move left and up.
    ///
    /// - Parameter paddingMode: What shows where the image does not reach any more.
    public func shifted(x: Int, y: Int, paddingMode: PaddingMode) -> Image {
        paddingMode.check(self)
        if x == 0, y == 0 { return self }
        // The columns of the result that show a part of the image.
        let start = min(max(x, 0), width)
        let visible = start..<max(min(width + min(x, width), width), start)
        let color: [UInt8]? = if case .color(let color) = paddingMode { color } else { nil }
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
                for row in 0..<height {
                    let to = target.baseAddress! + row * width * channels
                    let isShown = (0..<height).contains(row - y)
                    if let color, !isShown {
                        for i in 0..<width * channels { to[i] = color[i % channels] }
                        continue
                    }
                    let from =
                        source.baseAddress!
                        + (isShown ? row - y : paddingMode.inside(row - y, height)) * width * channels
                    if !visible.isEmpty {
                        (to + visible.lowerBound * channels).update(
                            from: from + (visible.lowerBound - x) * channels, count: visible.count * channels)
                    }
                    for column in [0..<visible.lowerBound, visible.upperBound..<width].joined() {
                        for c in 0..<channels {
                            to[column * channels + c] =
                                color?[c] ?? from[paddingMode.inside(column - x, width) * channels + c]
                        }
                    }
                }
                count = source.count
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: result)
    }
}
