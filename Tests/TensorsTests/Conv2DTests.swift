import SaccadeTensors
import TestSupport
import Testing

@Suite struct Conv2DTests {
    struct Case: CustomTestStringConvertible {
        var input: Shape, weight: Shape
        var stride: Pair = 1, padding: Padding = .valid, dilation: Pair = 1
        var groups = 1
        var testDescription: String {
            "\(input) ✳︎ \(weight), stride \(stride), padding \(padding), dilation \(dilation), groups \(groups)"
        }
    }

    static let cases = [
        Case(input: [1, 1, 4, 4], weight: [1, 1, 3, 3]),
        Case(input: [2, 3, 5, 4], weight: [4, 3, 3, 2], stride: 2, padding: 1),
        Case(input: [2, 3, 7, 6], weight: [5, 3, 2, 3], stride: [2, 1], padding: .pixels([1, 2])),
        Case(input: [1, 2, 3, 3], weight: [2, 2, 1, 1]),
        Case(input: [1, 1, 2, 2], weight: [1, 1, 5, 5], padding: 2),  // kernel larger than the image
        Case(input: [1, 2, 9, 8], weight: [3, 2, 3, 3], dilation: [2, 3]),
        Case(input: [2, 4, 5, 5], weight: [6, 2, 3, 3], padding: 1, groups: 2),
        Case(input: [1, 17, 4, 4], weight: [17, 1, 3, 3], padding: .same, groups: 17),  // depth-wise
        Case(input: [1, 2, 6, 5], weight: [3, 2, 2, 2], stride: 2, padding: .same),
        Case(input: [0, 3, 5, 5], weight: [4, 3, 3, 3], padding: 1),  // an empty batch
    ]

    @Test("agrees with the definition", arguments: cases)
    func forward(_ c: Case) {
        let (x, w, b) = (Tensor.ramp(c.input), Tensor.ramp(c.weight, seed: 1), Tensor.ramp([c.weight[0]], seed: 2))
        let y = conv2D(x, w, bias: b, stride: c.stride, padding: c.padding, dilation: c.dilation, groups: c.groups)
        #expect(y.relativeError(to: naiveConv2D(x, w, b, c)) < 1e-5)
    }

    @Test("gradients agree with finite differences", arguments: cases)
    func gradients(_ c: Case) {
        expectGradients(at: [.ramp(c.input), .ramp(c.weight, seed: 1), .ramp([c.weight[0]], seed: 2)]) { inputs in
            conv2D(
                inputs[0], inputs[1], bias: inputs[2], stride: c.stride, padding: c.padding, dilation: c.dilation,
                groups: c.groups, activation: .sigmoid)
        }
    }

    @Test("rejects what does not fit, saying why")
    func traps() async {
        await #expect(processExitsWith: .failure) { _ = conv2D(.ramp([1, 2, 4, 4]), .ramp([1, 3, 3, 3])) }
        await #expect(processExitsWith: .failure) { _ = conv2D(.ramp([1, 1, 2, 2]), .ramp([1, 1, 3, 3])) }
        await #expect(processExitsWith: .failure) { _ = conv2D(.ramp([1, 1, 2, 2]), .ramp([1, 1, 1, 1]), stride: 0) }
    }

    private func naiveConv2D(_ x: Tensor, _ w: Tensor, _ b: Tensor, _ c: Case) -> Tensor {
        let (xs, ws, bs) = (x.scalars, w.scalars, b.scalars)
        let (n, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let (outputs, part, kh, kw) = (w.shape[0], w.shape[1], w.shape[2], w.shape[3])
        func span(_ axis: Int, _ length: Int, _ kernel: Int) -> (before: Int, output: Int) {
            let (stride, dilation) =
                axis == 0 ? (c.stride.height, c.dilation.height) : (c.stride.width, c.dilation.width)
            let extent = dilation * (kernel - 1) + 1
            switch c.padding {
            case .valid: return (0, (length - extent) / stride + 1)
            case .pixels(let pair):
                let pad = axis == 0 ? pair.height : pair.width
                return (pad, (length + 2 * pad - extent) / stride + 1)
            case .same:
                let output = (length + stride - 1) / stride
                return (max((output - 1) * stride + extent - length, 0) / 2, output)
            }
        }
        let (top, oh) = span(0, height, kh)
        let (left, ow) = span(1, width, kw)
        var y = [Float]()
        for i in 0..<n {
            for o in 0..<outputs {
                for row in 0..<oh {
                    for column in 0..<ow {
                        var value = Double(bs[o])
                        for p in 0..<part {
                            let channel = o / (outputs / c.groups) * part + p
                            for u in 0..<kh {
                                for v in 0..<kw {
                                    let (yy, xx) = (
                                        row * c.stride.height - top + u * c.dilation.height,
                                        column * c.stride.width - left + v * c.dilation.width
                                    )
                                    guard (0..<height).contains(yy), (0..<width).contains(xx) else { continue }
                                    value +=
                                        Double(xs[((i * channels + channel) * height + yy) * width + xx])
                                        * Double(ws[((o * part + p) * kh + u) * kw + v])
                                }
                            }
                        }
                        y.append(Float(value))
                    }
                }
            }
        }
        return Tensor(y, shape: [n, outputs, oh, ow])
    }
}
