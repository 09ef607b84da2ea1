import SaccadeLayers
import SaccadeTensors

extension ResolvedNetwork {
    /// The network with every batch norm as it is now for good; other layers keep their parameters.
    func withFrozenNorms() -> ResolvedNetwork { with(layers.map(\.withFrozenNorms)) }
}

extension ResolvedLayer {
    fileprivate var withFrozenNorms: ResolvedLayer {
        var layer = self
        switch body {
        case .layer(let norm as BatchNorm2D): layer.body = .layer(norm.frozen)
        case .residual(let body, let shortcut):
            layer.body = .residual(body: body.map(\.withFrozenNorms), shortcut: shortcut.map(\.withFrozenNorms))
        case .parallel(let branches): layer.body = .parallel(branches.map { $0.map(\.withFrozenNorms) })
        case .auxiliary(let head, let weight):
            layer.body = .auxiliary(head.map(\.withFrozenNorms), weight: weight)
        case .layer, .activation: break
        }
        return layer
    }
}

extension BatchNorm2D {
    /// The same values, for good.
    fileprivate var frozen: FrozenBatchNorm2D {
        let frozen = FrozenBatchNorm2D(weight.value.shape[0], epsilon: epsilon)
        frozen.weight.assign(weight.value)
        frozen.bias.assign(bias.value)
        frozen.runningMean.assign(runningMean.value)
        frozen.runningVar.assign(runningVar.value)
        return frozen
    }
}
