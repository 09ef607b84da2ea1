import SaccadeOneDNN

/// The place of one piece among images that are joined along the channels.
struct ChannelSlice: Hashable, Sendable {
    /// The channels at which the pieces begin, and behind the last how many there are in all.
    let bounds: [Int]
    let index: Int

    var start: Int { bounds[index] }
    var end: Int { bounds[index + 1] }
    var total: Int { bounds[bounds.count - 1] }

    /// The joined images' shape, of that of the piece.
    func whole(of piece: Shape) -> Shape { piece.replacing(1, with: total) }

    /// How the joined images may lie, given how a piece would like to: all pieces must be whole blocks of it, so that
    /// each comes to the same answer.
    func whole(for piece: Layout) -> Layout {
        let dimensions = piece.dimensions.enumerated().map { $0 == 1 ? total : $1 }
        guard let blocks = ChannelBlocks(piece),
            zip(bounds, bounds.dropFirst()).allSatisfy({ blocks.holds(channels: $0..<$1, of: total) })
        else { return .rowMajor(dimensions, piece.elementType ?? .float32) }
        return blocks.layout(Shape(dimensions))
    }

    /// Whether a single image's piece lies in the joined image as it does by itself, in one piece.
    func isOnePiece(_ piece: Layout) -> Bool {
        guard let blocks = ChannelBlocks(piece) else {
            return piece === Layout.rowMajor(piece.dimensions, piece.elementType ?? .float32)
        }
        return blocks.width != nil && ChannelBlocks(whole(for: piece)) == blocks
    }

    /// Where the piece lies in the joined images.
    func part(of whole: Layout) -> Layout? {
        var dimensions = whole.dimensions
        dimensions[1] = end - start
        return whole.part(dimensions, at: [0, start, 0, 0])
    }
}

/// An operation that finds parts of larger images where they lie; the others get a copy of them.
protocol ReadsParts: Operation {}

/// Puts images into their place among others that they are joined with along the channels.
///
/// Inputs: the piece, then the joined images as those before have left them. Result: the joined images.
struct CopyIntoSlice: ReadsParts {
    let slice: ChannelSlice

    var name: String { "copy into a slice" }

    func resultShapes(_ inputs: [Shape]) throws(ShapeError) -> [Shape] {
        guard inputs[1] == slice.whole(of: inputs[0]), inputs[0][1] == slice.end - slice.start else {
            throw ShapeError("\(name): \(inputs[0]) is no piece of \(inputs[1])")
        }
        return [inputs[1]]
    }

    func kernels(_ request: KernelRequest) -> [Kernel] {
        let (piece, joined) = (request.inputs[0], request.inputs[1])
        var whole = joined.layout
        if slice.part(of: whole) == nil { whole = slice.whole(for: .rowMajor(piece.shape.dimensions)) }
        guard let part = slice.part(of: whole) else {
            preconditionFailure("\(name): \(piece.shape) has no place among \(joined.shape)")
        }
        let copy = KernelCache.shared.reorder(from: piece.layout, to: part)
        var kernel = Kernel(copy, inputs: 1)
        kernel.inputs = [piece.arrangement]
        kernel.results = [Arrangement(whole, rowMajor: .rowMajor(joined.shape.dimensions))]
        return [kernel.writingOnItsResult()]
    }
}
