import ArgumentParser
import Foundation
import SaccadeFiles
import SaccadeTraining

/// How the program ends when something is wrong: one sentence on standard error, and a code that scripts can tell
/// apart. They are those of BSD's `sysexits.h`.
enum Failure {
    static let usage = ExitCode(64)
    static let badInput = ExitCode(65)
    static let tooLarge = ExitCode(69)
    static let unwritable = ExitCode(73)
    /// As shells have it for a program that Ctrl-C ended.
    static let stopped = ExitCode(130)

    /// A paragraph for the help of commands.
    static let codes = """
        EXIT CODES:
          0   done
          64  the command line is wrong: an unknown option, a value out of range
          65  a file is wrong: missing, damaged, or with contents that make no sense
          73  the result cannot be written
        """

    /// What an error that is not about the command line means for scripts.
    static func code(for error: any Error) -> ExitCode {
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
private struct UnwritableOutput: Error, CustomStringConvertible {
    let description = "the output cannot be written; make room on the disk or print elsewhere"
}

extension Saccade {
    static func main() async {
        ShortenedFile.watch()
        if CommandLine.arguments.dropFirst() == ["--version"] { return print(Version.text) }
        do {
            var command = try parsed(Array(CommandLine.arguments.dropFirst()))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            // What was printed may still wait for a disk that is full.
            guard fflush(nil) == 0 else {
                throw UnwritableOutput()
            }
        } catch {
            let code = exitCode(for: error)
            // Help and the version are thrown, too, and so is the code of a command that has spoken already.
            guard code != .success, !(error is ExitCode) else { exit(withError: error) }
            // What ArgumentParser does not know is about files, not about the command line.
            let isUsage = code != .failure
            let message = isUsage ? fullMessage(for: error) : "error: \(error)"
            let plain = message.hasPrefix("Error: ") ? "error: " + message.dropFirst(7) : message
            FileHandle.standardError.write(Data((plain + "\n").utf8))
            exit(withError: isUsage ? code : Failure.code(for: error))
        }
    }
}
