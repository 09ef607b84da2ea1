import TestSupport
import Testing

@testable import SaccadeTensors

@Suite struct PlansTests {
    static let weights = (
        convolution: Tensor.random([32, 16, 3, 3], seed: 1), linear: Tensor.random([10, 32 * 64], seed: 2)
    )

    /// With a number that depends on the batch, as means over a batch have it.
    static func network(_ x: Tensor) -> Tensor {
        let y = relu(conv2D(x, weights.convolution, padding: 1))
        return linear(y.reshaped(to: [x.shape[0], 32 * 64]), weights.linear) * (1 / Float(x.shape[0]))
    }

    static func pyramid(_ x: Tensor) -> Tensor { relu(conv2D(x, weights.convolution, stride: 2, padding: 1)) }

    @Test("inputs of any shape get what the network gives")
    func values() throws {
        let plans = Plans { [Self.network($0[0])] }
        for batch in [1, 3, 8, 3, 2, 1] {
            let x = Tensor.random([batch, 16, 8, 8], seed: UInt64(batch))
            #expect(try plans(x).relativeError(to: Self.network(x)) < 1e-5, "batch \(batch)")
        }
        let sizes = Plans(options: .init(tuning: .nearest)) { [Self.pyramid($0[0])] }
        for (height, width) in [(8, 9), (17, 12), (8, 9), (30, 31)] {
            let x = Tensor.random([2, 16, height, width], seed: UInt64(height))
            #expect(try sizes(x).relativeError(to: Self.pyramid(x)) < 1e-5, "\(height) × \(width)")
        }
        #expect(sizes.count == 3)
    }

    @Test("plans that were not asked for the longest are let go, by number and by memory")
    func limits() throws {
        let plans = Plans(limit: 2) { [Self.network($0[0])] }
        func plan(_ batch: Int) throws -> Plan { try plans.plan(for: [[batch, 16, 8, 8]]) }
        let (one, two) = (try plan(1), try plan(2))
        #expect(try plan(1) === one)
        let three = try plan(3)
        #expect(try plan(1) === one)
        #expect(try plan(3) === three)
        #expect(try plan(2) !== two)

        let small = Plans(memory: one.arenaByteCount + two.arenaByteCount) { [Self.network($0[0])] }
        for batch in [1, 2] { try small.plan(for: [[batch, 16, 8, 8]]) }
        #expect(small.count == 2)
        for batch in [3, 1, 2, 50] { try small.plan(for: [[batch, 16, 8, 8]]) }
        #expect(small.count == 1)
    }

    @Test("plans for several sizes hold their weights once")
    func memory() throws {
        // Two sizes whose convolutions want the weights in the same order.
        let plans = Plans(options: .init(allowsWinograd: false)) { [Self.network($0[0])] }
        try plans.plan(for: [[4, 16, 8, 8]])
        let one = plans.weightByteCount
        #expect(one >= Self.weights.linear.shape.elementCount * 4)
        try plans.plan(for: [[8, 16, 8, 8]])
        #expect(plans.weightByteCount < one * 3 / 2)
    }

    @Test("rows are rounded up and cut back, to the outputs' own numbers of rows; none at all are as good as any")
    func rows() throws {
        // Boxes on images: two numbers of rows, of which outputs have one, three times one, and both or none.
        @Sendable func network(_ inputs: [Tensor]) -> [Tensor] {
            let (x, boxes) = (inputs[0], inputs[1])
            let scores = linear(boxes, Self.weights.linear.sliced(axis: 1, 0..<5))  // [K, 10]
            return [
                Self.pyramid(x), scores.reshaped(to: [boxes.shape[0] * 5, 2]), scores, Tensor([1, 2, 3, 4]) * 1,
            ]
        }
        let rules: [Plans.Rounding] = [.powerOfTwo(upTo: 4), .exact, .exact, .exact]
        let plans = Plans(rounding: [rules, [.powerOfTwo(upTo: 8), .exact]], network)
        for (batch, boxes) in [(1, 1), (2, 3), (3, 4), (3, 7), (4, 8), (5, 19), (1, 0)] {
            let inputs = [
                Tensor.random([batch, 16, 6, 5], seed: UInt64(batch)), Tensor.random([boxes, 5], seed: UInt64(boxes)),
            ]
            let (found, expected) = (try plans.run(inputs), network(inputs))
            #expect(found.map(\.shape) == expected.map(\.shape))
            for (found, expected) in zip(found, expected) where found.shape.elementCount > 0 {
                #expect(found.relativeError(to: expected) < 1e-5)
            }
        }
        let alone = Plans(rounding: [[.powerOfTwo(upTo: 64), .exact]]) { [linear($0[0], .ramp([3, 5]))] }
        for count in 0...64 {
            let x = Tensor.random([count, 5], seed: UInt64(count))
            #expect(try alone(x).shape == [count, 3])
        }
        #expect(alone.count == 7, "1, 2, 4, … 64")
        #expect(try alone(.random([65, 5], seed: 1)).shape == [65, 3])
    }

