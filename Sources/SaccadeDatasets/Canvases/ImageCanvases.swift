public import SaccadeFiles
public import SaccadeImages
import SaccadePrelude

/// The images of a data set on larger canvases, which are made when they are asked for.
///
/// Each sample is a canvas whose first image, the leftmost, is the data set's of the same number; all else is drawn from the
/// generator that is given. So a training that gives each epoch other generators never sees a canvas twice, and one that is
/// judged by the same generators is judged by the same canvases.
public struct ImageCanvases: Dataset {
    /// Where the images come from, those of other samples as well: a part of a data set keeps to itself.
    public let images: ClassificationDataset
    /// Nil leaves images as they are.
    public let layout: CanvasLayout?

    /// - Precondition: The layout has no problem.
    public init(_ images: ClassificationDataset, layout: CanvasLayout?) {
        require(layout?.problem == nil, "ImageCanvases: \(layout?.problem ?? "")")
        (self.images, self.layout) = (images, layout)
    }

    /// Classes that each canvas shows, one after another.
    public var labelsPerCanvas: Int { layout?.digits ?? 1 }

    public var count: Int { images.count }
    public var problems: [Problem] { images.problems }
    public var byteCount: Int { images.byteCount }

    public func name(at index: Int) -> String { images.name(at: index) }
    public func group(at index: Int) -> Int { images.group(at: index) }
    public func nameOfSamples(in group: Int) -> String { images.nameOfSamples(in: group) }
    public func unusable(at index: Int, _ inspection: Inspection) -> Problem? { images.unusable(at: index, inspection) }

    public func subset(_ indices: some Sequence<Int>) -> ImageCanvases {
        ImageCanvases(images.subset(indices), layout: layout)
    }

    /// A canvas, and the classes of what is on it from left to right.
    ///
    /// - Parameters:
    ///   - index: In `0..<count`.
    ///   - size: Of the canvas; of no matter where images stay as they are.
    ///   - channels: 1 or 3; of no matter there, either.
    ///   - generator: Of all that is random.
    /// - Throws: `FileError`, which names the file: an image that cannot be read, or does not fit.
    public func canvas(
        at index: Int, size: PixelSize, channels: Int, using generator: inout some RandomNumberGenerator
    ) throws(FileError) -> (image: Image, labels: [Int]) {
        guard let layout else { return (try images.image(at: index), [images.label(at: index)]) }
        var indices = [index]
        for _ in 1..<layout.digits { indices.append(.random(in: 0..<count, using: &generator)) }
        var placed: [Image] = []
        for index in indices { placed.append(try images.image(at: index).converted(toChannels: channels)) }
        let slack = size.width - placed.reduce(0) { $0 + $1.width }
        let tallest = placed.map(\.height).max() ?? 0
        guard slack >= 0, tallest <= size.height else {
            throw FileError(
                .malformed, path: name(at: index),
                reason:
                    "\(layout.digits == 1 ? "this image does" : "\(layout.digits) images side by side do") not fit on a "
                    + "canvas of \(size) pixels",
                remedy: "give the recipe a larger input, or fewer digits")
        }
        var canvas = Image(width: size.width, height: size.height, filledWith: Array(repeating: 0, count: channels))
        // Sorted, so that the space before each image is as likely to be wide as that before any other.
        let gaps = placed.map { _ in Int.random(in: 0...slack, using: &generator) }.sorted()
        var taken = 0
        for (image, gap) in zip(placed, gaps) {
            let top = Int.random(in: 0...size.height - image.height, using: &generator)
            canvas.lighten(by: image, x: gap + taken, y: top)
            taken += image.width
        }
        for _ in 0..<layout.clutter {
            let other = try images.image(at: .random(in: 0..<count, using: &generator)).converted(toChannels: channels)
            let piece = PixelSize(
                width: min(layout.piece, other.width, size.width), height: min(layout.piece, other.height, size.height))
            let part = other.cropped(
                x: .random(in: 0...other.width - piece.width, using: &generator),
                y: .random(in: 0...other.height - piece.height, using: &generator), width: piece.width,
                height: piece.height)
            canvas.lighten(
                by: part, x: .random(in: 0...size.width - piece.width, using: &generator),
                y: .random(in: 0...size.height - piece.height, using: &generator))
        }
        return (canvas, indices.map(images.label(at:)))
    }
}

extension Image {
    /// Lays another image of as many channels on this one, the lighter of both counting at each pixel.
    ///
    /// - Precondition: It lies within this one.
    fileprivate mutating func lighten(by other: Image, x: Int, y: Int) {
        for row in 0..<other.height {
            for column in 0..<other.width {
                for channel in 0..<channels {
                    let (old, new) = (self[x + column, y + row, channel], other[column, row, channel])
                    if new > old { self[x + column, y + row, channel] = new }
                }
            }
        }
    }
}
