import CSaccadeLAPACK

/// Least squares with a price on large weights: minimises Σ |tᵢ − W xᵢ − b|² + λ |W|².
///
/// R-CNN's regression of boxes (Girshick et al., 2014, appendix C, equation 5) is one for each class, with λ = 1000 on
/// features of the last pooling layer. The intercepts b cost nothing.
public struct RidgeRegression: Sendable, Hashable {
    /// `[targets, features]`.
    public let weights: Matrix
    /// One for each target.
    public let intercepts: [Float]

    /// Finds the weights.
    ///
    /// Everything is added up and solved in double precision, by Cholesky's factorisation of the smaller of the two Gram
    /// matrices; where that is hardly invertible, and for λ = 0, by singular values, which gives the shortest of all weights
    /// that do as well. Needs 8 · m² bytes for the smaller number m of examples and features; by singular values,
    /// 16 · features · (examples + features).
    ///
    /// - Parameters:
    ///   - features: `[examples, features]`.
    ///   - targets: `[examples, targets]`.
    ///   - lambda: At least 0.
    ///   - hasIntercept: Whether there is a b.
    /// - Throws: ``LinearError``: no examples, numbers that are not finite, too many of both examples and features.
    public init(
        features: Matrix, targets: Matrix, lambda: Double, hasIntercept: Bool = true
    ) throws(LinearError) {
        guard lambda >= 0, lambda.isFinite else {
            throw LinearError(.setting, "a lambda of \(lambda): it must be 0 or above, and finite")
        }
        guard features.rows == targets.rows, features.rows > 0 else {
            throw LinearError(
                .examples, "there are \(features.rows) examples and targets for \(targets.rows); each example needs one"
            )
        }
        if let error = LinearError.notFinite("example", features) { throw error }
        if let error = LinearError.notFinite("target", targets) { throw error }

        let problem = Problem(
            features: features, targets: targets, lambda: lambda,
            featureMeans: hasIntercept ? features.columnMeans() : [Double](repeating: 0, count: features.columns),
            targetMeans: hasIntercept ? targets.columnMeans() : [Double](repeating: 0, count: targets.columns))
        let byCholesky = try problem.byCholesky()
        let solution = if let byCholesky { byCholesky } else { try problem.bySingularValues() }

        let (columns, count) = (features.columns, targets.columns)
        weights = Matrix(rows: columns, columns: count, values: solution.map { Float($0) }).transposed()
        intercepts = (0..<count).map { target in
            var sum = problem.targetMeans[target]
            for column in 0..<columns { sum -= problem.featureMeans[column] * solution[column * count + target] }
            return Float(sum)
        }
    }

    /// What follows from each row of `features`: `[examples, targets]`.
    ///
    /// - Precondition: There are as many features as in the fit.
    public func predictions(for features: Matrix) -> Matrix {
        features.products(withRowsOf: weights).adding(intercepts)
    }
}

/// X and T in double precision, less their means, a few rows or columns at a time; a solution is W transposed.
private struct Problem {
    let features: Matrix
    let targets: Matrix
    let lambda: Double
    let featureMeans: [Double]
    let targetMeans: [Double]

    /// Rows or columns that are in double precision at a time.
    static let blockLength = 512
    /// The reciprocal of the condition number below which Cholesky's factors lose too many digits.
    static let worstCondition = 1e-10
    /// What LAPACK's 32-bit numbers count.
    static let mostNumbers = Int(Int32.max)

    /// - Returns: Nil where the factors would be no good.
    func byCholesky() throws(LinearError) -> [Double]? {
        if lambda == 0 { return nil }
        let side = min(features.rows, features.columns)
        guard side * side <= Self.mostNumbers else {
            throw LinearError(
                .tooLarge,
                "\(features.rows) examples of \(features.columns) features: one of the two must be at most 46340; give "
                    + "fewer examples")
        }
        return features.columns <= features.rows ? bySmallFeatures() : byFewExamples()
    }

    /// W = (XᵀX + λ)⁻¹ Xᵀ T.
    private func bySmallFeatures() -> [Double]? {
        let (side, count) = (features.columns, targets.columns)
        var gram = [Double](repeating: 0, count: side * side)
        var solution = [Double](repeating: 0, count: side * count)
        for rows in blocks(of: features.rows, length: Self.blockLength) {
            let (x, t) = (features.centered(rows: rows, featureMeans), targets.centered(rows: rows, targetMeans))
            saccade_lapack_add_gram(rows.count, side, x, &gram)
            saccade_lapack_add_transposed_product(side, rows.count, count, x, t, &solution)
        }
        return solve(&gram, side, &solution, count) ? solution : nil
    }

    /// W = Xᵀ (XXᵀ + λ)⁻¹ T.
    private func byFewExamples() -> [Double]? {
        let (side, count) = (features.rows, targets.columns)
        var gram = [Double](repeating: 0, count: side * side)
        let pieces = blocks(of: features.columns, length: Self.blockLength)
        for columns in pieces {
            saccade_lapack_add_gram_of_rows(
                side, columns.count, features.centered(columns: columns, featureMeans), &gram)
        }
        var dual = targets.centered(rows: 0..<side, targetMeans)
        guard solve(&gram, side, &dual, count) else { return nil }
        var solution: [Double] = []
        solution.reserveCapacity(features.columns * count)
        for columns in pieces {
            var part = [Double](repeating: 0, count: columns.count * count)
            saccade_lapack_add_transposed_product(
                columns.count, side, count, features.centered(columns: columns, featureMeans), dual, &part)
            solution += part
        }
        return solution
    }

    private func solve(_ gram: inout [Double], _ side: Int, _ right: inout [Double], _ count: Int) -> Bool {
        for i in 0..<side { gram[i * side + i] += lambda }
        var condition = 0.0
        return saccade_lapack_solve_positive(side, count, &gram, &right, &condition) == 0
            && condition >= Self.worstCondition
    }

    /// The price of weights becomes more examples: √λ for each feature alone, with targets 0.
    func bySingularValues() throws(LinearError) -> [Double] {
        let (columns, count) = (features.columns, targets.columns)
        let rows = features.rows + (lambda > 0 ? columns : 0)
        let (size, overflows) = max(rows, columns).multipliedReportingOverflow(by: max(columns, count))
        guard !overflows, size <= Self.mostNumbers else {
            throw LinearError(
                .tooLarge,
                "\(features.rows) examples of \(columns) features are too many for singular values; give fewer, or a larger "
                    + "lambda")
        }
        var x = features.centered(rows: 0..<features.rows, featureMeans)
        var solution = targets.centered(rows: 0..<features.rows, targetMeans)
        if lambda > 0 {
            x += [Double](repeating: 0, count: columns * columns)
            for column in 0..<columns { x[(features.rows + column) * columns + column] = lambda.squareRoot() }
        }
        solution += [Double](repeating: 0, count: max(rows, columns) * count - solution.count)
        var rank = 0
        // Features came as single precision: what they say below its rounding is noise.
        let smallest = lambda > 0 ? -1 : Double(Float.ulpOfOne) * Double(max(rows, columns)).squareRoot()
        guard saccade_lapack_least_squares(rows, columns, count, &x, &solution, smallest, &rank) == 0 else {
            throw LinearError(.unsolved, "LAPACK found no least squares for \(rows)×\(columns) numbers; give fewer")
        }
        return Array(solution[..<(columns * count)])
    }
}
