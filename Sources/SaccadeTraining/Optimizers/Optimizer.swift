import CSaccadeKernels
public import SaccadeTensors

/// Moves parameters against their gradients, one step at a time.
///
///     let optimizer = SGD(network.parameters, learningRate: 0.1, momentum: 0.9)
///     for batch in batches {
///         let (loss, gradients) = withGradients { crossEntropy(network(batch.images), batch.labels) }
///         optimizer.step(gradients)
///     }
///
/// The formulas and defaults are PyTorch's. An optimizer belongs to one thread at a time. It changes parameters where
/// they lie; a step reads and writes each number once.
public protocol Optimizer: AnyObject {
    /// The parameters that it moves, by name.
    var parameters: [(name: String, parameter: Parameter)] { get }

    /// What it keeps for each parameter, in PyTorch's words, such as `momentum_buffer`.
    var quantities: [String] { get }

    /// The size of each step; change it whenever a schedule says so.
    var learningRate: Double { get set }

    /// How many steps were made, and what the optimizer remembers of past gradients: what it needs to go on as if it
    /// had never been stopped.
    var state: OptimizerState { get set }

    /// Moves every parameter that `gradients` has a gradient for.
    ///
    /// - Parameter change: What is done to each gradient first.
    func step(_ gradients: Gradients, after change: GradientChange)
}

extension Optimizer {
    /// Moves every parameter that `gradients` has a gradient for.
    ///
    /// - Parameter clipping: A bound for the gradients.
    public func step(_ gradients: Gradients, clipping: GradientClipping? = nil) {
        let norm = clipping == nil ? 0 : gradients.norm(of: parameters.map(\.parameter))
        step(gradients, after: GradientChange(clipping, norm: norm))
    }
}

/// What an optimizer does to each gradient before it uses it: multiplies, then bounds each element.
public struct GradientChange: Sendable, Hashable {
    public var scale: Float = 1
    /// The largest absolute value of an element.
    public var limit: Float = .infinity

    /// Nothing.
    public init() {}

    /// What `clipping` asks for when all gradients together have this norm.
    public init(_ clipping: GradientClipping?, norm: Double) {
        switch clipping {
        case nil: break
        // The small number is PyTorch's; it avoids a division by zero.
        case .norm(let most): scale = Float(min(most / (norm + 1e-6), 1))
        case .value(let most): limit = Float(most)
        }
    }
}

/// A bound for gradients, against single steps that undo many.
public enum GradientClipping: Sendable, Hashable {
    /// All gradients, seen as one vector, are made no longer than this.
    case norm(Double)
    /// Each element is made no larger than this.
    case value(Double)
}

extension Gradients {
    /// The Euclidean length of the gradients of `parameters`, seen as one vector. It is finite exactly when every
    /// element is.
    public func norm(of parameters: [Parameter]) -> Double {
        var sum = 0.0
        for parameter in parameters {
            guard let gradient = self[parameter] else { continue }
            sum += gradient.withScalars { sk_sum_of_squares($0.count, $0.baseAddress) }
        }
        return sum.squareRoot()
    }
}

/// What an optimizer remembers.
public struct OptimizerState: Sendable {
    /// Steps made so far for each parameter that has taken part in any.
    public var steps: [String: Int]
    /// Running averages and the like, as `momentum_buffer/features.0.weight`: the name that PyTorch gives the quantity,
    /// then the parameter's.
    public var tensors: [(name: String, tensor: Tensor)]

    public init(steps: [String: Int] = [:], tensors: [(name: String, tensor: Tensor)] = []) {
        self.steps = steps
        self.tensors = tensors
    }
}
