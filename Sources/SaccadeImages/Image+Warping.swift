public import SaccadeGeometry
import SaccadePrelude

/// How a point between pixels gets its colour.
public enum Interpolation: String, Sendable, Hashable, CaseIterable {
    /// From the pixel that it lies in.
    case nearest
    /// From the four nearest pixels' centres, each counting by how close it is.
    case bilinear
}

extension Image {
    /// The image after a map of the plane, seen through a frame from (0, 0) to (`width`, `height`).
    ///
    /// Coordinates are continuous, as those of boxes: the centre of the pixel at column x is x + 1/2. Each new pixel
    /// takes its colour from where its centre came from. As in Pillow's `transform`, nothing is averaged where the map
    /// makes things smaller: shrink with ``resized(width:height:filter:)`` first.
    ///
    /// - Parameters:
    ///   - map: Takes points of this image to points of the new one. Its inverse must exist.
    ///   - size: The new image's size; this one's where left out.
    ///   - interpolation: How a point between pixels gets its colour.
    ///   - paddingMode: What shows where the image does not reach.
    public func warped(
        by map: Homography, size: PixelSize? = nil, interpolation: Interpolation = .bilinear,
        paddingMode: PaddingMode? = nil
    ) -> Image {
        let size = size ?? self.size
        require(size.width > 0 && size.height > 0, "warped: \(size) has no pixels")
        let paddingMode = paddingMode ?? .color([UInt8](repeating: 0, count: channels))
        paddingMode.check(self)
        guard let back = map.inverse else {
            preconditionFailure("warped: the map takes the plane to a line or a point")
        }
        return sampled(size, interpolation, paddingMode) { x, y in back(Point(Double(x) + 0.5, Double(y) + 0.5)) }
    }

    /// The image deformed elastically.
    ///
    /// - Parameters:
    ///   - field: Of the image's size.
    ///   - interpolation: How a point between pixels gets its colour.
    ///   - paddingMode: What shows where the image does not reach; black where left out.
    public func warped(
        by field: DisplacementField, interpolation: Interpolation = .bilinear, paddingMode: PaddingMode? = nil
    ) -> Image {
        require(
            field.width == width && field.height == height,
            "warped: a field of \(field.width)×\(field.height) for an image of \(size)")
        let paddingMode = paddingMode ?? .color([UInt8](repeating: 0, count: channels))
        paddingMode.check(self)
        return field.dx.withUnsafeBufferPointer { dx in
            field.dy.withUnsafeBufferPointer { dy in
                sampled(size, interpolation, paddingMode) { x, y in
                    let position = y * width + x
                    return Point(Double(x) + 0.5 + Double(dx[position]), Double(y) + 0.5 + Double(dy[position]))
                }
            }
        }
    }

    /// An image whose pixels are found at given points of this one.
    @inline(__always)
    private func sampled(
        _ size: PixelSize, _ interpolation: Interpolation, _ paddingMode: PaddingMode,
        at place: (_ x: Int, _ y: Int) -> Point
    ) -> Image {
        let sampler = Sampler(self, interpolation, paddingMode)
        let byteCount = size.width * size.height * channels
        let result = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
                var to = target.baseAddress!
                for y in 0..<size.height {
                    for x in 0..<size.width {
                        sampler.sample(source, at: place(x, y), to)
                        to += channels
                    }
                }
                count = byteCount
            }
        }
        return Image(width: size.width, height: size.height, channels: channels, pixels: result)
    }

    /// The image turned counter-clockwise around its middle.
    ///
    /// - Parameters:
    ///   - degrees: The angle. Quarter turns keep every pixel.
    ///   - expanding: Whether the frame grows so that all of the image is seen; else it stays and corners are lost.
    ///   - interpolation: How a point between pixels gets its colour.
    ///   - paddingMode: What shows where the image does not reach; black where left out.
    public func rotated(
        degrees: Double, expanding: Bool = false, interpolation: Interpolation = .bilinear,
        paddingMode: PaddingMode? = nil
    ) -> Image {
        require(degrees.isFinite, "rotated: an angle of \(degrees)")
        let turn = Homography.rotation(degrees: degrees)
        let (w, h) = (Double(width), Double(height))
        guard expanding else {
            return warped(
                by: turn.around(Point(w / 2, h / 2)), interpolation: interpolation, paddingMode: paddingMode)
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
        return warped(by: map, size: size, interpolation: interpolation, paddingMode: paddingMode)
    }
}
