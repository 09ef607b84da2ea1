import SaccadePrelude
public import SaccadeTensors

/// A convolution and what usually follows it: batch norm, an activation, max pooling, each where it is given, in as few
/// passes over memory as there are for them.
///
/// It computes what its parts compute one after another, and gives the same gradients. Make one of parts that have
/// names of their own, where it is applied:
///
///     let conv1: Conv2D
///     let bn1: BatchNorm2D
///     let maxpool: MaxPool2D
///
///     func callAsFunction(_ x: Tensor) -> Tensor {
///         ConvBlock(conv1, bn1, activation: .relu, pool: maxpool)(x)
///     }
///
/// or keep it as a part, whose parameters are called `conv.weight`, `bn.weight` and so on.
///
/// - Batch norm and ReLU are one operation while training. When predicting, a plan folds both into the convolution.
/// - Without batch norm the convolution applies the activation before it stores its result.
/// - Only a max pooling that shrinks comes *before* ReLU while training. ReLU never changes which element of a window is
///   the largest, unless all are negative, and then neither order lets a value or a gradient through; so both orders
///   agree exactly. Behind a 2×2 pooling ReLU and its gradient pass over a quarter of the elements.
public struct ConvBlock: Layer {
    public let conv: Conv2D
    public package(set) var bn: BatchNorm2D?
    public package(set) var activation: Activation?
    public package(set) var pool: MaxPool2D?

    /// - Parameters:
    ///   - conv: Comes first.
    ///   - bn: Comes second, with as many channels as the convolution has outputs.
    ///   - activation: Comes third.
    ///   - pool: Comes last.
    /// - Precondition: The convolution has no activation of its own.
    public init(
        _ conv: Conv2D, _ bn: BatchNorm2D? = nil, activation: Activation? = nil, pool: MaxPool2D? = nil
    ) {
        require(
            conv.activation == nil,
            "ConvBlock: the convolution applies an activation of its own; give it to the block instead")
        self.conv = conv
        self.bn = bn
        self.activation = activation
        self.pool = pool
    }

    /// - Parameter x: `[N, C, H, W]`.
    /// - Returns: `[N, O, H′, W′]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, names: nil) }

    /// What a trace calls the parts.
    package struct PartNames: Sendable {
        package var conv: String
        package var bn = "bn"
        package var activation = "activation"
        package var pool = "pool"

        package init(conv: String) { self.conv = conv }
    }

    /// - Parameter names: Of the parts; nil leaves their operations to the layer around them.
    package func callAsFunction(_ x: Tensor, names: PartNames?) -> Tensor {
        if let pool, pool.stride.product > 1, bn == nil, activation == .relu, Phase.current == .training {
            return pooledBeforeReLU(x, pool, names)
        }
        var y = Self.scope(names?.conv) { bn == nil ? conv.activated(by: activation)(x) : conv(x) }
        if let bn { y = Self.scope(names?.bn) { bn(y, activation: activation) } }
        if let pool { y = Self.scope(names?.pool) { pool(y) } }
        return y
    }

    private func pooledBeforeReLU(_ x: Tensor, _ pool: MaxPool2D, _ names: PartNames?) -> Tensor {
        let isPlain =
            conv.dilation == 1 && conv.groups == 1 && (pool.padding == .valid || pool.padding == 0)
            && pool.dilation == 1 && !pool.ceilMode
        if isPlain, !x.isTraced {
            return pooledConv2D(
                x, conv.weight.value, bias: conv.bias?.value, stride: conv.stride, padding: conv.padding,
                pool: pool.kernel, poolStride: pool.stride)
        }
        let y = Self.scope(names?.conv) { conv(x) }
        let pooled = Self.scope(names?.pool) { pool(y) }
        return Self.scope(names?.activation) { relu(pooled) }
    }

    private static func scope(_ name: String?, _ body: () -> Tensor) -> Tensor {
        name.map { Trace.scope($0, body) } ?? body()
    }
}
