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
