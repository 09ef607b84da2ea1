import SaccadeLinear
import SaccadePrelude
import Testing

@Suite struct LeastSquaresTests {
    @Test("ridge regression gives NumPy's weights", arguments: LinearFixtures.shared.regressions)
    func regression(_ r: LinearFixtures.Regression) throws {
        let found = try RidgeRegression(
            features: Matrix(r.features), targets: Matrix(r.targets), lambda: r.lambda, hasIntercept: r.hasIntercept)
        let scale = max(r.weights.joined().map { abs($0) }.max() ?? 0, 1)
        #expect(largestDifference(found.weights.values, r.weights.flatMap { $0 }) < 2e-5 * scale)
        let height = max(r.intercepts.map { abs($0) }.max() ?? 0, 1)
        #expect(largestDifference(found.intercepts, r.intercepts) < 2e-5 * height)
        let predictions = found.predictions(for: Matrix(r.features))
        #expect((predictions.rows, predictions.columns) == (r.features.count, r.targets[0].count))
        for (row, x) in r.features.enumerated() {
            for target in 0..<predictions.columns {
                let expected = zip(x, r.weights[target]).reduce(Double(r.intercepts[target])) {
                    $0 + Double($1.0) * Double($1.1)
                }
                #expect(abs(Double(predictions[row, target]) - expected) < 1e-4 * Double(max(height, scale)))
            }
        }
    }

    @Test("both Gram matrices, in several blocks, give what leaves no gradient")
    func large() throws {
        var generator = SplitMix64(seed: 8)
        for (rows, columns) in [(1300, 40), (40, 1300), (600, 599), (599, 600)] {
            let (x, t) = (
                Matrix.random(rows, columns, around: 2, using: &generator), Matrix.random(rows, 2, using: &generator)
            )
            let lambda = 3.0
            let found = try RidgeRegression(features: x, targets: t, lambda: lambda)
            let residuals = zip(found.predictions(for: x).values, t.values).map { Double($0) - Double($1) }
            // Without price, the intercept makes residuals cancel; weights pay for what they explain.
            for target in 0..<2 {
                #expect(abs((0..<rows).reduce(0) { $0 + residuals[2 * $1 + target] }) < 2e-2)
                for column in stride(from: 0, to: columns, by: 7) {
                    let gradient = (0..<rows).reduce(lambda * Double(found.weights[target, column])) {
                        $0 + residuals[2 * $1 + target] * Double(x[$1, column])
                    }
                    #expect(abs(gradient) < 5e-2, "\(rows)×\(columns)")
                }
            }
        }
    }

    @Test("what has no solution is refused in a sentence")
    func refused() {
        let x = Matrix(rows: 2, columns: 2, values: [1, 2, 3, 4])
        func code(_ x: Matrix, _ t: Matrix, _ lambda: Double = 1) -> LinearError.Code? {
            do throws(LinearError) {
                _ = try RidgeRegression(features: x, targets: t, lambda: lambda)
                return nil
            } catch { return error.code }
        }
        #expect(code(x, x) == nil)
        #expect(code(x, x, -1) == .setting)
        #expect(code(x, x, .nan) == .setting)
        #expect(code(x, x, .infinity) == .setting)
        #expect(code(x, Matrix(rows: 1, columns: 1, values: [1])) == .examples)
        #expect(code(Matrix(columns: 3), Matrix(columns: 1)) == .examples)
        #expect(code(Matrix(rows: 2, columns: 1, values: [.nan, 1]), x) == .notFinite)
        #expect(code(x, Matrix(rows: 2, columns: 1, values: [1, .infinity])) == .notFinite)
    }

    @Test("truncated, a matrix is what NumPy leaves of it", arguments: LinearFixtures.shared.decompositions)
    func decomposition(_ d: LinearFixtures.Decomposition) throws {
        let svd = try TruncatedSVD(Matrix(d.matrix), rank: d.rank)
        let largest = max(d.singularValues[0], 1e-3)
        #expect(largestDifference(svd.singularValues, d.singularValues) < 1e-5 * largest)
        #expect(abs(svd.lostShare - d.lostShare) < 1e-6)
        let (rows, columns) = (d.matrix.count, d.matrix[0].count)
        #expect((svd.left.rows, svd.left.columns) == (rows, d.rank))
        #expect((svd.scaledRight.rows, svd.scaledRight.columns) == (d.rank, columns))
        var product: [Float] = []
        for row in 0..<rows {
            for column in 0..<columns {
                product.append((0..<d.rank).reduce(0) { $0 + svd.left[row, $1] * svd.scaledRight[$1, column] })
            }
        }
        #expect(largestDifference(product, d.approximation.flatMap { $0 }) < 1e-5 * largest)
        // Columns at right angles, of length 1 where there is something; rows as long as the singular values.
        for i in 0..<d.rank {
            for j in 0...i where d.singularValues[i] > 1e-4 * largest {
                let dot = (0..<rows).reduce(Float(0)) { $0 + svd.left[$1, i] * svd.left[$1, j] }
                #expect(abs(dot - (i == j ? 1 : 0)) < 1e-4)
            }
            let length = svd.scaledRight[row: i].reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(length - d.singularValues[i]) < 1e-5 * largest)
            let column = (0..<rows).map { svd.left[$0, i] }
            #expect((column.max { abs($0) < abs($1) } ?? 0) >= 0)
        }
    }

    @Test("both ways, in several blocks, lose what they say")
    func largeDecompositions() throws {
        var generator = SplitMix64(seed: 9)
        for (rows, columns) in [(30, 1100), (1100, 30), (520, 520)] {
            let w = Matrix.random(rows, columns, using: &generator)
            let svd = try TruncatedSVD(w, rank: 10)
            var (lost, all) = (0.0, 0.0)
            for row in 0..<rows {
                for column in 0..<columns {
                    let part = (0..<10).reduce(Float(0)) { $0 + svd.left[row, $1] * svd.scaledRight[$1, column] }
                    lost += Double(w[row, column] - part) * Double(w[row, column] - part)
                    all += Double(w[row, column]) * Double(w[row, column])
                }
            }
            #expect(abs(lost / all - svd.lostShare) < 1e-5)
            #expect(svd.singularValues == svd.singularValues.sorted(by: >))
        }
    }

    @Test("a rank that cannot be, or a number that is none, is refused in a sentence")
    func refusedDecompositions() {
        func code(_ w: Matrix, _ rank: Int) -> LinearError.Code? {
            do throws(LinearError) {
                _ = try TruncatedSVD(w, rank: rank)
                return nil
            } catch { return error.code }
        }
        let w = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
        #expect(code(w, 2) == nil)
        #expect(code(w, 3) == .setting)
        #expect(code(w, 0) == .setting)
        #expect(code(w, -1) == .setting)
        #expect(code(Matrix(columns: 2), 1) == .setting)
        #expect(code(Matrix(rows: 1, columns: 2, values: [1, .nan]), 1) == .notFinite)
    }
}
