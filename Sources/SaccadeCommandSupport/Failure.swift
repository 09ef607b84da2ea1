package import ArgumentParser
import Foundation
import SaccadeFiles
import SaccadeTraining

/// How the program ends when something is wrong: one sentence on standard error, and a code that scripts can tell
/// apart. They are those of BSD's `sysexits.h`.
package enum Failure {
    package static let usage = ExitCode(64)
    package static let badInput = ExitCode(65)
    package static let tooLarge = ExitCode(69)
    package static let unwritable = ExitCode(73)
    /// As shells have it for a program that Ctrl-C ended.
    package static let stopped = ExitCode(130)

    /// A paragraph for the help of commands.
    package static let codes = """
        EXIT CODES:
          0   done
          64  the command line is wrong: an unknown option, a value out of range
          65  a file is wrong: missing, damaged, or with contents that make no sense
          73  the result cannot be written
        """

    /// What an error that is not about the command line means for scripts.
    package static func code(for error: any Error) -> ExitCode {
        switch error {
        case let error as RunError where error.code == .stopped: stopped
        case let error as RunError where error.code == .tooLarge: tooLarge
        case let error as FileError where error.code.isAboutWriting: unwritable
        case is UnwritableOutput: unwritable
        default: badInput
        }
    }
}

/// Standard output took less than was printed.
package struct UnwritableOutput: Error, CustomStringConvertible {
    package let description = "the output cannot be written; make room on the disk or print elsewhere"

    package init() {}
}
