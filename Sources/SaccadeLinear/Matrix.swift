import SaccadePrelude

/// Numbers in rows and columns: rows are examples where a model learns from them, and columns their features.
public struct Matrix: Sendable, Hashable {
    /// How many rows there are; may be 0.
    public private(set) var rows: Int
    /// How many numbers a row has; at least 1.
    public let columns: Int
    /// `rows * columns` numbers, row by row.
    public private(set) var values: [Float]

    /// A matrix made of given numbers.
    ///
    /// - Precondition: `values` holds `rows * columns` numbers, and `columns` is at least 1.
    public init(rows: Int, columns: Int, values: [Float]) {
        let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
        require(
            rows >= 0 && columns >= 1 && !overflows && values.count == count,
            "Matrix: \(values.count) numbers for \(rows)×\(columns)")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// A matrix without rows yet.
    public init(columns: Int) { self.init(rows: 0, columns: columns, values: []) }

    /// The number in a row and a column, both counted from 0.
    public subscript(row: Int, column: Int) -> Float {
        require(
            row >= 0 && row < rows && column >= 0 && column < columns,
            "Matrix: (\(row), \(column)) is outside \(rows)×\(columns)")
        return values[row * columns + column]
    }

    /// One row.
    public subscript(row row: Int) -> ArraySlice<Float> {
        require(row >= 0 && row < rows, "Matrix: row \(row) of \(rows)")
        return values[(row * columns)..<((row + 1) * columns)]
    }

    /// Puts another row behind the last one.
    ///
    /// - Precondition: It has as many numbers as there are columns.
    public mutating func append(row: some Collection<Float>) {
        require(row.count == columns, "Matrix: a row of \(row.count) numbers among those of \(columns)")
        values += row
        rows += 1
    }

    /// Puts the rows of another matrix behind the last one.
    ///
    /// - Precondition: It has as many columns.
    public mutating func append(rowsOf other: Matrix) {
        require(other.columns == columns, "Matrix: rows of \(other.columns) numbers among those of \(columns)")
        values += other.values
        rows += other.rows
    }

    /// Puts other numbers in the place of a row.
    ///
    /// - Precondition: The row is there, and there are as many numbers as columns.
    public mutating func replace(row: Int, with numbers: some Collection<Float>) {
        require(
            row >= 0 && row < rows && numbers.count == columns,
            "Matrix: \(numbers.count) numbers for row \(row) of \(rows)×\(columns)")
        values.replaceSubrange((row * columns)..<((row + 1) * columns), with: numbers)
    }

    /// Some of the rows, in the order given.
    public func rows(at indices: [Int]) -> Matrix {
        var result = Matrix(columns: columns)
        result.values.reserveCapacity(indices.count * columns)
        for index in indices { result.append(row: self[row: index]) }
        return result
    }

    /// Rows become columns.
    ///
    /// - Precondition: There is at least one row.
    public func transposed() -> Matrix {
        if rows == 1 { return Matrix(rows: columns, columns: 1, values: values) }
        if columns == 1 { return Matrix(rows: 1, columns: rows, values: values) }
        let result = [Float](unsafeUninitializedCapacity: values.count) { target, count in
            for row in 0..<rows {
                for column in 0..<columns { target[column * rows + row] = values[row * columns + column] }
            }
            count = values.count
        }
        return Matrix(rows: columns, columns: rows, values: result)
    }

    /// The place of the first number that is infinite or none at all.
    var firstNotFinite: (row: Int, column: Int)? {
        values.firstIndex { !$0.isFinite }.map { ($0 / columns, $0 % columns) }
    }
}
