import SaccadePrelude
import SaccadeTensors
import Synchronization

/// Random numbers for a layer that needs new ones each time it is applied.
///
/// Its state is the only thing beside parameters and buffers that training changes in a network.
public final class RandomSource: Sendable {
    private let generator: Mutex<SplitMix64>

    /// - Parameter seed: Where the sequence starts.
    public init(seed: UInt64) { generator = Mutex(SplitMix64(seed: seed)) }

    /// Where the sequence is; a source that starts there continues the same way.
    public var state: UInt64 { generator.withLock { $0.state } }

    /// Continues from a ``state`` that was read before.
    public func restore(_ state: UInt64) { generator.withLock { $0 = SplitMix64(seed: state) } }

    /// The next number of the sequence, as the seed of one application.
    public func next() -> UInt64 { generator.withLock { $0.next() } }
}
