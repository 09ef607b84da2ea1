import SaccadeTensors
import TestSupport
import Testing

/// Every operation against the numbers that PyTorch computed, forward and backward.
@Suite struct PyTorchTests {
    @Test("agrees with PyTorch", arguments: Fixtures.shared.cases)
    func agrees(_ c: Fixtures.Case) throws {
        let inputs = try c.inputs.map(Fixtures.shared.tensor)
        spoilFreeMemory()
        let expected = try c.results.map(Fixtures.shared.tensor)
        let results = try apply(c, inputs)
        expectClose(results, to: expected)
    }

    @Test("gradients agree with PyTorch", arguments: Fixtures.shared.cases.filter { !$0.gradients.isEmpty })
    func gradients(_ c: Fixtures.Case) throws {
        let inputs = try c.inputs.map(Fixtures.shared.tensor)
        let cotangent = try Fixtures.shared.tensor(c.cotangent)
        let parameters = inputs.map { Parameter($0) }
        spoilFreeMemory()
        let (_, gradients) = try withGradients {
            let leaves = zip(parameters, inputs).enumerated().map { index, pair in
                c.gradients["\(index)"] == nil ? pair.1 : pair.0.value
            }
            return try sum(apply(c, leaves)[0] * cotangent)
        }
        for (index, name) in c.gradients {
            let parameter = parameters[try #require(Int(index))]
            let found = gradients[parameter] ?? Tensor(filledWith: 0, shape: parameter.shape)
            #expect(found.relativeError(to: try Fixtures.shared.tensor(name)) <= 1e-5, "of input \(index)")
        }
    }

    @Test("a traced operation computes what it computes eagerly", arguments: Fixtures.shared.cases)
    func traced(_ c: Fixtures.Case) throws {
        let inputs = try c.inputs.map(Fixtures.shared.tensor)
        let eager = try apply(c, inputs)
        let plan = try Plan(for: inputs.map(\.shape)) { try apply(c, $0) }
        expectClose(plan.run(inputs), to: eager, tolerance: 1e-6)
    }

    /// Leaves NaN in the memory that the next tensors will get: whoever forgets to write an element is found out.
    private func spoilFreeMemory() {
        let spoilt = (0..<64).flatMap { size in
            (0..<4).map { _ in Tensor(filledWith: .nan, shape: [16 * (size + 1)]) }
        }
        withExtendedLifetime(spoilt) {}
    }
}
