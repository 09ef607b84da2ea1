import TestSupport
import Testing

@testable import SaccadeTensors

@Suite struct PlanTests {
    /// Two convolutions around a shortcut, as in a residual network.
    struct Block: Sendable {
        let first = Parameter(.ramp([8, 3, 3, 3], seed: 1)), firstBias = Parameter(.ramp([8], seed: 2))
        let second = Parameter(.ramp([8, 8, 3, 3], seed: 3)), shortcut = Parameter(.ramp([8, 3, 1, 1], seed: 4))

        func callAsFunction(_ x: Tensor) -> Tensor {
            let y = relu(conv2D(x, first.value, bias: firstBias.value, padding: 1))
            return relu(conv2D(y, second.value, padding: 1) + conv2D(x, shortcut.value))
        }
    }

    @Test("gives what eager execution gives, with fewer kernels")
    func residual() {
        let (block, x) = (Block(), Tensor.ramp([2, 3, 9, 7]))
        let plan = Plan(for: x.shape) { block($0) }
        #expect(plan(x).relativeError(to: block(x)) < 1e-5)
        #expect(plan.kernelNames.filter { $0.contains("conv2D") }.count == 3)
        #expect(!plan.kernelNames.contains { $0.contains("relu") || $0.contains("add") }, "\(plan.kernelNames)")
    }

    @Test("folds batch norms into the convolutions before them, with and without bias, around a shortcut")
    func batchNorms() {
        func vector(_ seed: UInt64, from low: Float = -1) -> Tensor {
            Tensor.ramp([4], seed: seed) * ((1 - low) / 2) + (1 + low) / 2
        }
        let w = Parameter(.ramp([4, 4, 3, 3]))
        let b = Parameter(vector(9))
        func normed(_ x: Tensor, _ seed: UInt64) -> Tensor {
            batchNorm(
                x, scale: vector(seed), shift: vector(seed + 1), mean: vector(seed + 2),
                variance: vector(seed + 3, from: 0.1))
        }
        func network(_ x: Tensor) -> Tensor {
            let y = relu(normed(conv2D(x, w.value, padding: 1), 1))
            return normed(relu(normed(conv2D(y, w.value, bias: b.value, padding: 1), 3) + x), 5)
        }
        let x = Tensor.ramp([2, 4, 6, 5])
        let plan = Plan(for: x.shape, network)
        #expect(plan(x).relativeError(to: network(x)) < 1e-5)
        // The last one follows a sum, and stays.
        #expect(plan.kernelNames.filter { $0.contains("batchNorm") }.count == 1, "\(plan.kernelNames)")
    }

    @Test("folds batch norms into transposed convolutions, in groups too", arguments: [1, 2, 3], [true, false])
    func transposedBatchNorms(groups: Int, hasBias: Bool) {
        let outputs = 2 * groups
        func vector(_ seed: UInt64) -> Tensor { Tensor.ramp([outputs], seed: seed) / 2 + 1 }
        let w = Parameter(.ramp([3 * groups, 2, 3, 2]))
        func normed(_ x: Tensor, _ seed: UInt64) -> Tensor {
            batchNorm(
                x, scale: vector(seed) - 0.7, shift: vector(seed + 1), mean: vector(seed + 2),
                variance: vector(seed + 3))
        }
        // Twice, for the factors of one are multiplied by those of the other.
        func network(_ x: Tensor) -> Tensor {
            let y = convTranspose2D(
                x, w.value, bias: hasBias ? vector(9) : nil, stride: Pair(2, 3), padding: Pair(1, 0), groups: groups)
            return relu(normed(normed(y, 1), 5))
        }
        let x = Tensor.ramp([2, 3 * groups, 5, 4])
        let plan = Plan(for: x.shape, network)
        #expect(plan(x).relativeError(to: network(x)) < 1e-5)
        #expect(!plan.kernelNames.contains { $0.contains("batchNorm") }, "\(plan.kernelNames)")
    }

