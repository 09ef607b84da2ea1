public import SaccadeTensors

/// Joins an axis and all later ones: `[N, C, H, W]` to `[N, C · H · W]`.
public struct Flatten: Layer {
    /// The first axis that is joined.
    public let axis: Int

    public init(from axis: Int = 1) { self.axis = axis }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.flattened(from: axis) }
}
