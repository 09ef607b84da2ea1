public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// DRAW: Gregor, Danihelka, Graves, Rezende and Wierstra, "DRAW: A Recurrent Neural Network For Image Generation" (2015).
///
/// A network that draws in steps. In each an encoder reads the image and what its canvas lacks, says how a few latent numbers
/// are distributed, and from a sample of them a decoder adds to the canvas; without an image the latent numbers are drawn
/// from the standard normal distribution. With attention it reads and writes through windows of Gaussian filters.
public struct DRAW: StagedModel {
    /// The settings of a recipe, `network: {draw: {steps: 64, hidden: 256, latents: 100, read: 2, write: 5}}`: these are the
    /// paper's for binarised MNIST (table 3), and what holds where nothing is said.
    public struct Configuration: Sendable, Hashable {
        /// 1 to 256.
        public var steps = 64
        /// Numbers that encoder and decoder remember, 8 to 2048 each.
        public var hidden = 256
        /// Numbers that are sampled in each step, 1 to 1024.
        public var latents = 100
        /// Filters along each side of the window that is read, 2 to 64.
        public var read = 2
        /// Likewise of the window that is written.
        public var write = 5
        /// Whether there are windows; otherwise all is read and written in each step.
        public var attention = true

        public init() {}
    }

    public let configuration: Configuration
    public let image: ImageShape
    let encoder: RNNCell
    let decoder: RNNCell
    let mean: Linear
    let logDeviation: Linear
    let readWindow: Linear?
    let writeWindow: Linear?
    let write: Linear
    /// What the canvas and the states begin with, which is learnt.
    let initialCanvas: Parameter  // [C, H, W]
    let initialEncoder: Parameter  // [hidden]
    let initialDecoder: Parameter  // [hidden]

    /// - Parameters:
    ///   - configuration: Without a problem.
    ///   - image: The images' shape.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "DRAW: \(configuration.problem ?? "")")
        (self.configuration, self.image) = (configuration, image)
        let (hidden, latents, pixels) = (configuration.hidden, configuration.latents, image.elementCount)
        func seen(_ side: Int) -> Int { configuration.attention ? image.channels * side * side : pixels }
        encoder = RNNCell(.lstm, in: 2 * seen(configuration.read) + hidden, out: hidden, using: &generator)
        decoder = RNNCell(.lstm, in: latents, out: hidden, using: &generator)
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            // With PyTorch's smaller ones it takes several epochs longer until the canvas says more than the mean image.
            Linear(in: inputs, out: outputs, initializer: .xavierUniform(), using: &generator)
        }
        (mean, logDeviation) = (linear(hidden, latents), linear(hidden, latents))
        readWindow = configuration.attention ? linear(hidden, 5) : nil
        writeWindow = configuration.attention ? linear(hidden, 5) : nil
        write = linear(hidden, seen(configuration.write))
        let zero = Initializer.constant(0)
        initialCanvas = zero.parameter([image.channels, image.height, image.width], using: &generator)
        initialEncoder = zero.parameter([hidden], using: &generator)
        initialDecoder = zero.parameter([hidden], using: &generator)
    }

    /// Nothing that it says is a class.
    public func classCount(in shapes: [String: Shape]) -> Int? { nil }

    /// A step with an image, which training and judging run again and again, and one without, which draws.
    public var stages: [(name: String, model: any Model)] {
        [("step", LearningStep(network: self)), ("draw", DrawingStep(network: self))]
    }
}

/// What goes from one step to the next.
public struct DRAWState {
    /// `[N, C, H, W]`: a pixel is white with the chance of the sigmoid of its number.
    public var canvas: Tensor
    var encoder: RNNState
    var decoder: RNNState
}

extension DRAW {
    /// Before the first step.
    public func initialState(count: Int) -> DRAWState {
        let hidden = configuration.hidden
        func begun(_ parameter: Parameter) -> RNNState {
            RNNState(
                hidden: parameter.value.reshaped(to: [1, hidden]).broadcast(to: [count, hidden]),
                cell: Tensor(filledWith: 0, shape: [count, hidden]))
        }
        let shape: Shape = [count, image.channels, image.height, image.width]
        let canvas = initialCanvas.value.reshaped(to: Shape([1] + shape.dimensions.dropFirst())).broadcast(to: shape)
        return DRAWState(canvas: canvas, encoder: begun(initialEncoder), decoder: begun(initialDecoder))
    }

    /// One step with images.
    ///
    /// - Parameters:
    ///   - images: `[N, C, H, W]`, 0...1.
    ///   - noise: `[N, latents]`, from the standard normal distribution.
    ///   - run: Runs a stage.
    /// - Returns: By how many nats what the encoder says differs from what is drawn without it, `[N]`: the Kullback–Leibler
    ///   divergence of equation 11.
    public func step(
        _ state: inout DRAWState, _ images: Tensor, noise: Tensor,
        run: (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]
    ) rethrows -> Tensor {
        let found = try run(
            0, [images, state.canvas] + state.encoder.tensors + state.decoder.tensors + [noise])
        state = DRAWState(
            canvas: found[0], encoder: RNNState(hidden: found[2], cell: found[3]),
            decoder: RNNState(hidden: found[4], cell: found[5]))
        return found[1]
    }

