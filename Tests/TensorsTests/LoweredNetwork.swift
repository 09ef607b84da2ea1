@testable import SaccadeTensors

/// A network made into a program in one given way, whatever is fastest on the machine at hand.
struct LoweredNetwork {
    private let program: Program
    private let results: [Shape]

    init(
        for shapes: [Shape], _ precision: Precision = .float32, _ order: ElementOrder = .blocked,
        network: ([Tensor]) -> [Tensor]
    ) {
        var graph = Trace.of(shapes, network)
        graph.simplify()
        results = graph.outputs.map { graph.values[$0].shape }
        program = Lowering.program(for: graph, Plan.Options(precision: precision), order)
    }

    /// A network with one input and one output.
    init(
        for shape: Shape, _ precision: Precision = .float32, _ order: ElementOrder = .blocked,
        network: (Tensor) -> Tensor
    ) {
        self.init(for: [shape], precision, order) { [network($0[0])] }
    }

    /// What its steps do.
    var names: [String] { program.steps.map(\.name) }

    func callAsFunction(_ input: Tensor) -> Tensor { run([input])[0] }

    func run(_ inputs: [Tensor]) -> [Tensor] {
        let storages = inputs.map(\.rowMajorStorage)
        return withExtendedLifetime(storages) {
            let memory = ProgramMemory(program)
            memory.read(storages)
            program.run(in: memory)
            return zip(program.outputs, results).map { memory.copy($0, shape: $1) }
        }
    }
}
