import SaccadePrelude

/// How an image of any size becomes the numbers that a network expects: resized, its channels made 1 or 3, scaled to
/// 0...1, normalised per channel, and laid out in planes.
///
/// The value belongs to a trained network as much as its weights do: it is `Codable`, and stored with them. The results
/// are torchvision's (`Resize` and `CenterCrop` of a Pillow image, `ToTensor`, `Normalize`).
public struct Preprocessing: Sendable, Equatable {
    /// How an image is brought to the expected size.
    public enum Resizing: Sendable, Equatable {
        /// To exactly that size; proportions change where they differ.
        case stretch
        /// Scaled until its shorter side has `shortSide` pixels, then the middle of the expected size is cut out; no
        /// smaller than the larger of the expected sides.
        case centerCrop(shortSide: Int)
        /// Not at all: the network sees tiles of the expected size, next to each other. For networks that answer for every
        /// place.
        case tiles
        /// Scaled, proportions kept, until its shorter side has `shortSide` pixels, or its longer one `longSide` where it would
        /// become longer: as torchvision's detectors see images. Every image keeps a size of its own.
        case fit(shortSide: Int, longSide: Int)
    }

    /// Rows that the network expects; 1 to 65 536.
    public let height: Int
    /// Columns that the network expects; 1 to 65 536.
    public let width: Int
    /// 1 for grey, 3 for RGB.
    public let channels: Int
    /// How an image is brought to that size.
    public let resizing: Resizing
    /// How new pixels are made of old ones.
    public let filter: ResizeFilter
    /// Subtracted from each channel after scaling to 0...1, `[channels]`.
    public let mean: [Float]
    /// Divides each channel after that, `[channels]`; positive.
    public let standardDeviation: [Float]

    /// Whether a large JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that is still twice what is needed: several
    /// times faster on photos, and not quite the same numbers as torchvision's. A resizing augmentation, such as a
    /// random-resized crop, always gets the whole image, for its part of it may be small.
    public let decodesReduced: Bool

    /// What each byte becomes, `[channels, 256]`: looking it up costs less than a division per pixel and gives the same.
    private let table: [Float]

    /// The shape of one image's numbers.
    public var shape: [Int] { [channels, height, width] }
    /// The size of an image as the network sees it.
    public var size: PixelSize { PixelSize(width: width, height: height) }
    /// The count of one image's numbers.
    public var count: Int { channels * height * width }

    /// - Parameters:
    ///   - height: Rows, 1 to 65 536.
    ///   - width: Columns, 1 to 65 536.
    ///   - channels: 1 or 3.
    ///   - resizing: How an image is brought to that size.
    ///   - filter: How new pixels are made of old ones.
    ///   - mean: `[channels]`, subtracted after scaling to 0...1; nil for zeros.
    ///   - standardDeviation: `[channels]`, divides after that; nil for ones.
    ///   - decodesReduced: Whether large JPEGs are decoded at a fraction of their size.
    /// - Precondition: ``problem(height:width:channels:resizing:mean:standardDeviation:)`` finds none.
    public init(
        height: Int, width: Int, channels: Int, resizing: Resizing = .stretch, filter: ResizeFilter = .bilinear,
        mean: [Float]? = nil, standardDeviation: [Float]? = nil, decodesReduced: Bool = false
    ) {
        let problem = Self.problem(
            height: height, width: width, channels: channels, resizing: resizing, mean: mean,
            standardDeviation: standardDeviation)
        require(problem == nil, "Preprocessing: \(problem ?? "")")
        self.height = height
        self.width = width
        self.channels = channels
        self.resizing = resizing
        self.filter = filter
        self.mean = mean ?? Array(repeating: 0, count: channels)
        self.standardDeviation = standardDeviation ?? Array(repeating: 1, count: channels)
        self.decodesReduced = decodesReduced
        table = zip(self.mean, self.standardDeviation).flatMap { mean, deviation in
            (0..<256).map { (Float($0) / 255 - mean) / deviation }
        }
    }

    /// What is wrong with values that come from outside, as a clause with the remedy in it; nil where all is well.
    public static func problem(
        height: Int, width: Int, channels: Int, resizing: Resizing = .stretch, mean: [Float]? = nil,
        standardDeviation: [Float]? = nil
    ) -> String? {
        guard (1...65536).contains(height), (1...65536).contains(width) else {
            return "height and width must be 1 to 65536, not \(height) and \(width)"
        }
        guard channels == 1 || channels == 3 else { return "channels must be 1 (grey) or 3 (RGB), not \(channels)" }
        if case .centerCrop(let side) = resizing, !(max(height, width)...65536).contains(side) {
            return "the short side must be at least \(max(height, width)) to crop \(height)×\(width), not \(side)"
        }
        if case .fit(let short, let long) = resizing, !(1...long).contains(short) || long > 16384 {
            return "the short side must be 1 to the long side, and that at most 16384, not \(short) and \(long)"
        }
        guard mean.map({ $0.count == channels && $0.allSatisfy(\.isFinite) }) ?? true else {
            return channels == 1
                ? "mean must be one finite number" : "mean must be \(channels) finite numbers, one for each channel"
        }
        guard standardDeviation.map({ $0.count == channels && $0.allSatisfy { $0 > 0 && $0.isFinite } }) ?? true else {
            return "the standard deviation must be \(channels) positive numbers, one per channel"
        }
        return nil
    }

