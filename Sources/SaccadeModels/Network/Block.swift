import SaccadeLayers
import SaccadeTensors

/// Named layers applied one after another, some of them in one pass over memory.
struct Block: Layer {
    /// What is done at once.
    indirect enum Step: Sendable {
        case layer(Named<any Layer>)
        case convolution(Named<Conv2D>, Named<ActivationSpecification>?)
        /// `convolution`, ReLU and a maximum of windows, in the order that the phase prefers; see ``Fusion``.
        case pooledConvolution(Named<Conv2D>, Named<ActivationSpecification>, Named<MaxPool2D>)
        case upConvolution(Named<ConvTranspose2D>, Named<ActivationSpecification>?)
        case linear(Named<Linear>, Named<ActivationSpecification>?)
        case activation(Named<ActivationSpecification>)
        /// `norm` and ReLU.
        case rectifiedNorm(Named<BatchNorm2D>)
        case residual(Named<Block>, shortcut: Block, ActivationSpecification?)
        /// A residual block that ends with `norm`, the sum, and ReLU.
        case rectifiedResidual(Named<Block>, norm: Named<BatchNorm2D>, shortcut: Block)
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
            case .convolution(let layer, _), .pooledConvolution(let layer, _, _): [(layer.name, layer.part)]
            case .upConvolution(let layer, _): [(layer.name, layer.part)]
            case .linear(let layer, _): [(layer.name, layer.part)]
            case .activation: []
            case .rectifiedNorm(let norm): [(norm.name, norm.part)]
            case .rectifiedResidual(let body, let norm, let shortcut):
                [(body.name, body.part), (body.name, Block(steps: [.rectifiedNorm(norm)])), (body.name, shortcut)]
            case .residual(let body, let shortcut, _): [(body.name, body.part), (body.name, shortcut)]
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
        case .convolution(let conv, let activation):
            return Trace.scope(conv.name) { conv.part(x, activation?.part) }
        case .pooledConvolution(let conv, let activation, let pool):
            guard Phase.current == .training else {
                let y = Trace.scope(conv.name) { conv.part(x, activation.part) }
                return pool.part(y, as: pool.name)
            }
            guard !x.isTraced, let stage = conv.part.pooled(by: pool.part) else {
                let y = pool.part(conv.part(x, as: conv.name), as: pool.name)
                return Trace.scope(activation.name) { activation.part(y) }
            }
            return stage(x)
        case .upConvolution(let conv, let activation):
            return Trace.scope(conv.name) { conv.part(x, activation?.part) }
        case .linear(let linear, let activation):
            return Trace.scope(linear.name) { linear.part(x, activation?.part) }
        case .activation(let activation): return Trace.scope(activation.name) { activation.part(x) }
        case .rectifiedNorm(let norm): return Trace.scope(norm.name) { norm.part.rectified(x) }
        case .rectifiedResidual(let body, let norm, let shortcut):
            return Trace.scope(body.name) {
                let y = body.part(x)
                let addend = shortcut(x)
                return Trace.scope(norm.name) { norm.part.rectified(y, adding: addend) }
            }
        case .residual(let body, let shortcut, let activation):
            return Trace.scope(body.name) {
                let sum = body.part(x) + shortcut(x)
                return activation?(sum) ?? sum
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

extension Conv2D {
    /// This convolution, ReLU and a pooling as one step of training; `nil` where there is none for them.
    fileprivate func pooled(by pool: MaxPool2D) -> ((Tensor) -> Tensor)? {
        guard dilation == 1, groups == 1, pool.padding == .valid || pool.padding == 0, pool.dilation == 1,
            !pool.roundsUp
        else { return nil }
        return { x in
            pooledConv2D(
                x, weight.value, bias: bias?.value, stride: stride, padding: padding, pool: pool.kernel,
                poolStride: pool.stride)
        }
    }
}

// Layers with an activation in the same pass over memory where there is such a pass.
extension Conv2D {
    fileprivate func callAsFunction(_ x: Tensor, _ activation: ActivationSpecification?) -> Tensor {
        let y = conv2D(
            x, weight.value, bias: bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups,
            activation: activation?.elementwise)
        return activation.map { $0.elementwise == nil ? $0(y) : y } ?? y
    }
}

extension ConvTranspose2D {
    fileprivate func callAsFunction(_ x: Tensor, _ activation: ActivationSpecification?) -> Tensor {
        let y = convTranspose2D(
            x, weight.value, bias: bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups, activation: activation?.elementwise)
        return activation.map { $0.elementwise == nil ? $0(y) : y } ?? y
    }
}

extension Linear {
    fileprivate func callAsFunction(_ x: Tensor, _ activation: ActivationSpecification?) -> Tensor {
        let y = linear(x, weight.value, bias: bias?.value, activation: activation?.elementwise)
        return activation.map { $0.elementwise == nil ? $0(y) : y } ?? y
    }
}
