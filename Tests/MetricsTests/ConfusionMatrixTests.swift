import SaccadeMetrics
import Testing

@Suite struct ConfusionMatrixTests {
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

    @Test("maps are judged by their pixels, without those that are ignored")
    func segmentation() throws {
        var matrix = ConfusionMatrix(classes: 4)
        //           truth                    answer
        try matrix.add(
            labels: [0, 0, 0, 1, 1, 2, 255, 0], predictions: [0, 0, 1, 1, 1, 0, 3, 0], ignoring: 255)
        #expect(matrix.intersectionOverUnion == [3.0 / 5, 2.0 / 3, 0, nil])
        #expect(matrix.dice == [6.0 / 8, 4.0 / 5, 0, nil])
        #expect(abs(matrix.meanIoU - (3.0 / 5 + 2.0 / 3) / 3) < 1e-12)
        #expect(abs(matrix.meanDice - (6.0 / 8 + 4.0 / 5) / 3) < 1e-12)
        #expect(abs(matrix.classAccuracy - (3.0 / 4 + 1) / 3) < 1e-12)
        #expect(matrix.globalAccuracy == 5.0 / 7)
        #expect(ConfusionMatrix(classes: 2).meanIoU == 0)
    }

    @Test("a map of another size, or of a class that there is not, is an error and counts nothing")
    func badMaps() {
        var matrix = ConfusionMatrix(classes: 2)
        for (labels, predictions) in [([0, 1], [0]), ([0, 255], [0, 0]), ([0, 1], [0, 2])] as [([UInt8], [UInt8])] {
            #expect(throws: MetricsError.self) { try matrix.add(labels: labels, predictions: predictions) }
        }
        #expect(matrix.total == 0)
    }
}
