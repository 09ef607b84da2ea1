import SaccadeOneDNN

/// Orders of images in which the channels of a block lie together, pixel by pixel: `[N, ⌈C/width⌉, H, W, width]`.
struct ChannelBlocks: Hashable, Sendable {
    /// Channels of a block, the last one filled up with zeros; `nil` where all channels are one block.
    let width: Int?
    var elementType: ElementType

    /// - Returns: `nil` for a layout that is none of these.
    init?(_ layout: Layout) {
        guard let type = layout.elementType, layout.dimensions.count == 4 else { return nil }
        let dimensions = layout.dimensions
        guard let width = [16, 8].first(where: { layout === Layout.blocked(by: $0, dimensions, type) }) else {
            guard layout === Layout.channelsLast(dimensions, type) else { return nil }
            (width, elementType) = (nil, type)
            return
        }
        (self.width, elementType) = (width, type)
    }

    /// - Parameter shape: `[N, C, H, W]`.
    func layout(_ shape: Shape) -> Layout {
        width.map { .blocked(by: $0, shape.dimensions, elementType) } ?? .channelsLast(shape.dimensions, elementType)
    }

    func arrangement(_ shape: Shape) -> Arrangement? {
        Arrangement(layout(shape), rowMajor: .rowMajor(shape.dimensions))
    }

    /// Whether some channels are whole blocks of images, or the last of them.
    func holds(channels: Range<Int>, of all: Int) -> Bool {
        guard let width else { return true }
        return channels.lowerBound % width == 0 && (channels.upperBound % width == 0 || channels.upperBound == all)
    }
}

extension Operand {
    /// The order in blocks that images of floats lie in, or should be brought into from one of smaller numbers; `nil`
    /// for row-major ones.
    var blocks: ChannelBlocks? {
        guard var blocks = arrangement.flatMap({ ChannelBlocks($0.packed) }) else { return nil }
        blocks.elementType = .float32
        return blocks
    }
}

extension Arrangement {
    /// How a part of images lies where they lie, nothing being moved.
    ///
    /// - Returns: `nil` where the part cuts blocks or leaves elements out, and for other orders than those in blocks.
    func part(_ view: View) -> Arrangement? {
        guard view.whole.rank == 4, view.shape.elementCount > 0, view.steps.allSatisfy({ $0 == 1 }),
            let blocks = ChannelBlocks(packed), let part = layout.part(view.lengths, at: view.starts)
        else { return nil }
        return Arrangement(part, rowMajor: .rowMajor(view.lengths), packed: blocks.layout(view.shape))
    }
}

extension Arrangement {
    /// How many bytes behind their start a part of images in blocks begins which lies there in one piece.
    ///
    /// - Returns: `nil` where other elements lie between those of the part.
    func offset(ofPiece view: View) -> Int? {
        guard let blocks = ChannelBlocks(layout), let (offset, loop) = view.loop(in: blocks), loop.lengths.count == 1,
            loop.strides[0] == [1]
        else { return nil }
        return Layout.rowMajor([1], blocks.elementType).byteCount * offset
    }
}

extension View {
    /// The loop over the elements of images of floats, as they lie in the whole and by themselves, both in blocks.
    ///
    /// - Returns: `nil` where the view cuts blocks.
    func loop(in blocks: ChannelBlocks) -> (offset: Int, loop: Broadcast)? {
        guard whole.rank == 4 else { return nil }
        guard let width = blocks.width else {
            func strides(_ shape: Shape) -> [Int] {
                [shape[1] * shape[2] * shape[3], 1, shape[1] * shape[3], shape[1]]
            }
            let order = [0, 2, 3, 1]
            let all = strides(whole)
            return (
                zip(starts, all).reduce(0) { $0 + $1.0 * $1.1 },
                Broadcast(
                    lengths: order.map { lengths[$0] },
                    strides: [order.map { steps[$0] * all[$0] }, order.map { strides(shape)[$0] }])
            )
        }
        let channels = starts[1]..<starts[1] + lengths[1]
        guard steps[1] == 1 || lengths[1] == 1, blocks.holds(channels: channels, of: whole[1]) else { return nil }
        func count(_ channels: Int) -> Int { (channels + width - 1) / width }
        func strides(_ shape: Shape) -> [Int] {
            let plane = shape[2] * shape[3] * width
            return [count(shape[1]) * plane, plane, shape[3] * width, width]
        }
        let all = strides(whole)
        let blockSteps = [steps[0], 1, steps[2], steps[3]]
        return (
            zip([starts[0], starts[1] / width, starts[2], starts[3]], all).reduce(0) { $0 + $1.0 * $1.1 },
            Broadcast(
                lengths: [lengths[0], count(lengths[1]), lengths[2], lengths[3], width],
                strides: [zip(blockSteps, all).map { $0 * $1 } + [1], strides(shape) + [1]])
        )
    }
}
