import SaccadeMetrics
import SaccadeTensors
import SaccadeTraining
import Testing

@Suite struct ClassificationScoreTests {
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
