import SaccadeOneDNN

/// Turns a graph into a ``Program``: picks kernels, puts reorders between those that want different layouts,
/// and gives every value its place.
struct Lowering {
    private var graph: Graph
    private let options: Plan.Options
    private let order: ElementOrder
    private let constants: ConstantOrders

    /// Memory that a value has, or will have while the program runs.
    private struct Buffer {
        var byteCount: Int
        var constant: Constant?
        /// Which of the plan's inputs it is: that lies where the caller has it, and nobody writes there.
        var input: Int?
        /// The buffer that it is a piece of, and how far from that one's start.
        var whole: (buffer: Int, offset: Int)?
        var firstStep = 0
        var lastStep = 0
        /// Whether a step or an output reads it.
        var isRead = false

        /// Whether it gets its place in the memory of a run.
        var isOfArena: Bool { constant == nil && input == nil }

        /// Whether it is a constant that is only there to be brought into another order.
        var isRawMaterial: Bool { if case .own = constant { !isRead } else { false } }
    }

    private enum Constant {
        /// As the network has it, row by row.
        case own(ConstantOrders.Own)
        /// As a kernel wants it.
        case arranged(Storage)
    }

    /// A value's elements in memory, in some arrangement: all of a buffer, or a part of what lies there.
    private struct Held {
        var buffer: Int
        var arrangement: Arrangement?
    }

    private struct Step {
        var name: String
        var label: String
        var body: Kernel.Body
        var operands: [Int]  // buffers
    }

    /// What a kernel was found for.
    private struct KernelKey: Hashable {
        var operation: AnyHashable
        var request: KernelRequest
        var constants: Set<Int>
    }

    private var buffers: [Buffer] = []
    private var steps: [Step] = []
    /// Each value in each arrangement it was wanted in; the first is how it was made.
    private var held: [[Held]]
    /// How many nodes and outputs will still read each value.
    private var readers: [Int]
    /// Networks repeat themselves: to list oneDNN's implementations takes longer than to run one.
    private var kernels: [KernelKey: Kernel] = [:]
    private var allowance: WeightAllowance
    /// For kernels that are timed.
    private let weightsInTurn: WeightsInTurn?

    /// - Parameter constants: Those of earlier programs for the same graph but for its batch; this one's are added.
    static func program(
        for graph: consuming Graph, _ options: Plan.Options, _ order: ElementOrder,
        sharing constants: SharedConstants? = nil
    ) -> Program {
        var lowering = Lowering(graph, options, order, constants)
        return lowering.run()
    }

    private init(
        _ graph: consuming Graph, _ options: Plan.Options, _ order: ElementOrder, _ constants: SharedConstants?
    ) {
        held = graph.values.map { _ in [] }
        readers = graph.values.map { _ in 0 }
        for value in graph.nodes.flatMap(\.inputs) + graph.outputs { readers[value] += 1 }
        let own = zip(graph.values, readers).compactMap { $1 > 0 ? ConstantOrders.Own($0) : nil }
        let byteCount = own.reduce(0) { $0 + $1.byteCount }
        allowance = WeightAllowance(own: byteCount)
        weightsInTurn = WeightsInTurn(of: byteCount)
        self.constants = ConstantOrders(for: own, sharing: constants)
        self.graph = graph
        self.order = order
        self.options = options
    }

