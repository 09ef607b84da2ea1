import SaccadePrelude
import SaccadeTensors

/// Single operations at sizes that networks use.
struct OperationBenchmark {
    let name: String
    /// Multiplications and additions of one run; 0 where moving memory is the work.
    let operations: Double
    let body: () -> Void
    /// The same operation of PyTorch's; nil where its script has none.
    var peer: OperationPeer? = nil

    /// Forward, and both ways backward, of a convolution with a bias and a ReLU.
    static func convolution(
        _ name: String, input: Shape, outputs: Int, kernel: Int, padding: Int
    ) -> [OperationBenchmark] {
        var generator = SplitMix64(seed: 0)
        let x = random(input, &generator)
        let w = random([outputs, input[1], kernel, kernel], &generator)
        let b = random([outputs], &generator)
        let y = conv2D(x, w, bias: b, padding: .pixels(Pair(padding)), activation: .relu)
        let work = 2 * Double(y.shape.elementCount) * Double(input[1] * kernel * kernel)
        let weights = Parameter(w)
        let image = Parameter(x)
        return [
            OperationBenchmark(name: "\(name) forward", operations: work) {
                _ = conv2D(x, w, bias: b, padding: .pixels(Pair(padding)), activation: .relu)
            },
            OperationBenchmark(name: "\(name) forward + weight gradient", operations: 2 * work) {
                _ = withGradients { sum(conv2D(x, weights.value, bias: b, padding: .pixels(Pair(padding)))) }
            },
            OperationBenchmark(name: "\(name) forward + both gradients", operations: 3 * work) {
                _ = withGradients {
                    sum(conv2D(image.value, weights.value, bias: b, padding: .pixels(Pair(padding))))
                }
            },
        ]
    }

    private static func random(_ shape: Shape, _ generator: inout SplitMix64) -> Tensor {
        Tensor((0..<shape.elementCount).map { _ in .random(in: -1...1, using: &generator) }, shape: shape)
    }

    /// Max unpooling as SegNet's last, and its gradient.
    private static func unpooling() -> OperationBenchmark {
        var generator = SplitMix64(seed: 0)
        let pooled = maxPool2DWithIndices(random([1, 64, 360, 480], &generator), kernel: 2, stride: 2)
        let (x, indices, size) = (pooled.result, pooled.indices, Pair(360, 480))
        // In the order in which a gradient comes from the layer behind.
        let dy = maxUnpool2D(x, indices: indices, to: size)
        return OperationBenchmark(
            name: "max unpooling of 64 × 180×240 and its gradient", operations: 0,
            body: {
                _ = maxUnpool2D(x, indices: indices, to: size)
                _ = dy.gradientOfMaxUnpool2D(indices: indices)
            }, peer: OperationPeer(name: "max_unpool"))
    }

    static func all() -> [OperationBenchmark] {
        convolution("7×7 3→64 at 240", input: [8, 3, 240, 240], outputs: 64, kernel: 7, padding: 0)
            + convolution("5×5 64→32 at 117", input: [8, 64, 117, 117], outputs: 32, kernel: 5, padding: 0)
            + convolution("3×3 512→512 at 52", input: [1, 512, 52, 52], outputs: 512, kernel: 3, padding: 1)
            + convolution("3×3 256→256 at 14", input: [16, 256, 14, 14], outputs: 256, kernel: 3, padding: 1)
            + [unpooling()] + suppression()
    }
}
