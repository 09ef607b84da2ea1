public import SaccadeTensors
import Synchronization

/// What a network in training knows from the batch before, where sequences are longer than a batch: the states of
/// recurrent layers, through which gradients do not flow (truncated backpropagation through time; Williams and Peng, 1990).
///
/// Checkpoints keep it, so that a training that was killed goes on as if nothing had happened; weights for others do not.
public final class CarriedState: Sendable {
    private let held = Mutex<[Tensor]>([])

    public init() {}

    /// None before the first batch.
    public var tensors: [Tensor] {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue.map { $0.detached.rowMajor } } }
    }

    /// Those of the batch before; nil where there are none of such shapes, as in the first batch.
    public func tensors(of shapes: [Shape]) -> [Tensor]? {
        let tensors = tensors
        return tensors.map(\.shape) == shapes ? tensors : nil
    }
}
