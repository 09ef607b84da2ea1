public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// RAM: Mnih, Heess, Graves and Kavukcuoglu, "Recurrent Models of Visual Attention" (2014), figure 1.
///
/// Every glimpse and its place become a vector, a recurrent core adds them up, and from its state follow the next place
/// and, after the last glimpse, a class. What says the places learns by reinforcement alone: no gradient of it goes into the
/// core.
public struct RecurrentAttention: GlimpseNetwork {
    /// The settings of a recipe, `network: {ram: {glimpses: 6, size: 8}}`; all of the paper's network for centred digits where
    /// nothing is said.
    public struct Configuration: Sendable, Hashable {
        /// 1 to 64.
        public var glimpses = 6
        /// Rows and columns of a patch, 2 to 64.
        public var size = 8
        /// Patches of a glimpse, each of twice the side of the one before; 1 to 4.
        public var scales = 1
        /// Numbers that the core remembers, 8 to 2048.
        public var hidden = 256
        /// What the core is: `rnn-relu`, as in the paper for images, `rnn`, `lstm` or `gru`.
        public var core = RecurrentCell.relu
        /// Around the place that is said; in units of half an image, above 0 and at most 1.
        public var deviation = 0.1
        /// Where the first glimpse goes: `random`, or `center`.
        public var start = FirstGlimpse.random

        public init() {}
    }

    public let sensor: GlimpseSensor
    public let classes: Int
    public let configuration: Configuration
    let glimpse: GlimpseEncoder
    let core: RNNCell
    let location: Linear
    let action: Linear
    let baseline: Linear

    public var answers: Int { 1 }
    public var glimpses: Int { configuration.glimpses }
    public var start: FirstGlimpse { configuration.start }
    public var deviation: Float { Float(configuration.deviation) }
    public var stateLengths: [Int] { states.map(\.length) }
    public var heads: [String] { ["action"] }

    /// - Parameters:
    ///   - configuration: Without a problem.
    ///   - channels: Of the images.
    ///   - classes: At least 1.
    public init(
        _ configuration: Configuration = Configuration(), channels: Int, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "RecurrentAttention: \(configuration.problem ?? "")")
        (self.configuration, self.classes) = (configuration, classes)
        sensor = GlimpseSensor(channels: channels, size: configuration.size, scales: configuration.scales)
        glimpse = GlimpseEncoder(sensor, using: &generator)
        let hidden = configuration.hidden
        core = RNNCell(configuration.core, in: GlimpseEncoder.outputs, out: hidden, using: &generator)
        location = Linear(in: hidden, out: 2, using: &generator)
        action = Linear(in: hidden, out: classes, using: &generator)
        baseline = Linear(in: hidden, out: 1, using: &generator)
    }

    private var states: [(name: String, length: Int)] {
        let hidden = (name: "state", length: configuration.hidden)
        return configuration.core == .lstm ? [hidden, ("cell", configuration.hidden)] : [hidden]
    }

    public var stages: [(name: String, model: any Model)] {
        let stage = GlimpseStage(network: self, sensor: sensor, states: states, glimpses: glimpses) {
            patches, place, states in
            let seen = glimpse(patches, place)
            let state = core(seen, RNNState(hidden: states[0], cell: states.count > 1 ? states[1] : nil))
            // They learn from rewards, which must not bend what the core remembers.
            let known = state.hidden.detached
            return GlimpseStage.Result(
                scores: action(state.hidden), mean: tanh(location(known)), baseline: baseline(known),
                states: state.tensors)
        }
        return [("glimpse", stage)]
    }
}

/// What is seen, and where, as one vector: the glimpse network of Mnih et al. (2014), section 4 ("Rect(Linear(h_g) +
/// Linear(h_l))", with 128 and 256 numbers).
struct GlimpseEncoder: Module {
    let what1: Linear
    let where1: Linear
    let what2: Linear
    let where2: Linear

    static let outputs = 256
    private static let between = 128

    init(_ sensor: GlimpseSensor, using generator: inout some RandomNumberGenerator) {
        let numbers = sensor.scales * sensor.channels * sensor.size * sensor.size
        what1 = Linear(in: numbers, out: Self.between, activation: .relu, using: &generator)
        where1 = Linear(in: 2, out: Self.between, activation: .relu, using: &generator)
        what2 = Linear(in: Self.between, out: Self.outputs, using: &generator)
        where2 = Linear(in: Self.between, out: Self.outputs, using: &generator)
    }

    /// - Parameters:
    ///   - patches: `[N, scales · C, size, size]`.
    ///   - place: `[N, 2]`.
    func callAsFunction(_ patches: Tensor, _ place: Tensor) -> Tensor {
        relu(what2(what1(patches.flattened(from: 1))) + where2(where1(place)))
    }
}

extension RecurrentAttention.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        let counts: KeyValuePairs = [
            "glimpses": (glimpses, 1...64), "size": (size, 2...64), "scales": (scales, 1...4),
            "hidden": (hidden, 8...2048),
        ]
        for (name, (count, range)) in counts where !range.contains(count) {
            return "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(count)"
        }
        guard deviation > 0, deviation <= 1 else {
            return "deviation must be above 0 and at most 1, not \(deviation)"
        }
        return start == .context ? "start must be random or center; only dram has a context" : nil
    }
}

/// As an object with the names of the properties; a key that is not known, or an invalid value, is refused.
extension RecurrentAttention.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable { case glimpses, size, scales, hidden, core, deviation, start }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        glimpses = try values.decodeIfPresent(Int.self, forKey: .glimpses) ?? glimpses
        size = try values.decodeIfPresent(Int.self, forKey: .size) ?? size
        scales = try values.decodeIfPresent(Int.self, forKey: .scales) ?? scales
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        deviation = try values.decodeIfPresent(Double.self, forKey: .deviation) ?? deviation
        core = try decoder.choice(values, Keys.core) ?? core
        if let word = try values.decodeIfPresent(String.self, forKey: .start) {
            guard let known = FirstGlimpse(rawValue: word), known != .context else {
                throw decoder.unknown(word, Keys.start, among: ["random", "center"])
            }
            start = known
        }
        try decoder.refuse(problem)
    }
}
