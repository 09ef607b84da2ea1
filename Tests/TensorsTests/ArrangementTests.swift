import SaccadeTensors
import TestSupport
import Testing

/// Operations on images that lie in oneDNN's own order, as a convolution leaves them.
@Suite struct ArrangementTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let function: @Sendable (Tensor) -> Tensor

        init(_ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
            testDescription = name
            self.function = function
        }
    }

    static let cases = [
        Case("relu") { relu($0) },
        Case("gelu") { gelu($0) },
        Case("add") { $0 + relu($0) },
        Case("divide") { $0 / (relu($0) + 1) },
        Case("maximum") { maximum($0, $0 * 0.5) },
        Case("clamp") { clamp($0, -0.1, 0.2) },
        Case("maxPool2D") { maxPool2D($0, kernel: 2) },
        Case("maxPool2D, overlapping") { maxPool2D($0, kernel: 3, stride: 2, padding: 1, ceilMode: true) },
        Case("maxPool2D with holes") { maxPool2D($0, kernel: 2, stride: 1, dilation: 2) },
        Case("maxPool2DWithIndices") { maxPool2DWithIndices($0, kernel: 2).result },
        Case("averagePool2D") { averagePool2D($0, kernel: 3, stride: 2, padding: 1) },
        Case("averagePool2D, real elements") {
            averagePool2D($0, kernel: 3, stride: 2, padding: 1, countIncludePad: false)
        },
        Case("globalAveragePool2D") { globalAveragePool2D($0) },
        Case("adaptiveAveragePool2D") { adaptiveAveragePool2D($0, to: [3, 5]) },
        Case("batchNorm") { x in
            batchNorm(x, scale: .ramp([x.shape[1]]), shift: .ramp([x.shape[1]], seed: 2)).result
        },
        Case("batchNorm, frozen") { x in
            let channels: Shape = [x.shape[1]]
            return batchNorm(
                x, scale: .ramp(channels), shift: .ramp(channels, seed: 2), mean: .ramp(channels, seed: 3),
                variance: sigmoid(.ramp(channels)))
        },
        Case("resized, nearest") { $0.resized(to: [2 * $0.shape[2], 3 * $0.shape[3]], .nearest) },
        Case("resized, bilinear") { $0.resized(to: [2 * $0.shape[2], 13]) },
        Case("resized, smaller") { $0.resized(to: [5, 3]) },
        Case("concatenated") { concatenated([$0, relu($0), $0], axis: 1) },
        Case("concatenated along height") { concatenated([$0, $0], axis: 2) },
        Case("concatenated with row-major") { concatenated([$0, .ramp($0.shape)], axis: 1) },
        Case("softmax") { softmax($0, axis: 1) },
        Case("localResponseNorm") { localResponseNorm($0, size: 5, alpha: 0.3) },
        Case("sliced") { $0.sliced(axis: 1, 1..<5) },
        Case("flipped") { $0.flipped(axes: [3]) },
        Case("transposed") { $0.transposed([0, 2, 3, 1]) },
        Case("padded") { $0.padded(top: 1, left: 2, with: .reflected) },
        Case("max") { max($0, axes: [1]) },
        Case("linear") { linear($0.flattened(from: 1), .ramp([3, $0.shape.elementCount / $0.shape[0]])) },
    ]

    @Test("the order of elements changes nothing", arguments: cases, [5, 17, 32])
    func order(_ c: Case, channels: Int) {
        let weights = Parameter(.ramp([channels, 3, 3, 3]))
        let x = Tensor.ramp([2, 3, 9, 8], seed: 4)

        func run(rowMajor: Bool) -> (Tensor, Tensor?) {
            var result = Tensor([0], shape: [1])
            let (_, gradients) = withGradients {
                var y = conv2D(x, weights.value, padding: 1)
                if rowMajor {
                    // A reshape has its elements in row-major order.
                    let shape = y.shape
                    y = y.flattened(from: 0).reshaped(to: shape)
                } else {
                    // A few channels may stay row-major; many do not.
                    #expect(channels < 16 || y.arrangement != nil)
                }
                result = c.function(y)
                return sum(result * .ramp(result.shape, seed: 7))
            }
            return (result, gradients[weights])
        }
        let (blocked, plain) = (run(rowMajor: false), run(rowMajor: true))
        #expect(blocked.0.relativeError(to: plain.0) < 1e-5)
        #expect(blocked.1?.relativeError(to: plain.1 ?? x) ?? .infinity < 1e-4)
    }

    @Test("a plan in any order computes what runs eagerly", arguments: cases, [5, 32])
    func planned(_ c: Case, channels: Int) {
        let weights = Parameter(.ramp([channels, 3, 3, 3]))
        let x = Tensor.ramp([2, 3, 9, 8], seed: 4)
        let network: @Sendable (Tensor) -> Tensor = { c.function(conv2D($0, weights.value, padding: 1)) }
        #expect(Plan(for: x.shape, network)(x).relativeError(to: network(x)) < 1e-5)
    }

    @Test("a bfloat16 plan is near", .enabled(if: Plan.supports(.bfloat16)), arguments: cases, [5, 32])
    func halfPrecision(_ c: Case, channels: Int) {
        let weights = Parameter(.ramp([channels, 3, 3, 3]))
        let x = Tensor.ramp([2, 3, 9, 8], seed: 4)
        let network: @Sendable (Tensor) -> Tensor = { c.function(conv2D($0, weights.value, padding: 1)) }
        let lowered = LoweredNetwork(for: x.shape, .bfloat16, network: network)
        #expect(lowered(x).relativeError(to: network(x)) < 6e-2)
    }
}
