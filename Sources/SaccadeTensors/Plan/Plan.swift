import SaccadePrelude
import Synchronization

/// A network made into a fixed program for inputs of fixed shapes.
///
///     let plan = Plan(for: [1, 3, 224, 224]) { network($0) }
///     let scores = plan(image)
///
/// Making a plan traces the network once and then does everything that can be done before there are
/// images: constants are computed, batch norms folded into convolutions, biases, activations and residual
/// sums fused into them; for each operation the fastest kernel and the layout it likes are chosen by timing;
/// weights are put into that layout; and every intermediate result gets its place in one block of memory.
/// What is left to do when an image comes is to run the kernels, one after another, on the image where it
/// lies. Nothing is allocated or locked meanwhile.
///
/// The weights are those at the time the plan was made. A plan may run on any number of threads at once; each
/// gets its own memory, which is kept for the next run.
public final class Plan: Sendable {
    /// What a plan may do for speed.
    public struct Options: Sendable {
        /// The numbers that convolutions and linear layers multiply: with ``Precision/bfloat16``, where the whole network
        /// is faster with them than with float32.
        public var precision: Precision
        /// Whether Winograd's algorithm may be used where it is faster. It rounds differently, by about 1e-6.
        public var allowsWinograd: Bool
        /// How kernels are chosen for shapes that nothing was chosen for before. By default they are timed, which takes as
        /// long as some dozens of runs; ``TuningPolicy/nearest`` times nothing, for sizes that vary.
        public var tuning: TuningPolicy
        /// Whether outputs stay in the order that the last kernel wrote them in, which spares a pass over memory: for outputs
        /// that the next plan takes as they are. Their values are the same.
        public var keepsLayouts: Bool

        /// - Precondition: The processor multiplies bfloat16 in hardware where that is asked for; see
        ///   ``Plan/supports(_:)``.
        public init(
            precision: Precision = .float32, allowsWinograd: Bool = true, tuning: TuningPolicy = .exact,
            keepsLayouts: Bool = false
        ) {
            require(Plan.supports(precision), "this processor does not multiply \(precision.rawValue) numbers")
            self.precision = precision
            self.allowsWinograd = allowsWinograd
            self.tuning = tuning
            self.keepsLayouts = keepsLayouts
        }
    }

    /// Whether this machine computes with such numbers in hardware.
    public static func supports(_ precision: Precision) -> Bool { precision.isSupported }

    public let inputShapes: [Shape]
    public let outputShapes: [Shape]
    let program: Program
    private let idle = Mutex<[ProgramMemory]>([])

    /// - Parameters:
    ///   - shapes: Those of the inputs, with their batch.
    ///   - releasesWeights: Whether the plan takes the network's weights for itself, so that they are not in memory
    ///     twice. The network cannot compute any more until it is given others.
    ///   - names: What checkpoints call the parameters: kernels are named after the layers that these lead to, where the
    ///     network does not name its layers itself.
    ///   - network: What to apply to them.
    public convenience init(
        for shapes: [Shape], options: Options = Options(), releasesWeights: Bool = false,
        names: [Parameter: String] = [:], _ network: ([Tensor]) throws -> [Tensor]
    ) rethrows {
        self.init(
            try Trace.of(shapes, names: names, network), shapes.map { Operand($0) }, options,
            releasesWeights: releasesWeights)
    }

    /// A plan for inputs that lie in memory as these do, such as those that another plan has lent:
    ///
    ///     let features = backbone.run([images], lending: true)
    ///     let head = Plan(like: features) { [classifier($0[0])] }
    ///     let scores = head.run(features)
    ///
    /// It takes inputs that lie otherwise, too, and brings them into that order first.
    public convenience init(
        like inputs: [Tensor], options: Options = Options(), names: [Parameter: String] = [:],
        _ network: ([Tensor]) throws -> [Tensor]
    ) rethrows {
        self.init(try Trace.of(inputs.map(\.shape), names: names, network), inputs.map(\.operand), options)
    }