    @Test("multiplies weights in on their way, however often, and nowhere else")
    func multipliedWeights() throws {
        @Sendable func vector(_ seed: UInt64) -> Tensor { Tensor.ramp([32], seed: seed) / 2 + 1 }
        let w = Parameter(.ramp([32, 16, 3, 3]))
        @Sendable func normed(_ x: Tensor, _ seed: UInt64) -> Tensor {
            batchNorm(
                x, scale: vector(seed), shift: vector(seed + 1), mean: vector(seed + 2), variance: vector(seed + 3))
        }
        let x = Tensor.ramp([2, 16, 8, 8])
        // Norms one behind the other, and weights that others read as they are.
        func network(_ x: Tensor) -> [Tensor] {
            let y = normed(normed(conv2D(x, w.value, padding: 1), 1), 2)
            return [y, conv2D(x, w.value, padding: 1), w.value * 1, conv2D(y, w.value.transposed([1, 0, 2, 3]))]
        }
        let plan = Plan(for: [x.shape]) { network($0[0]) }
        expectClose(plan.run([x]), to: network(x))
        // Several plans that share their weights, of which some may want them row by row.
        let plans = Plans { [normed(conv2D($0[0], w.value, padding: 1), 5)] }
        for batch in [1, 2, 5, 2] {
            let x = Tensor.ramp([batch, 16, 8, 8], seed: UInt64(batch))
            #expect(try plans(x).relativeError(to: normed(conv2D(x, w.value, padding: 1), 5)) < 1e-5)
        }
    }

    @Test("adds in place only when nobody reads the addend again")
    func sharedAddend() {
        let w = Parameter(.ramp([4, 4, 3, 3]))
        func network(_ x: Tensor) -> Tensor {
            let y = conv2D(x, w.value, padding: 1, activation: .tanh)
            let z = conv2D(y, w.value, padding: 1) + y
            return z * y + x  // `y` is read after it was added to
        }
        let x = Tensor.ramp([1, 4, 5, 5])
        let plan = Plan(for: x.shape, network)
        #expect(plan(x).relativeError(to: network(x)) < 1e-5)
        #expect(plan(x).relativeError(to: network(x)) < 1e-5, "a second run finds the memory of the first")
    }

    @Test("folds what depends on constants alone, and keeps unused work out")
    func folding() {
        let w = Parameter(.ramp([2, 3]))
        let plan = Plan(for: [2, 3]) { x in
            _ = x * 3  // nobody reads it
            return x + (w.value * 2 + 1)
        }
        #expect(plan.kernelNames.count == 1, "\(plan.kernelNames)")
        let x = Tensor.ramp([2, 3], seed: 5)
        #expect(plan(x).isClose(to: x + (w.value * 2 + 1)))
    }

    @Test("an output may be an input, a constant, or the same value twice")
    func trivialOutputs() {
        let x = Tensor.ramp([2, 2])
        let plan = Plan(for: [[2, 2]]) { [$0[0], Tensor([5], shape: [1]), $0[0] * 2, $0[0] * 2] }
        let outputs = plan.run([x])
        #expect(outputs.count == 4)
        #expect(outputs[0].scalars == x.scalars)
        #expect(outputs[1].scalars == [5])
        #expect(outputs[2].scalars == (x * 2).scalars && outputs[3].scalars == outputs[2].scalars)
    }

    @Test("three inputs of different shapes and two outputs, in every order")
    func severalInputs() {
        let (first, second) = (Parameter(.ramp([19, 17, 3, 3])), Parameter(.ramp([4, 19])))
        func network(_ inputs: [Tensor]) -> [Tensor] {
            let (images, mask, rows) = (inputs[0], inputs[1], inputs[2])
            let y = relu(conv2D(images, first.value, padding: 1) * mask)
            let means = globalAveragePool2D(y).flattened(from: 1)
            // One output is read on the way to the other, and one input by both.
            return [maxPool2D(y, kernel: 2), linear(means + rows, second.value) * sum(mask)]
        }
        let shapes: [Shape] = [[3, 17, 7, 5], [3, 1, 7, 5], [3, 19]]
        let plan = Plan(for: shapes, network)
        #expect(plan.inputShapes == shapes)
        #expect(plan.outputShapes == [[3, 19, 3, 2], [3, 4]])
        let lowered = ElementOrder.allCases.map { LoweredNetwork(for: shapes, .float32, $0, network: network) }
        for seed in [1, 2] as [UInt64] {
            let inputs = shapes.enumerated().map { Tensor.random($1, seed: seed * 10 + UInt64($0)) }
            let expected = network(inputs)
            #expect(expected.count == 2)
            expectClose(plan.run(inputs), to: expected)
            for network in lowered { expectClose(network.run(inputs), to: expected) }
        }
    }

