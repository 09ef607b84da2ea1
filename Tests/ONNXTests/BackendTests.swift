import SaccadeFiles
import SaccadeTensors
import TestSupport
import Testing

@testable import SaccadeONNX

/// ONNX's own tests of operators, as PyTorch exported them, with the inputs and outputs that came with them.
@Suite struct BackendTests {
    /// Models that are not run, with a word of the reason that is given.
    private static let excluded: [String: String] = [:]

    @Test(.enabled(if: BackendCase.isThere, Comment(rawValue: ReferenceData.missing)))
    func everyModelInScopeGivesTheOutputsThatCameWithIt() throws {
        var (ran, refused) = (0, 0)
        for test in try BackendCase.all() {
            do {
                try run(test)
                ran += 1
                #expect(Self.excluded[test.name] == nil, "\(test.name) runs: take it off the list")
            } catch {
                refused += 1
                let reason = Self.excluded[test.name]
                #expect(reason.map("\(error)".contains) ?? false, "\(error)")
            }
        }
        #expect(ran + refused == 121)
        #expect(refused == Self.excluded.count)
    }

    private func run(_ test: BackendCase) throws {
        let (inputs, expected) = (try test.tensors("input"), try test.tensors("output"))
        #expect(!expected.isEmpty, "\(test.name) has no outputs to compare with")
        let model = try ONNXModel(contentsOf: test.model)
        let eager = try model(inputs)
        #expect(agree(eager, expected), "\(test.name): \(eager.map(\.scalars)) is not \(expected.map(\.scalars))")

        // A shape that comes as an input has to be known when a plan is made.
        let isShape = model.inputs.map { $0.isInteger && test.name.contains("expand_shape") }
        var values: [String: Tensor] = [:]
        for index in inputs.indices where isShape[index] { values[model.inputs[index].name] = inputs[index] }
        let plan = try model.plan(for: inputs.map(\.shape), values: values)
        let planned = try plan.run(inputs.indices.filter { !isShape[$0] }.map { inputs[$0] })
        #expect(agree(planned, expected), "\(test.name), planned: not \(expected.map(\.scalars))")
    }
}
