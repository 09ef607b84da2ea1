public import SaccadeLayers
public import SaccadeTensors

/// A layer that knows what it is given and what it makes of it.
public struct ResolvedLayer: Sendable {
    /// What computes it.
    public enum Body: Sendable {
        /// A layer of its own, without the activation that may be asked for behind it.
        case layer(any Layer)
        /// A function without parameters.
        case activation(ActivationSpecification)
        /// Two chains whose results are added; an empty shortcut is the input itself.
        case residual(body: [ResolvedLayer], shortcut: [ResolvedLayer])
        /// Chains whose results are joined along the channels.
        case parallel([[ResolvedLayer]])
        /// A head for training alone; see ``LayerSpecification/Kind/auxiliary(_:weight:)``.
        case auxiliary([ResolvedLayer], weight: Float)
    }

    /// The layer's name within the block around it.
    public var name: String
    /// The names of the blocks around it and its own, with dots between: parameters are called after it.
    public var path: String
    public var specification: LayerSpecification
    public var body: Body
    /// What is applied to the result.
    public var activation: ActivationSpecification?
    /// Of one image or vector, without the batch: `[C, H, W]` or `[N]`.
    public var input: Shape
    public var output: Shape
}

/// A network whose layers fit each other.
public struct ResolvedNetwork: Sendable {
    public let name: String
    /// The file or the built-in recipe that it was read from.
    public let source: String
    public let input: Shape
    public let output: Shape
    public let layers: [ResolvedLayer]
    /// How many classes it tells apart; `nil` where no layer asked for it and the recipe does not say.
    public let classes: Int?
}

extension ResolvedNetwork {
    /// The network with these layers, which are some of its own or such as give the same shapes.
    func with(_ layers: [ResolvedLayer]) -> ResolvedNetwork {
        ResolvedNetwork(
            name: name, source: source, input: input, output: layers.last?.output ?? input, layers: layers,
            classes: classes)
    }
}
