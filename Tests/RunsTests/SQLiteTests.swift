import CSaccadeSQLite
import Testing
import TrainingTestSupport

@testable import SaccadeRuns

@Suite("Databases of SQLite")
struct SQLiteTests {
    @Test("values come back as they went in, texts with all that a text may hold")
    func values() throws {
        let database = try SQLite(path: ":memory:", patience: 1)
        try database.run("CREATE TABLE t (id INTEGER, whole INTEGER, real REAL, text TEXT, truth INTEGER)")
        let wholes = [0, -1, .max, .min]
        let reals = [0.1, -.infinity, .leastNonzeroMagnitude, 3]
        let texts = ["", "a\0b", "größer 𝄞", String(repeating: "x", count: 100_000)]
        for (id, (whole, (real, text))) in zip(wholes, zip(reals, texts)).enumerated() {
            let changed = try database.run("INSERT INTO t VALUES (?, ?, ?, ?, ?)", [id, whole, real, text, id > 1])
            #expect(changed == 1)
        }
        let back = try database.rows("SELECT * FROM t ORDER BY id") { row throws(SQLiteError) in
            (
                whole: try row.value("whole") as Int, real: try row.value("real") as Double,
                text: try row.value("text") as String, truth: try row.value("truth") as Bool
            )
        }
        #expect(back.map(\.whole) == wholes && back.map(\.real) == reals && back.map(\.text) == texts)
        #expect(back.map(\.truth) == [false, false, true, true])
    }

    @Test("what a row has not, is not made up: NULL, NaN, another type, an unknown column")
    func absent() throws {
        let database = try SQLite(path: ":memory:", patience: 1)
        try database.run("CREATE TABLE t (a, b)")
        try database.run("INSERT INTO t VALUES (?, ?)", [Double.nan, "seven"])
        try database.run("INSERT INTO t VALUES (?, ?)", [nil, 7])
        let numbers = try database.rows("SELECT * FROM t") { row throws(SQLiteError) -> (Double?, Int?, Int?) in
            (row.valueIfAny("a"), row.valueIfAny("b"), row.valueIfAny("c"))
        }
        #expect(numbers.map(\.0) == [nil, nil] && numbers.map(\.1) == [nil, 7] && numbers.map(\.2) == [nil, nil])
        let error = #expect(throws: SQLiteError.self) {
            try database.rows("SELECT * FROM t") { row throws(SQLiteError) in try row.value("a") as String }
        }
        #expect(error?.code == SQLITE_MISMATCH)
    }

    @Test("a transaction that fails changes nothing; the next one works")
    func rollback() throws {
        struct Changed: Error {}
        let database = try SQLite(path: ":memory:", patience: 1)
        try database.run("CREATE TABLE t (a)")
        #expect(throws: Changed.self) {
            try database.transaction(writing: true) { (database: SQLite) throws -> Void in
                try database.run("INSERT INTO t VALUES (1)")
                throw Changed()
            }
        }
        try database.transaction(writing: true) { (database: SQLite) throws -> Void in
            try database.run("INSERT INTO t VALUES (2)")
        }
        #expect(try database.rows("SELECT a FROM t") { row throws(SQLiteError) in try row.value("a") as Int } == [2])
    }

    @Test("a writer waits for another as long as its patience lasts, and readers for nobody")
    func busy() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.sqlite"
        let first = try SQLite(path: path, patience: 0.05)
        try first.run("CREATE TABLE t (a)")
        let second = try SQLite(path: path, patience: 0.05)
        try first.transaction(writing: true) { (first: SQLite) throws -> Void in
            try first.run("INSERT INTO t VALUES (1)")
            let error = #expect(throws: SQLiteError.self) {
                try second.transaction(writing: true) { (_: SQLite) throws -> Void in }
            }
            #expect(error?.code == SQLITE_BUSY)
            #expect(try second.rows("SELECT a FROM t") { _ throws(SQLiteError) in 1 }.isEmpty)
        }
        #expect(try second.rows("SELECT a FROM t") { _ throws(SQLiteError) in 1 } == [1])
    }

    @Test("a statement that SQLite does not know is an error with SQLite's words")
    func wrongStatement() throws {
        let database = try SQLite(path: ":memory:", patience: 1)
        let error = #expect(throws: SQLiteError.self) { try database.run("SELEKT 1") }
        #expect(error?.code == SQLITE_ERROR && error?.message.contains("SELEKT") ?? false)
        #expect(throws: SQLiteError.self) { try database.prepare("") }
        #expect(throws: SQLiteError.self) { try SQLite(path: "/", patience: 1) }
    }
}
