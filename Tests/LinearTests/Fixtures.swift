import Foundation
import SaccadeLinear
import Testing

/// What NumPy and SciPy compute, as `Tests/Fixtures/make_linear_fixtures.py` wrote it down.
struct LinearFixtures: Decodable {
    struct Machine: Decodable, CustomTestStringConvertible {
        var name: String
        var features: [[Float]]
        var positive: [Bool]
        var cost, bias, positiveWeight, negativeWeight: Double
        var objective: Double
        var weights: [Float]
        var intercept: Float

        var testDescription: String { name }
        var settings: LinearSVM.Settings {
            LinearSVM.Settings(
                cost: cost, bias: bias, positiveWeight: positiveWeight, negativeWeight: negativeWeight, tolerance: 1e-6)
        }
    }

    struct Regression: Decodable, CustomTestStringConvertible {
        var name: String
        var features, targets: [[Float]]
        var lambda: Double
        var hasIntercept: Bool
        var weights: [[Float]]
        var intercepts: [Float]

        var testDescription: String { name }
    }

    struct Decomposition: Decodable, CustomTestStringConvertible {
        var name: String
        var matrix: [[Float]]
        var rank: Int
        var singularValues: [Float]
        var approximation: [[Float]]
        var lostShare: Double

        var testDescription: String { name }
    }

    var machines: [Machine]
    var regressions: [Regression]
    var decompositions: [Decomposition]

    static let shared: LinearFixtures = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/linear.json")
        // The file is part of the package: without it no test means anything.
        return try! JSONDecoder().decode(LinearFixtures.self, from: Data(contentsOf: file))
    }()
}

extension Matrix {
    /// - Precondition: There is a row.
    init(_ rows: [[Float]]) {
        self.init(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
    }

    /// Random numbers around 0.
    static func random(
        _ rows: Int, _ columns: Int, around center: Float = 0, using generator: inout some RandomNumberGenerator
    ) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            values: (0..<(rows * columns)).map { _ in center + .random(in: -1...1, using: &generator) })
    }
}

/// The largest difference between two lists.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) } : .infinity
}
