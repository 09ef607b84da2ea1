import CSaccadeThreads
import Foundation
import SaccadePrelude

/// The threads that one computation is spread over.
public enum Threads {
    /// Threads in use: what was set; or what `OMP_NUM_THREADS` says; or the cores that this process may use, by its affinity
    /// and its control groups' quota. A quota of a core and a half makes two.
    public static var count: Int { Int(saccade_threads_count()) }

    /// The cores that this process may run on. More threads than these are not used.
    public static var most: Int { Int(saccade_threads_most()) }

    /// Why oneDNN and our loops run on OpenMP's threads; `nil` where they run on our own, as they should.
    public static var whyForeign: String? { saccade_threads_foreign().map { String(cString: $0) } }

    /// Sets the count for everything computed from now on; at most ``most`` are used. Call it once, before the first
    /// computation: it is part of what makes results repeat to the last bit.
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

extension Threads {
    /// How often the threads have met when `body`, which computes on the calling thread's account, is done.
    static func meetings(in body: () -> Void) -> Int {
        let before = saccade_threads_meetings()
        body()
        return Int(saccade_threads_meetings() - before)
    }
}

/// What this process runs on.
public enum Machine {
    /// The processor's own name, such as `AMD EPYC 9R45`.
    public static let processor: String = {
        // Virtual machines call many processors by one name; family and model tell them apart.
        ["model name", "cpu family", "model\t"].compactMap(field).joined(separator: " ")
    }()

    /// What it multiplies with, such as `avx512 avx512-vnni avx512-bf16`: processors of one name, family and model come with
    /// and without matrix units, as whoever rents them out decides.
    public static let instructionSets: String = {
        let flags = Set((field("flags") ?? field("Features") ?? "").split(separator: " ").map(String.init))
        let known = [
            ("avx2", "avx2"), ("avx_vnni", "avx-vnni"), ("avx512f", "avx512"), ("avx512_vnni", "avx512-vnni"),
            ("avx512_bf16", "avx512-bf16"), ("avx512_fp16", "avx512-fp16"), ("amx_bf16", "amx-bf16"),
            ("amx_int8", "amx-int8"), ("asimd", "neon"), ("sve", "sve"), ("bf16", "bf16"), ("i8mm", "i8mm"),
        ]
        return known.filter { flags.contains($0.0) }.map(\.1).joined(separator: " ")
    }()

    /// A field of the first processor in the kernel's list.
    private static func field(_ name: String) -> String? {
        // One paragraph for each processor, of which one will do.
        let line = description.first { $0.hasPrefix(name) }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }

    private static let description =
        ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")
        .split(separator: "\n", maxSplits: 32).prefix(32)
}
