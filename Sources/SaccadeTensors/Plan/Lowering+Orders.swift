import SaccadeOneDNN

// Values in the orders in which they are wanted, each with as little moving as can be.
extension Lowering {
    /// The value in the wanted arrangement, with a reorder before it where it is in another.
    ///
    /// - Parameter transform: What the kernel wants made of a constant.
    mutating func arranged(
        _ value: Int, _ wanted: Arrangement?, by transform: ConstantTransform? = nil
    ) -> Held {
        let fitting = held[value].first {
            $0.arrangement?.layout === wanted?.layout && $0.transform == transform?.name
        }
        if let fitting { return fitting }
        let original = held[value][0]
        if case .own(let own) = buffers[original.buffer].constant {
            let shape = graph.values[value].shape
            let arranged = constants.arranged(own, as: shape, wanted, by: transform)
            let place = Held(
                buffer: newBuffer(Arrangement.byteCount(of: wanted, shape), .arranged(arranged)), arrangement: wanted,
                transform: transform?.name)
            hold(value, place)
            return place
        }
        if let from = original.arrangement, let to = wanted, from.rowMajor !== to.rowMajor {
            _ = arranged(value, nil)  // two views of different axes have only the row-major order in common
            return reordered(value, held[value].first { $0.arrangement == nil } ?? original, to: wanted)
        }
        return reordered(value, original, to: wanted)
    }

    private mutating func reordered(_ value: Int, _ source: Held, to wanted: Arrangement?) -> Held {
        let shape = graph.values[value].shape
        let from = source.arrangement?.layout ?? wanted?.rowMajor ?? .rowMajor(shape.dimensions)
        let to = wanted?.layout ?? source.arrangement?.rowMajor ?? .rowMajor(shape.dimensions)
        let primitive = KernelCache.shared.reorder(from: from, to: to)
        let place = Held(buffer: newBuffer(to.byteCount), arrangement: wanted)
        append(
            Step(
                name: "reorder", label: primitive.name, body: .primitive(primitive),
                operands: [source.buffer, place.buffer]), scratchByteCount: primitive.scratchByteCount)
        hold(value, place)
        return place
    }

    mutating func copy(_ from: Int, to: Int, _ byteCount: Int) {
        append(
            Step(
                name: "copy", label: "loop",
                body: .loop { at in
                    let (part, source) = (1 << 18, UnsafeRawPointer(at[0]))
                    let target = UnsafeMutableRawPointer(at[1])
                    Threads.forEach((byteCount + part - 1) / part) { index in
                        let start = index * part
                        (target + start).copyMemory(from: source + start, byteCount: min(part, byteCount - start))
                    }
                },
                operands: [from, to]), scratchByteCount: 0)
    }

    /// A part of a value where that lies, so that nothing moves: whoever wants it by itself makes a copy.
    ///
    /// The buffer then belongs to both values, and nobody overwrites it before both were read. What lies there in one
    /// piece, such as some channels of a single image, is like any other value to those who read it.
    mutating func part(of value: Int, _ view: View) -> Held? {
        guard let whole = held[value].first, buffers[whole.buffer].constant == nil, let arrangement = whole.arrangement,
            let part = arrangement.part(view)
        else { return nil }
        // Those of an input are found from its start only.
        if buffers[whole.buffer].isOfArena, let offset = arrangement.offset(ofPiece: view),
            let blocks = ChannelBlocks(arrangement.layout)
        {
            let packed = blocks.arrangement(view.shape)
            let byteCount = Arrangement.byteCount(of: packed, view.shape)
            let piece = buffers.add(pieceOf: whole.buffer, at: offset, byteCount, before: steps.count)
            return Held(buffer: piece, arrangement: packed)
        }
        return Held(buffer: whole.buffer, arrangement: part)
    }

    /// A buffer whose pieces these are, so that whoever makes them makes it, and copies of those that cannot be its pieces;
    /// nil where none can.
    mutating func joined(_ pieces: [Int], _ sizes: [Int]) -> Int? {
        var taken: Set<Int> = []
        let fits = zip(pieces, sizes).map { piece, size in
            buffers.isJoinable(piece, size) && taken.insert(piece).inserted
        }
        guard fits.contains(true) else { return nil }
        let pieces = pieces.indices.map { index in
            guard !fits[index] else { return pieces[index] }
            let copied = newBuffer(sizes[index])
            copy(pieces[index], to: copied, sizes[index])
            return copied
        }
        return buffers.join(pieces, before: steps.count)
    }
}
