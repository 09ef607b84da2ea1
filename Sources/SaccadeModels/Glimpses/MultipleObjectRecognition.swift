public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors

/// DRAM, the deep recurrent attention model: Ba, Mnih and Kavukcuoglu, "Multiple Object Recognition with Visual Attention"
/// (2015), figure 1.
///
/// A context network looks at the whole image coarsely and begins the upper of two recurrent layers, from which the emission
/// network says where each glimpse goes. The glimpse network multiplies what is seen by where it is, the lower recurrent layer
/// adds that up, and the classification network names a class from it after every few glimpses, one object after another. As
/// the context reaches the upper layer alone, nothing can be named that no glimpse has seen.
public struct MultipleObjectRecognition: GlimpseNetwork {
    /// The settings of a recipe, `network: {dram: {glimpses: 3, hidden: 256}}`.
    public struct Configuration: Sendable, Hashable {
        /// For each object, 1 to 16.
        public var glimpses = 3
        /// Rows and columns of a patch, 4 to 64; a multiple of 4.
        public var size = 12
        /// Patches of a glimpse, each of twice the side of the one before; 1 to 4.
        public var scales = 2
        /// Numbers that each recurrent layer remembers, 8 to 2048.
        public var hidden = 256
        /// Maps of the glimpse network's first convolution, 1 to 256; the second has twice as many.
        public var width = 16
        /// Rows and columns of the coarse image that the context network sees, 8 to 128; a multiple of 4.
        public var context = 24
        /// Around the place that is said; in units of half an image, above 0 and at most 1.
        public var deviation = 0.1

        public init() {}
    }

    public let sensor: GlimpseSensor
    public let classes: Int
    public let answers: Int
    public let configuration: Configuration
    private let image: ImageShape
    let context: ContextNetwork
    let glimpse: GlimpseConvolutions
    let recurrent: [RNNCell]
    let emission: Linear
    let classification: Classification
    let baseline: Linear

    /// From what the lower layer has added up to classes.
    struct Classification: Layer {
        let fc1: Linear
        let fc2: Linear

        init(_ hidden: Int, classes: Int, using generator: inout some RandomNumberGenerator) {
            fc1 = Linear(in: hidden, out: hidden, activation: .relu, using: &generator)
            fc2 = Linear(in: hidden, out: classes, using: &generator)
        }

        func callAsFunction(_ x: Tensor) -> Tensor { fc2(fc1(x)) }
    }

    public var glimpses: Int { configuration.glimpses }
    public var start: FirstGlimpse { .context }
    public var deviation: Float { Float(configuration.deviation) }
    public var stateLengths: [Int] { states.map(\.length) }
    /// The hidden state of the upper layer.
    public var stateOfContext: Int { 2 }
    public var heads: [String] { ["classification.fc2"] }

    /// - Parameters:
    ///   - configuration: Without a problem.
    ///   - image: The images' shape.
    ///   - classes: At least 1.
    ///   - answers: Objects on an image, at least 1.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape, classes: Int, answers: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "MultipleObjectRecognition: \(configuration.problem ?? "")")
        (self.configuration, self.image, self.classes, self.answers) = (configuration, image, classes, answers)
        sensor = GlimpseSensor(channels: image.channels, size: configuration.size, scales: configuration.scales)
        let hidden = configuration.hidden
        context = ContextNetwork(image.channels, side: configuration.context, out: hidden, using: &generator)
        glimpse = GlimpseConvolutions(sensor, width: configuration.width, out: hidden, using: &generator)
        recurrent = [
            RNNCell(.lstm, in: hidden, out: hidden, using: &generator),
            RNNCell(.lstm, in: hidden, out: hidden, using: &generator),
        ]
        emission = Linear(in: hidden, out: 2, using: &generator)
        classification = Classification(hidden, classes: classes, using: &generator)
        baseline = Linear(in: hidden, out: 1, using: &generator)
    }

    private var states: [(name: String, length: Int)] {
        ["lower state", "lower cell", "upper state", "upper cell"].map { ($0, configuration.hidden) }
    }

    public var stages: [(name: String, model: any Model)] {
        let first = ContextStage(network: self, image: image)
        let step = GlimpseStage(network: self, sensor: sensor, states: states, glimpses: glimpseCount) {
            patches, place, states in
            let lower = recurrent[0](glimpse(patches, place), RNNState(hidden: states[0], cell: states[1]))
            let upper = recurrent[1](lower.hidden, RNNState(hidden: states[2], cell: states[3]))
            let (mean, expected) = self.next(upper.hidden)
            return GlimpseStage.Result(
                scores: classification(lower.hidden), mean: mean, baseline: expected,
                states: lower.tensors + upper.tensors)
        }
        return [("context", first), ("glimpse", step)]
    }

    /// Where the next glimpse goes, and the reward that is expected.
    fileprivate func next(_ state: Tensor) -> (mean: Tensor, baseline: Tensor) {
        // What is expected must not bend what is remembered.
        (tanh(emission(state)), baseline(state.detached))
    }
}

