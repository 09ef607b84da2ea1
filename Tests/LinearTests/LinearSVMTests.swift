import Foundation
import SaccadeLinear
import SaccadePrelude
import Testing

@Suite struct LinearSVMTests {
    @Test("finds the optimum that SciPy finds", arguments: LinearFixtures.shared.machines)
    func optimum(_ m: LinearFixtures.Machine) throws {
        let labels = m.positive.map { $0 ? 0 : nil }
        let svm = try LinearSVM(features: Matrix(m.features), labels: labels, classes: 1, settings: m.settings)
        #expect(largestDifference(svm.weights.values, m.weights) < 2e-3)
        #expect(abs(svm.intercepts[0] - m.intercept) < 2e-3)
        // Near the optimum the objective hardly moves, so that it is the sharper test.
        let objective = objective(svm, m)
        #expect(abs(objective - m.objective) < 1e-4 * m.objective, "\(objective), not \(m.objective)")
    }

    private func objective(_ svm: LinearSVM, _ m: LinearFixtures.Machine) -> Double {
        let intercept = m.bias == 0 ? 0 : Double(svm.intercepts[0]) / m.bias
        var sum = svm.weights.values.reduce(intercept * intercept) { $0 + Double($1) * Double($1) } / 2
        for (x, isPositive) in zip(m.features, m.positive) {
            let score = zip(x, svm.weights.values).reduce(Double(svm.intercepts[0])) {
                $0 + Double($1.0) * Double($1.1)
            }
            let cost = m.cost * (isPositive ? m.positiveWeight : m.negativeWeight)
            sum += cost * max(0, isPositive ? 1 - score : 1 + score)
        }
        return sum
    }

    @Test("positive is what the label says, whichever class comes first")
    func order() throws {
        var generator = SplitMix64(seed: 1)
        let (low, high) = (
            Matrix.random(30, 3, around: -2, using: &generator), Matrix.random(20, 3, around: 2, using: &generator)
        )
        for lowFirst in [true, false] {
            var features = lowFirst ? low : high
            features.append(rowsOf: lowFirst ? high : low)
            let isHigh = (0..<50).map { lowFirst ? $0 >= 30 : $0 < 20 }
            // The class is 0, or 1, or the absence of a label.
            let svm = try LinearSVM(features: features, labels: isHigh.map { $0 ? 0 : nil }, classes: 1)
            #expect(svm.weights.values.allSatisfy { $0 > 0 })
            let other = try LinearSVM(features: features, labels: isHigh.map { $0 ? nil : 0 }, classes: 1)
            #expect(other.weights.values.allSatisfy { $0 < 0 })
            let both = try LinearSVM(features: features, labels: isHigh.map { $0 ? 1 : 0 }, classes: 2)
            let scores = both.scores(of: features)
            for row in 0..<50 {
                #expect((scores[row, 1] > 0) == isHigh[row])
                #expect((scores[row, 0] > 0) != isHigh[row])
            }
        }
    }

