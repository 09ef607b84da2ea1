import ArgumentParser
import Foundation
import SaccadeCommandSupport

extension Saccade {
    package static func main() async {
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
