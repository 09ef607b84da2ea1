/// The weights of a whole network, as far as the caches are concerned: kernels under trial get theirs from here, other
/// ones each time.
///
/// Timed again and again with the same weights, a kernel finds them in the cache. In a network those of all other layers
/// have been there since; and what multiplies less by larger weights may then be the slower one.
final class ColdWeights {
    /// What all of them take, a power of two: the choice for a layer should not depend on the last digit of a network's size.
    let byteCount: Int
    private var next = 0
    /// One more of the largest that was asked for lies behind the end.
    private var zeros: Storage?

    /// Beyond this many bytes nothing is left of a layer's weights in any cache.
    private static let most = 128 << 20

    /// - Returns: `nil` for a network whose weights all fit into the caches of the cores.
    init?(of byteCount: Int) {
        guard byteCount > 2 << 20 else { return nil }
        self.byteCount = min(1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount), Self.most)
    }

    /// A tensor of zeros where none of the last ones lay.
    func next(_ shape: Shape, _ arrangement: Arrangement?) -> Tensor {
        let size = Storage.aligned(Arrangement.byteCount(of: arrangement, shape))
        let zeros = zeros(holding: size)
        let place = UnsafeRawBufferPointer(start: zeros.address + next, count: size)
        next = next + size < byteCount ? next + size : 0
        return Tensor(shape: shape, content: .stored(Storage(lent: place, by: zeros), arrangement))
    }

    private func zeros(holding size: Int) -> Storage {
        if let zeros, zeros.byteCount >= byteCount + size { return zeros }
        let made = Storage(byteCount: byteCount + size)
        made.address.initializeMemory(as: UInt8.self, repeating: 0, count: made.byteCount)
        zeros = made
        return made
    }
}
