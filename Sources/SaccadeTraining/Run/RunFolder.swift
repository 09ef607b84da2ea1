import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeInterchange
import SaccadeTensors

/// The folder of one run, held by one process at a time.
///
/// | file | what it holds |
/// |---|---|
/// | `run.json` | ``RunDescription`` |
/// | `recipe.yaml` | the same as a recipe: the network, how images are prepared, every setting of the training |
/// | `metrics.jsonl` | an ``EpochRecord`` per line |
/// | `timings.jsonl` | how long each epoch took |
/// | `checkpoint.safetensors` | everything that is needed to go on |
/// | `epoch-N.safetensors` | the same after epoch N, for the last epochs where `keepLast` is above 1 |
/// | `best.safetensors` | the weights with the best validation result |
/// | `skipped.txt` | the samples that were skipped because they cannot be used, if there are any |
/// | `tuning.json` | which kernels the process computed with, of those that differ in speed and in the last digits |
///
/// The timings and the tuning depend on the clock, the others on the description and the data alone. Every file but the
/// timings is replaced as a whole or, in the metrics' case, cut back to what the checkpoint knows
/// of: a process may end at any moment without harm.
public final class RunFolder {
    /// The folder.
    public let path: String
    /// What the run is.
    public let description: RunDescription
    /// What computes otherwise than when the run was begun, such as `threads (4, was 2)`: a resumed run then comes to
    /// results that differ in the last digits.
    public let versionChanges: [String]
    private let lock: FileLock

    /// The folder in which runs are kept unless somebody says otherwise.
    public static let runs = "runs"

    /// Where a run is: `runs/NAME`, or the folder itself.
    public static func folder(of nameOrPath: String) -> String {
        let isPath = nameOrPath.contains("/") || Path("\(nameOrPath)/run.json").exists
        return isPath ? nameOrPath : "\(runs)/\(nameOrPath)"
    }

    /// The file with the best weights of a run; `nil` where there is no such run, or it has none yet.
    public static func weights(ofRun nameOrPath: String) -> String? {
        let path = "\(folder(of: nameOrPath))/best.safetensors"
        return Path(path).exists ? path : nil
    }

    /// Whether anything has been learnt in a run's folder.
    private static func hasBegun(at path: String) -> Bool {
        hasCheckpoint(at: path) || !EpochRecord.read(fromRunAt: path).isEmpty
    }

    public var checkpointPath: String { "\(path)/checkpoint.safetensors" }

    /// Whether a run in this folder has come so far that it has a checkpoint.
    static func hasCheckpoint(at path: String) -> Bool {
        Path("\(path)/checkpoint.safetensors").exists
    }

    public var bestPath: String { "\(path)/best.safetensors" }
    public var metricsPath: String { "\(path)/metrics.jsonl" }
    public var timingsPath: String { "\(path)/timings.jsonl" }
    private var tuningPath: String { "\(path)/tuning.json" }

    /// Begins a run, or goes on with one.
    ///
    /// - Parameters:
    ///   - path: The run's folder; it is made if it is not there.
    ///   - description: What the run is.
    ///   - resuming: Whether to go on with a run that is there, which must have been begun with the same description;
    ///     only `epochs`, `patience`, `checkpointMinutes` and `keepLast` may differ.
    /// - Throws: ``RunError``: there is a run where a new one is wanted, or none where one is to be resumed; another
    ///   process trains it; it was begun differently. `FileError` when the folder cannot be written.
    public init(at path: String, _ description: RunDescription, resuming: Bool) throws {
        if resuming, !Path(path).exists {
            throw RunError(.missing, "\(path): there is no run to resume; check the name or leave out --resume.")
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                .unwritable, path: path, reason: "the folder of the run cannot be made", remedy: "choose another place")
        }
        self.path = path
        // Somebody who only looks whether this run is being trained holds the lock for a moment.
        guard let lock = try FileLock(at: "\(path)/.lock", attempts: 10) else {
            throw RunError(
                .locked, "\(path): another process is training this run; wait for it, or choose another name.")
        }
        var kept = description
        var changes: [String] = []
        AtomicFile.removeUnfinished(in: path)
        // Without a description, or without anything learnt, the run was ended before it began, and begins now.
        if Path("\(path)/run.json").exists, resuming || Self.hasBegun(at: path) {
            let stored = try RunDescription(ofRunAt: path)
            guard resuming else {
                throw RunError(
                    .exists, "\(path): a run already exists here; use --resume to continue it, or choose another name.")
            }
            let differences = description.differences(from: stored)
            guard differences.isEmpty else {
                throw RunError(
                    .different,
                    "\(path): this run was begun differently: \(differences.joined(separator: ", ")); "
                        + "resume it with what it was begun with, or choose another name.")
            }
            changes = description.versions.sorted { $0.key < $1.key }.compactMap { name, value in
                stored.versions[name].flatMap { $0 == value ? nil : "\(name) (\(value), was \($0))" }
            }
            kept = stored
            kept.settings = description.settings
            if kept != stored { try kept.write(to: path) }
        } else {
            try description.write(to: path)
        }
        self.lock = lock
        self.description = kept
        versionChanges = changes
        Tuner.shared.keepCopy(at: tuningPath)
    }

    /// Whether a process is training the run in a folder at this moment.
    public static func isBeingTrained(_ folder: String) -> Bool { FileLock.isHeld(at: "\(folder)/.lock") }

    /// Writes down which samples the training goes without.
    func keep(skipped: [Problem]) throws {
        // Older versions called the file something else; a run that is resumed has one list, not two.
        try? FileManager.default.removeItem(atPath: "\(path)/\(Self.olderSkippedName)")
        let path = "\(path)/\(Self.skippedName)"
        guard !skipped.isEmpty else {
            try? FileManager.default.removeItem(atPath: path)
            return
        }
        try AtomicFile.write(skipped.map { "\($0)\n" }.joined(), to: path)
    }

    /// The name of the file that says which samples were skipped.
    public static let skippedName = "skipped.txt"
    /// What older versions called it.
    public static let olderSkippedName = "left-out.txt"

    /// The checkpoint of an epoch that is over.
    ///
    /// - Parameter epoch: Counted from 1.
    public func checkpointPath(ofEpoch epoch: Int) -> String { "\(path)/epoch-\(epoch).safetensors" }

    /// Removes the epochs' own checkpoints but for the last ones up to `epoch`.
    func removeCheckpoints(except epoch: Int, keeping count: Int) {
        let kept = count > 1 ? epoch - count + 1...epoch : 0...0
        for name in (try? FolderContents.names(in: path)) ?? [] {
            guard name.hasPrefix("epoch-"), name.hasSuffix(".safetensors"),
                let number = Int(name.dropFirst(6).dropLast(12)), !kept.contains(number)
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    deinit { Tuner.shared.endCopy(at: tuningPath) }
}
