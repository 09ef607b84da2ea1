import SaccadeOneDNN

/// The memory of one run at a time: the arena, and the kernels bound to places in it.
final class ProgramMemory: @unchecked Sendable {  // a plan gives it to one run at a time
    /// A kernel that knows where its operands are.
    enum BoundStep {
        case primitive(BoundPrimitive)
        case lanes([[BoundPrimitive]])
        case loop(@Sendable (Addresses) -> Void, UnsafeMutablePointer<UnsafeMutableRawPointer?>)

        func run() {
            switch self {
            case .primitive(let primitive): primitive.run()
            case .lanes(let lanes): Threads.forEach(lanes.count) { for part in lanes[$0] { part.run() } }
            case .loop(let body, let addresses): body(Addresses(base: UnsafePointer(addresses)))
            }
        }
    }

    /// Where a bound kernel keeps the address of an input: it changes from run to run.
    private enum Slot {
        case argument(BoundPrimitive, Int, offset: Int)
        case entry(UnsafeMutablePointer<UnsafeMutableRawPointer?>)
    }

    private let arena: Storage
    private var inputs: [UnsafeMutableRawPointer?]
    private var slots: [[Slot]]
    private(set) var steps: [BoundStep] = []

    init(_ program: Program) {
        arena = Storage(byteCount: program.arenaByteCount)
        inputs = program.inputs.map { _ in nil }
        slots = program.inputs.map { _ in [] }
        steps = program.steps.map(bind)
    }

    deinit {
        for case .loop(_, let addresses) in steps { addresses.deallocate() }
    }

    /// Lets the kernels read the inputs where they are; the caller keeps them there until the run is over.
    func read(_ storages: [Storage]) {
        for (index, storage) in storages.enumerated() where inputs[index] != storage.address {
            inputs[index] = storage.address
            for slot in slots[index] {
                switch slot {
                case .argument(let primitive, let argument, let offset):
                    primitive.move(argument, to: storage.address + offset)
                case .entry(let entry): entry.pointee = storage.address
                }
            }
        }
    }

    /// A copy of what a run has left at `port`.
    func copy(_ port: Program.Port, shape: Shape) -> Tensor {
        let copy = Storage(byteCount: port.byteCount)
        if let address = address(port.place) { copy.address.copyMemory(from: address, byteCount: port.byteCount) }
        return Tensor(shape: shape, content: .stored(copy, port.arrangement))
    }

    /// What a run has left at `port`, where it is.
    ///
    /// - Parameters:
    ///   - storages: The run's inputs.
    ///   - loan: Keeps other runs away for as long as it lives.
    func lend(
        _ port: Program.Port, shape: Shape, inputs storages: [Storage], by loan: some AnyObject & Sendable
    ) -> Tensor {
        let storage =
            switch port.place {
            case .input(let index): storages[index]
            case .constant(let storage): storage
            case .arena(let offset):
                Storage(lent: UnsafeRawBufferPointer(start: arena.address + offset, count: port.byteCount), by: loan)
            }
        return Tensor(shape: shape, content: .stored(storage, port.arrangement))
    }

    private func bind(_ step: Program.Step) -> BoundStep {
        switch step.body {
        case .primitive(let primitive):
            return .primitive(bind(primitive, step.operands.map { ($0, 0) }))
        case .lanes(let lanes):
            return .lanes(
                lanes.map { parts in
                    parts.map { part in
                        bind(part.primitive, part.operands.map { (step.operands[$0.index], $0.offset) })
                    }
                })
        case .loop(let body):
            let table = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: max(step.operands.count, 1))
            for (index, place) in step.operands.enumerated() {
                (table + index).initialize(to: address(place))
                if case .input(let input) = place { slots[input].append(.entry(table + index)) }
            }
            return .loop(body, table)
        }
    }

    private func bind(_ primitive: Primitive, _ operands: [(place: Program.Place, offset: Int)]) -> BoundPrimitive {
        do {
            let addresses = operands.map { operand in address(operand.place).map { $0 + operand.offset } }
            let bound = try primitive.bound(to: addresses)
            for (argument, operand) in operands.enumerated() {
                guard case .input(let input) = operand.place else { continue }
                slots[input].append(.argument(bound, argument, offset: operand.offset))
            }
            return bound
        } catch {
            preconditionFailure("a kernel of a plan has no memory objects: \(error)")
        }
    }

    /// `nil` for an input that is not there yet.
    private func address(_ place: Program.Place) -> UnsafeMutableRawPointer? {
        switch place {
        case .input(let index): inputs[index]
        case .arena(let offset): arena.address + offset
        case .constant(let storage): storage.address
        }
    }
}
