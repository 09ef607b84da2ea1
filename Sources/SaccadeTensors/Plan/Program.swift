import CSaccadeKernels
import SaccadeOneDNN

/// A plan's kernels in order, and where their operands lie.
struct Program: Sendable {
    /// Where a value lies: in the memory of a run, or with the weights.
    enum Place: Sendable {
        case arena(offset: Int)
        case constant(Storage)
    }

    /// A value that goes in or comes out.
    struct Port: Sendable {
        var place: Place
        var arrangement: Arrangement?
        var byteCount: Int
    }

    struct Step: Sendable {
        var name: String
        var label: String
        var body: Kernel.Body
        /// Of the inputs, then the results; scratch memory follows.
        var operands: [Place]
    }

    var steps: [Step]
    var inputs: [Port]
    var outputs: [Port]
    /// Bytes for all intermediate values, with the scratchpad behind them.
    var arenaByteCount: Int
    var scratchOffset: Int

    func run(in memory: ProgramMemory) {
        for step in memory.steps { step.run() }
    }

    func profile(in memory: ProgramMemory) -> [Duration] {
        let clock = ContinuousClock()
        return memory.steps.map { step in clock.measure { step.run() } }
    }
}

/// The memory of one run at a time: the arena, and the kernels bound to places in it.
final class ProgramMemory: @unchecked Sendable {  // a plan gives it to one run at a time
    /// A kernel that knows where its operands are.
    enum BoundStep {
        case primitive(BoundPrimitive)
        case loop(@Sendable (Addresses) -> Void, UnsafeMutablePointer<UnsafeMutableRawPointer?>)

        func run() {
            switch self {
            case .primitive(let primitive): primitive.run()
            case .loop(let body, let addresses): body(Addresses(base: UnsafePointer(addresses)))
            }
        }
    }

    private let arena: Storage
    private let arenaByteCount: Int
    private(set) var steps: [BoundStep] = []

    init(_ program: Program) {
        arena = Storage(byteCount: program.arenaByteCount)
        arenaByteCount = program.arenaByteCount
        steps = program.steps.map { bind($0, scratch: arena.address + program.scratchOffset) }
    }

    deinit {
        for case .loop(_, let addresses) in steps { addresses.deallocate() }
    }

    private func bind(_ step: Program.Step, scratch: UnsafeMutableRawPointer) -> BoundStep {
        let addresses = step.operands.map(address)
        switch step.body {
        case .primitive(let primitive):
            let all: [UnsafeMutableRawPointer?] = addresses + (primitive.scratchByteCount > 0 ? [scratch] : [])
            do { return .primitive(try primitive.bound(to: all)) } catch {
                preconditionFailure("a kernel of a plan has no memory objects: \(error)")
            }
        case .loop(let body):
            let all = addresses + [scratch]
            let table = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: all.count)
            for (index, address) in all.enumerated() { (table + index).initialize(to: address) }
            return .loop(body, table)
        }
    }

    private func address(_ place: Program.Place) -> UnsafeMutableRawPointer {
        switch place {
        case .arena(let offset): arena.address + offset
        case .constant(let storage): storage.address
        }
    }

    /// Fills the arena with zeros, for a run whose answer does not matter.
    func clear() { arena.address.initializeMemory(as: UInt8.self, repeating: 0, count: arenaByteCount) }

    func write(_ tensor: Tensor, to port: Program.Port) {
        let storage = tensor.arranged(port.arrangement).stored("the elements of").0
        address(port.place).copyMemory(from: storage.address, byteCount: port.byteCount)
    }

    func read(_ port: Program.Port, shape: Shape) -> Tensor {
        let copy = Storage(byteCount: port.byteCount)
        copy.address.copyMemory(from: address(port.place), byteCount: port.byteCount)
        return Tensor(shape: shape, content: .stored(copy, port.arrangement)).rowMajor
    }
}
