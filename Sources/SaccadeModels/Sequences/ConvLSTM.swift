public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// One step of an LSTM whose products are convolutions, so that its state is a map: Shi et al., "Convolutional LSTM
/// Network" (2015), without peepholes.
public struct ConvLSTMCell: Module {
    private let conv: Conv2D
    private let hidden: Int

    /// - Parameters:
    ///   - inputs: Channels of the input.
    ///   - hidden: Channels of the state.
    ///   - kernel: Odd; the state moves by half of it in a step at most.
    public init(in inputs: Int, out hidden: Int, kernel: Int, using generator: inout some RandomNumberGenerator) {
        conv = Conv2D(
            in: inputs + hidden, out: 4 * hidden, kernel: Pair(kernel, kernel),
            padding: .pixels(Pair(kernel / 2, kernel / 2)), using: &generator)
        self.hidden = hidden
    }

    /// - Parameters:
    ///   - x: `[N, in, H, W]`.
    ///   - state: After the step before, maps `[N, hidden, H, W]`; nil is zeros.
    public func callAsFunction(_ x: Tensor, _ state: RNNState?) -> RNNState {
        let shape: Shape = [x.shape[0], hidden, x.shape[2], x.shape[3]]
        let zeros = Tensor(filledWith: 0, shape: shape)
        let before = state ?? RNNState(hidden: zeros, cell: zeros)
        // Channels lie one behind the other, gate after gate: as the gates of a plain LSTM with C·H·W units do.
        let gates = conv(concatenated([x, before.hidden], axis: 1)).flattened(from: 1)
        let next = lstmStep(gates, cell: (before.cell ?? zeros).flattened(from: 1))
        return RNNState(hidden: next.hidden.reshaped(to: shape), cell: next.cell.reshaped(to: shape))
    }
}

/// A network that watches a clip and says of each frame how the next will look.
///
/// It halves frames twice, remembers what it sees in a convolutional LSTM, and enlarges again, with skips from the frame
/// itself; what comes out is added to the frame, for most of the next is what this one was.
public struct FramePredictor: Model {
    /// The settings of a recipe, `network: {conv-lstm: {width: 16, hidden: 48}}`.
    public struct Configuration: Sendable, Hashable {
        /// Channels at a frame's own size; each halving has twice as many. 1 to 256.
        public var width = 16
        /// Channels of the state, 1 to 1024.
        public var hidden = 64
        /// Of the LSTM's convolution, odd, 1 to 15.
        public var kernel = 5

        public init() {}
    }

    private let down: [Conv2D]
    private let cell: ConvLSTMCell
    private let up: [ConvTranspose2D]
    private let merge: [Conv2D]
    private let head: Conv2D
    private let image: ImageShape
    private let usualLength: Int

    /// - Parameters:
    ///   - image: Of a frame; its sides are multiples of 4.
    ///   - length: Frames of a usual clip.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape, length: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "FramePredictor: \(configuration.problem ?? "")")
        require(image.height % 4 == 0 && image.width % 4 == 0, "FramePredictor: \(image.height)×\(image.width)")
        (self.image, usualLength) = (image, length)
        let widths = [configuration.width, 2 * configuration.width, 4 * configuration.width]
        func conv(_ inputs: Int, _ outputs: Int, stride: Int = 1) -> Conv2D {
            Conv2D(
                in: inputs, out: outputs, kernel: 3, stride: Pair(stride, stride), padding: 1, activation: .relu,
                initializer: .kaimingNormal(), using: &generator)
        }
        // The frame, and what has changed since the one before.
        down = [
            conv(2 * image.channels, widths[0]), conv(widths[0], widths[1], stride: 2),
            conv(widths[1], widths[2], stride: 2),
        ]
        cell = ConvLSTMCell(
            in: widths[2], out: configuration.hidden, kernel: configuration.kernel, using: &generator)
        up = [
            ConvTranspose2D(in: configuration.hidden, out: widths[1], kernel: 2, stride: 2, using: &generator),
            ConvTranspose2D(in: widths[1], out: widths[0], kernel: 2, stride: 2, using: &generator),
        ]
        merge = [conv(2 * widths[1], widths[1]), conv(2 * widths[0], widths[0])]
        // Nothing at first: the next frame is this one.
        head = Conv2D(
            in: widths[0], out: image.channels, kernel: 3, padding: 1, initializer: .constant(0), using: &generator)
    }

    public var inputs: [ModelInput] {
        [
            ModelInput(
                "frames",
                [
                    .free(FreeLength(usual: usualLength)), .batch, .fixed(image.channels), .fixed(image.height),
                    .fixed(image.width),
                ])
        ]
    }
    public var outputs: [String] { ["next"] }

    /// - Parameter inputs: Frames, `[T, N, C, H, W]`.
    /// - Returns: What comes after each, in the same shape.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let frames = inputs[0]
        var (state, before): (RNNState?, Tensor?) = (nil, nil)
        let next = (0..<frames.shape[0]).map { step -> Tensor in
            let frame = frames.sliced(axis: 0, step..<step + 1).reshaped(
                to: Shape(Array(frames.shape.dimensions.dropFirst())))
            let change = frame - (before ?? frame)
            before = frame
            let fine = down[0](concatenated([frame, change], axis: 1))
            let middle = down[1](fine)
            let now = cell(down[2](middle), state)
            state = now
            var x = merge[0](concatenated([up[0](now.hidden), middle], axis: 1))
            x = merge[1](concatenated([up[1](x), fine], axis: 1))
            return (frame + head(x)).reshaped(to: Shape([1] + frame.shape.dimensions))
        }
        return [concatenated(next, axis: 0)]
    }
}

extension FramePredictor.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        for (name, count, most) in [("width", width, 256), ("hidden", hidden, 1024), ("kernel", kernel, 15)]
        where !(1...most).contains(count) {
            return "\(name) must be 1 to \(most), not \(count)"
        }
        return kernel % 2 == 1 ? nil : "kernel must be odd, not \(kernel)"
    }
}

extension FramePredictor.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable { case width, hidden, kernel }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        kernel = try values.decodeIfPresent(Int.self, forKey: .kernel) ?? kernel
        try decoder.refuse(problem)
    }
}
