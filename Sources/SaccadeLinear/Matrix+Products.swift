import CSaccadeKernels

extension Matrix {
    /// The product of every row with every row of `weights`, `[rows, weights.rows]`, in single precision.
    func products(withRowsOf weights: Matrix) -> Matrix {
        if rows == 0 { return Matrix(columns: max(weights.rows, 1)) }
        // Few rows meet many: the many are read once, from beginning to end.
        let products = [Float](unsafeUninitializedCapacity: rows * weights.rows) { target, count in
            sk_row_products(
                weights.rows, columns, rows, weights.values, values, nil, 0, target.baseAddress!)
            count = rows * weights.rows
        }
        return Matrix(rows: weights.rows, columns: rows, values: products).transposed()
    }

    /// The sum of each row and another one.
    func adding(_ row: [Float]) -> Matrix {
        let sums = [Float](unsafeUninitializedCapacity: values.count) { target, count in
            for index in values.indices { target[index] = values[index] + row[index % columns] }
            count = values.count
        }
        return Matrix(rows: rows, columns: columns, values: sums)
    }

    /// Some rows in double precision, less the means of their columns.
    func centered(rows range: Range<Int>, _ means: [Double]) -> [Double] {
        [Double](unsafeUninitializedCapacity: range.count * columns) { target, count in
            for row in range {
                let (from, to) = (row * columns, (row - range.lowerBound) * columns)
                for column in 0..<columns { target[to + column] = Double(values[from + column]) - means[column] }
            }
            count = range.count * columns
        }
    }

    /// Some columns in double precision, less their means: `[rows, range.count]`.
    func centered(columns range: Range<Int>, _ means: [Double]) -> [Double] {
        [Double](unsafeUninitializedCapacity: rows * range.count) { target, count in
            for row in 0..<rows {
                let (from, to) = (row * columns, row * range.count - range.lowerBound)
                for column in range { target[to + column] = Double(values[from + column]) - means[column] }
            }
            count = rows * range.count
        }
    }

    /// The mean of each column.
    func columnMeans() -> [Double] {
        var sums = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for column in 0..<columns { sums[column] += Double(values[row * columns + column]) }
        }
        return sums.map { $0 / Double(max(rows, 1)) }
    }
}

/// `0..<count` in pieces of at most `length`.
func blocks(of count: Int, length: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
}