    /// A plan for sizes that come from outside.
    ///
    /// - Parameters:
    ///   - operands: The shapes of the inputs, and how they lie.
    ///   - names: What the parameters are called, for the names of operations.
    ///   - constants: Weights that the network's plans for other sizes hold.
    /// - Throws: ``ShapeError`` where the network cannot be applied to inputs of such sizes, and what the network throws.
    convenience init(
        checking operands: [Operand], options: Options, names: [Parameter: String] = [:],
        sharing constants: SharedConstants, _ network: ([Tensor]) throws -> [Tensor]
    ) throws {
        self.init(
            try Trace.checked(operands.map(\.shape), names: names, network), operands, options,
            releasesWeights: false, constants)
    }

    private init(
        _ traced: consuming Graph, _ operands: [Operand], _ options: Options, releasesWeights: Bool = false,
        _ constants: SharedConstants? = nil
    ) {
        var graph = traced
        graph.arrangeInputs(operands.map(\.arrangement))
        // Whoever gives the weights away wants them in memory once; a training wants idle memory again.
        if releasesWeights { BufferPool.shared.beginSparing() }
        defer { if releasesWeights { BufferPool.shared.endSparing() } }
        graph.simplify(releasesWeights: releasesWeights)
        inputShapes = operands.map(\.shape)
        outputShapes = graph.outputs.map { graph.values[$0].shape }
        program = Lowering.fastestProgram(for: consume graph, options, sharing: constants)
    }

    /// A plan for a network with one input and one output.
    public convenience init(
        for shape: Shape, options: Options = Options(), releasesWeights: Bool = false,
        names: [Parameter: String] = [:], _ network: (Tensor) throws -> Tensor
    ) rethrows {
        try self.init(for: [shape], options: options, releasesWeights: releasesWeights, names: names) {
            [try network($0[0])]
        }
    }

    /// - Precondition: The input has the shape that the plan was made for, and there is one output.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        require(outputShapes.count == 1, "this plan has \(outputShapes.count) outputs: use run(_:)")
        return run([input])[0]
    }

    /// - Parameters:
    ///   - inputs: Those that lie otherwise than the plan takes them are brought into that order first.
    ///   - lending: Whether outputs stay where the plan computed them, so that nothing is copied: the memory of the run is
    ///     then theirs until the last of them is gone, and the next run takes other memory. For outputs that are read once
    ///     and soon, as by another plan; see ``Options/keepsLayouts``.
    /// - Precondition: The inputs have the shapes that the plan was made for.
    public func run(_ inputs: [Tensor], lending: Bool = false) -> [Tensor] {
        let (memory, storages) = prepared(for: inputs)
        program.run(in: memory)
        let loan = Loan(of: memory, from: self)
        return withExtendedLifetime((loan, storages)) {
            zip(program.outputs, outputShapes).map { port, shape in
                lending
                    ? memory.lend(port, shape: shape, inputs: storages, by: loan) : memory.copy(port, shape: shape)
            }
        }
    }

    /// How long each kernel took in one run.
    public func profile(_ inputs: [Tensor]) -> [(name: String, kernel: String, time: Duration)] {
        let (memory, storages) = prepared(for: inputs)
        let times = program.profile(in: memory)
        return withExtendedLifetime((Loan(of: memory, from: self), storages)) {
            zip(program.steps, times).map { ($0.name, $0.label, $1) }
        }
    }

    /// Bytes that one run needs beside the weights.
    public var arenaByteCount: Int { program.arenaByteCount }

    /// The kernels, in the order they run.
    public var kernelNames: [String] { program.steps.map { "\($0.name) [\($0.label)]" } }

    /// Memory for a run, bound to the inputs; these have to stay until it is over.
    private func prepared(for inputs: [Tensor]) -> (ProgramMemory, [Storage]) {
        require(
            inputs.map(\.shape) == inputShapes, "a plan for \(inputShapes) was given \(inputs.map(\.shape))")
        let memory = idle.withLock { $0.popLast() } ?? ProgramMemory(program)
        let storages = zip(inputs, program.inputs).map { $0.arranged($1.arrangement).stored("the elements of").0 }
        memory.read(storages)
        return (memory, storages)
    }

    /// Gives the memory of a run back when nobody needs it any more.
    private final class Loan: Sendable {
        private let memory: ProgramMemory
        private let plan: Plan

        init(of memory: ProgramMemory, from plan: Plan) { (self.memory, self.plan) = (memory, plan) }

        deinit { plan.idle.withLock { $0.append(memory) } }
    }
}
