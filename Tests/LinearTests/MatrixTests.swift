import SaccadeLinear
import Testing

@Suite struct MatrixTests {
    @Test("rows are appended, picked and turned into columns")
    func rows() {
        var matrix = Matrix(columns: 2)
        matrix.append(row: [1, 2])
        matrix.append(rowsOf: Matrix(rows: 2, columns: 2, values: [3, 4, 5, 6]))
        #expect(matrix == Matrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6]))
        #expect(matrix[2, 1] == 6 && Array(matrix[row: 1]) == [3, 4])
        var other = matrix
        other.replace(row: 1, with: [9, 8])
        #expect(other.values == [1, 2, 9, 8, 5, 6])
        #expect(matrix.rows(at: [2, 0, 2]).values == [5, 6, 1, 2, 5, 6])
        #expect(matrix.transposed() == Matrix(rows: 2, columns: 3, values: [1, 3, 5, 2, 4, 6]))
        #expect(matrix.rows(at: [1]).transposed() == Matrix(rows: 2, columns: 1, values: [3, 4]))
        #expect(matrix.rows(at: [1]).transposed().transposed() == matrix.rows(at: [1]))
    }

    @Test("numbers that do not fill it, and places outside, are wrong programs")
    func refused() async {
        await #expect(processExitsWith: .failure) { _ = Matrix(rows: 2, columns: 2, values: [1, 2, 3]) }
        await #expect(processExitsWith: .failure) { _ = Matrix(rows: .max, columns: .max, values: [1]) }
        await #expect(processExitsWith: .failure) { _ = Matrix(columns: 0) }
        await #expect(processExitsWith: .failure) { _ = Matrix(columns: 2)[0, 0] }
        await #expect(processExitsWith: .failure) {
            var matrix = Matrix(rows: 1, columns: 2, values: [1, 2])
            matrix.replace(row: 1, with: [3, 4])
        }
        await #expect(processExitsWith: .failure) {
            var matrix = Matrix(columns: 2)
            matrix.append(row: [1])
        }
    }
}
