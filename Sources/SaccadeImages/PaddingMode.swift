import SaccadePrelude

/// What an image is taken to be surrounded by, where something looks beyond its edges.
public enum PaddingMode: Sendable, Hashable {
    /// One colour, whose channels are as many as the image's.
    case color([UInt8])
    /// The nearest pixel of the image.
    case edge
    /// The image mirrored at its edges again and again: c b a | a b c | c b a.
    case mirrored

    /// The position inside `0..<count` that stands for any other; only for ``edge`` and ``mirrored``.
    func inside(_ position: Int, _ count: Int) -> Int {
        if self == .edge { return min(max(position, 0), count - 1) }
        let period = 2 * count
        let remainder = position % period
        let folded = remainder < 0 ? remainder + period : remainder
        return min(folded, period - 1 - folded)
    }

    func check(_ image: Image) {
        guard case .color(let color) = self else { return }
        require(
            color.count == image.channels,
            "PaddingMode: \(color.count) channels around an image of \(image.channels)")
    }
}
