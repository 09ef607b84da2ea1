import SaccadeOneDNN

@testable import SaccadeTensors

/// A network made into a program in one given way, whatever is fastest on the machine at hand.
struct LoweredNetwork {
    private let program: Program
    private let results: [Shape]

    init(
        for shapes: [Shape], _ precision: Precision = .float32, _ order: ElementOrder = .blocked,
        tuning: TuningPolicy = .exact, network: ([Tensor]) -> [Tensor]
    ) {
        var graph = Trace.of(shapes, network)
        graph.simplify()
        results = graph.outputs.map { graph.values[$0].shape }
        program = Lowering.program(for: graph, Plan.Options(precision: precision, tuning: tuning), order)
    }

    /// A network with one input and one output.
    init(
        for shape: Shape, _ precision: Precision = .float32, _ order: ElementOrder = .blocked,
        tuning: TuningPolicy = .exact, network: (Tensor) -> Tensor
    ) {
        self.init(for: [shape], precision, order, tuning: tuning) { [network($0[0])] }
    }

    /// What its steps do.
    var names: [String] { program.steps.map(\.name) }

    /// Steps that read or write images of float32 row by row, by what oneDNN says of them.
    var rowMajorNames: [String] {
        program.steps.filter { step in
            step.body.primitives.contains { primitive in
                primitive.arguments.contains { role, layout in
                    let isImage =
                        switch role {
                        case .source, .destination, .concatenated: layout.dimensions.count == 4
                        default: false
                        }
                    return isImage && layout === Layout.rowMajor(layout.dimensions)
                }
            }
        }.map(\.name)
    }

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
