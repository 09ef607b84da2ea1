import SaccadeTensors
import TestSupport
import Testing

@Suite struct ConvTranspose2DTests {
    struct Case: CustomTestStringConvertible {
        var input: Shape, weight: Shape
        var stride: Pair = 1, padding: Pair = 0, outputPadding: Pair = 0, dilation: Pair = 1
        var groups = 1
        var testDescription: String {
            "\(input) by \(weight), stride \(stride), padding \(padding) + \(outputPadding), dilation \(dilation), groups \(groups)"
        }
    }

    static let cases = [
        Case(input: [1, 1, 2, 2], weight: [1, 1, 3, 3]),
        Case(input: [1, 2, 2, 3], weight: [2, 3, 3, 3], stride: 2, padding: 1),
        Case(input: [2, 3, 3, 2], weight: [3, 2, 3, 3], stride: 2, padding: 1, outputPadding: 1),
        Case(input: [1, 2, 3, 3], weight: [2, 1, 2, 2], stride: 2, outputPadding: [1, 0]),
        Case(input: [1, 2, 3, 4], weight: [2, 2, 2, 3], dilation: 2),
        Case(input: [1, 4, 3, 3], weight: [4, 3, 3, 3], stride: 2, padding: 1, groups: 2),
        Case(input: [0, 4, 3, 3], weight: [4, 3, 3, 3]),
    ]

    /// Each input element adds a copy of the kernel to the output, weighted by itself.
    @Test("agrees with the definition", arguments: cases)
    func forward(_ c: Case) {
        let (x, w, b) = (Tensor.ramp(c.input), Tensor.ramp(c.weight, seed: 1), Tensor.ramp([c.weight[1] * c.groups]))
        let y = convTranspose2D(
            x, w, bias: b, stride: c.stride, padding: c.padding, outputPadding: c.outputPadding, dilation: c.dilation,
            groups: c.groups)
        let (n, channels, height, width) = (c.input[0], c.input[1], c.input[2], c.input[3])
        let (part, kh, kw) = (c.weight[1], c.weight[2], c.weight[3])
        let oh =
            (height - 1) * c.stride.height - 2 * c.padding.height + c.dilation.height * (kh - 1) + 1
            + c.outputPadding.height
        let ow =
            (width - 1) * c.stride.width - 2 * c.padding.width + c.dilation.width * (kw - 1) + 1 + c.outputPadding.width
        let outputs = part * c.groups
        #expect(y.shape == [n, outputs, oh, ow])
        let (xs, ws, bs) = (x.scalars, w.scalars, b.scalars)
        var expected = (0..<n * outputs * oh * ow).map { bs[$0 / (oh * ow) % outputs] }
        for i in 0..<n {
            for channel in 0..<channels {
                let group = channel / (channels / c.groups)
                for p in 0..<part {
                    for (row, column) in (0..<height * width).map({ ($0 / width, $0 % width) }) {
                        for (u, v) in (0..<kh * kw).map({ ($0 / kw, $0 % kw) }) {
                            let yy = row * c.stride.height - c.padding.height + u * c.dilation.height
                            let xx = column * c.stride.width - c.padding.width + v * c.dilation.width
                            guard (0..<oh).contains(yy), (0..<ow).contains(xx) else { continue }
                            expected[((i * outputs + group * part + p) * oh + yy) * ow + xx] +=
                                xs[((i * channels + channel) * height + row) * width + column]
                                * ws[((channel * part + p) * kh + u) * kw + v]
                        }
                    }
                }
            }
        }
        #expect(y.relativeError(to: Tensor(expected, shape: y.shape)) < 1e-5)
    }

    @Test("gradients agree with finite differences", arguments: cases)
    func gradients(_ c: Case) {
        expectGradients(at: [.ramp(c.input), .ramp(c.weight, seed: 1), .ramp([c.weight[1] * c.groups])]) { inputs in
            convTranspose2D(
                inputs[0], inputs[1], bias: inputs[2], stride: c.stride, padding: c.padding,
                outputPadding: c.outputPadding, dilation: c.dilation, groups: c.groups, activation: .tanh)
        }
    }

    @Test("rejects an output padding that the stride does not allow")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = convTranspose2D(.ramp([1, 1, 2, 2]), .ramp([1, 1, 3, 3]), stride: 2, outputPadding: 2)
        }
    }
}