    @Test("images are rounded with zeros below and to the right, and outputs stay as large as that makes them")
    func images() throws {
        let rules: [Plans.Rounding] = [.exact, .exact, .multiple(of: 8), .multiple(of: 8)]
        let plans = Plans(rounding: [rules]) { [Self.pyramid($0[0])] }
        for (height, width) in [(8, 8), (9, 5), (16, 8), (13, 3)] {
            let x = Tensor.random([1, 16, height, width], seed: 3)
            let (down, right) = ((height + 7) / 8 * 8 - height, (width + 7) / 8 * 8 - width)
            let padded = x.padded(top: 0, bottom: down, left: 0, right: right)
            let found = try plans(x)
            #expect(found.shape == [1, 32, (height + 7) / 8 * 4, (width + 7) / 8 * 4])
            #expect(found.relativeError(to: Self.pyramid(padded)) < 1e-5)
        }
        #expect(plans.count == 2)
    }

    @Test("sizes that the network cannot take are refused with the arithmetic, whatever comes behind the operation")
    func refusals() throws {
        let w = (Tensor.ramp([4, 16, 3, 3]), Tensor.ramp([4, 4, 3, 3]), Tensor.ramp([4, 4, 2, 2]))
        /// A small U-Net without padding.
        let unet = Plans(options: .init(tuning: .nearest)) { inputs in
            let first = relu(conv2D(inputs[0], w.0))
            let second = relu(conv2D(maxPool2D(first, kernel: 2), w.1))
            let third = relu(conv2D(maxPool2D(second, kernel: 2), w.1))
            var y = third
            for skip in [second, first] {
                y = convTranspose2D(y, w.2, stride: 2)
                let (top, left) = ((skip.shape[2] - y.shape[2]) / 2, (skip.shape[3] - y.shape[3]) / 2)
                let cropped = skip.sliced(axis: 2, top..<top + y.shape[2]).sliced(axis: 3, left..<left + y.shape[3])
                y = concatenated([cropped, y], axis: 1).sliced(axis: 1, 0..<4)
            }
            return [y]
        }
        #expect(try unet(.ramp([1, 16, 30, 34])).shape == [1, 4, 16, 20])
        for size in 1...17 {
            let error = #expect(throws: ShapeError.self) { try unet(.ramp([1, 16, size, 34])) }
            #expect(error?.description.contains("does not fit") == true, "\(size): \(error.debugDescription)")
        }
        // Halves that do not come back together.
        let skip = Plans { [convTranspose2D(maxPool2D($0[0], kernel: 2), .ramp([16, 16, 2, 2]), stride: 2) + $0[0]] }
        #expect(try skip(.ramp([1, 16, 4, 6])).shape == [1, 16, 4, 6])
        let error = #expect(throws: ShapeError.self) { try skip(.ramp([1, 16, 5, 6])) }
        #expect(error?.description.contains("[1, 16, 5, 6]") == true)
        // Layers for another number of elements, and what is named by its layer.
        let named = Plans { x in Trace.scope("head") { [Self.network(x[0]).reshaped(to: [x[0].shape[0], 5, 2])] } }
        #expect(throws: ShapeError("head: reshape: [1, 32, 9, 8] has 2304 elements, [1, 2048] has 2048")) {
            try named(.ramp([1, 16, 9, 8]))
        }
        #expect(named.count == 0)
        // What was given is not what there are rules for.
        let ruled = Plans(rounding: [[.exact, .exact]]) { $0 }
        #expect(throws: ShapeError.self) { try ruled(.ramp([1, 2, 3])) }
        #expect(throws: ShapeError.self) { try ruled.run([.ramp([1, 2]), .ramp([1, 2])]) }
        let rows = Plans(rounding: [[.powerOfTwo(upTo: 4), .exact]]) { [$0[0].sliced(axis: 1, 0..<2)] }
        #expect(throws: ShapeError.self) { try rows(Tensor([], shape: [0])) }
        #expect(throws: ShapeError.self) { try rows(Tensor([], shape: [0, 1])) }
        #expect(try rows(Tensor([], shape: [0, 3])).shape == [0, 2])
    }

    @Test("tasks that ask for new sizes at the same time all get their answers")
    func concurrency() async {
        let plans = Plans(limit: 3) { [Self.network($0[0])] }
        await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    (0..<4).allSatisfy { round in
                        let batch = (worker + round) % 5 + 1
                        let x = Tensor.random([batch, 16, 8, 8], seed: UInt64(batch))
                        return (try? plans(x).relativeError(to: Self.network(x)) < 1e-5) == true
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
