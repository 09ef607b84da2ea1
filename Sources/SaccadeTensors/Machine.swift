import CSaccadeThreads
import Foundation

/// How many threads one computation is spread over.
public enum Threads {
    /// Threads in use: what was set, or one for each core.
    public static var count: Int { Int(saccade_threads_count()) }

    /// Sets the count for everything computed from now on. Call it once, before the first computation: it is
    /// part of what makes results repeat to the last bit.
    ///
    /// - Precondition: `count` is at least 1.
    public static func set(_ count: Int) {
        require(count >= 1, "computing takes at least 1 thread, got \(count)")
        saccade_threads_set(Int32(clamping: count))
    }

    /// Calls `body` with 0..<`count`, on as many threads as there are; it must bear to be called by several at once.
    /// What oneDNN computes inside runs on the calling thread alone.
    package static func forEach(_ count: Int, _ body: (Int) -> Void) {
        if count == 1 { return body(0) }
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { context in
                saccade_threads_for(count, 1, UnsafeMutableRawPointer(mutating: context)) { context, begin, end in
                    // The pointer made above, which lives until all threads are done.
                    let body = context.unsafelyUnwrapped.assumingMemoryBound(to: ((Int) -> Void).self).pointee
                    for index in begin..<end { body(index) }
                }
            }
        }
    }
}

/// What this process runs on.
public enum Machine {
    /// The processor's own name, such as `AMD EPYC 9R45`.
    public static let processor: String = {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return "unknown" }
        // One paragraph for each processor, of which one will do.
        let lines = text.split(separator: "\n", maxSplits: 16)
        func field(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name) }?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
        }
        // Virtual machines call many processors by one name; family and model tell them apart.
        return [field("model name"), field("cpu family"), field("model\t")].compactMap { $0 }.joined(separator: " ")
    }()
}
