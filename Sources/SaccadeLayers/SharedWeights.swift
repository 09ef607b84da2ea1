import SaccadePrelude
package import SaccadeTensors

/// A layer that can work with the parameters of another. A parameter has identity: whoever holds the same one shares
/// its value and its gradient.
package protocol SharesWeights: Layer {
    var weight: Parameter { get set }
    var bias: Parameter? { get set }
    var activation: Activation? { get set }
}

extension SharesWeights {
    /// The same layer with parameters that exist already.
    ///
    /// - Precondition: The weight has this one's shape.
    package func using(weight: Parameter, bias: Parameter?) -> Self {
        require(weight.shape == self.weight.shape, "\(Self.self): weights of \(weight.shape) for \(self.weight.shape)")
        var copy = self
        copy.weight = weight
        copy.bias = bias
        return copy
    }

    /// The same layer with the same parameters, and this activation in the same pass over memory.
    package func activated(by activation: Activation?) -> Self {
        var copy = self
        copy.activation = activation
        return copy
    }
}

extension Conv2D: SharesWeights {}
extension ConvTranspose2D: SharesWeights {}
extension Linear: SharesWeights {}
