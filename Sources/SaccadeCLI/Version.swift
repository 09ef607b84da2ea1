import SaccadeTensors

/// What `saccade --version` says: all that a report of a speed or of a difference needs.
enum Version {
    static var text: String {
        let threads = Threads.whyForeign.map { "OpenMP's threads, not its own: \($0)" } ?? "its own threads"
        return """
            saccade, unreleased
            \(Machine.engine) on \(threads)
            \(Threads.count) of \(Threads.most) core\(Threads.most == 1 ? "" : "s"), \(Machine.processor) (\(Machine.instructionSets))
            """
    }
}
