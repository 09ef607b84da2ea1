import CSaccadeLAPACK

/// The best approximation of a matrix by one of lower rank: W ≈ U Σ Vᵀ with the largest singular values alone (Eckart and
/// Young, 1936).
///
/// A fully connected layer of weights W becomes two without anything between, which take t (u + v) multiplications for
/// u · v: the first with the weights Σ Vᵀ and no bias, the second with U and the layer's own bias (Girshick, "Fast R-CNN",
/// 2015, section 3.1).
public struct TruncatedSVD: Sendable, Hashable {
    /// U, `[u, t]`: columns of length 1 at right angles, or of zeros where the singular value is 0. The number of each
    /// that is farthest from 0 is positive.
    public let left: Matrix
    /// The t largest, the largest first.
    public let singularValues: [Float]
    /// Σ Vᵀ, `[t, v]`.
    public let scaledRight: Matrix

    /// Σ over the singular values that are left out of their squares, divided by that over all: how much of W is lost,
    /// 0...1.
    public let lostShare: Double

    /// Finds the factors.
    ///
    /// They come from the eigenvectors of the smaller of W Wᵀ and Wᵀ W, in double precision: singular values smaller than
    /// 1e-8 of the largest are lost, about as in an SVD in single precision. Needs 16 · min(u, v)² bytes beside the results.
    ///
    /// - Parameters:
    ///   - weights: W, `[u, v]`.
    ///   - rank: t, from 1 to the smaller of u and v.
    /// - Throws: ``LinearError``: numbers that are not finite, a rank that cannot be, both sides too large.
    public init(_ weights: Matrix, rank: Int) throws(LinearError) {
        let side = min(weights.rows, weights.columns)
        guard (1...max(side, 1)).contains(rank), side > 0 else {
            throw LinearError(
                .setting,
                "a rank of \(rank) for a matrix of \(weights.rows)×\(weights.columns): it must be in 1...\(side)")
        }
        guard side * side <= Int(Int32.max) else {
            throw LinearError(
                .tooLarge, "\(weights.rows)×\(weights.columns) numbers: one of the sides must be at most 46340")
        }
        if let error = LinearError.notFinite("row", weights) { throw error }

        let isWide = weights.rows <= weights.columns
        let zeros = [Double](repeating: 0, count: weights.columns)
        var gram = [Double](repeating: 0, count: side * side)
        for block in blocks(of: max(weights.rows, weights.columns), length: 512) {
            if isWide {
                saccade_lapack_add_gram_of_rows(side, block.count, weights.centered(columns: block, zeros), &gram)
            } else {
                saccade_lapack_add_gram(block.count, side, weights.centered(rows: block, zeros), &gram)
            }
        }
        let total = (0..<side).reduce(0.0) { $0 + gram[$1 * side + $1] }
        var rows = [Double](repeating: 0, count: rank * side)
        guard saccade_lapack_top_eigenvectors(side, rank, &gram, &rows) == 0 else {
            throw LinearError(.unsolved, "LAPACK found no eigenvectors of \(side)×\(side) numbers")
        }
        gram = []
        // Into columns, with the largest, which comes last, in front.
        let vectors = [Double](unsafeUninitializedCapacity: side * rank) { target, count in
            for index in 0..<rank {
                for place in 0..<side { target[place * rank + index] = rows[(rank - 1 - index) * side + place] }
            }
            count = side * rank
        }

        var factors =
            isWide ? Self.factors(left: vectors, of: weights, rank) : Self.factors(right: vectors, of: weights, rank)
        for index in 0..<rank { factors.makeSignPositive(index, rank, weights.columns) }
        left = Matrix(rows: weights.rows, columns: rank, values: factors.left.map { Float($0) })
        scaledRight = Matrix(rows: rank, columns: weights.columns, values: factors.scaledRight.map { Float($0) })
        singularValues = factors.values.map { Float($0) }
        let kept = factors.values.reduce(0) { $0 + $1 * $1 }
        lostShare = total > 0 ? min(max(1 - kept / total, 0), 1) : 0
    }

    private struct Factors {
        var left: [Double]
        var values: [Double]
        var scaledRight: [Double]

        /// Without this, the sign is LAPACK's choice.
        mutating func makeSignPositive(_ index: Int, _ rank: Int, _ columns: Int) {
            let places = stride(from: index, to: left.count, by: rank)
            guard let largest = places.max(by: { abs(left[$0]) < abs(left[$1]) }), left[largest] < 0 else { return }
            for place in places { left[place] = -left[place] }
            for place in (index * columns)..<((index + 1) * columns) { scaledRight[place] = -scaledRight[place] }
        }
    }

    /// Σ Vᵀ = Uᵀ W.
    private static func factors(left: [Double], of weights: Matrix, _ rank: Int) -> Factors {
        let (columns, zeros) = (weights.columns, [Double](repeating: 0, count: weights.columns))
        var scaledRight = [Double](repeating: 0, count: rank * columns)
        for rows in blocks(of: weights.rows, length: 512) {
            saccade_lapack_add_transposed_product(
                rank, rows.count, columns, Array(left[(rows.lowerBound * rank)..<(rows.upperBound * rank)]),
                weights.centered(rows: rows, zeros), &scaledRight)
        }
        let values = (0..<rank).map { index in
            scaledRight[(index * columns)..<((index + 1) * columns)].reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        return Factors(left: left, values: values, scaledRight: scaledRight)
    }

    /// U Σ = W V.
    private static func factors(right: [Double], of weights: Matrix, _ rank: Int) -> Factors {
        let (columns, zeros) = (weights.columns, [Double](repeating: 0, count: weights.columns))
        var left: [Double] = []
        for rows in blocks(of: weights.rows, length: 512) {
            var part = [Double](repeating: 0, count: rows.count * rank)
            saccade_lapack_add_product(rows.count, columns, rank, weights.centered(rows: rows, zeros), right, &part)
            left += part
        }
        let values = (0..<rank).map { index in
            stride(from: index, to: left.count, by: rank).reduce(0) { $0 + left[$1] * left[$1] }.squareRoot()
        }
        for place in left.indices { left[place] = values[place % rank] > 0 ? left[place] / values[place % rank] : 0 }
        let scaledRight = [Double](unsafeUninitializedCapacity: rank * columns) { target, count in
            for index in 0..<rank {
                for column in 0..<columns {
                    target[index * columns + column] = right[column * rank + index] * values[index]
                }
            }
            count = rank * columns
        }
        return Factors(left: left, values: values, scaledRight: scaledRight)
    }
}
