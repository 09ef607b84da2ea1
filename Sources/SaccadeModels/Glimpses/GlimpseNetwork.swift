public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// A network that looks at an image in glimpses, one after another, and says itself where the next one goes.
///
/// What it does in one glimpse is a ``Model``, its last stage: from patches, a place and states to scores, the next place, a
/// baseline and states. Between glimpses a sensor, which is plain code, reads the image. Before the first there may be a stage
/// that looks at the whole image, coarsely, to say where to begin.
public protocol GlimpseNetwork: StagedModel {
    var sensor: GlimpseSensor { get }
    /// How many classes it tells apart.
    var classes: Int { get }
    /// Classes that it names for an image, one after another: the digits of a number.
    var answers: Int { get }
    /// Glimpses before each answer.
    var glimpses: Int { get }
    var start: FirstGlimpse { get }
    /// While it learns, places are drawn around those that it says, from a normal distribution of this deviation in units of
    /// half an image.
    var deviation: Float { get }
    /// Lengths of the states that one glimpse leaves for the next.
    var stateLengths: [Int] { get }
    /// Of these states the one that the stage that looks first begins; it begins nothing unless ``start`` is `context`.
    var stateOfContext: Int { get }
}

/// Where a network looks first.
public enum FirstGlimpse: String, Sendable, Hashable, Codable, CaseIterable {
    /// Anywhere, as in Mnih et al. (2014).
    case random
    case center
    /// Where a look at the whole image, at low resolution, says: Ba et al. (2015), section 3.
    case context
}

extension GlimpseNetwork {
    /// Of one image.
    public var glimpseCount: Int { glimpses * answers }
    public var stateOfContext: Int { 0 }
}

/// What one glimpse came to, of each image of a batch.
public struct GlimpseStep {
    /// x and y, `[N, 2]`, -1...1.
    public let place: Tensor
    /// What was seen, `[N, scales · C, size, size]`.
    public let patches: Tensor
    /// A score of each class, `[N, classes]`.
    public let scores: Tensor
    /// How the place was chosen; nil where nobody chose it.
    public let choice: Choice?

    /// A place that was drawn around another.
    public struct Choice {
        /// What the network said, `[N, 2]`.
        public let mean: Tensor
        /// What was drawn, `[N, 2]`, as a constant; it may lie beyond the image, and then the glimpse goes to its edge.
        public let drawn: Tensor
        /// The reward that the network expects from here on, `[N, 1]`.
        public let baseline: Tensor
    }
}

/// The random numbers with which a network looks at a batch of images: each image has its own, so that it does not matter
/// which others are beside it.
public struct GlimpseNoise: Sendable {
    /// Where to begin where nothing says it, `[N, 2]`, -1...1.
    public let starts: Tensor
    /// For each glimpse, `[N, 2]`, from the standard normal distribution.
    public let deviations: [Tensor]

    public init(starts: Tensor, deviations: [Tensor]) { (self.starts, self.deviations) = (starts, deviations) }

    /// - Parameters:
    ///   - seeds: Of each image.
    ///   - glimpses: Of one image.
    ///   - pass: How often it was looked at before: each time there are other numbers.
    public init(seeds: [UInt64], glimpses: Int, pass: Int = 0) {
        var starts: [Float] = []
        var deviations = [[Float]](repeating: [], count: glimpses)
        for seed in seeds {
            var generator = SplitMix64(seed: seed, stream: pass)
            starts += Initializer.uniform(-1, 1)([2], using: &generator).scalars
            let drawn = Initializer.normal()([glimpses, 2], using: &generator).scalars
            for glimpse in 0..<glimpses { deviations[glimpse] += drawn[2 * glimpse..<2 * glimpse + 2] }
        }
        let shape: Shape = [seeds.count, 2]
        self.init(starts: Tensor(starts, shape: shape), deviations: deviations.map { Tensor($0, shape: shape) })
    }
}

