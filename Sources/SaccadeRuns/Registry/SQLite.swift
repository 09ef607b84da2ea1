import CSaccadeSQLite

/// What went wrong in SQLite.
struct SQLiteError: Error {
    /// The primary result code, such as `SQLITE_BUSY`.
    let code: Int32
    let message: String
}

/// A connection to a database of SQLite; one thread at a time.
final class SQLite {
    private let handle: OpaquePointer

    /// Opens a file, or begins one; `":memory:"` is a database that goes with its connection.
    ///
    /// - Parameter patience: Seconds to wait for another process.
    init(path: String, patience: Double) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(
            path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle else { throw SQLiteError(code: SQLITE_NOMEM, message: "out of memory") }
        self.handle = handle  // also after a failure, so that it is closed
        try check(code)
        sqlite3_busy_timeout(handle, Int32(patience * 1000))
        // Readers and a writer at once; a schema from elsewhere runs no functions.
        for setting in ["journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "trusted_schema = OFF"] {
            try run("PRAGMA \(setting)")
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs the statements of a text that wants no values and whose rows nobody needs.
    func run(_ sql: String) throws(SQLiteError) { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

    /// Runs one statement with values for its question marks.
    ///
    /// - Returns: Rows that it changed.
    @discardableResult
    func run(_ sql: String, _ values: [(any SQLiteValue)?]) throws(SQLiteError) -> Int {
        try prepare(sql).run(values)
    }

    /// A statement to be run often.
    func prepare(_ sql: String) throws(SQLiteError) -> Statement { try Statement(sql, in: self) }

    /// The rows that one statement gives, each as `body` makes it.
    func rows<Result>(
        _ sql: String, _ values: [(any SQLiteValue)?] = [], _ body: (Row) throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> [Result] {
        let statement = try prepare(sql)
        try statement.bind(values)
        var results: [Result] = []
        while try statement.step() { results.append(try body(Row(of: statement))) }
        return results
    }

    /// Makes all of the changes of `body`, or none when it throws. Whoever only reads sees one state of the database.
    func transaction<Result>(writing: Bool, _ body: (SQLite) throws -> Result) throws -> Result {
        // A reader who becomes a writer could find that another has been faster.
        try run(writing ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
        do {
            let result = try body(self)
            try run("COMMIT")
            return result
        } catch {
            try? run("ROLLBACK")
            throw error
        }
    }

    fileprivate func check(_ code: Int32) throws(SQLiteError) {
        guard code != SQLITE_OK else { return }
        throw SQLiteError(code: code & 0xFF, message: String(cString: sqlite3_errmsg(handle)))
    }

    /// A statement that SQLite has compiled.
    final class Statement {
        fileprivate let handle: OpaquePointer
        fileprivate let columns: [String: Int32]
        private let database: SQLite

        fileprivate init(_ sql: String, in database: SQLite) throws(SQLiteError) {
            var handle: OpaquePointer?
            try database.check(sqlite3_prepare_v2(database.handle, sql, -1, &handle, nil))
            guard let handle else { throw SQLiteError(code: SQLITE_MISUSE, message: "no statement") }
            self.handle = handle
            self.database = database
            columns = (0..<sqlite3_column_count(handle)).reduce(into: [:]) { columns, index in
                if let name = sqlite3_column_name(handle, index) { columns[String(cString: name)] = index }
            }
        }

        deinit { sqlite3_finalize(handle) }

        /// Runs it with other values.
        ///
        /// - Returns: Rows that it changed.
        @discardableResult
        func run(_ values: [(any SQLiteValue)?]) throws(SQLiteError) -> Int {
            try bind(values)
            while try step() {}
            return Int(sqlite3_changes(database.handle))
        }

        fileprivate func bind(_ values: [(any SQLiteValue)?]) throws(SQLiteError) {
            sqlite3_reset(handle)
            for (index, value) in zip(Int32(1)..., values) {
                try database.check(value?.bind(to: handle, at: index) ?? sqlite3_bind_null(handle, index))
            }
        }

        /// Whether there is a row more.
        fileprivate func step() throws(SQLiteError) -> Bool {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: return true
            case SQLITE_DONE: return false
            case let code:
                try database.check(code)
                return false
            }
        }
    }

    /// A row of a statement, while it is the statement's current one.
    struct Row {
        private let statement: Statement

        fileprivate init(of statement: Statement) { self.statement = statement }

        /// The value of a column, or nil where it is NULL, of another type, or there is no such column.
        func valueIfAny<Value: SQLiteValue>(_ column: String) -> Value? {
            statement.columns[column].flatMap { Value(column: $0, of: statement.handle) }
        }

        /// The value of a column that has one.
        func value<Value: SQLiteValue>(_ column: String) throws(SQLiteError) -> Value {
            guard let value: Value = valueIfAny(column) else {
                throw SQLiteError(code: SQLITE_MISMATCH, message: "a row has no \(column)")
            }
            return value
        }
    }
}

/// What a column of SQLite may hold.
protocol SQLiteValue {
    /// Reads a column of a statement's current row: nil where it is NULL or of another type.
    init?(column: Int32, of statement: OpaquePointer)

    /// Gives the value to a statement's question mark, counted from 1; returns SQLite's code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

extension Int: SQLiteValue {
    init?(column: Int32, of statement: OpaquePointer) {
        guard sqlite3_column_type(statement, column) == SQLITE_INTEGER else { return nil }
        self.init(sqlite3_column_int64(statement, column))
    }

    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, sqlite3_int64(self))
    }
}

extension Bool: SQLiteValue {
    init?(column: Int32, of statement: OpaquePointer) {
        guard let number = Int(column: column, of: statement) else { return nil }
        self = number != 0
    }

    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, self ? 1 : 0)
    }
}

extension Double: SQLiteValue {
    init?(column: Int32, of statement: OpaquePointer) {
        // A column of another affinity keeps a whole number as an integer.
        guard [SQLITE_FLOAT, SQLITE_INTEGER].contains(sqlite3_column_type(statement, column)) else { return nil }
        self = sqlite3_column_double(statement, column)
    }

    /// What is not a number becomes NULL: SQLite has no number for it.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_double(statement, index, self) }
}

extension String: SQLiteValue {
    init?(column: Int32, of statement: OpaquePointer) {
        guard sqlite3_column_type(statement, column) == SQLITE_TEXT,
            let bytes = sqlite3_column_text(statement, column)
        else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        self.init(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                // An empty text has no address, which would be NULL.
                guard let start = $0.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, nil) }
                return saccade_sqlite3_bind_text(statement, index, start, sqlite3_uint64($0.count))
            }
        }
    }
}
