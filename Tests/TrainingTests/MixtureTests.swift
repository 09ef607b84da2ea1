import Foundation
import SaccadeDatasets
import SaccadeLoading
import SaccadeTensors
import TestSupport
import Testing

@testable import SaccadeTraining

@Suite struct MixtureTests {
    static let logits = Tensor([0.2, -1, 2.5, 0.1, 3, -0.7, 1.1, 0.4, -2], shape: [3, 3])

    private func batch(lambda: Float?) -> LabelledBatch {
        LabelledBatch(
            images: Tensor(filledWith: 0, shape: [3, 1, 1, 1]), labels: [2, 0, 1],
            mixture: lambda.map { LabelMixture(partnerLabels: [1, 2, 0], lambda: $0) }, names: { [] })
    }

    @Test(
        "the loss is the cross entropy with the mixed truth", arguments: [0, 0.3, 0.8, 1] as [Float],
        [0, 0.1] as [Float])
    func loss(share: Float, smoothing: Float) {
        let batch = batch(lambda: share)
        // The slow definition: a truth for every class, against the logarithm of the softmax.
        var expected = 0.0
        let values = Self.logits.scalars.map(Double.init)
        for row in 0..<3 {
            let scores = values[row * 3..<row * 3 + 3]
            let normalizer = log(scores.reduce(0) { $0 + exp($1) })
            for (index, score) in scores.enumerated() {
                var truth = 0.0
                if index == batch.labels[row] { truth += Double(share) }
                if index == batch.mixture?.partnerLabels[row] { truth += 1 - Double(share) }
                truth = truth * Double(1 - smoothing) + Double(smoothing) / 3
                expected -= truth * (score - normalizer) / 3
            }
        }
        var task = Classification()
        task.labelSmoothing = Double(smoothing)
        let loss = task.crossEntropy(of: Self.logits, batch)
        #expect(abs(Double(loss.item) - expected) < 1e-5)
        expectGradients(at: [Self.logits]) { task.crossEntropy(of: $0[0], batch) }
    }

    @Test("the class that counts most is the one to be right about")
    func main() {
        #expect(batch(lambda: nil).dominantLabels == [2, 0, 1])
        #expect(batch(lambda: 0.7).dominantLabels == [2, 0, 1])
        #expect(batch(lambda: 0.4).dominantLabels == [1, 2, 0])
        #expect(
            Classification().crossEntropy(of: Self.logits, batch(lambda: nil)).item
                == crossEntropy(Self.logits, [2, 0, 1]).item)
    }
}
