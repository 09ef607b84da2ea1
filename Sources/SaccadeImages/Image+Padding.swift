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
        let paddingMode = paddingMode ?? .color([UInt8](repeating: 0, count: channels))
        paddingMode.check(self)
        let (newWidth, newHeight) = (left + width + right, top + height + bottom)
        var result = [UInt8]()
        result.reserveCapacity(newWidth * newHeight * channels)
        for y in -top..<(height + bottom) {
            if case .color(let color) = paddingMode {
                guard (0..<height).contains(y) else {
                    for _ in 0..<newWidth { result += color }
                    continue
                }
                for _ in 0..<left { result += color }
                result += pixels[(y * width * channels)..<((y + 1) * width * channels)]
                for _ in 0..<right { result += color }
            } else {
                let row = paddingMode.inside(y, height) * width
                for x in -left..<(width + right) {
                    let from = (row + paddingMode.inside(x, width)) * channels
                    result += pixels[from..<(from + channels)]
                }
            }
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
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
