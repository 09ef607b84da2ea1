import ArgumentParser
import Foundation
import SaccadeModels
import SaccadeSettings

/// A failure that the user can mend, in one sentence.
package struct CommandError: Error, CustomStringConvertible {
    package let description: String

    /// What was given cannot be used: a file, a recipe, a data set.
    package static func data(_ description: String) -> CommandError { CommandError(description: description) }
}

/// Runs `body`, in which settings are read that options gave: where one makes no sense, the command line is to blame.
package func withOptionsToBlame<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as RecipeError where error.location?.file.hasPrefix("--") ?? false {
        let text = "\(error)"
        throw ValidationError(text.hasSuffix("?") ? text : text + ".")
    }
}
