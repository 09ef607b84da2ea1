import SaccadeOneDNN
import SaccadeTensors
import TestSupport
import Testing

@Suite struct FusedBatchNormReLUTests {
    /// How images lie: 8 or 16 channels together, or row by row.
    static let widths = [nil, 8, 16]
    static let shapes: [Shape] = [
        [1, 1, 1, 1], [1, 5, 3, 3], [3, 16, 5, 7], [2, 20, 1, 9], [4, 1, 4, 4], [5, 3, 2, 2], [2, 33, 17, 16],
        [2, 40, 1, 1],
    ]

    static func lying(_ x: Tensor, by width: Int?) -> Tensor {
        let dimensions = x.shape.dimensions
        return x.arranged(
            width.flatMap { Arrangement(.blocked(by: $0, dimensions), rowMajor: .rowMajor(dimensions)) })
    }

    /// Value, mean, variance and gradients of a sum in which every element counts differently.
    static func results(
        _ shape: Shape, hasAddend: Bool, width: Int?,
        _ body: (_ x: Tensor, _ scale: Tensor, _ shift: Tensor, _ addend: Tensor?) -> (Tensor, Tensor, Tensor)
    ) -> [Tensor] {
        let channels = shape[1]
        let scale = Parameter(.random([channels], seed: 2) + 1.5)
        let shift = Parameter(.random([channels], seed: 3))
        let x = Parameter(.random(shape, seed: 1) * 2 + .ramp([1, channels, 1, 1]))
        let addend = Parameter(.random(shape, seed: 4))
        var made: [Tensor] = []
        let (_, gradients) = withGradients {
            let (y, mean, variance) = body(
                lying(x.value, by: width), scale.value, shift.value, hasAddend ? lying(addend.value, by: width) : nil)
            made = [y, mean, variance].map(\.detached)
            return sum(y * .ramp(shape))
        }
        return made + [x, scale, shift].compactMap { gradients[$0] }
            + (hasAddend ? [gradients[addend]] : []).compactMap(\.self)
    }

    @Test("values and gradients are those of the operations one by one", arguments: shapes, widths)
    func composition(_ shape: Shape, _ width: Int?) {
        for (hasAddend, rectifies) in [(false, true), (true, true), (true, false), (false, false)] {
            let joined = Self.results(shape, hasAddend: hasAddend, width: width) {
                fusedBatchNormReLU($0, scale: $1, shift: $2, addend: $3, rectifies: rectifies)
            }
            let plain = Self.results(shape, hasAddend: hasAddend, width: width) { x, scale, shift, addend in
                let (y, mean, variance) = batchNorm(x, scale: scale, shift: shift)
                let sum = addend.map { y + $0 } ?? y
                return (rectifies ? relu(sum) : sum, mean, variance)
            }
            #expect(joined.count == (hasAddend ? 7 : 6) && joined.count == plain.count)
            for (part, (a, b)) in zip(joined, plain).enumerated() {
                let scale = max(1, b.scalars.map(abs).max() ?? 1)
                let error = zip(a.scalars, b.scalars).map { abs($0 - $1) }.max() ?? 0
                #expect(error <= 2e-5 * scale, "part \(part), addend \(hasAddend), ReLU \(rectifies)")
            }
        }
    }

    @Test("gradients are central differences")
    func differences() {
        let shape: Shape = [3, 2, 3, 2]
        // Away from the kink of ReLU, where a difference means nothing.
        expectGradients(
            at: [
                .ramp(shape) * 3, Tensor([2, 0.5], shape: [2]), Tensor([5, -4], shape: [2]), .random(shape, seed: 7),
            ], tolerance: 2e-2
        ) { inputs in
            fusedBatchNormReLU(inputs[0], scale: inputs[1], shift: inputs[2], addend: inputs[3]).result
        }
    }

    @Test("a mean far from zero costs no digits", arguments: widths)
    func farFromZero(_ width: Int?) {
        let shape: Shape = [2, 16, 8, 8]
        let near = Tensor.random(shape, seed: 5)
        // Numbers that a float holds exactly on top of 1024.
        let x = Tensor(near.scalars.map { ($0 * 1024).rounded() / 1024 }, shape: shape)
        let (one, zero) = (Tensor(filledWith: 1, shape: [16]), Tensor(filledWith: 0, shape: [16]))
        let a = fusedBatchNormReLU(Self.lying(x, by: width), scale: one, shift: zero)
        let b = fusedBatchNormReLU(Self.lying(x + 1024, by: width), scale: one, shift: zero)
        #expect(a.variance.relativeError(to: b.variance) < 1e-6)
        #expect((a.mean + 1024).relativeError(to: b.mean) < 1e-6)
        // The mean itself is rounded to what a float near 1024 can say.
        #expect(a.result.relativeError(to: b.result) < 1e-3)
    }

    @Test("NaN is passed on")
    func notANumber() {
        let x = Tensor([1, .nan, 3, 4], shape: [1, 1, 2, 2])
        let y = fusedBatchNormReLU(x, scale: Tensor([1], shape: [1]), shift: Tensor([0], shape: [1])).result
        #expect(y.scalars.allSatisfy { $0.isNaN })
    }
}
