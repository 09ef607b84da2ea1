public import SaccadeGeometry

/// How a point between pixels gets its colour.
public enum Interpolation: String, Sendable, Hashable, CaseIterable {
    /// From the pixel that it lies in.
    case nearest
    /// From the four nearest pixels' centres, each counting by how close it is.
    case bilinear
}

extension Image {
    /// The picture after a map of the plane, seen through a frame from (0, 0) to (`width`, `height`).
    ///
    /// Coordinates are continuous, as those of boxes: the centre of the pixel at column x is x + 1/2. Each new pixel
    /// takes its colour from where its centre came from. As in Pillow's `transform`, nothing is averaged where the map
    /// makes things smaller: shrink with ``resized(width:height:filter:)`` first.
    ///
    /// - Parameters:
    ///   - map: Takes points of this picture to points of the new one. Its inverse must exist.
    ///   - size: The new picture's size; this one's where left out.
    ///   - interpolation: How a point between pixels gets its colour.
    ///   - surroundings: What shows where the picture does not reach.
    public func warped(
        by map: Homography, size: PixelSize? = nil, interpolation: Interpolation = .bilinear,
        surroundings: Surroundings? = nil
    ) -> Image {
        let size = size ?? self.size
        precondition(size.width > 0 && size.height > 0, "warped: \(size) has no pixels")
        let surroundings = surroundings ?? .color([UInt8](repeating: 0, count: channels))
        surroundings.check(self)
        guard let back = map.inverse else {
            preconditionFailure("warped: the map takes the plane to a line or a point")
        }
        let sampler = Sampler(self, interpolation, surroundings)
        let byteCount = size.width * size.height * channels
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
                var to = target.baseAddress!
                for y in 0..<size.height {
                    for x in 0..<size.width {
                        sampler.sample(source, at: back(Point(Double(x) + 0.5, Double(y) + 0.5)), to)
                        to += channels
                    }
                }
                count = byteCount
            }
        }
        return Image(width: size.width, height: size.height, channels: channels, pixels: result)
    }

    /// The picture turned counter-clockwise around its middle.
    ///
    /// - Parameters:
    ///   - degrees: The angle. Quarter turns keep every pixel.
    ///   - expanding: Whether the frame grows so that all of the picture is seen; else it stays and corners are lost.
    ///   - interpolation: How a point between pixels gets its colour.
    ///   - surroundings: What shows where the picture does not reach; black where left out.
    public func rotated(
        degrees: Double, expanding: Bool = false, interpolation: Interpolation = .bilinear,
        surroundings: Surroundings? = nil
    ) -> Image {
        precondition(degrees.isFinite, "rotated: an angle of \(degrees)")
        let turn = Homography.rotation(degrees: degrees)
        let (w, h) = (Double(width), Double(height))
        guard expanding else {
            return warped(
                by: turn.around(Point(w / 2, h / 2)), interpolation: interpolation, surroundings: surroundings)
        }
        let quarters = degrees / 90
        if quarters == quarters.rounded() {
            switch Int(quarters.truncatingRemainder(dividingBy: 4)) {
            case 1, -3: return upright(from: .turned90Clockwise)
            case 2, -2: return upright(from: .turned180)
            case 3, -1: return upright(from: .turned90CounterClockwise)
            default: return self
            }
        }
        // The whole pixels that the frame touches when it is turned around its middle, as in Pillow. Corners are known
        // to a millionth of a pixel: what is a whole number but for rounding must not count as more.
        let corners = [Point(0, 0), Point(w, 0), Point(0, h), Point(w, h)]
            .map(turn.around(Point(w / 2, h / 2)).callAsFunction)
        func span(_ values: [Double]) -> Int {
            Int((values.max()! - 1e-6).rounded(.up)) - Int((values.min()! + 1e-6).rounded(.down))
        }
        let size = PixelSize(width: span(corners.map(\.x)), height: span(corners.map(\.y)))
        let map = Homography.translation(-w / 2, -h / 2).then(turn)
            .then(.translation(Double(size.width) / 2, Double(size.height) / 2))
        return warped(by: map, size: size, interpolation: interpolation, surroundings: surroundings)
    }

    /// The picture with more around it.
    ///
    /// - Precondition: No number is negative.
    public func padded(
        left: Int, top: Int, right: Int, bottom: Int, surroundings: Surroundings? = nil
    ) -> Image {
        precondition(
            left >= 0 && top >= 0 && right >= 0 && bottom >= 0,
            "padded: \(left), \(top), \(right), \(bottom) pixels; expected none below 0")
        let surroundings = surroundings ?? .color([UInt8](repeating: 0, count: channels))
        surroundings.check(self)
        let (newWidth, newHeight) = (left + width + right, top + height + bottom)
        var result = [UInt8]()
        result.reserveCapacity(newWidth * newHeight * channels)
        for y in -top..<(height + bottom) {
            if case .color(let color) = surroundings {
                guard (0..<height).contains(y) else {
                    for _ in 0..<newWidth { result += color }
                    continue
                }
                for _ in 0..<left { result += color }
                result += pixels[(y * width * channels)..<((y + 1) * width * channels)]
                for _ in 0..<right { result += color }
            } else {
                let row = surroundings.inside(y, height) * width
                for x in -left..<(width + right) {
                    let from = (row + surroundings.inside(x, width)) * channels
                    result += pixels[from..<(from + channels)]
                }
            }
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
    }
}

/// Reads a picture at points between its pixels.
private struct Sampler {
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