    @Test("each of several classes is told from the rest and from background")
    func classes() throws {
        var generator = SplitMix64(seed: 5)
        var features = Matrix(columns: 4)
        var labels: [Int?] = []
        for index in 0..<120 {
            let kind = index % 4
            var row = (0..<4).map { _ in Float.random(in: -0.5...0.5, using: &generator) }
            row[kind] += 3
            features.append(row: row)
            labels.append(kind == 3 ? nil : kind)
        }
        let svm = try LinearSVM(features: features, labels: labels, classes: 3)
        let scores = svm.scores(of: features)
        #expect((scores.rows, scores.columns) == (120, 3))
        for (row, label) in labels.enumerated() {
            for kind in 0..<3 { #expect((scores[row, kind] > 0) == (label == kind)) }
            // The scores of one row alone are the same.
            #expect(largestDifference(svm.scores(of: features.rows(at: [row])).values, Array(scores[row: row])) < 1e-5)
        }
    }

    @Test("the same seed gives the same numbers, also while others train")
    func repeats() async throws {
        let m = try #require(LinearFixtures.shared.machines.first)
        let labels = m.positive.map { $0 ? 0 : nil }
        // Loose, so that the order of the examples shows.
        func train(seed: UInt32) throws -> LinearSVM {
            try LinearSVM(
                features: Matrix(m.features), labels: labels, classes: 1,
                settings: LinearSVM.Settings(tolerance: 0.5, seed: seed))
        }
        let alone = try (1...8).map { try train(seed: $0) }
        #expect(Set(alone).count > 1)
        let together = try await withThrowingTaskGroup(of: (Int, LinearSVM).self) { group in
            for index in 0..<64 {
                group.addTask { (index % 8, try train(seed: UInt32(index % 8 + 1))) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(together.allSatisfy { $1 == alone[$0] })
    }

    @Test("prints nothing, and leaves the random numbers of others alone")
    func silence() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let features = Matrix(rows: 4, columns: 2, values: [1, 2, -1, 3, 2, -2, -3, -1])
            var sequences: [[Int]] = []
            for trains in [true, false] {
                srandom(9)
                var sequence: [Int] = []
                for _ in 0..<5 {
                    sequence.append(random())
                    if trains { _ = try LinearSVM(features: features, labels: [0, nil, 0, nil], classes: 1) }
                }
                sequences.append(sequence)
            }
            #if canImport(Glibc)
                guard sequences[0] == sequences[1] else { exit(1) }
            #endif
        }
        let text = String(decoding: result.standardOutputContent, as: UTF8.self)
        #expect(!text.contains("optimization") && !text.contains("Objective"), "\(text)")
    }

    @Test("says when it stopped before it was there")
    func stopped() throws {
        var generator = SplitMix64(seed: 2)
        let features = Matrix.random(60, 3, using: &generator)
        let labels = (0..<60).map { $0 % 2 == 0 ? 0 : nil }
        let hard = LinearSVM.Settings(cost: 1e6, tolerance: 1e-9)
        #expect(try LinearSVM(features: features, labels: labels, classes: 1, settings: hard).hasStoppedEarly)
        #expect(try !LinearSVM(features: features, labels: labels, classes: 1).hasStoppedEarly)
    }

    @Test("features of zeros are fine")
    func zeros() throws {
        let features = Matrix(rows: 4, columns: 2, values: [0, 0, 0, 0, 0, 0, 1, 0])
        let svm = try LinearSVM(
            features: features, labels: [nil, nil, nil, 0], classes: 1, settings: LinearSVM.Settings(cost: 100))
        let scores = svm.scores(of: features).values
        #expect(scores[3] > 0 && scores[0] < 0)
        #expect(svm.weights[0, 1] == 0)
        #expect(svm.scores(of: Matrix(columns: 2)).rows == 0)
    }

    @Test("numbers, labels and settings that cannot be are refused in a sentence")
    func refused() throws {
        let good = Matrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6])
        func error(
            _ features: Matrix? = nil, labels: [Int?] = [0, nil, 0], classes: Int = 1,
            settings: LinearSVM.Settings = LinearSVM.Settings()
        ) -> LinearError? {
            do throws(LinearError) {
                _ = try LinearSVM(features: features ?? good, labels: labels, classes: classes, settings: settings)
                return nil
            } catch { return error }
        }
        #expect(error() == nil)
        let nan = error(Matrix(rows: 3, columns: 2, values: [1, 2, 3, .nan, 5, 6]))
        #expect(nan?.code == .notFinite)
        #expect(nan?.description.contains("example 1 has nan in column 1") == true)
        #expect(error(Matrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, -.infinity]))?.code == .notFinite)
        #expect(error(labels: [0, nil])?.code == .examples)
        #expect(error(Matrix(columns: 2), labels: [])?.code == .examples)
        #expect(error(labels: [0, 1, 2], classes: 2)?.code == .label)
        #expect(error(labels: [0, -1, nil])?.code == .label)
        #expect(error(labels: [nil, nil, nil])?.description.contains("class 0 has no examples") == true)
        #expect(error(labels: [0, 0, 0])?.code == .label)
        #expect(error(labels: [0, nil, 0], classes: 2)?.code == .label)
        #expect(error(classes: 0)?.code == .label)
        for wrong in [0, -1, Double.nan, .infinity] {
            #expect(error(settings: LinearSVM.Settings(cost: wrong))?.code == .setting)
            #expect(error(settings: LinearSVM.Settings(positiveWeight: wrong))?.code == .setting)
            #expect(error(settings: LinearSVM.Settings(negativeWeight: wrong))?.code == .setting)
            #expect(error(settings: LinearSVM.Settings(tolerance: wrong))?.code == .setting)
        }
        for wrong in [-1, Double.nan, .infinity] {
            #expect(error(settings: LinearSVM.Settings(bias: wrong))?.code == .setting)
        }
    }
}
