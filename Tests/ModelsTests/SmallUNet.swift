import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation" (2015), figure 1, of any depth
/// and width: 3×3 convolutions without padding, and crops of what the encoder hands over.
struct SmallUNet: Model {
    struct DoubleConv: Layer {
        let conv1, conv2: Conv2D

        init(_ inputs: Int, _ outputs: Int, using generator: inout SplitMix64) {
            conv1 = Conv2D(in: inputs, out: outputs, kernel: 3, using: &generator)
            conv2 = Conv2D(in: outputs, out: outputs, kernel: 3, using: &generator)
        }

        func callAsFunction(_ x: Tensor) -> Tensor { relu(conv2(relu(conv1(x, as: "conv1")), as: "conv2")) }
    }

    let down: [DoubleConv]
    let up: [ConvTranspose2D]
    let decode: [DoubleConv]
    let head: Conv2D
    let side: Int

    /// - Parameter widths: Channels of each level, from the top down.
    init(_ widths: [Int], side: Int, classes: Int, seed: UInt64 = 1) {
        var generator = SplitMix64(seed: seed)
        down = widths.indices.map { DoubleConv($0 == 0 ? 1 : widths[$0 - 1], widths[$0], using: &generator) }
        up = widths.indices.dropLast().map {
            ConvTranspose2D(in: widths[$0 + 1], out: widths[$0], kernel: 2, stride: 2, using: &generator)
        }
        decode = widths.indices.dropLast().map { DoubleConv(2 * widths[$0], widths[$0], using: &generator) }
        head = Conv2D(in: widths[0], out: classes, kernel: 1, using: &generator)
        self.side = side
    }

    var inputs: [ModelInput] { [ModelInput("image", [.batch, .fixed(1)] + [.free(length), .free(length)])] }
    private var length: FreeLength { FreeLength(usual: side) }
    var outputs: [String] { ["scores"] }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        var x = inputs[0]
        var skips: [Tensor] = []
        for (level, block) in down.enumerated() {
            x = block(level == 0 ? x : maxPool2D(x, kernel: 2), as: "down.\(level)")
            skips.append(x)
        }
        for level in up.indices.reversed() {
            x = up[level](x, as: "up.\(level)")
            x = decode[level](concatenated([skips[level].cropped(like: x), x], axis: 1), as: "decode.\(level)")
        }
        return [head(x, as: "head")]
    }
}

extension Tensor {
    /// The middle, as large as `other`.
    fileprivate func cropped(like other: Tensor) -> Tensor {
        (2...3).reduce(self) { x, axis in
            let start = (x.shape[axis] - other.shape[axis]) / 2
            return x.sliced(axis: axis, start..<start + other.shape[axis])
        }
    }
}
