import TestSupport
import Testing

@testable import SaccadeTensors

/// Plans that take the weights of a network for themselves.
@Suite struct ReleasedWeightsTests {
    /// A network with what is folded, what is brought into another order, what is shared and what stays as it is.
    struct Network: Sendable {
        let first = Parameter(.ramp([32, 16, 3, 3])), scale = Parameter(.ramp([32], seed: 1) + 2)
        let shared = Parameter(.ramp([32, 32, 3, 3], seed: 2)), last = Parameter(.ramp([10, 32], seed: 3))
        var parameters: [Parameter] { [first, scale, shared, last] }

        func callAsFunction(_ x: Tensor) -> Tensor {
            let zeros = Tensor(filledWith: 0, shape: [32])
            let ones = Tensor(filledWith: 1, shape: [32])
            let y = batchNorm(
                conv2D(x, first.value, padding: 1), scale: scale.value, shift: zeros, mean: zeros, variance: ones)
            let z = conv2D(conv2D(y, shared.value, padding: 1), shared.value, padding: 1)
            return linear(mean(relu(z), axes: [2, 3]), last.value)
        }
    }

    @Test("compute the same, and the network has none left")
    func same() {
        let (network, x) = (Network(), Tensor.ramp([2, 16, 8, 8], seed: 9))
        let expected = network(x)
        let plan = Plan(for: x.shape, releasesWeights: true) { network($0) }
        for _ in 0..<2 { #expect(plan(x).relativeError(to: expected) < 1e-5) }
        // Others may be given to it.
        for parameter in network.parameters { parameter.assign(Tensor(filledWith: 0, shape: parameter.shape)) }
        #expect(network(x).scalars.allSatisfy { $0 == 0 })
        #expect(plan(x).relativeError(to: expected) < 1e-5)
    }

    @Test("a network without weights says so")
    func none() async {
        await #expect(processExitsWith: .failure) {
            let network = Network()
            _ = Plan(for: [1, 16, 8, 8], releasesWeights: true) { network($0) }
            _ = network.first.value
        }
    }
}
