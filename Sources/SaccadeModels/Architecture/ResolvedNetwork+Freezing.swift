import SaccadeLayers
import SaccadeTensors

extension ResolvedNetwork {
    /// The network with every batch norm as it is now for good; other layers keep their parameters.
    ///
    /// - Parameter epsilon: What the norms add to their variances from now on; nil is what they added before.
    func withFrozenNorms(epsilon: Float? = nil) -> ResolvedNetwork {
        with(layers.map { $0.withFrozenNorms(epsilon) })
    }
}

extension ResolvedLayer {
    fileprivate func withFrozenNorms(_ epsilon: Float?) -> ResolvedLayer {
        var layer = self
        switch body {
        case .layer(let norm as BatchNorm2D): layer.body = .layer(norm.frozen(epsilon))
        case .residual(let body, let shortcut):
            layer.body = .residual(
                body: body.map { $0.withFrozenNorms(epsilon) }, shortcut: shortcut.map { $0.withFrozenNorms(epsilon) })
        case .parallel(let branches): layer.body = .parallel(branches.map { $0.map { $0.withFrozenNorms(epsilon) } })
        case .auxiliary(let head, let weight):
            layer.body = .auxiliary(head.map { $0.withFrozenNorms(epsilon) }, weight: weight)
        case .layer, .activation: break
        }
        return layer
    }
}

extension BatchNorm2D {
    /// The same values, for good.
    fileprivate func frozen(_ epsilon: Float?) -> FrozenBatchNorm2D {
        let frozen = FrozenBatchNorm2D(weight.value.shape[0], epsilon: epsilon ?? self.epsilon)
        frozen.weight.assign(weight.value)
        frozen.bias.assign(bias.value)
        frozen.runningMean.assign(runningMean.value)
        frozen.runningVar.assign(runningVar.value)
        return frozen
    }
}