extension GlimpseNetwork {
    /// Looks at images, glimpse after glimpse.
    ///
    /// - Parameters:
    ///   - images: `[N, C, H, W]`.
    ///   - noise: Of as many glimpses as there will be.
    ///   - explores: Whether places are drawn, or those that the network says.
    ///   - run: Runs a stage.
    public func path(
        over images: Tensor, _ noise: GlimpseNoise, explores: Bool,
        run: (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]
    ) rethrows -> [GlimpseStep] {
        let count = images.shape[0]
        var states = stateLengths.map { Tensor(filledWith: 0, shape: [count, $0]) }
        var said: (mean: Tensor, baseline: Tensor)?
        let hasContext = start == .context
        if hasContext {
            let found = try run(0, [images])
            said = (found[0], found[1])
            states[stateOfContext] = found[2]
        }
        var steps: [GlimpseStep] = []
        for glimpse in 0..<glimpseCount {
            let choice = said.map { said in
                let mean = said.mean.detached
                let drawn = explores ? mean + noise.deviations[glimpse] * deviation : mean
                return GlimpseStep.Choice(mean: said.mean, drawn: drawn.detached, baseline: said.baseline)
            }
            let first = start == .center ? Tensor(filledWith: 0, shape: [count, 2]) : noise.starts
            let place = choice.map { clamp($0.drawn, -1, 1) } ?? first
            let patches = sensor(images, at: place)
            let found = try run(hasContext ? 1 : 0, [patches, place] + states)
            steps.append(GlimpseStep(place: place, patches: patches, scores: found[0], choice: choice))
            said = (found[1], found[2])
            states = Array(found[3...])
        }
        return steps
    }

    /// Whether a glimpse is followed by an answer.
    public func answers(after glimpse: Int) -> Bool { (glimpse + 1) % glimpses == 0 }
}

/// One glimpse of a network, as a model.
struct GlimpseStage: Model {
    /// What its parameters are called goes by the whole network.
    let network: any Module
    let sensor: GlimpseSensor
    /// What each state is called, and its length.
    let states: [(name: String, length: Int)]
    let glimpses: Int
    let step: @Sendable (_ patches: Tensor, _ place: Tensor, _ states: [Tensor]) -> Result

    struct Result {
        var scores: Tensor
        var mean: Tensor
        var baseline: Tensor
        var states: [Tensor]
    }

    var children: [(name: String, value: Any)] { network.children }
    var inputs: [ModelInput] {
        let side = sensor.size
        return [
            ModelInput("patches", [.batch, .fixed(sensor.scales * sensor.channels), .fixed(side), .fixed(side)]),
            ModelInput("place", [.batch, .fixed(2)]),
        ] + states.map { ModelInput($0.name, [.batch, .fixed($0.length)]) }
    }
    var outputs: [String] { ["scores", "next place", "baseline"] + states.map { "next \($0.name)" } }
    var runsInTraining: Int { glimpses }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let result = step(inputs[0], inputs[1], Array(inputs[2...]))
        return [result.scores, result.mean, result.baseline] + result.states
    }
}

/// A network that looks in glimpses, of any kind.
public struct AnyGlimpseNetwork: GlimpseNetwork {
    public let base: any GlimpseNetwork

    public init(_ base: any GlimpseNetwork) { self.base = base }

    public var children: [(name: String, value: Any)] { base.children }
    public var stages: [(name: String, model: any Model)] { base.stages }
    public var heads: [String] { base.heads }
    public var sensor: GlimpseSensor { base.sensor }
    public var classes: Int { base.classes }
    public var answers: Int { base.answers }
    public var glimpses: Int { base.glimpses }
    public var start: FirstGlimpse { base.start }
    public var deviation: Float { base.deviation }
    public var stateLengths: [Int] { base.stateLengths }
    public var stateOfContext: Int { base.stateOfContext }
}
