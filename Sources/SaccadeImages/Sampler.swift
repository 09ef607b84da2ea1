import SaccadeGeometry

/// Reads an image at points between its pixels.
struct Sampler {
    let width: Int
    let height: Int
    let channels: Int
    let interpolation: Interpolation
    let paddingMode: PaddingMode
    /// What stands where there is no point at all: infinitely far away.
    let nowhere: [UInt8]
    let usesColor: Bool

    init(_ image: Image, _ interpolation: Interpolation, _ paddingMode: PaddingMode) {
        (width, height, channels) = (image.width, image.height, image.channels)
        self.interpolation = interpolation
        self.paddingMode = paddingMode
        if case .color(let color) = paddingMode {
            (nowhere, usesColor) = (color, true)
        } else {
            (nowhere, usesColor) = ([UInt8](repeating: 0, count: image.channels), false)
        }
    }

    func sample(_ source: UnsafeBufferPointer<UInt8>, at point: Point, _ target: UnsafeMutablePointer<UInt8>) {
        // Beyond this nothing can be told apart, and whole numbers end.
        let farthest = 1e9
        let isInside = point.x >= 0 && point.y >= 0 && point.x < Double(width) && point.y < Double(height)
        guard isInside || !usesColor && abs(point.x) < farthest && abs(point.y) < farthest else {
            for c in 0..<channels { target[c] = nowhere[c] }
            return
        }
        if interpolation == .nearest {
            let (x, y) = (column(Int(point.x.rounded(.down))), row(Int(point.y.rounded(.down))))
            for c in 0..<channels { target[c] = source[(y * width + x) * channels + c] }
            return
        }
        let (left, top) = ((point.x - 0.5).rounded(.down), (point.y - 0.5).rounded(.down))
        let (rightFraction, lowFraction) = (point.x - 0.5 - left, point.y - 0.5 - top)
        let (x0, x1) = (column(Int(left)), column(Int(left) + 1))
        let (y0, y1) = (row(Int(top)) * width, row(Int(top) + 1) * width)
        for c in 0..<channels {
            func value(_ position: Int) -> Double { Double(source[position * channels + c]) }
            let high = value(y0 + x0) + (value(y0 + x1) - value(y0 + x0)) * rightFraction
            let low = value(y1 + x0) + (value(y1 + x1) - value(y1 + x0)) * rightFraction
            target[c] = UInt8(high + (low - high) * lowFraction + 0.5)
        }
    }

    // Where a colour surrounds the image, only half a pixel is ever missing, and the edge stands in for it.
    private func column(_ x: Int) -> Int {
        x >= 0 && x < width ? x : (usesColor ? PaddingMode.edge : paddingMode).inside(x, width)
    }
    private func row(_ y: Int) -> Int {
        y >= 0 && y < height ? y : (usesColor ? PaddingMode.edge : paddingMode).inside(y, height)
    }
}
