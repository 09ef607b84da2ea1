import SaccadeLayers
import SaccadeTensors

// The lines of a recipe as layers that do several of them at once, with the same values and the same gradients.
extension Block {
    /// The block with layers joined that can be done together: a convolution with what follows it (``ConvBlock``), a
    /// batch norm with its activation, one at the end of a residual block with the sum too, and any other layer with
    /// weights with its activation.
    func fused() -> Block {
        var fused: [Step] = []
        for step in steps {
            let step = step.withFusedParts
            if let joined = fused.last?.joined(with: step) {
                fused[fused.count - 1] = joined
            } else {
                fused.append(step)
            }
        }
        return Block(steps: fused)
    }
}

extension Block.Step {
    fileprivate var withFusedParts: Block.Step {
        switch self {
        case .layer(let layer):
            guard let conv = layer.part as? Conv2D, conv.activation == nil else { return self }
            return .convolution(ConvBlock(conv), .init(conv: layer.name))
        case .residual(var body, nil, let shortcut, let activation):
            var norm: Block.Named<BatchNorm2D>?
            if activation == .relu, case .layer(let last)? = body.part.steps.last, let part = last.part as? BatchNorm2D
            {
                body.part.steps.removeLast()
                norm = .init(name: last.name, part: part)
            }
            body.part = body.part.fused()
            return .residual(body, norm: norm, shortcut: shortcut.fused(), activation)
        case .parallel(let branches):
            return .parallel(.init(name: branches.name, part: branches.part.map { $0.fused() }))
        case .auxiliary(let head, let weight):
            return .auxiliary(.init(name: head.name, part: head.part.fused()), weight: weight)
        case .activation, .convolution, .activatedNorm, .residual: return self
        }
    }

    /// This step and the one behind it as one; nil where there is none for them.
    fileprivate func joined(with next: Block.Step) -> Block.Step? {
        switch (self, next) {
        case (.convolution(var block, var names), .layer(let layer)) where block.pool == nil:
            if let pool = layer.part as? MaxPool2D {
                (block.pool, names.pool) = (pool, layer.name)
            } else if let norm = layer.part as? BatchNorm2D, block.bn == nil, block.activation == nil {
                (block.bn, names.bn) = (norm, layer.name)
            } else {
                return nil
            }
            return .convolution(block, names)
        case (.convolution(var block, var names), .activation(let activation)):
            guard block.pool == nil, block.activation == nil, let elementwise = activation.part.elementwise else {
                return nil
            }
            (block.activation, names.activation) = (elementwise, activation.name)
            return .convolution(block, names)
        case (.layer(let layer), .activation(let activation)):
            guard let elementwise = activation.part.elementwise else { return nil }
            if let norm = layer.part as? BatchNorm2D {
                return .activatedNorm(.init(name: layer.name, part: norm), elementwise)
            }
            guard let part = layer.part as? any SharesWeights, part.activation == nil else { return nil }
            return .layer(.init(name: layer.name, part: part.activated(by: elementwise)))
        default: return nil
        }
    }
}
