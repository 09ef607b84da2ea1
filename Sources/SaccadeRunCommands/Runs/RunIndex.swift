import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeRuns
import SaccadeSettings
import SaccadeTraining

/// The user's registry of runs, as commands use it.
enum RunIndex {
    /// The registry. Where it cannot be used that is said in one line, and one in memory takes its place: it knows what
    /// lies in the folder `runs`.
    static func open() throws(FileError) -> RunRegistry {
        do {
            return try RunRegistry(at: RunRegistry.standardPath)
        } catch {
            Console.note("note: only the runs in \(RunFolder.runs)/ are known. \(error)")
            return try RunRegistry()
        }
    }

    /// The registry for a training, which goes on without one.
    static func forWriting() -> RunRegistry? {
        do {
            return try RunRegistry(at: RunRegistry.standardPath)
        } catch {
            Console.note("note: this run is not entered into the list of runs; the training goes on. \(error)")
            return nil
        }
    }

    /// The registry, a new one if the one that is there is damaged.
    static func openOrRenew() throws(FileError) -> RunRegistry {
        do {
            let registry = try RunRegistry(at: RunRegistry.standardPath)
            // What is damaged within shows when it is read.
            _ = try registry.entries()
            return registry
        } catch  where error.code == .malformed {
            return try renewed()
        }
    }

    /// A new registry in place of one that is damaged.
    static func renewed() throws(FileError) -> RunRegistry {
        let aside = try RunRegistry.putAside(RunRegistry.standardPath)
        Console.note("note: the list of runs was damaged; it is now \(aside), and begun anew.")
        return try RunRegistry(at: RunRegistry.standardPath)
    }

    /// The folder of the run that a user names.
    ///
    /// - Throws: ``RunError``: there is none, or several.
    static func folder(of nameOrPath: String, in registry: RunRegistry) throws -> String {
        let near = RunFolder.folder(of: nameOrPath)
        if Path("\(near)/run.json").exists { return near }
        let entries = try registry.refreshed(with: [RunFolder.runs])
        let path = RunSummary.absolute(nameOrPath)
        let named = entries.filter { $0.name == nameOrPath || $0.folder == path }
        if named.count > 1 {
            throw RunError(
                .different,
                "there are \(named.count) runs called \(nameOrPath): \(named.map(\.folder).joined(separator: ", ")); "
                    + "name one by its folder.")
        }
        if let run = named.first { return run.folder }
        let guess = nearest(to: nameOrPath, among: entries.map(\.name)).map { "did you mean \($0)?" }
        throw RunError(
            .missing,
            "there is no run here called \(nameOrPath); \(guess ?? "saccade runs lists those that there are.")")
    }

    /// How a user would name a run here: `digits` for `runs/digits`, else the path from here, else the whole path.
    static func shortest(_ folder: String) -> String {
        let here = RunSummary.absolute(".")
        for prefix in ["\(here)/\(RunFolder.runs)/", "\(here)/"] where folder.hasPrefix(prefix) {
            return String(folder.dropFirst(prefix.count))
        }
        return folder
    }
}

/// A run as `--json` gives it.
struct RunJSON: Encodable {
    let name: String
    let folder: String
    let network: String
    let data: String
    let state: String
    let reason: String?
    let epochs: Int
    let epochsWanted: Int
    let bestEpoch: Int?
    let bestMetric: String?
    let bestValue: Double?
    let seconds: Double
    let waitingShare: Double?
    let peakMemory: Int?
    let lastActive: Date

    init(_ run: RunEntry) {
        name = run.name
        folder = run.folder
        network = run.network
        data = run.data
        state = run.state.word
        reason = run.state.reason
        epochs = run.epochs.done
        epochsWanted = run.epochs.wanted
        bestEpoch = run.best?.epoch
        bestMetric = run.best?.monitor.name
        bestValue = run.best?.value
        seconds = run.seconds
        waitingShare = run.waitingFraction
        peakMemory = run.peakMemory
        lastActive = run.lastActive
    }

    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
