import SaccadePrelude

/// Which pictures of a film are wanted.
public enum FrameSampling: Sendable, Hashable {
    /// Every one.
    case all
    /// So many for each second, in ``rates``: what is shown at the times 0, 1/rate, 2/rate … until the end. Where the film has fewer, a
    /// picture comes again.
    case rate(Double)
    /// So many at most, 1 or more, evenly spaced in time: what is shown in the middle of as many equal parts. A film with no more
    /// pictures than that gives each once.
    case count(Int)

    /// Pictures a second that make sense: one in a quarter of an hour to a thousand.
    public static let rates = 0.001...1000.0

    /// Ends the process for numbers that make no sense.
    func check() {
        switch self {
        case .all: break
        case .rate(let rate): require(Self.rates.contains(rate), "FrameSampling: \(rate) pictures a second")
        case .count(let count): require(count > 0, "FrameSampling: \(count) pictures")
        }
    }
}
