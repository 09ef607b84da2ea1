import SaccadeLayers
import SaccadeTensors

// Fewer passes over memory, with the same values and the same gradients.
extension Block {
    /// The block with layers joined that can be done together:
    ///
    /// 1. A convolution or a linear layer and the activation behind it become one operation.
    /// 2. A convolution, ReLU and a max pooling that shrinks become one step, which pools *before* ReLU while
    ///    training. ReLU never changes which element of a window is the largest, unless all are negative, and then
    ///    neither order lets a value or a gradient through; so both orders agree exactly. But pooled first, ReLU and
    ///    its gradient pass over a quarter of the elements of a 2×2 pooling. When predicting, the convolution applies
    ///    ReLU before it stores its result, which costs nothing.
    /// 3. Batch norm and ReLU, and at the end of a residual block batch norm, sum and ReLU, become one operation while
    ///    training. When predicting, a plan folds batch norm and the rest into the convolution.
    func fused() -> Block {
        var fused: [Step] = []
        for step in steps {
            let step = step.withFusedParts
            switch (fused.last, step) {
            case (.layer(let layer), .activation(let activation)) where activation.part == .relu:
                guard let norm = layer.part as? BatchNorm2D else {
                    fused.append(step)
                    continue
                }
                fused[fused.count - 1] = .rectifiedNorm(.init(name: layer.name, part: norm))
            case (.convolution(let conv, nil), .activation(let activation)) where activation.part.elementwise != nil:
                fused[fused.count - 1] = .convolution(conv, activation)
            case (.upConvolution(let conv, nil), .activation(let activation)) where activation.part.elementwise != nil:
                fused[fused.count - 1] = .upConvolution(conv, activation)
            case (.linear(let linear, nil), .activation(let activation)) where activation.part.elementwise != nil:
                fused[fused.count - 1] = .linear(linear, activation)
            case (.convolution(let conv, let activation?), .layer(let layer)):
                guard activation.part == .relu, let pool = layer.part as? MaxPool2D, pool.stride.product > 1 else {
                    fused.append(step)
                    continue
                }
                fused[fused.count - 1] = .pooledConvolution(conv, activation, Named(name: layer.name, part: pool))
            default: fused.append(step)
            }
        }
        return Block(steps: fused)
    }
}

extension Block.Step {
    /// A residual block, in which batch norm, sum and ReLU are one where it ends with them.
    private static func residual(
        _ body: Block.Named<Block>, _ shortcut: Block, _ activation: ActivationSpecification?
    ) -> Block.Step {
        guard activation == .relu, case .layer(let last)? = body.part.steps.last, let norm = last.part as? BatchNorm2D
        else { return .residual(body, shortcut: shortcut, activation) }
        return .rectifiedResidual(
            .init(name: body.name, part: Block(steps: body.part.steps.dropLast())),
            norm: .init(name: last.name, part: norm), shortcut: shortcut)
    }
}

extension Block.Step {
    fileprivate var withFusedParts: Block.Step {
        switch self {
        case .residual(let body, let shortcut, let activation):
            .residual(.init(name: body.name, part: body.part.fused()), shortcut.fused(), activation)
        case .parallel(let branches): .parallel(.init(name: branches.name, part: branches.part.map { $0.fused() }))
        case .auxiliary(let head, let weight):
            .auxiliary(.init(name: head.name, part: head.part.fused()), weight: weight)
        default: self
        }
    }
}
