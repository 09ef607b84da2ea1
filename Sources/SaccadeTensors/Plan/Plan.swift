import SaccadePrelude
import Synchronization

/// A network made into a fixed program for inputs of fixed shapes.
///
///     let plan = Plan(for: [1, 3, 224, 224]) { network($0) }
///     let scores = plan(image)
///
/// Making a plan traces the network once and then does everything that can be done before there are
/// pictures: constants are computed, batch norms folded into convolutions, biases, activations and residual
/// sums fused into them; for each operation the fastest kernel and the layout it likes are chosen by timing;
/// weights are put into that layout; and every intermediate result gets its place in one block of memory.
/// What is left to do when a picture comes is to run the kernels, one after another, on the picture where it
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

        /// - Precondition: The processor multiplies bfloat16 in hardware where that is asked for; see
        ///   ``Plan/supports(_:)``.
        public init(
            precision: Precision = .float32, allowsWinograd: Bool = true, tuning: TuningPolicy = .exact
        ) {
            require(Plan.supports(precision), "this processor does not multiply \(precision.rawValue) numbers")
            self.precision = precision
            self.allowsWinograd = allowsWinograd
            self.tuning = tuning
        }
    }

    /// Whether this machine computes with such numbers in hardware.
    public static func supports(_ precision: Precision) -> Bool { precision.isSupported }

    public let inputShapes: [Shape]
    public let outputShapes: [Shape]
    private let program: Program
    private let idle = Mutex<[ProgramMemory]>([])

    /// - Parameters:
    ///   - shapes: Those of the inputs, with their batch.
    ///   - releasesWeights: Whether the plan takes the network's weights for itself, so that they are not in memory
    ///     twice. The network cannot compute any more until it is given others.
    ///   - network: What to apply to them.
    public convenience init(
        for shapes: [Shape], options: Options = Options(), releasesWeights: Bool = false,
        _ network: ([Tensor]) throws -> [Tensor]
    ) rethrows {
        try self.init(for: shapes, options: options, releasesWeights: releasesWeights, sharing: nil, network)
    }

    /// - Parameter constants: Weights that the network's plans for other batches hold.
    init(
        for shapes: [Shape], options: Options, releasesWeights: Bool = false, sharing constants: SharedConstants?,
        _ network: ([Tensor]) throws -> [Tensor]
    ) rethrows {
        var graph = try Trace.of(shapes, network)
        // Whoever gives the weights away wants them in memory once; a training wants idle memory again.
        if releasesWeights { BufferPool.shared.beginSparing() }
        defer { if releasesWeights { BufferPool.shared.endSparing() } }
        graph.simplify(releasesWeights: releasesWeights)
        inputShapes = shapes
        outputShapes = graph.outputs.map { graph.values[$0].shape }
        program = Lowering.fastestProgram(for: consume graph, options, sharing: constants)
    }

    /// A plan for a network with one input and one output.
    public convenience init(
        for shape: Shape, options: Options = Options(), releasesWeights: Bool = false,
        _ network: (Tensor) throws -> Tensor
    ) rethrows {
        try self.init(for: [shape], options: options, releasesWeights: releasesWeights) { [try network($0[0])] }
    }

    /// - Precondition: The input has the shape that the plan was made for, and there is one output.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        require(outputShapes.count == 1, "this plan has \(outputShapes.count) outputs: use run(_:)")
        return run([input])[0]
    }

    /// - Precondition: The inputs have the shapes that the plan was made for.
    public func run(_ inputs: [Tensor]) -> [Tensor] {
        withMemory(inputs) { memory in
            program.run(in: memory)
        }
    }

    /// How long each kernel took in one run.
    public func profile(_ inputs: [Tensor]) -> [(name: String, kernel: String, time: Duration)] {
        var times: [Duration] = []
        _ = withMemory(inputs) { times = program.profile(in: $0) }
        return zip(program.steps, times).map { ($0.name, $0.label, $1) }
    }

    /// Bytes that one run needs beside the weights.
    public var arenaByteCount: Int { program.arenaByteCount }

    /// The kernels, in the order they run.
    public var kernelNames: [String] { program.steps.map { "\($0.name) [\($0.label)]" } }

    private func withMemory(_ inputs: [Tensor], _ body: (ProgramMemory) -> Void) -> [Tensor] {
        require(
            inputs.map(\.shape) == inputShapes, "a plan for \(inputShapes) was given \(inputs.map(\.shape))")
        let memory = idle.withLock { $0.popLast() } ?? ProgramMemory(program)
        defer { idle.withLock { $0.append(memory) } }
        let storages = inputs.map(\.rowMajorStorage)
        memory.read(storages)
        body(memory)
        return withExtendedLifetime(storages) {
            zip(program.outputs, outputShapes).map { memory.copy($0, shape: $1) }
        }
    }
}
