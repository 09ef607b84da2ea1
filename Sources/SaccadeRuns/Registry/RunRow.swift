import Foundation
import GRDB
import SaccadeMetrics
import SaccadeTraining

/// What is known of runs as rows of tables, there and back.
enum RunRow {
    static let tables = """
        CREATE TABLE run (
            folder TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, network TEXT NOT NULL, data TEXT NOT NULL,
            state TEXT NOT NULL, reason TEXT, epochs INTEGER NOT NULL, epochsWanted INTEGER NOT NULL,
            bestEpoch INTEGER, bestMetric TEXT, bestValue REAL, seconds REAL NOT NULL, waitingShare REAL,
            peakMemory INTEGER, lastActive REAL NOT NULL, stamp TEXT NOT NULL
        );
        CREATE INDEX runByName ON run (name);
        CREATE TABLE setting (
            folder TEXT NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (folder, name)
        ) WITHOUT ROWID;
        CREATE TABLE epoch (
            folder TEXT NOT NULL REFERENCES run ON DELETE CASCADE, epoch INTEGER NOT NULL, learningRate REAL,
            isBest INTEGER NOT NULL, skippedSteps INTEGER NOT NULL, PRIMARY KEY (folder, epoch)
        ) WITHOUT ROWID;
        CREATE TABLE measure (
            folder TEXT NOT NULL, epoch INTEGER NOT NULL, part TEXT NOT NULL, metric TEXT NOT NULL, value REAL,
            PRIMARY KEY (folder, epoch, part, metric),
            FOREIGN KEY (folder, epoch) REFERENCES epoch (folder, epoch) ON DELETE CASCADE
        ) WITHOUT ROWID;
        """

    static func write(_ run: RunEntry, to database: Database) throws {
        // Not REPLACE, which deletes the row and with it what belongs to it.
        try database.execute(
            sql: """
                INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (folder) DO UPDATE SET name = excluded.name, network = excluded.network,
                    data = excluded.data, state = excluded.state, reason = excluded.reason, epochs = excluded.epochs,
                    epochsWanted = excluded.epochsWanted, bestEpoch = excluded.bestEpoch,
                    bestMetric = excluded.bestMetric, bestValue = excluded.bestValue, seconds = excluded.seconds,
                    waitingShare = excluded.waitingShare, peakMemory = excluded.peakMemory,
                    lastActive = excluded.lastActive, stamp = excluded.stamp
                """,
            arguments: [
                run.folder, run.name, run.network, run.data, run.state.word, run.state.reason, run.epochs.done,
                run.epochs.wanted, run.best?.epoch, run.best?.monitor.name, run.best?.value, run.seconds,
                run.waitingFraction, run.peakMemory, run.lastActive.timeIntervalSince1970, run.stamp,
            ])
    }

    static func write(
        _ settings: [(name: String, text: String)], ofRunIn folder: String, to database: Database
    ) throws {
        try database.execute(sql: "DELETE FROM setting WHERE folder = ?", arguments: [folder])
        let insert = try database.makeStatement(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?, ?)")
        for setting in settings { try insert.execute(arguments: [folder, setting.name, setting.text]) }
    }

    /// Only what has changed: a run of thousands of epochs is entered after each of them.
    static func write(_ records: [EpochRecord], ofRunIn folder: String, to database: Database) throws {
        try database.execute(
            sql: "DELETE FROM epoch WHERE folder = ? AND epoch > ?", arguments: [folder, records.last?.epoch ?? 0])
        let known = Set(try epochs(ofRunIn: folder, in: database).map(Known.init))
        let insert = try database.makeStatement(sql: "INSERT INTO epoch VALUES (?, ?, ?, ?, ?)")
        let measure = try database.makeStatement(sql: "INSERT INTO measure VALUES (?, ?, ?, ?, ?)")
        for record in records where !known.contains(Known(record)) {
            // With what belongs to it.
            try database.execute(
                sql: "DELETE FROM epoch WHERE folder = ? AND epoch = ?", arguments: [folder, record.epoch])
            try insert.execute(arguments: [
                folder, record.epoch, record.learningRate, record.isBest, record.skippedSteps,
            ])
            for monitor in Monitor.all {
                guard let value = monitor.measured(in: record) else { continue }
                try measure.execute(arguments: [
                    folder, record.epoch, monitor.part.rawValue, monitor.metric.rawValue, value,
                ])
            }
        }
    }

    /// What two records of an epoch that is made twice may differ in.
    private struct Known: Hashable {
        let epoch: Int
        let learningRate: UInt64
        let measured: [Monitor: UInt64]

        init(_ record: EpochRecord) {
            epoch = record.epoch
            learningRate = record.learningRate.bitPattern
            measured = Monitor.all.reduce(into: [:]) { $0[$1] = $1.measured(in: record)?.bitPattern }
        }
    }

    static func entries(in database: Database) throws -> [RunEntry] {
        try Row.fetchAll(database, sql: "SELECT * FROM run ORDER BY lastActive DESC, folder").map { row in
            var best: RunEntry.Best?
            if let epoch = row["bestEpoch"] as Int?, let name = row["bestMetric"] as String?,
                let monitor = Monitor(name: name)
            {
                best = .init(epoch: epoch, monitor: monitor, value: row["bestValue"] as Double? ?? .nan)
            }
            return RunEntry(
                name: row["name"], folder: row["folder"], network: row["network"], data: row["data"],
                state: RunState(word: row["state"], reason: row["reason"]) ?? .killed,
                epochs: (row["epochs"], row["epochsWanted"]), best: best, seconds: row["seconds"],
                waitingFraction: row["waitingShare"], peakMemory: row["peakMemory"],
                lastActive: Date(timeIntervalSince1970: row["lastActive"]), stamp: row["stamp"])
        }
    }

    static func epochs(ofRunIn folder: String, in database: Database) throws -> [EpochRecord] {
        // SQLite has no number for what is none.
        func number(_ row: Row, _ column: String) -> Double { row[column] as Double? ?? .nan }
        var measured: [Int: [Monitor: Double]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM measure WHERE folder = ?", arguments: [folder]) {
            guard let part = Monitor.Part(rawValue: row["part"]), let metric = Metric(rawValue: row["metric"]) else {
                continue
            }
            measured[row["epoch"], default: [:]][Monitor(part, metric)] = number(row, "value")
        }
        func metrics(_ epoch: Int, _ part: Monitor.Part) -> [Metric: Double] {
            measured[epoch, default: [:]].reduce(into: [:]) { if $1.key.part == part { $0[$1.key.metric] = $1.value } }
        }
        return try Row.fetchAll(
            database, sql: "SELECT * FROM epoch WHERE folder = ? ORDER BY epoch", arguments: [folder]
        ).map { row in
            EpochRecord(
                epoch: row["epoch"], learningRate: number(row, "learningRate"),
                training: metrics(row["epoch"], .training), validation: metrics(row["epoch"], .validation),
                isBest: row["isBest"], skippedSteps: row["skippedSteps"])
        }
    }
}
