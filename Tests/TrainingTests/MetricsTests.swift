import SaccadeTensors
import SaccadeTraining
import Testing

@Suite struct MetricsTests {
    @Test("precision, recall and F1 are those of the definitions")
    func classScores() {
        var matrix = ConfusionMatrix(classes: 3)
        for (label, prediction, count) in [(0, 0, 5), (0, 1, 2), (1, 1, 3), (1, 0, 1)] {
            for _ in 0..<count { matrix.add(label: label, prediction: prediction) }
        }
        let scores = matrix.classScores
        #expect(matrix.accuracy == 8.0 / 11)
        #expect(scores[0].precision == 5.0 / 6)
        #expect(scores[0].recall == 5.0 / 7)
        #expect(abs(scores[0].f1 - 2 / (6.0 / 5 + 7.0 / 5)) < 1e-12)
        #expect(scores[0].support == 7)
        #expect([scores[2].precision, scores[2].recall, scores[2].f1] == [0, 0, 0], "no samples, no division by zero")
    }

    @Test("the highest scores come first, the lower class first of equals, no numbers last")
    func topK() {
        #expect(topClasses(3, of: [0.1, 0.9, 0.3, 0.9]) == [1, 3, 2])
        #expect(topClasses(5, of: [1, .nan, 2]) == [2, 0, 1])
        #expect(topClasses(1, of: [-.infinity, -1]) == [1])
    }

    @Test("batches of different sizes weigh by their samples")
    func score() {
        var score = ClassificationScore(classes: 7)
        // Rows that rank class 0 first, then 1, and so on.
        let row: [Float] = [7, 6, 5, 4, 3, 2, 1]
        score.add(Tensor(row + row + row, shape: [3, 7]), labels: [0, 4, 5], loss: 2)
        score.add(Tensor(row, shape: [1, 7]), labels: [0], loss: 6)
        #expect(score.loss.value == 3)
        #expect(score.top1 == 0.5)
        #expect(score.top5 == 0.75)
        #expect(score.confusion.counts[4][0] == 1)
    }
}
