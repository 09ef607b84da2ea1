import SaccadeTensors
import TestSupport
import Testing

@Suite struct BatchPlansTests {
    static let weights = (
        convolution: Tensor.random([32, 16, 3, 3], seed: 1), linear: Tensor.random([10, 32 * 64], seed: 2)
    )

    /// With a number that depends on the batch, as means over a batch have it.
    static func network(_ x: Tensor) -> Tensor {
        let y = relu(conv2D(x, weights.convolution, padding: 1))
        return linear(y.reshaped(to: [x.shape[0], 32 * 64]), weights.linear) * (1 / Float(x.shape[0]))
    }

    @Test("a batch of any size gets what the network gives")
    func values() {
        let plans = BatchPlans(for: [16, 8, 8]) { Self.network($0) }
        for batch in [1, 3, 8, 3, 2, 1] {
            let x = Tensor.random([batch, 16, 8, 8], seed: UInt64(batch))
            #expect(plans(x).relativeError(to: Self.network(x)) < 1e-5, "batch \(batch)")
        }
    }

    @Test("sizes that were not asked for the longest are let go")
    func capacity() {
        let plans = BatchPlans(for: [16, 8, 8], capacity: 2) { Self.network($0) }
        let (one, two) = (plans.plan(batch: 1), plans.plan(batch: 2))
        #expect(plans.plan(batch: 1) === one)
        let three = plans.plan(batch: 3)
        #expect(plans.plan(batch: 1) === one)
        #expect(plans.plan(batch: 3) === three)
        #expect(plans.plan(batch: 2) !== two)
    }

    @Test("plans for several sizes hold their weights once")
    func memory() {
        // Two sizes whose convolutions want the weights in the same order.
        let plans = BatchPlans(for: [16, 8, 8], options: .init(allowsWinograd: false)) { Self.network($0) }
        _ = plans.plan(batch: 4)
        let one = plans.weightByteCount
        #expect(one >= Self.weights.linear.shape.elementCount * 4)
        _ = plans.plan(batch: 8)
        #expect(plans.weightByteCount < one * 3 / 2)
    }

    @Test("tasks that ask for new sizes at the same time all get their answers")
    func concurrency() async {
        let plans = BatchPlans(for: [16, 8, 8], capacity: 3) { Self.network($0) }
        await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    (0..<4).allSatisfy { round in
                        let batch = (worker + round) % 5 + 1
                        let x = Tensor.random([batch, 16, 8, 8], seed: UInt64(batch))
                        return plans(x).relativeError(to: Self.network(x)) < 1e-5
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