    /// What to decode an image with, as in `Image(contentsOf: path, atLeast: preprocessing.leastDecodedSize)`; nil for
    /// its full size.
    public var leastDecodedSize: PixelSize? {
        guard decodesReduced else { return nil }
        // Twice as many pixels as remain, for the resizing to average over.
        switch resizing {
        case .tiles, .fit: return nil
        case .stretch: return PixelSize(width: 2 * width, height: 2 * height)
        case .centerCrop(let side): return PixelSize(width: 2 * side, height: 2 * side)
        }
    }

    /// Columns and rows of an image of some size once it is fitted, where every image has a size of its own; nil elsewhere.
    public func fittedSize(of size: PixelSize) -> PixelSize? {
        guard case .fit(let short, let long) = resizing else { return nil }
        // In float64 and then rounded down, as torchvision has it.
        let scale = min(
            Double(short) / Double(min(size.width, size.height)), Double(long) / Double(max(size.width, size.height)))
        func length(_ length: Int) -> Int { max(1, Int(Double(length) * scale)) }
        return PixelSize(width: length(size.width), height: length(size.height))
    }

    /// The image in the expected size and channels, still 8 bits; where it is cut into tiles, in its own size.
    public func fitted(_ image: Image) -> Image {
        // Grey first: resizing one channel is a third of the work of three.
        let image = channels < image.channels ? image.converted(toChannels: channels) : image
        let resized =
            switch resizing {
            case .tiles: image
            case .stretch where image.width == width && image.height == height: image
            case .stretch: image.resized(width: width, height: height, filter: filter)
            case .fit:
                fittedSize(of: image.size).map { image.resized(width: $0.width, height: $0.height, filter: filter) }
                    ?? image
            case .centerCrop(let side):
                image.resized(shortSide: side, centerCrop: width, height, filter: filter)
            }
        return resized.converted(toChannels: channels)
    }

    /// Writes a fitted image's numbers, `[C, H, W]`.
    ///
    /// - Parameters:
    ///   - image: Of the expected size and channels, as ``fitted(_:)`` gives it.
    ///   - destination: Room for exactly ``count`` numbers, whose former values do not matter.
    public func normalize(_ image: Image, into destination: UnsafeMutableBufferPointer<Float>) {
        require(
            image.height == height && image.width == width && image.channels == channels,
            "normalize: the image is \(image.size)×\(image.channels), expected \(width)×\(height)×\(channels)")
        require(destination.count == count, "normalize: room for \(destination.count) numbers, expected \(count)")
        let (area, channels) = (height * width, channels)
        image.pixels.withUnsafeBufferPointer { pixels in
            table.withUnsafeBufferPointer { table in
                for channel in 0..<channels {
                    let values = table.baseAddress! + channel * 256
                    let plane = destination.baseAddress! + channel * area
                    let source = pixels.baseAddress! + channel
                    for position in 0..<area { plane[position] = values[Int(source[position &* channels])] }
                }
            }
        }
    }

    /// Writes the numbers of a part of an image, `[C, size.height, size.width]`. Beyond its edges the image is continued
    /// as its mirror image.
    ///
    /// - Parameters:
    ///   - image: Of the expected channels.
    ///   - x: The part's first column; it may lie outside, as may any.
    ///   - y: The part's first row.
    ///   - destination: Room for exactly the part's numbers.
    public func normalize(
        _ image: Image, x: Int, y: Int, _ size: PixelSize, into destination: UnsafeMutableBufferPointer<Float>
    ) {
        require(image.channels == channels, "normalize: \(image.channels) channels, expected \(channels)")
        let (area, channels) = (size.width * size.height, channels)
        require(destination.count == area * channels, "normalize: room for \(destination.count) numbers")
        let columns = (0..<size.width).map { PaddingMode.mirrored.inside(x + $0, image.width) * channels }
        image.pixels.withUnsafeBufferPointer { pixels in
            table.withUnsafeBufferPointer { table in
                for row in 0..<size.height {
                    let source =
                        pixels.baseAddress!
                        + PaddingMode.mirrored.inside(y + row, image.height) * image.width * channels
                    for channel in 0..<channels {
                        let values = table.baseAddress! + channel * 256
                        let target = destination.baseAddress! + channel * area + row * size.width
                        for (column, place) in columns.enumerated() {
                            target[column] = values[Int(source[place + channel])]
                        }
                    }
                }
            }
        }
    }

    /// Writes the numbers of an image of any size, `[C, H, W]`.
    ///
    /// - Parameter destination: Room for exactly ``count`` numbers, whose former values do not matter.
    public func apply(to image: Image, into destination: UnsafeMutableBufferPointer<Float>) {
        normalize(fitted(image), into: destination)
    }

    /// The numbers of an image of any size, `[C, H, W]`.
    public func callAsFunction(_ image: Image) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            apply(to: image, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }
}
