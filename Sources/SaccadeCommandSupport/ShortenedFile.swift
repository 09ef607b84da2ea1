import Foundation

/// A file of weights that somebody cuts short while its numbers are in use where they lie: the system tells by a signal
/// that would end the program without a word.
package enum ShortenedFile {
    /// From now on says so, and ends the program with ``Failure/badInput``.
    package static func watch() {
        signal(SIGBUS) { _ in
            let message: StaticString = """
                error: a file became shorter while it was read; give it its contents back, put a new file in its place \
                rather than writing into it, and run the command again

                """
            // Only what is allowed in a signal's handler: nothing that takes memory or locks.
            _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
            _exit(65)
        }
    }
}
