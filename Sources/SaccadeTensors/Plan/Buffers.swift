/// The memory that the values of a program lie in, as it is handed out. Where it is, is found out in the end, when it is known
/// how long each buffer is needed.
struct Buffers {
    /// Memory that a value has, or will have while the program runs.
    struct Buffer {
        var byteCount: Int
        var constant: Constant?
        /// Which of the plan's inputs it is: that lies where the caller has it, and nobody writes there.
        var input: Int?
        /// The buffer that it is a piece of, and how far from that one's start.
        fileprivate(set) var whole: (buffer: Int, offset: Int)?
        /// Whether there are pieces of it.
        fileprivate(set) var hasPieces = false
        fileprivate var firstStep = 0
        fileprivate var lastStep = 0
        /// Whether a step or an output reads it.
        fileprivate var isRead = false
        /// How many values lie here; they are several where one is a reshape or a part of another.
        var valueCount = 0
        /// How many nodes and outputs will still read one of them.
        var pendingReads = 0

        /// Whether it gets its place in the memory of a run.
        var isOfArena: Bool { constant == nil && input == nil }

        /// Whether it is a constant that is only there to be brought into another order.
        var isRawMaterial: Bool { if case .own = constant { !isRead } else { false } }
    }

    enum Constant {
        /// As the network has it, row by row.
        case own(ConstantOrders.Own)
        /// As a kernel wants it.
        case arranged(Storage)
    }

    private var buffers: [Buffer] = []

    subscript(index: Int) -> Buffer {
        get { buffers[index] }
        set { buffers[index] = newValue }
    }

    /// - Parameter step: The next step of the program.
    mutating func add(_ byteCount: Int, _ constant: Constant? = nil, before step: Int) -> Int {
        buffers.append(Buffer(byteCount: byteCount, constant: constant, firstStep: step, lastStep: step))
        return buffers.count - 1
    }

    /// A buffer that is a piece of another in the memory of a run.
    mutating func add(pieceOf whole: Int, at offset: Int, _ byteCount: Int, before step: Int) -> Int {
        let piece = add(byteCount, before: step)
        put(piece, into: whole, at: offset)
        return piece
    }

    /// Whether a buffer may become a piece of one that is made of it and others: what the caller or the weights hold stays
    /// where it is, nothing is in two places, and a part of a buffer is not all of it.
    func isJoinable(_ index: Int, _ byteCount: Int) -> Bool {
        let buffer = buffers[index]
        return buffer.isOfArena && buffer.whole == nil && buffer.byteCount == byteCount
    }

    /// A buffer that these are the pieces of, one behind the other.
    mutating func join(_ pieces: [Int], before step: Int) -> Int {
        let whole = add(pieces.reduce(0) { $0 + buffers[$1].byteCount }, before: step)
        var offset = 0
        for piece in pieces {
            put(piece, into: whole, at: offset)
            offset += buffers[piece].byteCount
        }
        return whole
    }

    private mutating func put(_ piece: Int, into whole: Int, at offset: Int) {
        buffers[piece].whole = (whole, offset)
        buffers[whole].hasPieces = true
    }

    /// Says that a step reads or writes a buffer; behind the last one stand those who read outputs.
    mutating func use(_ index: Int, at step: Int) {
        buffers[index].lastStep = step
        buffers[index].isRead = true
    }

    /// Brings the constants that are read as the network has them to where they stay.
    mutating func settleConstants(with orders: ConstantOrders) {
        for index in buffers.indices where buffers[index].isRead {
            guard case .own(let own) = buffers[index].constant else { continue }
            buffers[index].constant = .arranged(orders.arranged(own, as: own.shape, nil))
        }
    }

    /// Lets go of a buffer that nobody will use.
    mutating func release(_ index: Int) { buffers[index] = Buffer(byteCount: 0) }

    /// A place for each buffer, and the bytes of memory that a run needs.
    mutating func places() -> (places: [Program.Place], arenaByteCount: Int) {
        stretchWholes()
        let arena = Arena.assign(
            buffers.map { ($0.isOfArena && $0.whole == nil ? $0.byteCount : 0, $0.firstStep, $0.lastStep) })
        let places = buffers.indices.map { index -> Program.Place in
            if case .arranged(let storage) = buffers[index].constant { return .constant(storage) }
            if let input = buffers[index].input { return .input(input) }
            return .arena(offset: offset(of: index, in: arena.offsets))
        }
        return (places, arena.byteCount)
    }

    /// Lets every whole live as long as its pieces: it was made when the last of them was there.
    private mutating func stretchWholes() {
        // A whole may itself be a piece of another, and either may have been there before the other.
        var isStretched = false
        while !isStretched {
            isStretched = true
            for piece in buffers {
                guard let whole = piece.whole?.buffer,
                    piece.firstStep < buffers[whole].firstStep || piece.lastStep > buffers[whole].lastStep
                else { continue }
                buffers[whole].firstStep = min(buffers[whole].firstStep, piece.firstStep)
                buffers[whole].lastStep = max(buffers[whole].lastStep, piece.lastStep)
                isStretched = false
            }
        }
    }

    private func offset(of buffer: Int, in offsets: [Int]) -> Int {
        guard let whole = buffers[buffer].whole else { return offsets[buffer] }
        return offset(of: whole.buffer, in: offsets) + whole.offset
    }
}
