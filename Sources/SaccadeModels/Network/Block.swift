import SaccadeLayers
import SaccadeTensors

/// Named layers applied one after another, some of them in one pass over memory.
struct Block: Layer {
    /// What is done at once.
    indirect enum Step: Sendable {
        case layer(Named<any Layer>)
        case activation(Named<ActivationSpecification>)
        /// A convolution and what follows it.
        case convolution(ConvBlock, ConvBlock.PartNames)
        case activatedNorm(Named<BatchNorm2D>, Activation)
        /// The body's result plus the shortcut's. `norm` is the last layer of the body where it, the sum and the
        /// activation are done at once.
        case residual(Named<Block>, norm: Named<BatchNorm2D>?, shortcut: Block, ActivationSpecification?)
        case parallel(Named<[Block]>)
        /// A head for training alone, which ``Network/trainingResults(_:)`` applies.
        case auxiliary(Named<Block>, weight: Float)
    }

    struct Named<Part: Sendable>: Sendable {
        var name: String
        var part: Part
    }

    var steps: [Step]

    var children: [(name: String, value: Any)] {
        steps.flatMap { step -> [(name: String, value: Any)] in
            switch step {
            case .layer(let layer): [(layer.name, layer.part)]
            case .activation: []
            case .convolution(let block, let names):
                [(names.conv, block.conv)] + (block.bn.map { [(names.bn, $0)] } ?? [])
            case .activatedNorm(let norm, _): [(norm.name, norm.part)]
            case .residual(let body, let norm, let shortcut, _):
                [(body.name, body.part)]
                    + (norm.map { [(body.name, Block(steps: [.layer(.init(name: $0.name, part: $0.part))]))] } ?? [])
                    + [(body.name, shortcut)]
            case .parallel(let branches): branches.part.map { (branches.name, $0) }
            case .auxiliary(let head, _): [(head.name, head.part)]
            }
        }
    }

    func callAsFunction(_ x: Tensor) -> Tensor { steps.reduce(x) { $1($0) } }
}

extension Block.Step {
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .layer(let layer): return layer.part(x, as: layer.name)
        case .activation(let activation): return Trace.scope(activation.name) { activation.part(x) }
        case .convolution(let block, let names): return block(x, names: names)
        case .activatedNorm(let norm, let activation):
            return Trace.scope(norm.name) { norm.part(x, activation: activation) }
        case .residual(let body, let norm, let shortcut, let activation):
            return Trace.scope(body.name) {
                let y = body.part(x)
                let addend = shortcut(x)
                guard let norm else {
                    let sum = y + addend
                    return activation?(sum) ?? sum
                }
                return Trace.scope(norm.name) {
                    norm.part(y, adding: addend, activation: activation?.elementwise)
                }
            }
        case .parallel(let branches):
            return Trace.scope(branches.name) { concatenated(branches.part.map { $0(x) }, axis: 1) }
        case .auxiliary: return x
        }
    }
}

extension ActivationSpecification {
    /// The activation that layers can apply in the same pass over memory; `nil` for softmax and GELU.
    var elementwise: Activation? {
        switch self {
        case .relu: .relu
        case .leakyReLU(let slope): .leakyReLU(slope: slope)
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        case .gelu, .softmax: nil
        }
    }

    /// Applies it; softmax along the channels.
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: SaccadeTensors.gelu(x)
        case .softmax: SaccadeTensors.softmax(x, axis: 1)
        case .relu, .leakyReLU, .sigmoid, .tanh: elementwise?(x) ?? x
        }
    }
}
