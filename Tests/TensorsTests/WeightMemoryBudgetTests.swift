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
        func labels() -> [String] {
            WeightMemoryBudget.affordable(kernels, request, within: budget.share(of: 0)).map(\.label)
        }
        #expect(labels() == ["small", "large"])
        budget.spend(on: kernels[1], request)
        #expect(labels() == ["small"] && !WeightMemoryBudget.covers(kernels[1], request, within: budget.remaining))
        budget.spend(on: kernels[1], request)
        #expect(labels() == ["small"])
        // What is no weight costs nothing, even when nothing is left; nor do weights that stay as they are.
        #expect(budget.remaining == 0)
        var free = request
        free.constantInputs = []
        #expect(WeightMemoryBudget.affordable(kernels, free, within: 0).count == 3)
        let asItIs = kernel("as it is", bytes: 4096)
        #expect(
            WeightMemoryBudget.affordable(kernels + [asItIs], request, within: 0).map(\.label) == ["as it is"])
    }

    @Test("what gains more from each byte comes first, wherever it stands")
    func worth() {
        let half = 30 << 20  // of all there is
        var budget = WeightMemoryBudget(
            own: 40 << 20,
            wishes: [
                0: .init(byteCount: half, worth: 2), 1: .init(byteCount: half, worth: 1),
                3: .init(byteCount: half, worth: 3), 4: .init(byteCount: half, worth: 2),
            ])
        let large = kernel("large", bytes: half + 4096)
        var spent: [Int] = []
        for node in 0..<5 {
            let share = budget.share(of: node)
            guard WeightMemoryBudget.covers(large, request, within: share) else { continue }
            budget.spend(on: large, request)
            spent.append(node)
        }
        // Node 2 asked for nothing: what others wish for does not bind it. Of the same worth, the first comes first.
        #expect(spent == [0, 2])
        // What node 3 does not take after all is there for those behind it.
        var other = WeightMemoryBudget(own: 40 << 20, wishes: [1: .init(byteCount: 60 << 20, worth: 3)])
        #expect(other.share(of: 1) == 60 << 20 && other.share(of: 2) == 60 << 20)
    }

    @Test("a convolution wishes for more where its weights are used at more places")
    func wishes() {
        let (small, large) = (Tensor.random([64, 64, 3, 3], seed: 1), Tensor.random([32, 64, 3, 3], seed: 2))
        let point = Tensor.random([64, 64, 1, 1], seed: 3)
        let graph = Trace.of([[1, 64, 14, 14]]) { x in
            let x = conv2D(conv2D(x[0], small, padding: 1), point)
            return [conv2D(x.resized(to: 28), large, padding: 1)]
        }
        let wishes = graph.weightMemoryWishes(.init()).sorted { $0.key < $1.key }.map(\.value)
        // Three times as many weights of four bytes each, every one used at each place of the map.
        let (byteCounts, worths): ([Int], [Double]) = ([442_368, 221_184], [196.0 / 12, 784.0 / 12])
        #expect(wishes.map(\.byteCount) == byteCounts)
        #expect(wishes.map(\.worth) == worths)
        #expect(graph.weightMemoryWishes(.init(allowsWinograd: false)).isEmpty)
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
