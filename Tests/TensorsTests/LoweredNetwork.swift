import SaccadeOneDNN

@testable import SaccadeTensors

/// A network made into a program in one given way, whatever is fastest on the machine at hand.
struct LoweredNetwork {
    private let program: Program
    private let result: Shape

    init(
        for shape: Shape, _ precision: Precision = .float32, _ order: ElementOrder = .blocked,
        network: (Tensor) -> Tensor
    ) {
        var graph = Trace.of([shape]) { [network($0[0])] }
        graph.simplify()
        result = graph.values[graph.outputs[0]].shape
        program = Lowering.program(for: graph, Plan.Options(precision: precision), order)
    }

    /// What its steps do.
    var names: [String] { program.steps.map(\.name) }

    /// Steps that read or write pictures of float32 row by row, by what oneDNN says of them.
    var rowMajorNames: [String] {
        program.steps.filter { step in
            step.body.primitives.contains { primitive in
                primitive.arguments.contains { role, layout in
                    let isPicture =
                        switch role {
                        case .source, .destination, .concatenated: layout.dimensions.count == 4
                        default: false
                        }
                    return isPicture && layout === Layout.rowMajor(layout.dimensions)
                }
            }
        }.map(\.name)
    }

    func callAsFunction(_ input: Tensor) -> Tensor {
        let storage = input.rowMajorStorage
        return withExtendedLifetime(storage) {
            let memory = ProgramMemory(program)
            memory.read([storage])
            program.run(in: memory)
            return memory.copy(program.outputs[0], shape: result)
        }
    }
}
