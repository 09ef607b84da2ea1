import SaccadeOneDNN
import SaccadePrelude

/// Turns a graph into a ``Program``: picks kernels, puts reorders between those that want different layouts,
/// and gives every value its place.
struct Lowering {
    private(set) var graph: Graph
    private let options: Plan.Options
    private let order: ElementOrder
    let constants: ConstantOrders

    /// A value's elements in memory, in some arrangement: all of a buffer, or a part of what lies there.
    struct Held {
        var buffer: Int
        var arrangement: Arrangement?
        /// What made it of a constant's own elements, where something did.
        var transform: String?
    }

    struct Step {
        var name: String
        var label: String
        var body: Kernel.Body
        var operands: [Int]  // buffers
    }

    /// What a kernel was found for.
    private struct KernelKey: Hashable {
        var operation: AnyHashable
        var request: KernelRequest
    }

    var buffers = Buffers()
    private(set) var steps: [Step] = []
    /// Each value in each arrangement it was wanted in; the first is how it was made.
    private(set) var held: [[Held]]
    /// How many nodes and outputs will still read each value.
    private var readers: [Int]
    /// Networks repeat themselves: to list oneDNN's implementations takes longer than to run one.
    private var kernels: [KernelKey: Kernel] = [:]
    private var budget: WeightMemoryBudget
    /// For kernels that are timed.
    private let coldWeights: ColdWeights?

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
        budget = WeightMemoryBudget(own: byteCount, wishes: graph.weightMemoryWishes(options))
        coldWeights = ColdWeights(of: byteCount)
        self.constants = ConstantOrders(for: own, sharing: constants)
        self.graph = graph
        self.order = order
        self.options = options
    }

    private mutating func run() -> Program {
        for (id, value) in graph.values.enumerated() {
            switch value.origin {
            case .input(let order):
                let buffer = newBuffer(Arrangement.byteCount(of: value.arrangement, value.shape))
                buffers[buffer].input = order
                hold(id, Held(buffer: buffer, arrangement: value.arrangement))
            case .constant where readers[id] > 0:
                guard let own = ConstantOrders.Own(value) else { continue }
                hold(id, Held(buffer: newBuffer(own.byteCount, .own(own)), arrangement: nil))
            default: break
            }
        }
        for (place, node) in graph.nodes.enumerated() { lower(node, at: place) }
        // Outputs leave row-major and as float32 unless they may stay as they are, and outlive the last step. A part of a
        // larger value leaves as a tensor of its own: others than plans do not know how to read it where it lies.
        let outputs = graph.outputs.map { value in
            let own = Operand(graph.values[value].shape, held[value][0].arrangement).packed
            return arranged(value, options.keepsLayouts ? own.arrangement : nil)
        }
        for output in outputs { buffers.use(output.buffer, at: steps.count) }
        buffers.settleConstants(with: constants)

        let (places, arenaByteCount) = buffers.places()
        let program = Program(
            steps: steps.map { step in
                Program.Step(
                    name: step.name, label: step.label, body: step.body, operands: step.operands.map { places[$0] })
            },
            outputs: zip(graph.outputs, outputs).map { value, output in
                Program.Port(
                    place: places[output.buffer],
                    byteCount: Arrangement.byteCount(of: output.arrangement, graph.values[value].shape),
                    arrangement: output.arrangement)
            }, inputs: graph.inputs, arenaByteCount: arenaByteCount)
        program.prepare()
        return program
    }

    mutating func newBuffer(_ byteCount: Int, _ constant: Buffers.Constant? = nil) -> Int {
        buffers.add(byteCount, constant, before: steps.count)
    }

    /// Says where a value lies, also.
    mutating func hold(_ value: Int, _ place: Held) {
        held[value].append(place)
        buffers[place.buffer].valueCount += 1
        buffers[place.buffer].pendingReads += readers[value]
    }

    /// - Parameter scratchByteCount: Memory that the step needs for itself: one more operand, which nobody else
    ///   reads, so that the arena gives the place to others before and after.
    mutating func append(_ step: Step, scratchByteCount: Int) {
        var step = step
        if scratchByteCount > 0 { step.operands.append(newBuffer(scratchByteCount)) }
        for buffer in step.operands { buffers.use(buffer, at: steps.count) }
        steps.append(step)
    }

    private mutating func lower(_ node: Graph.Node, at place: Int) {
        defer {
            for input in node.inputs {
                readers[input] -= 1
                for place in held[input] { buffers[place.buffer].pendingReads -= 1 }
                if readers[input] == 0 { releaseConstant(input) }
            }
        }
        if node.operation is Reshape {
            // Nothing moves: the result is the input under another shape.
            hold(node.results[0], arranged(node.inputs[0], nil))
            return
        }
        if let slice = node.operation as? Slice, let part = part(of: node.inputs[0], slice.view) {
            hold(node.results[0], part)
            return
        }
        let kernel = kernel(for: node, weightMemory: budget.share(of: place))
        var operands = node.inputs.enumerated().map { index, value in
            arranged(value, kernel.inputs[index], by: kernel.transforms[index])
        }
        let sizes = zip(node.inputs, operands).map { Arrangement.byteCount(of: $1.arrangement, graph.values[$0].shape) }
        if kernel.joinsEndToEnd, let whole = joined(operands.map(\.buffer), sizes) {
            hold(node.results[0], Held(buffer: whole, arrangement: kernel.results[0]))
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
            hold(value, Held(buffer: buffer, arrangement: arrangement))
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
            guard buffers[place.buffer].valueCount == 1 else { continue }
            buffers.release(place.buffer)
            graph.values[value].origin = .released
        }
    }

    /// - Parameter share: What its weights may take beyond their own size.
    private mutating func kernel(for node: Graph.Node, weightMemory share: Int) -> Kernel {
        let constants = Set(node.inputs.indices.filter { buffers[held[node.inputs[$0]][0].buffer].constant != nil })
        let request = KernelRequest(
            inputs: node.inputs.map { value in
                let operand = Operand(graph.values[value].shape, held[value][0].arrangement)
                return node.operation is any ReadsParts ? operand : operand.packed
            },
            results: node.results.map { graph.values[$0].shape }, precision: options.precision,
            allowsWinograd: options.allowsWinograd, order: order, constantInputs: constants)
        let key = KernelKey(operation: AnyHashable(node.operation), request: request)
        defer { if let kernel = kernels[key] { budget.spend(on: kernel, request) } }
        if let kernel = kernels[key], WeightMemoryBudget.covers(kernel, request, within: share) {
            return kernel
        }
        let kernel = KernelCache.shared.alone {
            let candidates = WeightMemoryBudget.affordable(
                node.operation.kernels(request), request, within: share)
            return candidates.count == 1
                ? candidates[0]
                : Tuner.shared.fastest(
                    of: candidates, for: node.operation, request, among: coldWeights, by: options.tuning)
        }
        require(
            constants.isSuperset(of: kernel.transforms.keys),
            "\(node.operation.name): a kernel transforms inputs \(kernel.transforms.keys.sorted()), not all constant")
        kernels[key] = kernel
        return kernel
    }

    /// Whether nobody will read a value after this node, so that the result may replace it.
    private func canOverwrite(_ operand: Held, of value: Int, in node: Graph.Node, _ byteCount: Int) -> Bool {
        let buffer = buffers[operand.buffer]
        guard buffer.isOfArena, buffer.byteCount == byteCount else { return false }
        // Pieces are read with the whole, and the whole with its pieces.
        guard buffer.whole == nil, !buffer.hasPieces else { return false }
        return buffer.pendingReads <= 1
            && node.inputs.count { held[$0].contains { $0.buffer == operand.buffer } } == 1
    }
}
