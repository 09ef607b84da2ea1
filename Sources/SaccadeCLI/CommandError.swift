import Foundation

/// A failure that the user can mend, in one sentence.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    /// What was given cannot be used: a file, a recipe, a data set.
    static func data(_ description: String) -> CommandError { CommandError(description: description) }
}
