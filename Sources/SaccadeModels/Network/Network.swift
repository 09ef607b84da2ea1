public import SaccadeLayers
import SaccadePrelude
public import SaccadeSettings
public import SaccadeTensors

/// A network built from a recipe.
///
///     let architecture = try Architecture(fileOrName: "exercise-1")
///     let network = Network(try architecture.resolved(classes: 2, seed: 7))
///     let logits = network(images)
///
/// Parameters are called after their layers: `conv1.weight`, `layer1.0.downsample.1.running_mean`.
/// A copy shares its parameters, and so do two networks made from the same ``ResolvedNetwork``.
public struct Network: Layer {
    /// The layers as they stand in the recipe, with the same parameters, and what each makes of the usual input.
    public let resolved: ResolvedNetwork
    let block: Block
    let fuses: Bool

    /// - Parameters:
    ///   - resolved: The layers, with their parameters.
    ///   - fuses: Whether layers are joined that can be done in one pass over memory; the values and the gradients
    ///     are the same.
    public init(_ resolved: ResolvedNetwork, fuses: Bool = true) {
        self.resolved = resolved
        self.fuses = fuses
        block = Self.block(of: resolved.layers[...], fuses: fuses)
    }

    static func block(of layers: ArraySlice<ResolvedLayer>, fuses: Bool) -> Block {
        let block = Block(Array(layers))
        return fuses ? block.fused() : block
    }

    public var name: String { resolved.name }
    public var heads: [String] { resolved.classifiers }
    /// Of one usual image or vector, without the batch: `[C, H, W]` or `[N]`. Which others there can be is said by
    /// ``inputs``.
    public var input: Shape { resolved.input }
    /// Of the result for one usual image or vector, without the batch.
    public var output: Shape { resolved.output }

    public var children: [(name: String, value: Any)] { block.children }

    /// - Parameter x: `[N, C, H, W]` or, for a network on vectors, `[N, C]`.
    /// - Returns: The result of the last layer, `[N, …]`.
    /// - Precondition: ``check(_:)`` finds nothing wrong with the shape.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        requireInput(x)
        return block(x)
    }

    func requireInput(_ x: Tensor) {
        guard x.shape.dimensions.dropFirst() != input.dimensions[...] else { return }
        do { try check(x.shape) } catch { wrongProgram("\(error)") }
    }
}

extension Network: Model {
    /// One, called `input`. Height and width of images are free unless a layer fixes them, as a linear layer behind
    /// `flatten` does.
    public var inputs: [ModelInput] { [resolved.modelInput(named: "input")] }

    public var outputs: [String] { ["output"] }

    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] { [self(inputs[0])] }

    /// What the network makes of an input, worked out without running it: for sizes that come from outside.
    ///
    /// - Parameter shape: `[N, C, H, W]` or `[N, C]`.
    /// - Returns: The shape of the result, `[N, …]`.
    /// - Throws: ``RecipeError`` with the layer at fault and the arithmetic that does not work out.
    @discardableResult
    public func check(_ shape: Shape) throws(RecipeError) -> Shape { try resolved.output(for: shape) }
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
        resolved.layers.filter(\.isAuxiliary).map(\.name)
    }

    /// The same network, sharing its parameters, without its auxiliary heads.
    public var forInference: Network {
        Network(resolved.with(resolved.layers.filter { !$0.isAuxiliary }), fuses: fuses)
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
