import SaccadeGeometry

/// Reads a picture at points between its pixels.
struct Sampler {
    let width: Int
    let height: Int
    let channels: Int
    let interpolation: Interpolation
    let surroundings: Surroundings
    /// What stands where there is no point at all: infinitely far away.
    let nowhere: [UInt8]
    let usesColor: Bool

    init(_ image: Image, _ interpolation: Interpolation, _ surroundings: Surroundings) {
        (width, height, channels) = (image.width, image.height, image.channels)
        self.interpolation = interpolation
        self.surroundings = surroundings
        if case .color(let color) = surroundings {
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
        let (rightShare, lowShare) = (point.x - 0.5 - left, point.y - 0.5 - top)
        let (x0, x1) = (column(Int(left)), column(Int(left) + 1))
        let (y0, y1) = (row(Int(top)) * width, row(Int(top) + 1) * width)
        for c in 0..<channels {
            func value(_ position: Int) -> Double { Double(source[position * channels + c]) }
            let high = value(y0 + x0) + (value(y0 + x1) - value(y0 + x0)) * rightShare
            let low = value(y1 + x0) + (value(y1 + x1) - value(y1 + x0)) * rightShare
            target[c] = UInt8(high + (low - high) * lowShare + 0.5)
        }
    }

    // Where a colour surrounds the picture, only half a pixel is ever missing, and the edge stands in for it.
    private func column(_ x: Int) -> Int {
        x >= 0 && x < width ? x : (usesColor ? Surroundings.edge : surroundings).inside(x, width)
    }
    private func row(_ y: Int) -> Int {
        y >= 0 && y < height ? y : (usesColor ? Surroundings.edge : surroundings).inside(y, height)
    }
}
