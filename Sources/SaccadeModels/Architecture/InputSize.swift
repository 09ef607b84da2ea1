public import SaccadeTensors

/// What a network is given: an image or a vector.
public enum InputSize: Hashable, Sendable, CustomStringConvertible {
    /// Pixels, and channels such as red, green and blue.
    case image(height: Int, width: Int, channels: Int)
    case vector(Int)

    /// No side of an image, and no number of channels, is longer.
    public static let maximumLength = 1 << 16
    /// Neither an image nor the result of a layer has more elements.
    public static let maximumElementCount = 1 << 28

    /// Reads `240x240x3` (height × width × channels), or one number for a vector.
    ///
    /// - Returns: `nil` where the text is neither, or a length is 0 or beyond the bounds.
    public init?(_ text: String) {
        let parts = text.lowercased().split(omittingEmptySubsequences: false) { "x×".contains($0) }
            .map { Int($0.filter { $0 != " " }) }
        let lengths = parts.compactMap { $0 }
        guard lengths.count == parts.count, lengths.allSatisfy({ (1...Self.maximumLength).contains($0) }),
            // Three lengths of 16 bits multiply to at most 48.
            lengths.count <= 3,
            lengths.reduce(1, *) <= Self.maximumElementCount
        else { return nil }
        switch lengths.count {
        case 1: self = .vector(lengths[0])
        case 3: self = .image(height: lengths[0], width: lengths[1], channels: lengths[2])
        default: return nil
        }
    }

    /// What the text of an input size looks like, for messages.
    package static let hint =
        "height x width x channels such as 240x240x3, or one number for a vector, each from 1 to \(maximumLength) "
        + "and no more than \(maximumElementCount) elements in all"

    /// One image `[C, H, W]` or vector `[N]`, without a batch.
    public var shape: Shape {
        switch self {
        case .image(let height, let width, let channels): [channels, height, width]
        case .vector(let count): [count]
        }
    }

    public var description: String {
        switch self {
        case .image(let height, let width, let channels): "\(height)x\(width)x\(channels)"
        case .vector(let count): "\(count)"
        }
    }
}