    /// One step without images.
    ///
    /// - Parameters:
    ///   - latents: `[N, latents]`, from the standard normal distribution.
    ///   - run: Runs a stage.
    /// - Returns: Where the window was: x and y of its middle, the distance of its filters and their deviation, all in pixels,
    ///   `[N, 4]`; nil where there is none.
    public func draw(
        on state: inout DRAWState, latents: Tensor, run: (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]
    ) rethrows -> Tensor? {
        let found = try run(1, [state.canvas] + state.decoder.tensors + [latents])
        state.canvas = found[0]
        state.decoder = RNNState(hidden: found[1], cell: found[2])
        return found.count > 3 ? found[3] : nil
    }

    /// The random numbers of each step for some samples, `[N, latents]`, from the standard normal distribution. Each sample
    /// has its own, so that it does not matter which others are beside it.
    ///
    /// - Parameter seeds: Of each sample.
    public func noise(seeds: [UInt64]) -> [Tensor] {
        let (steps, latents) = (configuration.steps, configuration.latents)
        var numbers = [[Float]](repeating: [], count: steps)
        for step in 0..<steps { numbers[step].reserveCapacity(seeds.count * latents) }
        for seed in seeds {
            var generator = SplitMix64(seed: seed)
            Initializer.normal()([steps, latents], using: &generator).withScalars { drawn in
                for step in 0..<steps { numbers[step] += drawn[step * latents..<(step + 1) * latents] }
            }
        }
        return numbers.map { Tensor($0, shape: [seeds.count, latents]) }
    }

    // MARK: Equations 3 to 8

    fileprivate func encoded(
        _ images: Tensor, _ canvas: Tensor, _ state: RNNState, _ decoder: Tensor
    ) -> RNNState {
        let error = images - sigmoid(canvas)
        var seen = concatenated([images, error], axis: 1)  // [N, 2C, H, W]
        if let readWindow {
            seen = GaussianWindow(
                readWindow(decoder), size: configuration.read, height: image.height, width: image.width
            ).read(seen)
        }
        return encoder(concatenated([seen.flattened(from: 1), decoder], axis: 1), state)
    }

    fileprivate func decoded(
        _ canvas: Tensor, _ state: RNNState, _ latents: Tensor
    ) -> (canvas: Tensor, state: RNNState, window: Tensor?) {
        let state = decoder(latents, state)
        let count = canvas.shape[0]
        guard let writeWindow else {
            return (canvas + write(state.hidden).reshaped(to: canvas.shape), state, nil)
        }
        let side = configuration.write
        let window = GaussianWindow(
            writeWindow(state.hidden), size: side, height: image.height, width: image.width)
        let patch = write(state.hidden).reshaped(to: [count, image.channels, side, side])
        return (canvas + window.write(patch), state, window.place)
    }

    /// A sample of what the encoder says, and the divergence.
    fileprivate func sampled(_ state: Tensor, _ noise: Tensor) -> (latents: Tensor, divergence: Tensor) {
        let (mean, log) = (mean(state), logDeviation(state))
        let deviation = exp(log)
        let divergence = sum(mean * mean + deviation * deviation - log * 2 - 1, axes: [1]) * 0.5
        return (mean + deviation * noise, divergence)
    }
}

/// Encoder and decoder.
private struct LearningStep: Model {
    let network: DRAW

    var children: [(name: String, value: Any)] { network.children }
    var inputs: [ModelInput] {
        let (image, hidden) = (network.image, network.configuration.hidden)
        return ["image", "canvas"].map {
            ModelInput($0, [.batch, .fixed(image.channels), .fixed(image.height), .fixed(image.width)])
        } + ["encoder", "encoder cell", "decoder", "decoder cell"].map { ModelInput($0, [.batch, .fixed(hidden)]) }
            + [ModelInput("noise", [.batch, .fixed(network.configuration.latents)])]
    }
    var outputs: [String] {
        ["next canvas", "divergence", "next encoder", "next encoder cell", "next decoder", "next decoder cell"]
    }
    var runsInTraining: Int { network.configuration.steps }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let encoder = network.encoded(
            inputs[0], inputs[1], RNNState(hidden: inputs[2], cell: inputs[3]), inputs[4])
        let (latents, divergence) = network.sampled(encoder.hidden, inputs[6])
        let (canvas, decoder, _) = network.decoded(
            inputs[1], RNNState(hidden: inputs[4], cell: inputs[5]), latents)
        return [canvas, divergence] + encoder.tensors + decoder.tensors
    }
}

/// The decoder alone.
private struct DrawingStep: Model {
    let network: DRAW

    var children: [(name: String, value: Any)] { network.children }
    var inputs: [ModelInput] {
        let (image, hidden) = (network.image, network.configuration.hidden)
        return [
            ModelInput("canvas", [.batch, .fixed(image.channels), .fixed(image.height), .fixed(image.width)]),
            ModelInput("decoder", [.batch, .fixed(hidden)]), ModelInput("decoder cell", [.batch, .fixed(hidden)]),
            ModelInput("latents", [.batch, .fixed(network.configuration.latents)]),
        ]
    }
    var outputs: [String] {
        ["next canvas", "next decoder", "next decoder cell"] + (network.configuration.attention ? ["window"] : [])
    }
    var runsInTraining: Int { 0 }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let (canvas, state, window) = network.decoded(
            inputs[0], RNNState(hidden: inputs[1], cell: inputs[2]), inputs[3])
        return [canvas] + state.tensors + (window.map { [$0] } ?? [])
    }
}

extension ImageShape {
    /// Numbers of an image.
    var elementCount: Int { channels * height * width }
}
