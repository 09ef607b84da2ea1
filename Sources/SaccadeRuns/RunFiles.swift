import Foundation
public import SaccadeFiles
import SaccadeTraining

/// The files of a run's folder, those that people look at among them.
///
/// | file | what it holds |
/// |---|---|
/// | `report.html` | everything about the run to look at; while it is trained the page renews itself |
/// | `curves.png`, `curves.svg` | loss and accuracy by epoch |
/// | `events.out.tfevents.…` | the same numbers for TensorBoard |
/// | `stopped.txt` | why the run ended before its last epoch, where the process could still say so |
///
/// None of them is needed to go on with a run: all come from ``RunFolder``'s files.
public enum RunFiles {
    public static let report = "report.html"
    public static let curves = ["curves.png", "curves.svg"]
    public static let stopped = "stopped.txt"
    /// How the names of TensorBoard's files begin.
    public static let eventsPrefix = "events.out.tfevents."

    private static let ownNames: Set<String> = [
        "run.json", "recipe.yaml", "metrics.jsonl", "timings.jsonl", "checkpoint.safetensors", "best.safetensors",
        "tuning.json", ".lock", report, stopped, RunFolder.skippedName, RunFolder.olderSkippedName,
    ]

    /// Whether a file of this name in a run's folder is the run's.
    static func belongsToRun(_ name: String) -> Bool {
        ownNames.contains(name) || curves.contains(name) || name.hasPrefix(eventsPrefix)
            || name.hasPrefix("epoch-") && name.hasSuffix(".safetensors") && Int(name.dropFirst(6).dropLast(12)) != nil
            || name.hasPrefix(".") && name.hasSuffix(AtomicFile.unfinishedSuffix)
    }

    /// The run's files in a folder, by name, with their sizes in bytes; hidden ones left out.
    public static func list(in folder: String) throws(FileError) -> [(name: String, size: Int)] {
        try FolderContents.names(in: folder).filter { belongsToRun($0) && !$0.hasPrefix(".") }.map {
            ($0, (try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)")[.size] as? Int) ?? 0)
        }
    }

    /// Removes a run: its files and, if nothing else lies there, the folder.
    ///
    /// - Returns: The names of what was left because it is no file of a run.
    /// - Throws: ``RunError`` when there is no run, or a process is training it; `FileError` when it cannot be removed.
    public static func delete(runAt folder: String) throws -> [String] {
        guard Path("\(folder)/run.json").exists else {
            throw RunError(.missing, "\(folder): there is no run here (no run.json); check the name.")
        }
        guard let lock = try FileLock(at: "\(folder)/.lock", attempts: 10) else {
            throw RunError(
                .locked, "\(folder): a process is training this run; stop it first, or let it come to its end.")
        }
        // Held until everything is gone.
        defer { withExtendedLifetime(lock) {} }
        let names = try FolderContents.names(in: folder)
        // The description goes last: what is half deleted is still known as a run, and can be deleted again.
        for name in names.filter(belongsToRun).sorted(by: { rank($0) < rank($1) }) {
            do {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            } catch {
                throw FileError(
                    .unwritable, path: "\(folder)/\(name)", reason: "cannot be removed",
                    remedy: "check the permissions of the folder")
            }
        }
        let others = names.filter { !belongsToRun($0) }
        if others.isEmpty { try? FileManager.default.removeItem(atPath: folder) }
        return others
    }

    private static func rank(_ name: String) -> Int { name == "run.json" ? 1 : name == ".lock" ? 2 : 0 }
}
