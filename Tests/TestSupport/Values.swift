import SaccadePrelude
public import SaccadeTensors

extension Tensor {
    /// Distinct, small, deterministic values in -1..<1: readable in a failure, never all equal, and without
    /// ties between neighbours.
    public static func ramp(_ shape: Shape, seed: UInt64 = 0) -> Tensor {
        let count = shape.elementCount
        // Multiplying by a number without common factors visits every residue once.
        return Tensor(
            (0..<count).map { Float(($0 * 7919 + 13 + Int(seed) * 101) % 997) / 498.5 - 1 + Float($0) * 1e-6 },
            shape: shape)
    }

    /// Values in -1..<1 without any pattern, so that sums of them hardly ever tie.
    public static func random(_ shape: Shape, seed: UInt64 = 0) -> Tensor {
        var generator = SplitMix64(seed: seed)
        return Tensor((0..<shape.elementCount).map { _ in .random(in: -1..<1, using: &generator) }, shape: shape)
    }

    /// Whether all elements differ from those of `other` by less than `tolerance`, relative to the largest.
    public func isClose(to other: Tensor, tolerance: Float = 1e-5) -> Bool {
        shape == other.shape && relativeError(to: other) <= tolerance
    }

    /// The largest difference between elements, relative to the largest element of `other` (at least 1e-3).
    public func relativeError(to other: Tensor) -> Float {
        guard shape == other.shape else { return .infinity }
        let (a, b) = (scalars, other.scalars)
        let scale = max(b.map(abs).max() ?? 0, 1e-3)
        return zip(a, b).map { $0 == $1 ? 0 : abs($0 - $1) / scale }.reduce(0) {
            $1.isNaN ? .infinity : Swift.max($0, $1)
        }
    }
}
