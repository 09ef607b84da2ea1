import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeRuns
import SaccadeTraining

/// What a training will need of memory, in words, and whether it may begin.
enum MemoryNote {
    static func line(_ need: TrainingMemory) -> String {
        let data = need.batches + need.samples
        return
            "Memory: about \(bytes(need.total)) for batches of \(need.batch): network \(bytes(need.network + need.average + need.accumulated)), "
            + "data \(bytes(data)), kept for reuse \(bytes(need.cached)), program \(bytes(TrainingMemory.overhead))."
    }

    /// - Parameter limit: What the user allows; nil for what the machine has.
    /// - Throws: ``RunError`` with the batch that would fit, if there is one.
    static func check(_ training: Training<some LearningTask>, _ need: TrainingMemory, limit: Int?) throws {
        let most = limit ?? machine
        guard need.total > most else { return }
        let allowed = limit == nil ? "this machine has \(bytes(most))" : "--max-memory allows \(bytes(most))"
        let remedy: String
        if let batch = try training.largestBatch(within: most) {
            remedy =
                "--batch-size \(batch) would fit"
                + (need.batch > batch
                    ? ", with --set training.accumulation=\((need.batch + batch - 1) / batch) for steps of as many"
                    : "")
        } else {
            remedy = "not even a single image at a time would fit: choose a smaller network or input"
        }
        let force = limit == nil ? "; or give a larger --max-memory to try all the same" : ""
        throw RunError(
            .tooLarge, "the training would need about \(bytes(need.total)), and \(allowed); \(remedy)\(force).")
    }

    /// What the machine has, or this process may have of it, in bytes.
    private static var machine: Int {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        // A container's share is often less; a number, or the word “max”.
        let share = (try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8)).flatMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return min(physical, share ?? physical)
    }
}

/// What is said of samples that a training goes without.
enum SkippedNote {
    static func lines(_ problems: [Problem], folder: String) -> [String] {
        guard !problems.isEmpty else { return [] }
        let shown = 5
        let rest = problems.count > shown ? ["  and \(problems.count - shown) more"] : []
        return [
            "\(problems.count) samples cannot be used and are skipped; \(folder)/\(RunFolder.skippedName) lists them:"
        ]
            + problems.prefix(shown).map { "  \($0)" } + rest
    }
}
