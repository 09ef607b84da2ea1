public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// A network built from a recipe.
///
///     let architecture = try Architecture(fileOrName: "exercise-1")
///     let network = Network(try architecture.resolved(classes: 2, seed: 7))
///     let logits = network(pictures)
///
/// Parameters are called after their layers: `conv1.weight`, `layer1.0.downsample.1.running_mean`.
/// A copy shares its parameters, and so do two networks made from the same ``ResolvedNetwork``.
public struct Network: Layer {
    public let name: String
    /// Of one picture or vector, without the batch: `[C, H, W]` or `[N]`.
    public let input: Shape
    /// Of one picture's result, without the batch.
    public let output: Shape
    let block: Block

    /// - Parameters:
    ///   - resolved: The layers, with their parameters.
    ///   - fuses: Whether layers are joined that can be done in one pass over memory; the values and the gradients
    ///     are the same.
    public init(_ resolved: ResolvedNetwork, fuses: Bool = true) {
        name = resolved.name
        input = resolved.input
        output = resolved.output
        let block = Block(resolved.layers)
        self.block = fuses ? block.fused() : block
    }

    private init(_ network: Network, _ block: Block) {
        (name, input, output) = (network.name, network.input, network.output)
        self.block = block
    }

    public var children: [(name: String, value: Any)] { block.children }

    /// - Parameter x: `[N, C, H, W]` or, for a network on vectors, `[N, C]`.
    /// - Returns: The result of the last layer, `[N, …]`.
    /// - Precondition: Everything behind the batch has the shape ``input``.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        requireInput(x)
        return block(x)
    }

    private func requireInput(_ x: Tensor) {
        require(
            Array(x.shape.dimensions.dropFirst()) == input.dimensions,
            "\(name) is for inputs [N, \(input.dimensions.map(String.init).joined(separator: ", "))], got \(x.shape)")
    }
}

extension Network: Model {
    public var inputs: [Port] {
        [Port("input", [.batch] + input.dimensions.map { .fixed($0) })]
    }

    public var outputs: [String] { ["output"] }

    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [self(inputs[0])] }
}

// Heads for training alone, such as those of GoogLeNet.
extension Network {
    /// The network's result with those of its auxiliary heads, which ``callAsFunction(_:)`` leaves out.
    ///
    /// - Parameter inputs: One tensor, as for ``callAsFunction(_:)``.
    public func trainingResults(_ inputs: [Tensor]) -> TrainingResults {
        requireInput(inputs[0])
        var x = inputs[0]
        var auxiliary: [TrainingResults.Auxiliary] = []
        for step in block.steps {
            if case .auxiliary(let head, let weight) = step {
                auxiliary.append(.init(Trace.scope(head.name) { head.part(x) }, weight: weight))
            } else {
                x = step(x)
            }
        }
        return TrainingResults([x], auxiliary: auxiliary)
    }

    /// The names of the auxiliary heads.
    public var auxiliaryNames: [String] {
        block.steps.compactMap { if case .auxiliary(let head, _) = $0 { head.name } else { nil } }
    }

    /// The same network, sharing its parameters, without its auxiliary heads.
    public var withoutAuxiliaryHeads: Network {
        Network(self, Block(steps: block.steps.filter { if case .auxiliary = $0 { false } else { true } }))
    }

    /// What of the network a checkpoint with these names is expected to hold: all of it, or all but the auxiliary heads
    /// where it names nothing of them.
    public func part(inCheckpointOf names: some Sequence<String>) -> Network {
        let prefixes = auxiliaryNames.map { "\($0)." }
        let hasHeads = names.contains { name in prefixes.contains { name.hasPrefix($0) } }
        return hasHeads ? self : withoutAuxiliaryHeads
    }
}

extension Block {
    /// The layers as they stand in the recipe, nothing joined yet.
    init(_ layers: [ResolvedLayer]) {
        steps = layers.flatMap { layer -> [Step] in
            let name = layer.name
            var steps: [Step]
            switch layer.body {
            case .layer(let other): steps = [.layer(Named(name: name, part: other))]
            case .activation(let activation): steps = [.activation(Named(name: name, part: activation))]
            case .residual(let body, let shortcut):
                return [
                    .residual(
                        Named(name: name, part: Block(body)), norm: nil, shortcut: Block(shortcut), layer.activation)
                ]
            case .parallel(let branches): steps = [.parallel(Named(name: name, part: branches.map { Block($0) }))]
            case .auxiliary(let head, let weight):
                steps = [.auxiliary(Named(name: name, part: Block(head)), weight: weight)]
            }
            if let activation = layer.activation { steps.append(.activation(Named(name: name, part: activation))) }
            return steps
        }
    }
}