/// The whole image, coarsely: where to look first, what to expect, and the state to begin with.
private struct ContextStage: Model {
    let network: MultipleObjectRecognition
    let image: ImageShape

    var children: [(name: String, value: Any)] { network.children }
    var inputs: [ModelInput] {
        [ModelInput("image", [.batch, .fixed(image.channels), .fixed(image.height), .fixed(image.width)])]
    }
    var outputs: [String] { ["first place", "baseline", "upper state"] }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let state = network.context(inputs[0])
        let (mean, baseline) = network.next(state)
        return [mean, baseline, state]
    }
}

/// Convolutions over a coarse image.
struct ContextNetwork: Layer {
    let conv1: Conv2D
    let conv2: Conv2D
    let conv3: Conv2D
    let fc: Linear
    private let side: Int

    init(_ channels: Int, side: Int, out outputs: Int, using generator: inout some RandomNumberGenerator) {
        func conv(_ inputs: Int, _ outputs: Int) -> Conv2D {
            Conv2D(in: inputs, out: outputs, kernel: 3, padding: .same, activation: .relu, using: &generator)
        }
        (conv1, conv2, conv3) = (conv(channels, 8), conv(8, 16), conv(16, 16))
        fc = Linear(in: 16 * (side / 4) * (side / 4), out: outputs, using: &generator)
        self.side = side
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let coarse = adaptiveAveragePool2D(x, to: Pair(side, side))
        let halved = maxPool2D(conv1(coarse), kernel: 2, stride: 2)
        let quartered = maxPool2D(conv2(halved), kernel: 2, stride: 2)
        // As large as a hidden state can be.
        return tanh(fc(conv3(quartered).flattened(from: 1)))
    }
}

/// What is seen, by convolutions, times where it is: section 3 of Ba et al. (2015).
struct GlimpseConvolutions: Module {
    let conv1: Conv2D
    let conv2: Conv2D
    let what: Linear
    let place: Linear

    init(_ sensor: GlimpseSensor, width: Int, out outputs: Int, using generator: inout some RandomNumberGenerator) {
        func conv(_ inputs: Int, _ outputs: Int) -> Conv2D {
            Conv2D(in: inputs, out: outputs, kernel: 3, padding: .same, activation: .relu, using: &generator)
        }
        conv1 = conv(sensor.scales * sensor.channels, width)
        conv2 = conv(width, 2 * width)
        let side = sensor.size / 4
        what = Linear(in: 2 * width * side * side, out: outputs, activation: .relu, using: &generator)
        place = Linear(in: 2, out: outputs, activation: .relu, using: &generator)
    }

    /// - Parameters:
    ///   - patches: `[N, scales · C, size, size]`.
    ///   - place: `[N, 2]`.
    func callAsFunction(_ patches: Tensor, _ where: Tensor) -> Tensor {
        let halved = maxPool2D(conv1(patches), kernel: 2, stride: 2)
        let quartered = maxPool2D(conv2(halved), kernel: 2, stride: 2)
        return what(quartered.flattened(from: 1)) * place(`where`)
    }
}

extension MultipleObjectRecognition.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        let counts: KeyValuePairs = [
            "glimpses": (glimpses, 1...16), "size": (size, 4...64), "scales": (scales, 1...4),
            "hidden": (hidden, 8...2048), "width": (width, 1...256), "context": (context, 8...128),
        ]
        for (name, (count, range)) in counts where !range.contains(count) {
            return "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(count)"
        }
        guard size % 4 == 0 else { return "size must be a multiple of 4, not \(size)" }
        guard context % 4 == 0 else { return "context must be a multiple of 4, not \(context)" }
        guard deviation > 0, deviation <= 1 else {
            return "deviation must be above 0 and at most 1, not \(deviation)"
        }
        return nil
    }
}

/// As an object with the names of the properties; a key that is not known, or an invalid value, is refused.
extension MultipleObjectRecognition.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable {
        case glimpses, size, scales, hidden, width, context, deviation
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        glimpses = try values.decodeIfPresent(Int.self, forKey: .glimpses) ?? glimpses
        size = try values.decodeIfPresent(Int.self, forKey: .size) ?? size
        scales = try values.decodeIfPresent(Int.self, forKey: .scales) ?? scales
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
        context = try values.decodeIfPresent(Int.self, forKey: .context) ?? context
        deviation = try values.decodeIfPresent(Double.self, forKey: .deviation) ?? deviation
        try decoder.refuse(problem)
    }
}
