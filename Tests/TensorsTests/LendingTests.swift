import TestSupport
import Testing

@testable import SaccadeTensors

/// Outputs of one plan that are the inputs of another.
@Suite struct LendingTests {
    static let w = (Tensor.random([32, 16, 3, 3], seed: 1), Tensor.random([24, 32, 3, 3], seed: 2))

    static func backbone(_ x: Tensor) -> [Tensor] {
        let first = relu(conv2D(x, w.0, padding: 1))
        return [first, maxPool2D(first, kernel: 2)]
    }

    static func head(_ features: [Tensor]) -> [Tensor] {
        [conv2D(features[0], w.1, padding: 1), conv2D(features[1], w.1, padding: 1, activation: .relu)]
    }

    func reorders(_ plan: Plan) -> Int { plan.kernelNames.count { $0.contains("reorder") } }

    @Test("go over as they lie: neither plan puts them into another order, and values agree")
    func between() throws {
        let x = Tensor.random([2, 16, 12, 14], seed: 3)
        // All in blocks: what is timed may prefer another order for one of the two.
        let (usualOptions, options) = (
            Plan.Options(tuning: .plainest), Plan.Options(tuning: .plainest, keepsLayouts: true)
        )
        let usual = Plan(for: [x.shape], options: usualOptions) { Self.backbone($0[0]) }
        let lender = Plan(for: [x.shape], options: options) { Self.backbone($0[0]) }
        #expect(reorders(lender) <= 1, "at most that of the input: \(lender.kernelNames)")
        #expect(reorders(usual) >= reorders(lender) + 2, "\(usual.kernelNames)")

        let features = lender.run([x], lending: true)
        #expect(features.allSatisfy { $0.arrangement != nil })
        let (taker, usualHead) = (
            Plan(like: features, options: options, Self.head),
            Plan(for: features.map(\.shape), options: usualOptions, Self.head)
        )
        #expect(reorders(taker) == 0, "\(taker.kernelNames)")
        #expect(reorders(usualHead) >= 4, "\(usualHead.kernelNames)")

        let expected = Self.head(Self.backbone(x))
        for plan in [taker, usualHead] {
            for given in [features, features.map(\.rowMajor), usual.run([x]), lender.run([x])] {
                for (found, expected) in zip(plan.run(given), expected) {
                    #expect(found.relativeError(to: expected) < 1e-5)
                }
            }
        }
        // Plans by shape tell them apart, too.
        let plans = Plans(options: .init(tuning: .nearest)) { Self.head($0) }
        #expect(try plans.run(features)[0].relativeError(to: expected[0]) < 1e-5)
        #expect(try plans.run(usual.run([x]))[0].relativeError(to: expected[0]) < 1e-5)
        #expect(plans.count == 2)
    }

    @Test("stay as they are while later runs use other memory, which is given back when they are gone")
    func kept() {
        let plan = Plan(for: [4, 4]) { tanh(matmul($0, .ramp([4, 4]))) }
        let inputs = (0..<4).map { Tensor.ramp([4, 4], seed: UInt64($0)) }
        let lent = inputs.map { plan.run([$0], lending: true)[0] }
        for (input, output) in zip(inputs, lent) {
            #expect(output.scalars == tanh(matmul(input, .ramp([4, 4]))).scalars)
        }
        func address(_ tensor: Tensor) -> UInt { UInt(bitPattern: tensor.rowMajorStorage.address) }
        #expect(Set(lent.map(address)).count == 4)
        var last: Tensor? = plan.run([inputs[0]], lending: true)[0]
        let place = last.map(address)
        last = nil
        #expect(address(plan.run([inputs[1]], lending: true)[0]) == place)
    }

    @Test("may be an input, a constant, the same value twice, or a part of a whole")
    func trivial() {
        let x = Tensor.ramp([1, 16, 4, 4])
        let plan = Plan(for: [x.shape], options: .init(keepsLayouts: true)) { inputs in
            let parts = [conv2D(inputs[0], Self.w.0, padding: 1), conv2D(inputs[0], Self.w.0 * 2, padding: 1)]
            return [inputs[0], Tensor([5], shape: [1]), parts[0], parts[0], concatenated(parts, axis: 1)]
        }
        let outputs = plan.run([x], lending: true)
        let first = conv2D(x, Self.w.0, padding: 1)
        #expect(outputs[0].scalars == x.scalars && outputs[1].scalars == [5])
        #expect(outputs[2].relativeError(to: first) < 1e-5 && outputs[3].scalars == outputs[2].scalars)
        #expect(outputs[4].relativeError(to: concatenated([first, first * 2], axis: 1)) < 1e-5)
    }

    @Test("may be a part of what lies there, of an input too, and is then a tensor of its own", arguments: [1, 2])
    func parts(batch: Int) {
        let x = Tensor.random([batch, 16, 6, 5], seed: 4)
        func network(_ x: Tensor) -> [Tensor] {
            let y = conv2D(x, Self.w.0, padding: 1)
            return [y.cropped(to: [3, 2]), y.sliced(axis: 1, 16..<32), y]
        }
        func parts(_ x: [Tensor]) -> [Tensor] {
            [
                x[2].sliced(axis: 1, 16..<32), x[2].cropped(to: [2, 4]), x[2].sliced(axis: 0, 0..<1),
                concatenated([x[2].sliced(axis: 1, 0..<16), tanh(x[1])], axis: 1), conv2D(x[0], Self.w.1, padding: 1),
            ]
        }
        let options = Plan.Options(tuning: .plainest, keepsLayouts: true)
        let plan = Plan(for: [x.shape], options: options) { network($0[0]) }
        let lent = plan.run([x], lending: true)
        let taker = Plan(like: lent, options: options) { parts($0) }
        let (expected, expectedParts) = (network(x), parts(network(x)))
        for outputs in [lent, plan.run([x])] {
            for (found, expected) in zip(outputs, expected) {
                #expect(found.arrangement != nil && found.operand == found.operand.packed)
                #expect(found.relativeError(to: expected) < 1e-5)
                // By an operation that reads all that is there, what fills up blocks too.
                #expect(sum(found * found).relativeError(to: sum(expected * expected)) < 1e-5)
            }
            for results in [taker.run(outputs), taker.run(outputs, lending: true), parts(outputs)] {
                for (found, expected) in zip(results, expectedParts) {
                    #expect(found.relativeError(to: expected) < 1e-5)
                }
            }
        }
    }
}
