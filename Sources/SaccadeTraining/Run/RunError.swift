/// Why a run cannot start, go on or be read: what, in which file or folder, and what to do about it.
public struct RunError: Error, Equatable, CustomStringConvertible {
    /// The kinds of trouble that a program may want to tell apart.
    public enum Code: Sendable, Equatable {
        /// There is no such run.
        case missing
        /// There is a run of that name already.
        case exists
        /// Another process is training this run.
        case locked
        /// The run was started with other settings, another network or other classes.
        case different
        /// A file of the run is not what it should be.
        case damaged
        /// There is nothing to learn from.
        case noSamples
        /// A loss, a gradient or a result is not a finite number.
        case notFinite
        /// Somebody wanted the training to stop; what it has learnt is kept.
        case stopped
        /// The training would need more memory than it may have.
        case tooLarge
    }

    /// The kind of trouble.
    public let code: Code
    /// One sentence for a person.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
