import SaccadeOneDNN
import TestSupport
import Testing

@testable import SaccadeTensors

/// How much larger than the network's own the weights of a plan may be.
@Suite struct WeightMemoryBudgetTests {
    private let request = KernelRequest(inputs: [Operand([4]), Operand([1024])], results: [[4]], constantInputs: [1])

    /// A kernel whose second input takes so many bytes.
    private func kernel(_ label: String, bytes: Int) -> Kernel {
        var kernel = Kernel(inputs: [nil, .init(.rowMajor([bytes / 4]), rowMajor: .rowMajor([1024]))], results: [nil]) {
            _ in
        }
        kernel.label = label
        return kernel
    }

    @Test("covers what is left, and the smallest in any case")
    func spending() {
        var budget = WeightMemoryBudget(own: 40 << 20)
        #expect(budget.remaining == 60 << 20)
        let kernels = [kernel("small", bytes: 8192), kernel("large", bytes: 50 << 20), kernel("huge", bytes: 70 << 20)]
        func labels() -> [String] { budget.affordable(kernels, request).map(\.label) }
        #expect(labels() == ["small", "large"])
        budget.spend(on: kernels[1], request)
        #expect(labels() == ["small"] && !budget.covers(kernels[1], request))
        budget.spend(on: kernels[1], request)
        #expect(labels() == ["small"])
        // What is no weight costs nothing, even when nothing is left; nor do weights that stay as they are.
        #expect(budget.remaining == 0)
        var free = request
        free.constantInputs = []
        #expect(budget.affordable(kernels, free).count == 3)
        let asItIs = kernel("as it is", bytes: 4096)
        #expect(budget.affordable(kernels + [asItIs], request).map(\.label) == ["as it is"])
    }

    @Test("small networks may use whatever is fastest")
    func small() { #expect(WeightMemoryBudget(own: 1 << 20).remaining == 32 << 20) }

    @Test("a plan keeps to it, and still computes the same")
    func plan() throws {
        let weights = (0..<3).map { Tensor.random([512, 512, 3, 3], seed: UInt64($0)) / 64 }
        let own = weights.reduce(0) { $0 + $1.shape.elementCount * 4 }
        @Sendable func network(_ x: Tensor) -> Tensor {
            weights.reduce(x) { relu(conv2D($0, $1, padding: 1)) }
        }
        let plans = Plans { [network($0[0])] }
        let x = Tensor.random([8, 512, 7, 7], seed: 9)
        #expect(try plans(x).relativeError(to: network(x)) < 1e-4)
        #expect(plans.weightByteCount <= own * 5 / 2)
    }
}
