public import SaccadeLayers
public import SaccadeModels

extension StagedModel {
    /// The layers of a network that a recipe lists; nil of other networks.
    public var chain: ResolvedNetwork? {
        if let any = self as? AnyModel { return (any.base as? Network)?.resolved }
        return (self as? Network)?.resolved
    }
}
