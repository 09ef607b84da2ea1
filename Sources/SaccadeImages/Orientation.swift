import CSaccadeImageCodecs

/// How a stored image has to be turned to stand upright: the EXIF tag 0x0112 (CIPA DC-008, 4.6.4 A).
///
/// The raw value is the tag's; the names say what was done to the upright image before it was stored.
public enum Orientation: Int, Sendable, Hashable, CaseIterable {
    case upright = 1
    case mirrored = 2
    case turned180 = 3
    case flipped = 4
    case transposed = 5
    case turned90CounterClockwise = 6
    case transversed = 7
    case turned90Clockwise = 8

    /// Whether width and height change places.
    public var swapsSides: Bool { rawValue >= 5 }

    /// The orientation in the bytes of a TIFF structure, which EXIF data is, or nothing where there is none to trust.
    ///
    /// Damaged EXIF data is common in otherwise good photographs and says nothing about the image: it is passed over.
    init?(tiff bytes: ArraySlice<UInt8>) {
        func byte(_ at: Int) -> Int? {
            at >= 0 && at < bytes.count ? Int(bytes[bytes.startIndex + at]) : nil
        }
        guard let first = byte(0), first == byte(1), first == 0x49 || first == 0x4D else { return nil }
        let little = first == 0x49
        func short(_ at: Int) -> Int? {
            guard let a = byte(at), let b = byte(at + 1) else { return nil }
            return little ? b << 8 | a : a << 8 | b
        }
        func long(_ at: Int) -> Int? {
            guard let a = short(at), let b = short(at + 2) else { return nil }
            return little ? b << 16 | a : a << 16 | b
        }
        guard short(2) == 42, let directory = long(4), let entries = short(directory) else { return nil }
        for entry in 0..<entries {
            let at = directory + 2 + entry * 12
            guard let tag = short(at) else { return nil }
            if tag != 0x0112 { continue }
            let (short3, long4) = (3, 4)  // types of TIFF values; 3 is the standard's, 4 is what some writers use
            let value = short(at + 2) == short3 ? short(at + 8) : short(at + 2) == long4 ? long(at + 8) : nil
            self.init(rawValue: value ?? 0)
            return
        }
        return nil
    }
}

extension Orientation {
    /// How an image of `w` by `h` stored pixels is walked through: the upright pixel (x, y) is the stored pixel at
    /// `start + x * stepX + y * stepY`.
    fileprivate func steps(width w: Int, height h: Int) -> (start: Int, stepX: Int, stepY: Int) {
        switch self {
        case .upright: (0, 1, w)
        case .mirrored: (w - 1, -1, w)
        case .turned180: (w * h - 1, -1, -w)
        case .flipped: ((h - 1) * w, 1, -w)
        case .transposed: (0, w, 1)
        case .turned90CounterClockwise: ((h - 1) * w, -w, 1)
        case .transversed: (w * h - 1, -w, -1)
        case .turned90Clockwise: (w - 1, w, -1)
        }
    }

    /// The values of an upright image, given those of `width` by `height` stored pixels, one for each.
    func upright<Value>(_ values: [Value], width: Int, height: Int) -> [Value] {
        if self == .upright { return values }
        let (start, stepX, stepY) = steps(width: width, height: height)
        let (columns, rows) = swapsSides ? (height, width) : (width, height)
        return (0..<rows).flatMap { y in (0..<columns).map { x in values[start + x * stepX + y * stepY] } }
    }
}

extension Image {
    /// The upright image, given how this one is stored.
    public func upright(from orientation: Orientation) -> Image {
        if orientation == .upright { return self }
        let (start, stepX, stepY) = orientation.steps(width: width, height: height)
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        return rearranged(width: newWidth, height: newHeight, start: start, stepX: stepX, stepY: stepY)
    }

    /// The image mirrored left to right.
    public func flippedHorizontally() -> Image { upright(from: .mirrored) }

    /// The image mirrored top to bottom.
    public func flippedVertically() -> Image { upright(from: .flipped) }

    /// Copies pixel `start + x * stepX + y * stepY` to (x, y).
    func rearranged(width newWidth: Int, height newHeight: Int, start: Int, stepX: Int, stepY: Int) -> Image {
        let byteCount = newWidth * newHeight * channels
        let result = [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            saccade_rearrange(
                pixels, start, stepX, stepY, Int32(newWidth), Int32(newHeight), Int32(channels), target.baseAddress)
            count = byteCount
        }
        return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
    }
}
