public import SaccadeTensors

/// Layers applied one after another.
///
///     Sequential {
///         for (inputs, outputs) in [(3, 64), (64, 128)] {
///             Conv2D(in: inputs, out: outputs, kernel: 3, padding: 1, using: &generator)
///             ReLU()
///         }
///     }
///
/// Its layers are called `0`, `1` and so on, as in PyTorch: the first one's weight is `0.weight`.
public struct Sequential: Layer {
    public let layers: [any Layer]

    public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

    /// For layers that are in an array already.
    public init(_ layers: [any Layer]) { self.layers = layers }

    public var children: [(name: String, value: Any)] {
        layers.enumerated().map { (name: String($0.offset), value: $0.element) }
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        layers.enumerated().reduce(x) { x, layer in layer.element(x, as: String(layer.offset)) }
    }
}

/// A function as a layer.
public struct Apply: Layer {
    private let function: @Sendable (Tensor) -> Tensor

    public init(_ function: @escaping @Sendable (Tensor) -> Tensor) { self.function = function }

    public func callAsFunction(_ x: Tensor) -> Tensor { function(x) }
}

/// Collects layers from a block, so that `if` and `for` work inside one.
@resultBuilder
public enum LayerBuilder {
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
    public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
    public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
}
