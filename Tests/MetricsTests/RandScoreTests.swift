import Foundation
import SaccadeGeometry
import SaccadeMetrics
import Testing

@Suite struct RandScoreTests {
    /// "#" is border, anything else cell.
    func cells(_ rows: [String]) -> [Bool] { rows.flatMap { $0.map { $0 != "#" } } }

    @Test("parts hang together along edges only, and are numbered down the columns")
    func components() {
        let labels = connectedComponents(
            cells([
                "#.#.",
                "..#.",
                "###.",
                ".###",
            ]), width: 4)
        #expect(labels == [0, 1, 0, 3, 1, 1, 0, 3, 0, 0, 0, 3, 2, 0, 0, 0])
        #expect(connectedComponents([], width: 0).isEmpty)
    }

    @Test("thick borders become lines where cells meet")
    func thinning() {
        #expect(thinnedCells(cells([".#####."]), width: 7) == [1, 1, 1, 0, 2, 2, 2])
        // The middle of an even border goes to the cell that comes first.
        #expect(thinnedCells(cells([".####."]), width: 6) == [1, 1, 1, 0, 2, 2])
        let rows = Array(repeating: "..###..", count: 5)
        #expect(
            thinnedCells(cells(rows), width: 7) == Array(repeating: [1, 1, 1, 0, 2, 2, 2], count: 5).flatMap { $0 })
        #expect(thinnedCells(cells(["###", "#.#", "###"]), width: 3) == Array(repeating: 1, count: 9))
        #expect(thinnedCells(cells(["##", "##"]), width: 2) == [1, 1, 1, 1], "no cells are one cell")
    }

    @Test("thinning keeps every cell and adds none")
    func thinningProperties() {
        var generator = Generator(state: 2)
        for _ in 0..<200 {
            let (width, height) = (Int.random(in: 1...12, using: &generator), Int.random(in: 1...12, using: &generator))
            let isCell = (0..<width * height).map { _ in Int.random(in: 0..<4, using: &generator) == 0 }
            guard isCell.contains(true) else { continue }
            let (before, after) = (connectedComponents(isCell, width: width), thinnedCells(isCell, width: width))
            #expect(zip(before, after).allSatisfy { $0 == 0 || $0 == $1 })
            #expect(Set(before.filter { $0 > 0 }) == Set(after.filter { $0 > 0 }))
            #expect(after.allSatisfy { $0 >= 0 })
        }
    }

    @Test("scores agree with their definitions over all pairs of pixels")
    func definitions() throws {
        var generator = Generator(state: 4)
        for _ in 0..<40 {
            let truth = (0..<36).map { _ in Int32.random(in: 0...3, using: &generator) }
            // Mostly right, so that scores spread.
            let answer = truth.map {
                Int.random(in: 0..<3, using: &generator) > 0 ? $0 : .random(in: 0...3, using: &generator)
            }
            var score = RandScore()
            try score.add(truth: truth, answer: answer)
            // A part of its own for every border pixel of the answer.
            let pixels = truth.indices.filter { truth[$0] > 0 }
            let parts = answer.enumerated().map { $1 == 0 ? Int32(1000 + $0) : $1 }
            var (both, inTruth, inAnswer) = (0, 0, 0)
            for i in pixels {
                for j in pixels {
                    if truth[i] == truth[j] { inTruth += 1 }
                    if parts[i] == parts[j] { inAnswer += 1 }
                    if truth[i] == truth[j], parts[i] == parts[j] { both += 1 }
                }
            }
            let (precision, recall) = (Double(both) / Double(inAnswer), Double(both) / Double(inTruth))
            #expect(abs(score.rand - 2 * precision * recall / (precision + recall)) < 1e-12)

            func share(_ matches: (Int) -> Bool) -> Double {
                Double(pixels.filter(matches).count) / Double(pixels.count)
            }
            var (truthEntropy, answerEntropy, mutual) = (0.0, 0.0, 0.0)
            for i in pixels {
                let (a, b) = (share { truth[$0] == truth[i] }, share { parts[$0] == parts[i] })
                let joint = share { truth[$0] == truth[i] && parts[$0] == parts[i] }
                truthEntropy -= log(a) / Double(pixels.count)
                answerEntropy -= log(b) / Double(pixels.count)
                mutual += log(joint / (a * b)) / Double(pixels.count)
            }
            let (split, merge) = (mutual / truthEntropy, mutual / answerEntropy)
            #expect(abs(score.info - 2 * split * merge / (split + merge)) < 1e-9)
        }
    }

    @Test("a worked example: two cells that an answer merges")
    func merged() throws {
        // Eight pixels of one cell, eight of another, all in one part: pairs 2 · 64 of 256, no information.
        let truth = [Int32](repeating: 1, count: 8) + [Int32](repeating: 2, count: 8)
        var score = RandScore()
        try score.add(truth: truth, answer: Array(repeating: 7, count: 16))
        #expect(abs(score.rand - 2 * 128 / (128.0 + 256)) < 1e-12)
        #expect(score.info == 0)
        // A second, perfect image: scores are averaged. A third that is all border says nothing.
        try score.add(truth: truth, answer: truth)
        try score.add(truth: Array(repeating: 0, count: 16), answer: truth)
        #expect(abs(score.rand - (2 * 128 / (128.0 + 256) + 1) / 2) < 1e-12)
        #expect(abs(score.info - 0.5) < 1e-12)
        #expect(RandScore().rand == 0 && RandScore().info == 0)
        #expect(throws: MetricsError.self) { try score.add(truth: truth, answer: [1]) }
    }

    @Test("borders of any width are right, gaps in them are not, and the best threshold counts")
    func borders() throws {
        let truth = cells(Array(repeating: "....#....", count: 9))
        let thick: [Float] = cells(Array(repeating: "..#####..", count: 9)).map { $0 ? 0.9 : 0.45 }
        var score = BorderThinnedRandScore()
        try score.add(truth: truth, cellProbability: thick, width: 9)
        #expect(abs(score.rand - 1) < 1e-12 && abs(score.info - 1) < 1e-12)
        #expect(score.scores[0].rand < 0.7, "at 0 all is one cell")
        #expect(score.scores[5].rand > 0.99)
        var gap = thick
        for x in 2..<7 { gap[4 * 9 + x] = 0.9 }
        var worse = BorderThinnedRandScore()
        try worse.add(truth: truth, cellProbability: gap, width: 9)
        #expect(worse.rand < 0.7 && worse.info < 0.1)
        #expect(throws: MetricsError.self) { try score.add(truth: truth, cellProbability: [1], width: 9) }
        #expect(throws: MetricsError.self) { try score.add(truth: truth, cellProbability: thick, width: 0) }
    }
}
