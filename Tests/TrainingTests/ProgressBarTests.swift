import SaccadeMetrics
import SaccadeTraining
import Testing

@Suite struct ProgressBarTests {
    private func shown(isTerminal: Bool) -> [String] {
        var lines: [String] = []
        var time = 0.0
        let bar = ProgressBar(isTerminal: isTerminal, width: 80) {
            lines.append($0)
        } now: {
            time
        }
        for batch in 1...20 {
            time += 0.5
            bar.progressed(
                TrainingProgress(
                    phase: .training, epoch: 1, epochs: 2, samples: batch * 10, samplesInAll: 200, loss: 1.23456,
                    samplesToCome: 200))
        }
        bar.finished(
            EpochRecord(
                epoch: 1, learningRate: 0.1, training: [.loss: 1.2, .accuracy: 0.5],
                validation: [.loss: 1.5, .accuracy: 0.25, .top5: 1], isBest: true, skippedSteps: 0))
        return lines
    }

    @Test("a terminal gets one line that is redrawn")
    func terminal() throws {
        let lines = shown(isTerminal: true)
        let drawn = try #require(lines.dropLast(2).last)
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("\r\u{1B}[K") && !$0.contains("\n") })
        #expect(drawn.contains("200/200"))
        #expect(drawn.contains("loss 1.2346"))
        #expect(drawn.contains("20 samples/s"))
        #expect(drawn.contains("00:10 left"))
        #expect(drawn.count <= 80 + 4)
        #expect(
            lines.last
                == "epoch 1: loss 1.2000, accuracy 50.00 %; val: loss 1.5000, accuracy 25.00 % (best so far)\n")
    }

    @Test("a file gets a plain line every few seconds")
    func plain() {
        let lines = shown(isTerminal: false)
        #expect(lines.count == 3, "ten seconds, one line each five, and the epoch's")
        #expect(lines.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\r") && !$0.contains("\u{1B}") })
    }

    @Test("a wait for data is told when it is above two hundredths", arguments: [(0.02, false), (0.034, true)])
    func waiting(_ share: Double, _ isTold: Bool) {
        var lines: [String] = []
        let bar = ProgressBar(isTerminal: false, width: 80) {
            lines.append($0)
        } now: {
            0
        }
        bar.progressed(
            TrainingProgress(
                phase: .training, epoch: 1, epochs: 2, samples: 10, samplesInAll: 200, loss: 1, samplesToCome: 200,
                waitingFraction: share))
        bar.progressed(
            TrainingProgress(
                phase: .validating, epoch: 1, epochs: 2, samples: 10, samplesInAll: 20, loss: 1, samplesToCome: 200))
        bar.finished(EpochRecord(epoch: 1, learningRate: 0.1, training: [.loss: 1.2, .accuracy: 0.5]))
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("3 % waiting for data") == isTold }, "\(lines)")
    }
}
