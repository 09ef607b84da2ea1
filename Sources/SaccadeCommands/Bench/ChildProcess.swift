import Foundation
import SaccadeCommandSupport

/// A program that was run to its end, and timed as the peers' script times theirs: `posix_spawn` to `waitpid`. Foundation's
/// `Process` notices an end only when it looks, every 50 ms.
struct ChildProcess {
    /// From before it was started to after it had ended, in milliseconds.
    let milliseconds: Double
    /// What it printed.
    let output: String

    /// Runs a program, and waits.
    ///
    /// - Throws: ``CommandError`` when it cannot be started, or ends otherwise than with 0.
    init(_ executable: String, _ arguments: [String]) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        #if os(Linux)
            var actions = posix_spawn_file_actions_t()
        #else
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        var settings = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + settings { free(word) } }

        var (child, status) = (pid_t(), Int32())
        let start = ContinuousClock.now
        let problem = posix_spawn(&child, executable, &actions, nil, &words, &settings)
        guard problem == 0 else {
            throw CommandError.data("\(executable) cannot be started: \(String(cString: strerror(problem)))")
        }
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        milliseconds = start.duration(to: .now).seconds * 1e3
        guard status == 0 else {
            throw CommandError.data("this failed: \(([executable] + arguments).joined(separator: " "))")
        }
        output = try String(contentsOfFile: file, encoding: .utf8)
    }
}
