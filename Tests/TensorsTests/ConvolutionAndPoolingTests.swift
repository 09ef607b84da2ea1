import TestSupport
import Testing

@testable import SaccadeTensors

/// Every way to do a convolution and its pooling together, against the two operations one after the other.
@Suite struct ConvolutionAndPoolingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let source: Shape
        let weights: Shape
        var stride: Pair = 1
        var padding: Padding = .valid
        var pool: Pair = 2
        var poolStride: Pair = 2
        var poolPadding: Pair = 0
        var ceilMode = false
        var kind = PoolingKind.maximum
        var testDescription: String { "\(source) by \(weights), pooled \(pool) / \(poolStride) + \(poolPadding)" }
    }

    static let cases = [
        Case(source: [1, 3, 41, 300], weights: [24, 3, 5, 5]),
        Case(source: [3, 3, 97, 130], weights: [32, 3, 7, 7], stride: 2, padding: 3, pool: 3, poolPadding: 1),
        Case(source: [5, 16, 35, 60], weights: [48, 16, 3, 3], padding: .same, pool: 3, poolStride: [1, 2]),
        Case(
            source: [2, 8, 64, 90], weights: [40, 8, 1, 3], padding: .pixels([0, 1]), pool: [5, 3], ceilMode: true),
        Case(
            source: [4, 3, 50, 50], weights: [64, 3, 3, 3], padding: 2, pool: 3, poolPadding: 1,
            kind: .average(countIncludePad: true)),
        Case(
            source: [4, 3, 51, 50], weights: [64, 3, 3, 3], padding: 2, pool: 3, poolPadding: 1, ceilMode: true,
            kind: .average(countIncludePad: false)),
        Case(source: [1, 4, 7, 8], weights: [1, 4, 3, 3], pool: 5, poolStride: 1),
    ]

    @Test("every kernel gives what the operations give one by one", arguments: cases)
    func kernels(_ test: Case) throws {
        let (x, w) = (Tensor.ramp(test.source), Tensor.ramp(test.weights, seed: 1))
        let b = Tensor.ramp([test.weights[0]], seed: 2)
        let convolution = Convolution(
            kernel: [w.shape[2], w.shape[3]], stride: test.stride, padding: test.padding, dilation: 1, groups: 1,
            hasBias: true, activation: .relu, transposedOutputPadding: nil)
        let pooling = Pooling(
            kind: test.kind, kernel: test.pool, stride: test.poolStride, padding: .pixels(test.poolPadding),
            dilation: 1, ceilMode: test.ceilMode)
        let joined = try #require(
            ConvolutionAndPooling(convolution, pooling, inputs: [x.shape, w.shape, b.shape]))
        let expected = pooling(convolution(x, w, b)).rowMajor
        for order in ElementOrder.allCases {
            let request = KernelRequest(
                inputs: [x, w, b].map(\.operand), results: [expected.shape], allowsWinograd: true, order: order)
            let kernels = joined.kernels(request)
            #expect(!kernels.isEmpty)
            #expect(Set(kernels.map(\.label)).count == kernels.count, "labels tell kernels apart")
            if order == .channelsLast, test.source.elementCount > 10_000 {
                #expect(kernels.contains { $0.label.hasSuffix("on each thread") } == (test.source[0] >= Threads.count))
                #expect(kernels.count > 1, "\(kernels.map(\.label))")
            }
            for kernel in kernels {
                let result = kernel.results(of: [x, w, b], shapes: [expected.shape])[0].rowMajor
                #expect(result.relativeError(to: expected) < 1e-5, "\(kernel.label)")
            }
        }
    }

    @Test("a plan joins them, reads its input where it lies, and follows it when it moves")
    func plan() {
        let w = Parameter(.ramp([24, 3, 5, 5]))
        func network(_ x: Tensor) -> Tensor { maxPool2D(relu(conv2D(x, w.value)), kernel: 2) }
        let inputs = (0..<3).map { Tensor.ramp([4, 3, 41, 120], seed: UInt64($0)) }
        let plan = Plan(for: inputs[0].shape, network)
        #expect(plan.kernelNames.contains { $0.hasPrefix("conv2D + maxPool2D") }, "\(plan.kernelNames)")
        for x in inputs + inputs { #expect(plan(x).relativeError(to: network(x)) < 1e-5) }
    }

    @Test("a plan leaves its inputs as they were")
    func inputsStay() {
        let (x, before) = (Tensor.ramp([2, 3, 4, 5]), Tensor.ramp([2, 3, 4, 5]))
        // An elementwise operation would otherwise put its result where its input is.
        let plan = Plan(for: x.shape) { relu($0) }
        #expect(plan(x).relativeError(to: relu(before)) == 0)
        #expect(x.scalars == before.scalars)
        let identity = Plan(for: x.shape) { $0 }
        #expect(identity(x).scalars == before.scalars)
    }
}
