/// Whether a run is going on, or how it ended.
public enum RunState: Sendable, Hashable {
    /// A process trains it at this moment.
    case running
    /// It came to its last epoch, or ran out of patience.
    case finished
    /// The process ended it before, with a reason: an error, or because it was asked to.
    case stopped(reason: String)
    /// The process ended without a word; the run can be resumed.
    case killed
    /// The registry knows of it, but its folder is not there.
    case gone

    /// One word, as tables and JSON have it.
    public var word: String {
        switch self {
        case .running: "running"
        case .finished: "finished"
        case .stopped: "stopped"
        case .killed: "killed"
        case .gone: "gone"
        }
    }

    /// Why it was stopped.
    public var reason: String? { if case .stopped(let reason) = self { reason } else { nil } }

    init?(word: String, reason: String?) {
        switch word {
        case "running": self = .running
        case "finished": self = .finished
        case "stopped": self = .stopped(reason: reason ?? "")
        case "killed": self = .killed
        case "gone": self = .gone
        default: return nil
        }
    }
}
