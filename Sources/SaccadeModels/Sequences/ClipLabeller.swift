public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// A network that watches a clip, and says what happens in all of it, or in each of its frames.
///
/// A small convolutional network looks at each frame, and at what has changed since the frame before; recurrent layers
/// put together what it saw, from both ends where they may: Donahue et al., "Long-term Recurrent Convolutional Networks
/// for Visual Recognition and Description" (2015), with differences of frames in place of optical flow.
public struct ClipLabeller: Model {
    /// The settings of a recipe, `network: {conv-rnn: {width: 16, hidden: 128}}`.
    public struct Configuration: Sendable, Hashable {
        /// Channels of the first convolution; each further one has twice as many, to eight times. 1 to 256.
        public var width = 16
        /// What is done in a step: `rnn`, `rnn-relu`, `lstm` or `gru`.
        public var cell = RecurrentCell.lstm
        /// Units of a layer in one direction, 1 to 8192.
        public var hidden = 128
        /// Whether clips are read from both ends; otherwise a frame is judged by what came before alone.
        public var bidirectional = true
        /// Whether the network sees, beside a frame, what has changed since the one before.
        public var differences = true
        /// The chance of elements to become zero while training, in `0..<1`.
        public var dropout = 0.2

        public init() {}
    }

    /// Labels that there are.
    public let labels: Int
    /// Whether each frame has an answer; otherwise the whole clip has one.
    public let labelsEach: Bool
    private let convolutions: [ConvBlock]
    private let projection: Linear
    private let rnn: RNN
    private let scores: Linear
    private let dropout: Dropout
    private let seesDifferences: Bool
    private let image: ImageShape
    private let usualLength: Int

    /// - Parameters:
    ///   - image: Of a frame; its sides are at least 16.
    ///   - labels: How many answers there are.
    ///   - length: Frames of a usual clip.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape, labels: Int, labelsEach: Bool, length: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "ClipLabeller: \(configuration.problem ?? "")")
        require(min(image.height, image.width) >= 16, "ClipLabeller: frames of \(image.height)×\(image.width)")
        (self.image, self.labels, self.labelsEach, usualLength) = (image, labels, labelsEach, length)
        seesDifferences = configuration.differences
        let widths = (0..<4).map { configuration.width << min($0, 3) }
        let channels = image.channels * (configuration.differences ? 2 : 1)
        var convolutions: [ConvBlock] = []
        for (input, output) in zip([channels] + widths, widths) {
            convolutions.append(
                ConvBlock(
                    Conv2D(in: input, out: output, kernel: 3, stride: 2, padding: 1, bias: false, using: &generator),
                    BatchNorm2D(output), activation: .relu))
        }
        self.convolutions = convolutions
        func halved(_ length: Int) -> Int { (0..<4).reduce(length) { length, _ in (length + 1) / 2 } }
        projection = Linear(
            in: widths[3] * halved(image.height) * halved(image.width), out: configuration.hidden, activation: .relu,
            using: &generator)
        rnn = RNN(
            configuration.cell, in: configuration.hidden, out: configuration.hidden,
            isBidirectional: configuration.bidirectional, using: &generator)
        scores = Linear(in: rnn.outputs, out: labels, using: &generator)
        dropout = Dropout(probability: Float(configuration.dropout), using: &generator)
    }

    public var inputs: [ModelInput] {
        [
            ModelInput(
                "frames",
                [
                    .free(FreeLength(usual: usualLength)), .batch, .fixed(image.channels), .fixed(image.height),
                    .fixed(image.width),
                ]), ModelInput("lengths", [.batch]),
        ]
    }
    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["scores"] }

    /// - Parameter inputs: Frames, `[T, N, C, H, W]`, and how many each clip has, `[N]`, of at least 1.
    /// - Returns: `[N, labels]`, or `[T, N, labels]` of each frame.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let frames = inputs[0]
        let (steps, count) = (frames.shape[0], frames.shape[1])
        let seen = seesDifferences ? concatenated([frames, changes(in: frames)], axis: 2) : frames
        var x = seen.reshaped(to: [steps * count, seen.shape[2], image.height, image.width])
        for convolution in convolutions { x = convolution(x) }
        let features = dropout(projection(x.flattened(from: 1))).reshaped(to: [steps, count, rnn.inputs])
        let (outputs, _) = rnn(features, lengths: inputs[1])
        guard !labelsEach else { return [scores(dropout(outputs))] }
        let whole = max(outputs + paddingMask(steps: steps, lengths: inputs[1]), axes: [0])
        return [scores(dropout(whole))]
    }

    /// What is new in each frame; nothing in the first.
    private func changes(in frames: Tensor) -> Tensor {
        let steps = frames.shape[0]
        let first = frames.sliced(axis: 0, 0..<1)
        let before = steps > 1 ? concatenated([first, frames.sliced(axis: 0, 0..<steps - 1)], axis: 0) : first
        return frames - before
    }
}

extension ClipLabeller.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        for (name, count, most) in [("width", width, 256), ("hidden", hidden, 8192)] where !(1...most).contains(count) {
            return "\(name) must be 1 to \(most), not \(count)"
        }
        return (0..<1).contains(dropout) ? nil : "dropout must be at least 0 and below 1, not \(dropout)"
    }
}

extension ClipLabeller.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable { case width, cell, hidden, bidirectional, differences, dropout }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
        cell = try decoder.choice(values, .cell) ?? cell
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        bidirectional = try values.decodeIfPresent(Bool.self, forKey: .bidirectional) ?? bidirectional
        differences = try values.decodeIfPresent(Bool.self, forKey: .differences) ?? differences
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        try decoder.refuse(problem)
    }
}
