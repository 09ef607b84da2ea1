import TestSupport
import Testing

@testable import SaccadeTensors

/// Concatenations in plans: what is joined should be made where it belongs.
@Suite struct JoinedPlanTests {
    private static let weights = (0..<4).map { Parameter(.ramp([16, 16, 3, 3], seed: UInt64($0))) }

    private static func branch(_ x: Tensor, _ index: Int) -> Tensor {
        conv2D(x, weights[index].value, padding: 1, activation: .relu)
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Concatenations that must still copy, for a batch of one.
        var copies = 0
        let network: @Sendable (Tensor) -> Tensor
    }

    static let cases = [
        Case(testDescription: "branches, as in GoogLeNet") { x in
            concatenated([branch(x, 0), branch(x, 1), maxPool2D(x, kernel: 3, stride: 1, padding: 1)], axis: 1)
        },
        Case(testDescription: "read again after it was joined") { x in
            let y = branch(x, 0)
            return conv2D(concatenated([y, branch(y, 1)], axis: 1), Tensor.ramp([16, 32, 1, 1])) * y + y
        },
        Case(testDescription: "joined twice, one within the other") { x in
            let y = concatenated([branch(x, 0), branch(x, 1)], axis: 1)
            return concatenated([branch(x, 2), y, branch(x, 3)], axis: 1) * 2 - 1
        },
        Case(testDescription: "the same in two", copies: 1) { x in
            let (y, z) = (branch(x, 0), branch(x, 1))
            return concatenated([y, z], axis: 1) * concatenated([z, y], axis: 1)
        },
        Case(testDescription: "twice the same") { x in
            let y = branch(x, 0)
            return concatenated([y, y], axis: 1)
        },
        Case(testDescription: "in place behind it") { x in
            let y = concatenated([branch(x, 0), branch(x, 1)], axis: 1)
            return sigmoid(tanh(y)) + y
        },
        Case(testDescription: "rows of vectors") { x in
            let y = mean(branch(x, 0), axes: [2, 3])
            return concatenated([exp(y), exp(-y)], axis: 1)
        },
        Case(testDescription: "the input itself") { x in concatenated([x, branch(x, 0)], axis: 1) },
    ]

    @Test("agree with eager execution, again and again", arguments: cases, [1, 3])
    func agrees(_ c: Case, batch: Int) {
        let x = Tensor.ramp([batch, 16, 9, 7])
        let plan = Plan(for: x.shape, c.network)
        let expected = c.network(x)
        for _ in 0..<2 { #expect(plan(x).relativeError(to: expected) < 1e-5) }
        let other = Tensor.ramp([batch, 16, 9, 7], seed: 9)
        #expect(plan(other).relativeError(to: c.network(other)) < 1e-5)
    }

    @Test(
        "convolutions of several images write into slices", arguments: Precision.allCases.filter(Plan.supports),
        ElementOrder.allCases)
    func slices(precision: Precision, order: ElementOrder) throws {
        let sixteen = Tensor.ramp([16, 16, 1, 1], seed: 5)
        let others = [
            Tensor.ramp([32, 16, 3, 3], seed: 6), .ramp([16, 16, 5, 5], seed: 7), .ramp([7, 16, 1, 1], seed: 8),
        ]
        func network(_ x: Tensor, odd: Bool) -> Tensor {
            let pool = maxPool2D(x, kernel: 3, stride: 1, padding: 1)
            return concatenated(
                [
                    conv2D(x, sixteen, activation: .relu), conv2D(x, others[0], padding: 1),
                    conv2D(pool, odd ? others[2] : sixteen), conv2D(x, others[1], padding: 2),
                ], axis: 1)
        }
        for (batch, odd) in [(2, false), (3, false), (5, true)] {
            let x = Tensor.ramp([batch, 16, 9, 7])
            let lowered = LoweredNetwork(for: x.shape, precision, order) { network($0, odd: odd) }
            #expect(!lowered.names.contains { $0.contains("concatenated") }, "\(lowered.names)")
            #expect(lowered.names.count { $0.contains("into a slice") } == 4, "\(lowered.names)")
            let expected = network(x, odd: odd)
            #expect(lowered(x).relativeError(to: expected) < (precision == .float32 ? 1e-5 : 2e-2))
        }
    }

    @Test(
        "every kernel for a slice gives the same, and leaves the other channels alone", arguments: ElementOrder.allCases
    )
    func sliceKernels(order: ElementOrder) throws {
        let convolution = Convolution(
            kernel: 3, stride: 1, padding: .pixels(1), dilation: 1, groups: 1, hasBias: true, activation: .relu,
            transposedOutputPadding: nil)
        let (x, w, b) = (
            Tensor.ramp([4, 16, 12, 10]), Tensor.ramp([32, 16, 3, 3], seed: 1), Tensor.ramp([32], seed: 2)
        )
        let before = Tensor.ramp([4, 64, 12, 10], seed: 3)
        let expected = concatenated(
            [before.sliced(axis: 1, 0..<16), convolution(x, w, b), before.sliced(axis: 1, 48..<64)], axis: 1)
        let slice = ChannelSlice(bounds: [0, 16, 48, 64], index: 1)
        let operation = ConvolutionIntoSlice(convolution: convolution, slice: slice, isFirst: false)
        let inputs = [x, w, b, before]
        #expect(try operation.resultShapes(inputs.map(\.shape)) == [before.shape])
        let request = KernelRequest(inputs: inputs.map(\.operand), results: [before.shape], order: order)
        let kernels = operation.kernels(request)
        #expect(Set(kernels.map(\.label)).count == kernels.count && kernels.contains { $0.label.hasSuffix(", copied") })
        #expect(order == .channelsLast || kernels.contains { $0.label.hasSuffix(", by image") })
        for kernel in kernels {
            let result = kernel.results(of: inputs, shapes: [before.shape])[0].rowMajor
            #expect(result.relativeError(to: expected) < 1e-5, "\(kernel.label)")
        }
    }

    @Test("copy nothing where an image's channels lie one behind the other", arguments: cases)
    func copies(_ c: Case) {
        // In blocks: which order a plan takes is a question of time.
        let names = LoweredNetwork(for: [1, 16, 9, 7], network: c.network).names
        #expect(names.count { $0.contains("concatenated") } == c.copies, "\(names)")
    }
}
