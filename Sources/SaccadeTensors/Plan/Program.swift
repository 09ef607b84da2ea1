import SaccadeOneDNN

/// A plan's kernels in order, and where their operands lie.
struct Program: Sendable {
    /// Where a value lies: where the caller has it, in the memory of a run, or with the weights.
    enum Place: Sendable {
        case input(Int)
        case arena(offset: Int)
        case constant(Storage)
    }

    /// A value that comes out.
    struct Port: Sendable {
        var place: Place
        var byteCount: Int
        var arrangement: Arrangement?
    }

    struct Step: Sendable {
        var name: String
        var label: String
        var body: Kernel.Body
        /// Of the inputs, then the results, then the scratch memory where the kernel needs any.
        var operands: [Place]
    }

    var steps: [Step]
    var outputs: [Port]
    /// As they have to lie.
    var inputs: [Operand]
    /// Bytes for all intermediate values.
    var arenaByteCount: Int

    /// Compiles the primitives, on as many threads as compute; the first run would do it one after another.
    func prepare() {
        var seen: Set<ObjectIdentifier> = []
        let primitives = steps.flatMap(\.body.primitives).filter { seen.insert(ObjectIdentifier($0)).inserted }
        // What cannot be compiled says so when it is run.
        Threads.forEach(primitives.count) { try? primitives[$0].prepare() }
    }

    func run(in memory: ProgramMemory) {
        for step in memory.steps { step.run() }
    }

    func profile(in memory: ProgramMemory) -> [Duration] {
        let clock = ContinuousClock()
        return memory.steps.map { step in clock.measure { step.run() } }
    }
}
