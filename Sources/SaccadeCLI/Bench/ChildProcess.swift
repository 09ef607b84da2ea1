import Foundation

/// A program that was run to its end.
struct ChildProcess {
    /// From before it was started to after it had ended, in milliseconds.
    let milliseconds: Double
    /// The most that it held in memory, in bytes.
    let peakMemory: Int

    /// Runs a program whose output is of no interest, and waits.
    ///
    /// Foundation's `Process` does not tell how much memory it took.
    ///
    /// - Throws: ``CommandError`` when it cannot be started, or ends otherwise than with 0.
    init(_ executable: String, _ arguments: [String]) throws {
        var actions: posix_spawn_file_actions_t! = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        let words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let command = ([executable] + arguments).joined(separator: " ")
        let start = ContinuousClock.now
        var process = pid_t()
        let failure = posix_spawn(&process, executable, &actions, nil, words, environ)
        guard failure == 0 else {
            throw CommandError.data("\(executable) cannot be started: \(String(cString: strerror(failure)))")
        }
        var (status, usage) = (Int32(), rusage())
        while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        milliseconds = start.duration(to: .now).seconds * 1e3
        guard status == 0 else { throw CommandError.data("this failed: \(command)") }
        #if canImport(Darwin)
            peakMemory = Int(usage.ru_maxrss)
        #else
            peakMemory = Int(usage.ru_maxrss) * 1024
        #endif
    }
}
