import SaccadeLayers
import SaccadeTensors

/// A part of a decoder that doubles height and width, in one of the lecture's three styles.
protocol DecoderBlock: Module {
    /// Whether it asks where the encoder's maxima are.
    static var unpools: Bool { get }

    /// - Parameters:
    ///   - x: `[N, C, ⌈H / 2⌉, ⌈W / 2⌉]`.
    ///   - size: H and W.
    ///   - indices: Where the maxima of the encoder's map of that size are, `[N, D, ⌈H / 2⌉, ⌈W / 2⌉]`; nil where there is
    ///     none, and then each element goes to the upper left of its four places (Dosovitskiy et al., "Learning to Generate
    ///     Chairs with Convolutional Neural Networks", 2015).
    /// - Returns: `[N, D, H, W]`.
    func callAsFunction(_ x: Tensor, to size: Pair, indices: Tensor?) -> Tensor
}

/// Unpooling and three 3×3 convolutions: the mirror image of a stage of VGG, as in DeconvNet and SegNet.
struct VGGDecoderBlock: DecoderBlock {
    static let unpools = true

    /// 1×1, where the channels are not those of the pooling indices.
    let reduce: ConvBlock?
    let conv1: ConvBlock
    let conv2: ConvBlock
    let conv3: ConvBlock

    init(_ inputs: Int, _ outputs: Int, using generator: inout some RandomNumberGenerator) {
        reduce = inputs == outputs ? nil : .normalized(inputs, outputs, kernel: 1, using: &generator)
        conv1 = .normalized(outputs, outputs, using: &generator)
        conv2 = .normalized(outputs, outputs, using: &generator)
        conv3 = .normalized(outputs, outputs, using: &generator)
    }

    func callAsFunction(_ x: Tensor, to size: Pair, indices: Tensor?) -> Tensor {
        conv3(conv2(conv1(unpooled(reduce?(x) ?? x, indices, to: size))))
    }
}

/// Four ways to enlarge a map, side by side: the mirror image of GoogLeNet's module of parallel branches.
struct GoogLeNetDecoderBlock: DecoderBlock {
    static let unpools = true

    /// 1×1, enlarged bilinearly.
    let conv1x1: ConvBlock
    /// 3×3 behind a reduction, enlarged bilinearly.
    let reduce3x3: ConvBlock
    let conv3x3: ConvBlock
    /// A 3×3 transposed convolution behind a reduction.
    let reduceUp: ConvBlock
    let up: ConvTranspose2D
    let upNorm: BatchNorm2D
    /// 1×1, unpooled.
    let unpool: ConvBlock

    init(_ inputs: Int, _ outputs: Int, using generator: inout some RandomNumberGenerator) {
        let quarter = max(1, outputs / 4)
        conv1x1 = .normalized(inputs, max(1, outputs - 3 * quarter), kernel: 1, using: &generator)
        reduce3x3 = .normalized(inputs, quarter, kernel: 1, using: &generator)
        conv3x3 = .normalized(quarter, quarter, using: &generator)
        reduceUp = .normalized(inputs, quarter, kernel: 1, using: &generator)
        up = .doubling(quarter, quarter, kernel: 3, using: &generator)
        upNorm = BatchNorm2D(quarter)
        unpool = .normalized(inputs, quarter, kernel: 1, using: &generator)
    }

    func callAsFunction(_ x: Tensor, to size: Pair, indices: Tensor?) -> Tensor {
        let sparse = unpool(x)
        // Its channels are fewer than the encoder's map has: the first of those say where.
        let places = indices.map { $0.sliced(axis: 1, 0..<sparse.shape[1]) }
        return concatenated(
            [
                conv1x1(x).resized(to: size), conv3x3(reduce3x3(x)).resized(to: size),
                upNorm(up(reduceUp(x), to: size), activation: .relu), unpooled(sparse, places, to: size),
            ], axis: 1)
    }
}

/// A 3×3 transposed convolution with a convolution behind it, and beside both a 1×1 transposed convolution as the
/// shortcut, summed: the mirror image of a residual block.
struct ResNetDecoderBlock: DecoderBlock {
    static let unpools = false

    let up: ConvTranspose2D
    let upNorm: BatchNorm2D
    let conv: Conv2D
    let convNorm: BatchNorm2D
    let shortcut: ConvTranspose2D
    let shortcutNorm: BatchNorm2D

    init(_ inputs: Int, _ outputs: Int, using generator: inout some RandomNumberGenerator) {
        up = .doubling(inputs, outputs, kernel: 3, using: &generator)
        upNorm = BatchNorm2D(outputs)
        conv = Conv2D(
            in: outputs, out: outputs, kernel: 3, padding: 1, bias: false, initializer: .kaimingNormal(),
            using: &generator)
        convNorm = BatchNorm2D(outputs)
        shortcut = .doubling(inputs, outputs, kernel: 1, using: &generator)
        shortcutNorm = BatchNorm2D(outputs)
    }

    func callAsFunction(_ x: Tensor, to size: Pair, indices: Tensor?) -> Tensor {
        let y = conv(upNorm(up(x, to: size), activation: .relu))
        return convNorm(y, adding: shortcutNorm(shortcut(x, to: size)), activation: .relu)
    }
}

/// Each element where the encoder had its maximum, or in the upper left of its four places.
private func unpooled(_ x: Tensor, _ indices: Tensor?, to size: Pair) -> Tensor {
    if let indices { return maxUnpool2D(x, indices: indices, to: size) }
    let (rows, columns) = (x.shape[2], x.shape[3])
    let corners = (0..<rows).flatMap { row in (0..<columns).map { Float(2 * row * size.width + 2 * $0) } }
    let places = Tensor(corners, shape: [1, 1, rows, columns]).broadcast(to: x.shape)
    return maxUnpool2D(x, indices: places, to: size)
}

extension ConvBlock {
    /// A convolution that keeps the size, batch norm, and ReLU.
    static func normalized(
        _ inputs: Int, _ outputs: Int, kernel: Int = 3, using generator: inout some RandomNumberGenerator
    ) -> ConvBlock {
        ConvBlock(
            Conv2D(
                in: inputs, out: outputs, kernel: Pair(kernel, kernel), padding: .pixels(Pair(kernel / 2, kernel / 2)),
                bias: false, initializer: .kaimingNormal(), using: &generator),
            BatchNorm2D(outputs), activation: .relu)
    }
}

extension ConvTranspose2D {
    /// A transposed convolution that doubles height and width, or gives one element less.
    fileprivate static func doubling(
        _ inputs: Int, _ outputs: Int, kernel: Int, using generator: inout some RandomNumberGenerator
    ) -> ConvTranspose2D {
        ConvTranspose2D(
            in: inputs, out: outputs, kernel: Pair(kernel, kernel), stride: 2, padding: Pair(kernel / 2, kernel / 2),
            bias: false, initializer: .kaimingNormal(fan: .output), using: &generator)
    }
}
