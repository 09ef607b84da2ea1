import Foundation
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

    static func write(_ run: RunEntry, to database: SQLite) throws(SQLiteError) {
        // Not REPLACE, which deletes the row and with it what belongs to it.
        try database.run(
            """
            INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (folder) DO UPDATE SET name = excluded.name, network = excluded.network,
                data = excluded.data, state = excluded.state, reason = excluded.reason, epochs = excluded.epochs,
                epochsWanted = excluded.epochsWanted, bestEpoch = excluded.bestEpoch,
                bestMetric = excluded.bestMetric, bestValue = excluded.bestValue, seconds = excluded.seconds,
                waitingShare = excluded.waitingShare, peakMemory = excluded.peakMemory,
                lastActive = excluded.lastActive, stamp = excluded.stamp
            """,
            [
                run.folder, run.name, run.network, run.data, run.state.word, run.state.reason, run.epochs.done,
                run.epochs.wanted, run.best?.epoch, run.best?.monitor.name, run.best?.value, run.seconds,
                run.waitingFraction, run.peakMemory, run.lastActive.timeIntervalSince1970, run.stamp,
            ])
    }

    static func write(
        _ settings: [(name: String, text: String)], ofRunIn folder: String, to database: SQLite
    ) throws(SQLiteError) {
        try database.run("DELETE FROM setting WHERE folder = ?", [folder])
        let insert = try database.prepare("INSERT OR REPLACE INTO setting VALUES (?, ?, ?)")
        for setting in settings { try insert.run([folder, setting.name, setting.text]) }
    }

    /// Only what has changed: a run of thousands of epochs is entered after each of them.
    static func write(_ records: [EpochRecord], ofRunIn folder: String, to database: SQLite) throws(SQLiteError) {
        try database.run("DELETE FROM epoch WHERE folder = ? AND epoch > ?", [folder, records.last?.epoch ?? 0])
        let known = Set(try epochs(ofRunIn: folder, in: database).map(Known.init))
        let insert = try database.prepare("INSERT INTO epoch VALUES (?, ?, ?, ?, ?)")
        let measure = try database.prepare("INSERT INTO measure VALUES (?, ?, ?, ?, ?)")
        for record in records where !known.contains(Known(record)) {
            // With what belongs to it.
            try database.run("DELETE FROM epoch WHERE folder = ? AND epoch = ?", [folder, record.epoch])
            try insert.run([
                folder, record.epoch, record.learningRate, record.isBest, record.skippedSteps,
            ])
            for monitor in Monitor.all {
                guard let value = monitor.measured(in: record) else { continue }
                try measure.run([
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

    static func entries(in database: SQLite) throws(SQLiteError) -> [RunEntry] {
        try database.rows("SELECT * FROM run ORDER BY lastActive DESC, folder") { row throws(SQLiteError) in
            var best: RunEntry.Best?
            if let epoch: Int = row.valueIfAny("bestEpoch"), let name: String = row.valueIfAny("bestMetric"),
                let monitor = Monitor(name: name)
            {
                best = .init(epoch: epoch, monitor: monitor, value: number(row, "bestValue"))
            }
            return RunEntry(
                name: try row.value("name"), folder: try row.value("folder"), network: try row.value("network"),
                data: try row.value("data"),
                state: RunState(word: try row.value("state"), reason: row.valueIfAny("reason")) ?? .killed,
                epochs: (try row.value("epochs"), try row.value("epochsWanted")), best: best,
                seconds: number(row, "seconds"), waitingFraction: row.valueIfAny("waitingShare"),
                peakMemory: row.valueIfAny("peakMemory"),
                lastActive: Date(timeIntervalSince1970: try row.value("lastActive")), stamp: try row.value("stamp"))
        }
    }

    static func epochs(ofRunIn folder: String, in database: SQLite) throws(SQLiteError) -> [EpochRecord] {
        var measured: [Int: [Monitor: Double]] = [:]
        let measures = try database.rows("SELECT * FROM measure WHERE folder = ?", [folder]) {
            row throws(SQLiteError) -> (epoch: Int, monitor: Monitor, value: Double)? in
            guard let part = Monitor.Part(rawValue: try row.value("part")),
                let metric = Metric(rawValue: try row.value("metric"))
            else { return nil }
            return (try row.value("epoch"), Monitor(part, metric), number(row, "value"))
        }
        for case .some(let measure) in measures {
            measured[measure.epoch, default: [:]][measure.monitor] = measure.value
        }
        func metrics(_ epoch: Int, _ part: Monitor.Part) -> [Metric: Double] {
            measured[epoch, default: [:]].reduce(into: [:]) { if $1.key.part == part { $0[$1.key.metric] = $1.value } }
        }
        return try database.rows("SELECT * FROM epoch WHERE folder = ? ORDER BY epoch", [folder]) {
            row throws(SQLiteError) in
            let epoch: Int = try row.value("epoch")
            return EpochRecord(
                epoch: epoch, learningRate: number(row, "learningRate"),
                training: metrics(epoch, .training), validation: metrics(epoch, .validation),
                isBest: try row.value("isBest"), skippedSteps: try row.value("skippedSteps"))
        }
    }

    /// SQLite has no number for what is none.
    private static func number(_ row: SQLite.Row, _ column: String) -> Double { row.valueIfAny(column) ?? .nan }
}
