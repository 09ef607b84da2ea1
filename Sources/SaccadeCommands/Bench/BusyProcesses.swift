import Foundation
import SaccadeCommandSupport

/// Programs that do nothing but keep cores busy, as the neighbours on a shared machine do.
final class BusyProcesses {
    private let children: [pid_t]

    /// Starts them.
    ///
    /// - Throws: ``CommandError`` when the shell cannot be started.
    init(_ count: Int) throws {
        // They end with this program, however that ends.
        let script = "while kill -0 $PPID 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done"
        var started: [pid_t] = []
        for _ in 0..<count {
            var child = pid_t()
            var words = ["sh", "-c", script].map { (word: String) in strdup(word) } + [nil]
            defer { for word in words { free(word) } }
            let problem = posix_spawn(&child, "/bin/sh", nil, nil, &words, nil)
            guard problem == 0 else {
                BusyProcesses.end(started)
                throw CommandError.data("/bin/sh cannot be started for --load: \(String(cString: strerror(problem)))")
            }
            started.append(child)
        }
        children = started
    }

    deinit { BusyProcesses.end(children) }

    private static func end(_ children: [pid_t]) {
        for child in children { kill(child, SIGKILL) }
        for child in children {
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
        }
    }
}
