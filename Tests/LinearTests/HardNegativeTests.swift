import SaccadeLinear
import SaccadePrelude
import Testing

@Suite struct HardNegativeTests {
    /// Positives around 1 or more on the first axis; of many windows, all but one in a hundred are far away.
    struct World {
        var positives: Matrix
        var windows: Matrix

        init(seed: UInt64, count: Int = 10_000, positivesAround first: Float = 1) {
            var generator = SplitMix64(seed: seed)
            positives = Matrix(columns: 6)
            for _ in 0..<100 { positives.append(row: Self.row(around: first, using: &generator)) }
            windows = Matrix(columns: 6)
            for index in 0..<count {
                windows.append(row: Self.row(around: index % 100 == 99 ? 0.2 : -3, using: &generator))
            }
        }

        private static func row(around first: Float, using generator: inout SplitMix64) -> [Float] {
            (0..<6).map { ($0 == 0 ? first : 0) + Float.random(in: -0.5...0.5, using: &generator) }
        }

        /// In blocks, whose size has no meaning.
        func pass(block: Int, _ take: (Matrix) throws -> Void) throws {
            for start in stride(from: 0, to: windows.rows, by: block) {
                try take(windows.rows(at: Array(start..<min(start + block, windows.rows))))
            }
        }
    }

    @Test("ends at the machine that all windows together give")
    func optimum() throws {
        let world = World(seed: 1)
        let settings = LinearSVM.Settings(cost: 1, tolerance: 1e-5)
        let mining = HardNegativeMining(rounds: 20, newPerTraining: 200, limit: 5000)
        let (svm, rounds) = try trainedWithHardNegatives(
            positives: world.positives, settings: settings, mining: mining
        ) { try world.pass(block: 700, $0) }
        var all = world.positives
        all.append(rowsOf: world.windows)
        let labels = (0..<all.rows).map { $0 < world.positives.rows ? 0 : nil }
        let whole = try LinearSVM(features: all, labels: labels, classes: 1, settings: settings)
        #expect(largestDifference(svm.weights.values, whole.weights.values) < 1e-2)
        #expect(abs(svm.intercepts[0] - whole.intercepts[0]) < 1e-2)
        let last = try #require(rounds.last)
        #expect(last.hard == 0 && rounds.count < 20)
        #expect(rounds.allSatisfy { $0.windows == world.windows.rows })
        // A tenth of the windows are enough.
        #expect(last.kept < 1000)
    }

    @Test("does better than the first windows alone")
    func better() throws {
        let world = World(seed: 2, positivesAround: 1.5)
        func mistakes(_ svm: LinearSVM) -> Int { svm.scores(of: world.windows).values.count { $0 > 0 } }
        let mining = HardNegativeMining(rounds: 2, newPerTraining: 90)
        let mined = try trainedWithHardNegatives(positives: world.positives, mining: mining) {
            try world.pass(block: 50, $0)
        }.svm
        let first = try trainedWithHardNegatives(positives: world.positives, mining: mining) {
            try $0(world.windows.rows(at: Array(0..<90)))
        }.svm
        #expect(mistakes(mined) == 0)
        #expect(mistakes(first) > 50)
        #expect(mined.scores(of: world.positives).values.allSatisfy { $0 > 0 })
    }

    @Test("does not depend on how windows are gathered in blocks")
    func blocks() throws {
        let world = World(seed: 3, count: 1000)
        let mining = HardNegativeMining(rounds: 3, newPerTraining: 70)
        let results = try [1, 7, 64, 1000].map { block in
            try trainedWithHardNegatives(positives: world.positives, mining: mining) {
                try world.pass(block: block, $0)
            }
        }
        for result in results {
            #expect(result.rounds == results[0].rounds)
            #expect(result.svm == results[0].svm)
        }
    }

    @Test("keeps no window twice and no more than its limit, and drops what is easy")
    func limits() throws {
        let world = World(seed: 4, count: 2000)
        let mining = HardNegativeMining(rounds: 5, hardAbove: -1, easyBelow: -1, newPerTraining: 100, limit: 12)
        var sieve = try HardNegativeSieve(positives: world.positives, settings: LinearSVM.Settings(), mining: mining)
        for _ in 0..<3 {
            try sieve.pass(world.windows, places: 0..<world.windows.rows)
            #expect(sieve.negatives.rows <= 12 + 100)
            let round = try sieve.endRound()
            #expect(round.kept == sieve.negatives.rows && round.kept <= 12 && round.kept > 0)
            #expect(sieve.svm.scores(of: sieve.negatives).values.allSatisfy { $0 >= -1 })
            let rows = (0..<sieve.negatives.rows).map { Array(sieve.negatives[row: $0]) }
            #expect(Set(rows).count == rows.count)
        }
        #expect(mining.bytes(positives: 100, features: 6) == 24 * 6 * 212)
    }

    @Test("before the first training every window is hard, whatever the margin; easy ones are counted")
    func first() throws {
        let world = World(seed: 6, count: 300, positivesAround: 3)
        let mining = HardNegativeMining(hardAbove: 0.5, easyBelow: -1, newPerTraining: 100)
        var sieve = try HardNegativeSieve(positives: world.positives, settings: LinearSVM.Settings(), mining: mining)
        try sieve.pass(world.windows, places: 0..<300)
        sieve.passEasy(50)
        let round = try sieve.endRound()
        // A hundred for the first training; then none of the three that are near the objects scores ½.
        #expect(round.windows == 350 && round.hard == 100 && round.trainings == 1)
    }

    @Test("what cannot be learnt from is refused in a sentence")
    func refused() throws {
        let world = World(seed: 5, count: 10)
        func code(
            positives: Matrix? = nil, mining: HardNegativeMining = HardNegativeMining(), windows: Matrix? = nil
        ) throws -> LinearError.Code? {
            do {
                _ = try trainedWithHardNegatives(positives: positives ?? world.positives, mining: mining) {
                    try $0(windows ?? world.windows)
                }
                return nil
            } catch let error as LinearError { return error.code }
        }
        #expect(try code() == nil)
        #expect(try code(positives: Matrix(columns: 6)) == .examples)
        #expect(try code(positives: Matrix(rows: 1, columns: 2, values: [.nan, 0])) == .notFinite)
        #expect(try code(windows: Matrix(rows: 1, columns: 2, values: [1, 0])) == .examples)
        #expect(try code(windows: Matrix(columns: 6)) == .examples)
        #expect(try code(windows: Matrix(rows: 1, columns: 6, values: [1, 0, 0, .infinity, 0, 0])) == .notFinite)
        for wrong in [
            HardNegativeMining(rounds: 0), HardNegativeMining(newPerTraining: 0), HardNegativeMining(limit: 0),
            HardNegativeMining(hardAbove: .nan), HardNegativeMining(hardAbove: 1),
            HardNegativeMining(easyBelow: -0.9), HardNegativeMining(easyBelow: .nan),
        ] { #expect(try code(mining: wrong) == .setting) }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try trainedWithHardNegatives(positives: world.positives) { _ in throw Stop() }
        }
    }
}
