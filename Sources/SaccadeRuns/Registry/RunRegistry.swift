import CSaccadeSQLite
import Foundation
public import SaccadeFiles
public import SaccadeTraining
import Synchronization

/// An index of runs in SQLite, so that runs are found again wherever their folders lie.
///
/// The folders of the runs are the truth. Whatever is here can be read from them again, so a registry that is lost or
/// damaged costs a scan; see ``scan(_:)``. Several processes may write at once: the journal is a write-ahead log, and a
/// writer waits for another one for ``patience`` seconds.
///
/// | table | a row for each |
/// |---|---|
/// | `run` | run: name, folder, network, data, state, epochs, best metric, seconds, … |
/// | `setting` | setting of a run's recipe, by dotted name |
/// | `epoch` | epoch of a run: learning rate, whether it is the best so far, steps that were skipped |
/// | `measure` | metric of an epoch, with the part that it was measured on, `training` or `validation` |
public final class RunRegistry: Sendable {
    /// Seconds that a writer waits for another.
    public static let patience = 5.0
    /// What the tables are like; a registry of an older version is read anew from the folders.
    static let version = 2

    /// The file; empty for a registry in memory.
    public let path: String
    private let database: Mutex<SQLite>

    /// Opens a registry, or begins one.
    ///
    /// - Throws: `FileError` when the file is no registry, or of a newer program, or its folder cannot be written.
    public init(at path: String) throws(FileError) {
        self.path = path
        database = Mutex(
            try Self.translated(path) {
                let folder = Path(path).folder
                if !folder.isEmpty {
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                }
                return try Self.prepared(path)
            })
    }

    /// A registry that is forgotten when the process ends.
    public init() throws(FileError) {
        path = ""
        database = Mutex(try Self.translated("the registry in memory") { try Self.prepared(":memory:") })
    }

    /// The user's own registry: what `SACCADE_REGISTRY` names, else `saccade/runs.sqlite` in the folder for such data.
    public static var standardPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["SACCADE_REGISTRY"], !path.isEmpty { return path }
        if let folder = environment["XDG_DATA_HOME"], folder.hasPrefix("/") { return "\(folder)/saccade/runs.sqlite" }
        return NSHomeDirectory() + "/.local/share/saccade/runs.sqlite"
    }

    /// Puts a file that is no registry out of the way, under another name.
    ///
    /// - Returns: The other name.
    public static func putAside(_ path: String) throws(FileError) -> String {
        let aside = "\(path).damaged"
        for suffix in ["", "-wal", "-shm"] {
            guard Path(path + suffix).exists else { continue }
            do {
                try? FileManager.default.removeItem(atPath: aside + suffix)
                try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix)
            } catch {
                throw FileError(
                    .unwritable, path: path + suffix, reason: "cannot be renamed",
                    remedy: "check the permissions of its folder")
            }
        }
        return aside
    }

    // MARK: Writing

    /// Enters a run, or what has become of it.
    public func enter(_ run: RunSummary) throws(FileError) {
        let stamp = RunEntry.stamp(of: run.folder)
        try transaction(writing: true) { database throws(SQLiteError) in
            try RunRow.write(RunEntry(run, stamp: stamp), to: database)
            try RunRow.write(run.description.recipeSettings, ofRunIn: run.folder, to: database)
            try RunRow.write(run.records, ofRunIn: run.folder, to: database)
        }
    }

    /// Forgets a run.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    public func forget(runAt folder: String) throws(FileError) -> Bool {
        try transaction(writing: true) { database throws(SQLiteError) in
            try database.run("DELETE FROM run WHERE folder = ?", [folder]) > 0
        }
    }

    // MARK: Reading

    /// All runs, the one that something last became of first, as they were entered.
    public func entries() throws(FileError) -> [RunEntry] {
        try transaction(writing: false) { database throws(SQLiteError) in try RunRow.entries(in: database) }
    }

    /// The epochs of a run, in order, as they were entered.
    public func epochs(ofRunAt folder: String) throws(FileError) -> [EpochRecord] {
        try transaction(writing: false) { database throws(SQLiteError) in
            try RunRow.epochs(ofRunIn: folder, in: database)
        }
    }

    private func transaction<Result: Sendable>(
        writing: Bool, _ body: @Sendable (SQLite) throws(SQLiteError) -> Result
    ) throws(FileError) -> Result {
        try Self.translated(path.isEmpty ? "the registry in memory" : path) {
            try database.withLock { try $0.transaction(writing: writing, body) }
        }
    }

    /// Says in one sentence what is the matter with a database.
    private static func translated<Result>(
        _ path: String, _ body: () throws -> Result
    ) throws(FileError) -> Result {
        do {
            return try body()
        } catch let error as FileError {
            throw error
        } catch let error as SQLiteError {
            switch error.code {
            case SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_CONSTRAINT:
                throw FileError(
                    .malformed, path: path,
                    reason: "the registry of runs is damaged (\(error.message))",
                    remedy: "saccade runs scan FOLDER builds it anew from the runs themselves")
            case SQLITE_FULL:
                throw FileError(
                    .diskFull, path: path, reason: "there is no room for the registry of runs",
                    remedy: "free some space; the runs themselves are not touched")
            case SQLITE_BUSY, SQLITE_LOCKED:
                throw FileError(
                    .unwritable, path: path, reason: "another process keeps the registry of runs busy",
                    remedy: "try again later")
            default:
                throw FileError(
                    .unwritable, path: path,
                    reason: "the registry of runs cannot be used (\(error.message))",
                    remedy: "name another file in SACCADE_REGISTRY")
            }
        } catch {
            throw FileError(
                .unwritable, path: path, reason: "the registry of runs cannot be made",
                remedy: "name another file in SACCADE_REGISTRY")
        }
    }

    /// Opens a database and makes its tables, where they are not yet as they are now.
    private static func prepared(_ path: String) throws -> SQLite {
        let database = try SQLite(path: path, patience: patience)
        try database.transaction(writing: true) { database throws in
            let found =
                try database.rows("PRAGMA user_version") { row throws(SQLiteError) -> Int in
                    try row.value("user_version")
                }.first ?? 0
            guard found <= version else {
                throw FileError(
                    .unsupported, path: path, reason: "this registry of runs is of a newer program",
                    remedy: "use that one, or name another file in SACCADE_REGISTRY")
            }
            guard found < version else { return }
            let isEmpty = try database.rows("SELECT 1 FROM sqlite_master LIMIT 1") { _ throws(SQLiteError) in 1 }
                .isEmpty
            guard found > 0 || isEmpty else {
                throw FileError(
                    .unsupported, path: path, reason: "this is another program’s database, not a registry of runs",
                    remedy: "name another file in SACCADE_REGISTRY")
            }
            for table in ["measure", "epoch", "setting", "run"] { try database.run("DROP TABLE IF EXISTS \(table)") }
            try database.run(RunRow.tables)
            try database.run("PRAGMA user_version = \(version)")
        }
        return database
    }
}