    @Test("a network planned for two sizes computes both, in turn")
    func twoSizes() {
        let block = Block()
        let shapes: [Shape] = [[1, 3, 9, 7], [3, 3, 14, 17]]
        let plans = shapes.map { Plan(for: $0) { block($0) } }
        for round in 0..<3 {
            for (shape, plan) in zip(shapes, plans) {
                let x = Tensor.random(shape, seed: UInt64(round))
                #expect(plan(x).shape == block(x).shape && plan(x).relativeError(to: block(x)) < 1e-5)
            }
        }
        // Weights that change later are those of neither.
        let before = plans.map { plan in plan(.ramp(plan.inputShapes[0])).scalars }
        block.first.assign(block.first.value * 2)
        #expect(plans.map { plan in plan(.ramp(plan.inputShapes[0])).scalars } == before)
    }

    @Test("one plan run from 8 tasks at once gives the answer of one task")
    func concurrent() async {
        let block = Block()
        let plan = Plan(for: [1, 3, 32, 32]) { block($0) }
        let inputs = (0..<8).map { Tensor.ramp([1, 3, 32, 32], seed: $0) }
        let alone = inputs.map { plan($0).scalars }
        await withTaskGroup(of: Bool.self) { group in
            for (input, expected) in zip(inputs, alone) {
                group.addTask {
                    for _ in 0..<20 where plan(input).scalars != expected { return false }
                    return true
                }
            }
            for await same in group { #expect(same) }
        }
    }

    @Test("bfloat16 is near float32 where the processor has it", .enabled(if: Plan.supports(.bfloat16)))
    func bfloat16() {
        let (block, x) = (Block(), Tensor.ramp([1, 3, 16, 16]))
        for order in ElementOrder.allCases {
            let error = LoweredNetwork(for: x.shape, .bfloat16, order) { block($0) }(x).relativeError(to: block(x))
            #expect(error < 2e-2 && error > 0)
        }
        // A plan takes it where it is faster, and float32 elsewhere.
        let plan = Plan(for: x.shape, options: .init(precision: .bfloat16)) { block($0) }
        #expect(plan(x).relativeError(to: block(x)) < 2e-2)
    }

    /// Where something looks through all nodes for each of them, this does not end while anybody waits.
    @Test("a straight line of 15 000 small operations is planned")
    func longLine() {
        let w = Tensor.ramp([4, 4])
        func network(_ x: Tensor) -> Tensor {
            var y = x
            for step in 0..<3750 {
                y = tanh(y.transposed())
                y = matmul(y, w) + (step % 2 == 0 ? y : x)
            }
            return y
        }
        let x = Tensor.ramp([4, 4], seed: 3)
        let plan = Plan(for: x.shape, network)
        #expect(plan.kernelNames.count == 15_000)
        #expect(plan.arenaByteCount < 4096)
        #expect(plan(x).relativeError(to: network(x)) < 1e-5)
    }

    @Test("traced tensors have no elements to read")
    func traced() async {
        await #expect(processExitsWith: .failure) { _ = Plan(for: [1]) { Tensor($0.scalars, shape: [1]) } }
    }

    @Test("the first plan for a network has the kernels of the next: to have been timed makes no difference")
    func firstPlan() {
        // Shapes that no other test has, so that every kernel is chosen now.
        let weights = (Tensor.random([24, 19, 3, 3], seed: 1), Tensor.random([40, 24, 3, 3], seed: 2))
        func plan() -> Plan {
            Plan(for: [1, 19, 58, 62]) { x in
                let first = relu(maxPool2D(conv2D(x, weights.0, padding: 1), kernel: 2))
                return relu(conv2D(first, weights.1, padding: 1))
            }
        }
        let (first, next) = (plan(), plan())
        #expect(first.kernelNames == next.kernelNames)
        let input = Tensor.random([1, 19, 58, 62], seed: 3)
        #expect(first(input).scalars == next(input).scalars)
    }
}
