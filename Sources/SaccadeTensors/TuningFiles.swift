import Foundation
import SaccadeFiles
import SaccadeOneDNN

/// The files that choices are kept in.
enum TuningFiles {
    /// What choices are good for.
    static var machine: String {
        "\(Machine.processor) \(Machine.instructionSets)-onednn\(Library.version)-\(Threads.count)threads"
    }

    /// `$SACCADE_TUNING`, or `saccade` in the user's folder for caches.
    static var defaultFolder: URL? {
        let environment = ProcessInfo.processInfo.environment
        if let own = environment["SACCADE_TUNING"], !own.isEmpty { return URL(fileURLWithPath: own) }
        if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
            return URL(fileURLWithPath: cache).appendingPathComponent("saccade")
        }
        return environment["HOME"].map { URL(fileURLWithPath: $0).appendingPathComponent(".cache/saccade") }
    }

    /// The file of this machine's choices.
    static func own(in folder: URL?) -> URL? {
        let safe = String(machine.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
        return folder?.appendingPathComponent("tuning-\(safe).json")
    }

    /// This machine's choices in a copy.
    ///
    /// A copy has those of every machine that it was used on: a run may move between two.
    static func readCopy(_ copy: URL) -> [String: TunedChoice] {
        read(copy, as: [String: [String: TunedChoice]].self)?[machine] ?? [:]
    }

    static func writeCopy(_ choices: [String: TunedChoice], to copy: URL) {
        var all = read(copy, as: [String: [String: TunedChoice]].self) ?? [:]
        all[machine] = choices
        write(all, to: copy)
    }

    static func read<Content: Decodable>(_ file: URL?, as type: Content.Type) -> Content? {
        file.flatMap { try? Data(contentsOf: $0) }.flatMap { try? JSONDecoder().decode(type, from: $0) }
    }

    /// What cannot be written is timed again by the next process.
    static func write(_ content: some Encodable, to file: URL) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(content) else { return }
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? AtomicFile.write(Array(data), to: file.path)
    }
}
