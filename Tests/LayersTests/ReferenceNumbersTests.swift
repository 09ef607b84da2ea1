import SaccadeLayers
import SaccadeTensors
import Testing

/// Numbers at which libraries part ways, as PyTorch 2.15 has them.
@Suite struct ReferenceNumbersTests {
    @Test(
        "the nearest pixel is chosen by PyTorch's arithmetic in float32, which is not ⌊i · in / out⌋",
        arguments: [41, 47, 55, 61])
    func nearest(factor: Int) {
        let x = Tensor([0, 1], shape: [1, 1, 1, 2])
        let found = x.resized(to: Pair(1, 2 * factor), .nearest).scalars
        let expected = (0..<2 * factor).map { min(Float(Int(Float($0) * (2 / Float(2 * factor)))), 1) }
        #expect(found == expected)
        // 2 to 82 pixels: the one in the middle still shows the first.
        #expect(found[factor] == 0)
    }

    @Test("cross entropy with class weights, label smoothing and an ignored label")
    func crossEntropyNumber() {
        let logits = Tensor([2, 1, 0, 0, 3, 1, 1, 1, 4, 0, 0, 0], shape: [4, 3])
        let loss = crossEntropy(
            logits, Tensor([0, 1, 2, -100], shape: [4]), classWeights: Tensor([1, 2, 0.5], shape: [3]),
            ignoredLabel: -100, labelSmoothing: 0.1)
        #expect(abs(loss.item - 0.3791601743) < 1e-6)
    }

    @Test("the bins of adaptive pooling overlap where sizes do not divide")
    func adaptive() {
        func pooled(_ count: Int, to bins: Int) -> [Float] {
            let x = Tensor((0..<count).map(Float.init), shape: [1, 1, 1, count])
            return adaptiveAveragePool2D(x, to: Pair(1, bins)).scalars
        }
        #expect(pooled(7, to: 3) == [1, 3, 5])
        #expect(pooled(5, to: 7) == [0, 0.5, 1.5, 2, 2.5, 3.5, 4])
    }

    @Test(
        "a last window that would begin in the padding is dropped, though sizes are rounded up",
        arguments: [(5, 2, 3, 1, 2), (6, 2, 4, 1, 2), (7, 3, 5, 1, 2), (3, 2, 2, 1, 2), (2, 1, 2, 0, 1)])
    func ceilMode(_ length: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ expected: Int) {
        let x = Tensor(filledWith: 1, shape: [1, 1, length, length])
        let pooled = maxPool2D(
            x, kernel: Pair(kernel, kernel), stride: Pair(stride, stride), padding: .pixels(Pair(padding, padding)),
            ceilMode: true)
        #expect(pooled.shape == [1, 1, expected, expected])
    }

    @Test("padding counts in a mean, and what is beyond it does not")
    func ceilModeMean() {
        let x = Tensor(filledWith: 1, shape: [1, 1, 6, 6])
        let pooled = averagePool2D(x, kernel: 3, stride: 2, padding: 1, countIncludePad: true, ceilMode: true)
        let last = pooled.scalars.suffix(4)
        #expect(zip(last, [1.0 / 3, 0.5, 0.5, 0.25] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("of 7 elements a 3×3 transposed convolution of stride 2 makes 13 or 14")
    func outputSizes() {
        var generator = SystemRandomNumberGenerator()
        let up = ConvTranspose2D(in: 1, out: 1, kernel: 3, stride: 2, padding: 1, using: &generator)
        let x = Tensor(filledWith: 1, shape: [1, 1, 7, 7])
        #expect(up(x).shape == [1, 1, 13, 13])
        #expect(up(x, to: Pair(13, 14)).shape == [1, 1, 13, 14])
        #expect(up(x, to: Pair(14, 13)).scalars.count == 14 * 13)
    }
}