    private mutating func run() -> Program {
        for (id, value) in graph.values.enumerated() {
            switch value.origin {
            case .input(let order):
                let buffer = newBuffer(Arrangement.byteCount(of: nil, value.shape))
                buffers[buffer].input = order
                held[id] = [Held(buffer: buffer, arrangement: nil)]
            case .constant where readers[id] > 0:
                guard let own = ConstantOrders.Own(value) else { continue }
                held[id] = [Held(buffer: newBuffer(own.byteCount, .own(own)), arrangement: nil)]
            default: break
            }
        }
        for node in graph.nodes { lower(node) }
        // Outputs leave row-major and as float32, and outlive the last step.
        let outputs = graph.outputs.map { ($0, arranged($0, nil)) }
        for (_, output) in outputs {
            buffers[output.buffer].lastStep = steps.count
            buffers[output.buffer].isRead = true
        }
        for index in buffers.indices where buffers[index].isRead {
            guard case .own(let own) = buffers[index].constant else { continue }
            buffers[index].constant = .arranged(constants.arranged(own, as: own.shape, nil) { $0 })
        }

        stretchWholes()
        let arena = Arena.assign(
            buffers.map { ($0.isOfArena && $0.whole == nil ? $0.byteCount : 0, $0.firstStep, $0.lastStep) })
        func place(_ buffer: Int) -> Program.Place {
            if case .arranged(let storage) = buffers[buffer].constant { return .constant(storage) }
            if let input = buffers[buffer].input { return .input(input) }
            return .arena(offset: offset(of: buffer, in: arena.offsets))
        }
        let program = Program(
            steps: steps.map {
                Program.Step(name: $0.name, label: $0.label, body: $0.body, operands: $0.operands.map(place))
            },
            outputs: outputs.map { Program.Port(place: place($0.1.buffer), byteCount: buffers[$0.1.buffer].byteCount) },
            inputByteCounts: graph.inputShapes.map { Arrangement.byteCount(of: nil, $0) },
            arenaByteCount: arena.byteCount)
        program.prepare()
        return program
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

    private mutating func newBuffer(_ byteCount: Int, _ constant: Constant? = nil) -> Int {
        buffers.append(Buffer(byteCount: byteCount, constant: constant, firstStep: steps.count, lastStep: steps.count))
        return buffers.count - 1
    }

    /// - Parameter scratchByteCount: Memory that the step needs for itself: one more operand, which nobody else
    ///   reads, so that the arena gives the place to others before and after.
    private mutating func append(_ step: Step, scratchByteCount: Int) {
        var step = step
        if scratchByteCount > 0 { step.operands.append(newBuffer(scratchByteCount)) }
        for buffer in step.operands {
            buffers[buffer].lastStep = steps.count
            buffers[buffer].isRead = true
        }
        steps.append(step)
    }

    private mutating func lower(_ node: Graph.Node) {
        defer {
            for input in node.inputs {
                readers[input] -= 1
                if readers[input] == 0 { releaseConstant(input) }
            }
        }
        if node.operation is Reshape {
            // Nothing moves: the result is the input under another shape.
            held[node.results[0]] = [arranged(node.inputs[0], nil)]
            return
        }
        if let slice = node.operation as? Slice, let part = part(of: node.inputs[0], slice.view) {
            held[node.results[0]] = [part]
            return
        }
        let kernel = kernel(for: node)
        var operands = node.inputs.enumerated().map { index, value in
            arranged(value, kernel.inputs[index]) { kernel.arranging($0, at: index) }
        }
        let sizes = zip(node.inputs, operands).map { Arrangement.byteCount(of: $1.arrangement, graph.values[$0].shape) }
        if kernel.joinsEndToEnd, let whole = joined(operands.map(\.buffer), sizes) {
            held[node.results[0]] = [Held(buffer: whole, arrangement: kernel.results[0])]
            return
        }
        var resultBuffers: [Int] = []
        for (index, (value, arrangement)) in zip(node.results, kernel.results).enumerated() {
            let byteCount = Arrangement.byteCount(of: arrangement, graph.values[value].shape)
            let buffer: Int
            if index == 0, let input = kernel.inPlace,
                canOverwrite(operands[input], of: node.inputs[input], in: node, byteCount)
            {
                buffer = operands[input].buffer
            } else {
                buffer = newBuffer(byteCount)
                if index == 0, let addend = kernel.addend {
                    copy(operands[addend].buffer, to: buffer, byteCount)
                    operands[addend].buffer = buffer
                }
            }
            held[value] = [Held(buffer: buffer, arrangement: arrangement)]
            resultBuffers.append(buffer)
        }
        // The addend lies where the result goes: the kernel does not take it as an argument.
        let arguments = operands.indices.filter { $0 != kernel.addend }.map { operands[$0].buffer }
        append(
            Step(
                name: node.scope.map { "\($0): \(node.operation.name)" } ?? node.operation.name, label: kernel.label,
                body: kernel.body, operands: arguments + resultBuffers), scratchByteCount: kernel.scratchByteCount)
    }

    /// Lets go of a constant that was only there to be brought into another order.
    private mutating func releaseConstant(_ value: Int) {
        guard case .constant = graph.values[value].origin else { return }
        for place in held[value] where buffers[place.buffer].isRawMaterial {
            // The buffer may belong to several values, where one is a reshape of another.
            guard held.count(where: { $0.contains { $0.buffer == place.buffer } }) == 1 else { continue }
            buffers[place.buffer] = Buffer(byteCount: 0)
            graph.values[value].origin = .released
        }
    }

    /// A part of a value where that lies, so that nothing moves: whoever wants it by itself makes a copy.
    ///
    /// The buffer then belongs to both values, and nobody overwrites it before both were read. What lies there in one
    /// piece, such as some channels of a single picture, is like any other value to those who read it.
    private mutating func part(of value: Int, _ view: View) -> Held? {
        guard let whole = held[value].first, buffers[whole.buffer].constant == nil, let arrangement = whole.arrangement,
            let part = arrangement.part(view)
        else { return nil }
        if let offset = arrangement.offset(ofPiece: view), let blocks = ChannelBlocks(arrangement.layout) {
            let packed = blocks.arrangement(view.shape)
            let piece = newBuffer(Arrangement.byteCount(of: packed, view.shape))
            buffers[piece].whole = (whole.buffer, offset)
            return Held(buffer: piece, arrangement: packed)
        }
        return Held(buffer: whole.buffer, arrangement: part)
    }

    /// A buffer whose pieces these are, so that whoever makes them makes it, and copies of those that cannot be its pieces;
    /// nil where none can.
    private mutating func joined(_ pieces: [Int], _ sizes: [Int]) -> Int? {
        // What the caller or the weights hold stays where it is, nothing is in two places, and a part of a buffer is not
        // all of it.
        var taken: Set<Int> = []
        let fits = zip(pieces, sizes).map { piece, size in
            buffers[piece].isOfArena && buffers[piece].whole == nil && buffers[piece].byteCount == size
                && taken.insert(piece).inserted
        }
        guard fits.contains(true) else { return nil }
        let pieces = pieces.indices.map { index in
            guard !fits[index] else { return pieces[index] }
            let copied = newBuffer(sizes[index])
            copy(pieces[index], to: copied, sizes[index])
            return copied
        }
        let whole = newBuffer(pieces.reduce(0) { $0 + buffers[$1].byteCount })
        var offset = 0
        for piece in pieces {
            buffers[piece].whole = (whole, offset)
            offset += buffers[piece].byteCount
        }
        return whole
    }

    private mutating func kernel(for node: Graph.Node) -> Kernel {
        let constants = Set(node.inputs.indices.filter { buffers[held[node.inputs[$0]][0].buffer].constant != nil })
        let request = KernelRequest(
            inputs: node.inputs.map { value in
                let operand = Operand(graph.values[value].shape, held[value][0].arrangement)
                return node.operation is any ReadsParts ? operand : operand.packed
            },
            results: node.results.map { graph.values[$0].shape }, precision: options.precision,
            allowsWinograd: options.allowsWinograd, order: order, hasConstantWeights: constants.contains(1))
        let key = KernelKey(operation: AnyHashable(node.operation), request: request, constants: constants)
        defer { if let kernel = kernels[key] { allowance.spend(on: kernel, request, constants) } }
        if let kernel = kernels[key], allowance.covers(kernel, request, constants) { return kernel }
        let kernel = KernelCache.shared.alone {
            let candidates = allowance.affordable(node.operation.kernels(request), request, constants)
            return candidates.count == 1
                ? candidates[0]
                : Tuner.shared.fastest(
                    of: candidates, for: node.operation, request, constants: constants, among: weightsInTurn)
        }
        kernels[key] = kernel
        return kernel
    }

    /// Whether nobody will read a value after this node, so that the result may replace it.
    private func canOverwrite(_ operand: Held, of value: Int, in node: Graph.Node, _ byteCount: Int) -> Bool {
        let buffer = buffers[operand.buffer]
        guard buffer.isOfArena, buffer.byteCount == byteCount else { return false }
        // Pieces are read with the whole, and the whole with its pieces.
        guard buffer.whole == nil, !buffers.contains(where: { $0.whole?.buffer == operand.buffer }) else {
            return false
        }
        // The buffer may belong to several values, where one is a reshape of another.
        let owners = held.indices.filter { held[$0].contains { $0.buffer == operand.buffer } }
        let reads = owners.reduce(0) { $0 + readers[$1] }
        return reads <= node.inputs.count { owners.contains($0) } && node.inputs.count { owners.contains($0) } == 1
    }

    /// The value in the wanted arrangement, with a reorder before it where it is in another.
    ///
    /// - Parameter arrange: Brings a constant into that arrangement.
    private mutating func arranged(
        _ value: Int, _ wanted: Arrangement?, by arrange: (Tensor) -> Tensor = { $0 }
    ) -> Held {
        if let fitting = held[value].first(where: { $0.arrangement?.layout === wanted?.layout }) { return fitting }
        let original = held[value][0]
        if case .own(let own) = buffers[original.buffer].constant {
            let shape = graph.values[value].shape
            let arranged = constants.arranged(own, as: shape, wanted, by: arrange)
            let place = Held(
                buffer: newBuffer(Arrangement.byteCount(of: wanted, shape), .arranged(arranged)), arrangement: wanted)
            held[value].append(place)
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
        held[value].append(place)
        return place
    }

    private mutating func copy(_ from: Int, to: Int, _ byteCount: Int) {
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
}
