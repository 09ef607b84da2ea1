import TestSupport
import Testing

@testable import SaccadeTensors

/// Training in bfloat16: which of several kernels is taken depends on the machine, so each is tried.
@Suite(.enabled(if: Plan.supports(.bfloat16), "this processor does not multiply bfloat16 numbers"))
struct MixedPrecisionTests {
    static let cases = [
        Conv2DTests.Case(input: [2, 16, 9, 8], weight: [32, 16, 3, 3], padding: 1),
        Conv2DTests.Case(input: [2, 3, 17, 16], weight: [16, 3, 7, 7], stride: 2, padding: .pixels([3, 3])),
        Conv2DTests.Case(input: [2, 32, 5, 5], weight: [16, 32, 1, 1]),
        Conv2DTests.Case(input: [2, 32, 8, 8], weight: [32, 16, 3, 3], padding: 1, groups: 2),
    ]

    @Test("a convolution and its gradients are those of rounded inputs, summed in float32", arguments: cases)
    func definition(_ c: Conv2DTests.Case) throws {
        let convolution = Convolution(
            kernel: Pair(c.weight[2], c.weight[3]), stride: c.stride, padding: c.padding, dilation: c.dilation,
            groups: c.groups, hasBias: false, activation: nil)
        let geometry = try convolution.geometry([c.input, c.weight])
        let (x, w) = (Tensor.ramp(c.input), Tensor.ramp(c.weight, seed: 1))
        let dy = Tensor.ramp(geometry.destination, seed: 2)
        try check(convolution, [x, w], isTraining: true)
        try check(ConvolutionSourceGradient(geometry: geometry), [w, dy])
        try check(ConvolutionWeightGradient(geometry: geometry, hasBias: false), [x, dy])
    }

    private func check(_ operation: some Operation, _ inputs: [Tensor], isTraining: Bool = false) throws {
        let shapes = try operation.resultShapes(inputs.map(\.shape))
        func kernels(allowsBFloat16: Bool) -> [Kernel] {
            operation.kernels(
                KernelRequest(
                    inputs: inputs.map(\.operand), results: shapes, isTraining: isTraining,
                    allowsBFloat16: allowsBFloat16))
        }
        func result(_ kernel: Kernel, of inputs: [Tensor]) -> Tensor { kernel.results(of: inputs, shapes: shapes)[0] }
        let all = kernels(allowsBFloat16: true)
        let rounding = all.filter { $0.label.hasPrefix("bf16") }
        try #require(!rounding.isEmpty)
        #expect(all.count > rounding.count, "float32 must stay among the choices")
        let exact = result(kernels(allowsBFloat16: false)[0], of: inputs)
        let rounded = result(kernels(allowsBFloat16: false)[0], of: inputs.map(\.roundedToBFloat16))
        for kernel in rounding {
            let found = result(kernel, of: inputs)
            #expect(found.relativeError(to: rounded) < 1e-5, "\(kernel.label)")
            #expect(found.relativeError(to: exact) < 2e-2, "\(kernel.label)")
        }
    }

    @Test("gradients of a network are near those in float32, and only convolutions round")
    func network() {
        let (first, second) = (Parameter(.ramp([16, 8, 3, 3])), Parameter(.ramp([4, 16 * 36], seed: 1)))
        func learnt(_ precision: Precision) -> Gradients {
            withGradients(precision: precision) {
                let y = relu(conv2D(.ramp([4, 8, 6, 6], seed: 2), first.value, padding: 1))
                return mean(linear(y.flattened(from: 1), second.value) * linear(y.flattened(from: 1), second.value))
            }.gradients
        }
        let (exact, rounded) = (learnt(.float32), learnt(.bfloat16))
        for parameter in [first, second] {
            let error = rounded[parameter]!.relativeError(to: exact[parameter]!)
            #expect(error < 3e-2)
        }
        #expect(Precision.current == .float32)
    }
}

extension Tensor {
    /// Each number with the nearest of eight bits of fraction, ties to even.
    fileprivate var roundedToBFloat16: Tensor {
        Tensor(
            scalars.map { value in
                let bits = value.bitPattern
                return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
            }, shape: shape)
    }
}
