import CSaccadeKernels
import SaccadeOneDNN
import TestSupport
import Testing

@testable import SaccadeTensors

/// Winograd's algorithm on images with the channels last, against oneDNN's direct convolutions.
@Suite struct WinogradConvolutionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var source: Shape
        var outputs: Int
        var padding: Padding = 1
        var hasBias = true
        var activation: Activation?
        var addsResidual = false

        var testDescription: String {
            "\(source) to \(outputs), padding \(padding), \(activation.map(\.name) ?? "-"), adds \(addsResidual)"
        }

        var convolution: Convolution {
            Convolution(
                kernel: 3, stride: 1, padding: padding, dilation: 1, groups: 1, hasBias: hasBias,
                activation: activation, transposedOutputPadding: nil, addsResidual: addsResidual)
        }
    }

    /// Sides that are and are not whole tiles, channels that are and are not whole columns, more tiles than go at once.
    static let cases = [
        Case(source: [1, 64, 28, 28], outputs: 64),
        Case(source: [2, 32, 21, 19], outputs: 48, activation: .relu),
        Case(source: [3, 16, 17, 30], outputs: 80, padding: .pixels(Pair(0, 2)), hasBias: false),
        Case(source: [1, 48, 23, 22], outputs: 32, padding: 0, activation: .relu, addsResidual: true),
        Case(source: [2, 16, 120, 113], outputs: 16, hasBias: false, addsResidual: true),
        Case(source: [1, 128, 7, 7], outputs: 128, padding: .pixels(Pair(3, 1))),
    ]

    private var isAvailable: Bool {
        let problem = sk_winograd(
            images: 1, height: 8, width: 8, channels_in: 16, height_out: 8, width_out: 8, channels_out: 16,
            pixel_step: 16, padding_top: 1, padding_left: 1, tile: 4, adds: 0, rectifies: 0)
        return withUnsafePointer(to: problem, sk_winograd_is_available) != 0
    }

    @Test("gives what the direct convolution gives", arguments: cases)
    func values(test: Case) throws {
        let x = Tensor.random(test.source, seed: 1)
        let w = Tensor.random([test.outputs, test.source[1], 3, 3], seed: 2) / 8
        let inputs = [x, w] + (test.hasBias ? [Tensor.random([test.outputs], seed: 3)] : [])
        var plain = test.convolution
        (plain.activation, plain.addsResidual) = (nil, false)
        var expected = plain.results(of: inputs)[0].rowMajor
        let addend = Tensor.random(expected.shape, seed: 4)
        if test.addsResidual { expected = expected + addend }
        if test.activation == .relu { expected = relu(expected) }
        let all = inputs + (test.addsResidual ? [addend] : [])
        let request = KernelRequest(
            inputs: all.map(\.operand), results: [expected.shape], order: .channelsLast, constantInputs: [1])
        let kernels = test.convolution.kernels(request).filter { !$0.transforms.isEmpty }
        #expect(kernels.map(\.label) == (isAvailable ? [4, 2].map { "winograd \($0)×\($0), channels last" } : []))
        for kernel in kernels {
            let found = kernel.results(of: all, shapes: [expected.shape])[0].rowMajor
            #expect(found.relativeError(to: expected) < 2e-5, "\(kernel.label)")
        }
    }

    @Test("writes into a part of the channels, and leaves the others alone")
    func slice() throws {
        let x = Tensor.random([2, 32, 18, 18], seed: 1)
        let w = Tensor.random([48, 32, 3, 3], seed: 2) / 8
        let convolution = Case(source: x.shape, outputs: 48, hasBias: false).convolution
        let expected = convolution.results(of: [x, w])[0].rowMajor
        let whole: Shape = [2, 112, 18, 18]
        let joined = Tensor.random(whole, seed: 5)
        let request = KernelRequest(
            inputs: [x, w, joined].map(\.operand), results: [whole], order: .channelsLast, constantInputs: [1])
        let slice = ChannelSlice(bounds: [0, 32, 80, 112], index: 1)
        let operation = ConvolutionIntoSlice(convolution: convolution, slice: slice, isFirst: false)
        let kernels = operation.kernels(request).filter { !$0.transforms.isEmpty }
        #expect(kernels.count == (isAvailable ? 2 : 0))
        for kernel in kernels {
            let found = kernel.results(of: [x, w, joined], shapes: [whole])[0].rowMajor
            #expect(found.sliced(axis: 1, 32..<80).relativeError(to: expected) < 2e-5)
            for (start, end) in [(0, 32), (80, 112)] {
                #expect(
                    found.sliced(axis: 1, start..<end).scalars
                        == joined.sliced(axis: 1, start..<end).scalars)
            }
        }
    }

    @Test("is not offered where it does not apply")
    func elsewhere() {
        let (x, w) = (Operand([1, 64, 28, 28]), Operand([64, 64, 3, 3]))
        func count(
            _ change: (inout KernelRequest) -> Void = { _ in }, activation: Activation? = nil, source: Operand? = nil
        ) -> Int {
            var request = KernelRequest(
                inputs: [source ?? x, w], results: [(source ?? x).shape], order: .channelsLast, constantInputs: [1]
            )
            change(&request)
            return Case(source: x.shape, outputs: 64, hasBias: false, activation: activation).convolution
                .kernels(request).count { !$0.transforms.isEmpty }
        }
        #expect(count() == (isAvailable ? 2 : 0))
        #expect(count { $0.constantInputs = [] } == 0)
        #expect(count { $0.allowsWinograd = false } == 0)
        #expect(count { $0.order = .blocked } == 0)
        #expect(count(activation: .tanh) == 0)
        #expect(count(source: Operand([1, 64, 4, 4])) == 0)
    }

    @Test("plans multiply batch norms in before the weights are transformed, and share what they make")
    func plans() throws {
        let w = Parameter(.random([64, 64, 3, 3], seed: 1) / 8)
        @Sendable func network(_ x: Tensor) -> Tensor {
            func vector(_ seed: UInt64) -> Tensor { Tensor.ramp([64], seed: seed) / 2 + 1 }
            let y = batchNorm(
                conv2D(x, w.value, padding: 1), scale: vector(1), shift: vector(2), mean: vector(3),
                variance: vector(4))
            return relu(conv2D(y, w.value, padding: 1) + x)
        }
        let lowered = LoweredNetwork(for: [1, 64, 40, 40], .float32, .channelsLast) { network($0) }
        let x = Tensor.random([1, 64, 40, 40], seed: 7)
        #expect(lowered(x).relativeError(to: network(x)) < 2e-5)
        let plans = Plans { [network($0[0])] }
        for batch in [1, 4, 2] {
            let x = Tensor.random([batch, 64, 20, 20], seed: UInt64(batch))
            #expect(try plans(x).relativeError(to: network(x)) < 2e-5)
        }
    }
}

@Suite struct ColdWeightsTests {
    @Test("are zeros that lie elsewhere each time, until they come round")
    func turns() throws {
        let weights = try #require(ColdWeights(of: 5 << 20))
        #expect(weights.byteCount == 8 << 20)
        let shape: Shape = [1 << 19]  // 2 MB
        let places = (0..<8).map { _ in
            let zeros = weights.next(shape, nil)
            #expect(zeros.shape == shape && zeros.scalars.allSatisfy { $0 == 0 })
            return zeros.withScalars { Int(bitPattern: $0.baseAddress) }
        }
        #expect(Set(places).count == 4 && Array(places[..<4]) == Array(places[4...]))
        // More than all of them is asked for: a single layer.
        #expect(weights.next([3 << 20], nil).scalars.allSatisfy { $0 == 0 })
    }

    @Test("small networks stay in the cache, and large ones need not come round")
    func sizes() {
        #expect(ColdWeights(of: 1 << 20) == nil && ColdWeights(of: 0) == nil)
        #expect(ColdWeights(of: 600 << 20)?.byteCount == 128 << 20)
        #expect(ColdWeights(of: 4 << 20)?.byteCount == 4 << 20)
    }
}
