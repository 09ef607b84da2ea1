import SaccadeTensors
import TestSupport
import Testing

@Suite struct RecurrenceTests {
    /// h ← tanh(h · w + x), again and again; with weights so small that only the last steps count, the
    /// gradient is that of a short recurrence.
    private func gradients(steps: Int) -> (value: Float, ofWeights: Tensor?, ofInput: Tensor?) {
        let (w, x) = (Parameter(.ramp([4]) * 0.3), Parameter(.ramp([4], seed: 1)))
        let (value, gradients) = withGradients {
            var h = Tensor(filledWith: 0, shape: [4])
            for _ in 0..<steps { h = tanh(h * w.value + x.value) }
            return sum(h)
        }
        return (value.item, gradients[w], gradients[x])
    }

    @Test("20 000 steps differentiate and are freed without overflowing the stack")
    func long() throws {
        let (long, short) = (gradients(steps: 20_000), gradients(steps: 60))
        #expect(abs(long.value - short.value) < 1e-5)
        #expect(try #require(long.ofWeights).isClose(to: #require(short.ofWeights)))
        #expect(try #require(long.ofInput).isClose(to: #require(short.ofInput)))
    }

    @Test("a tape that nobody walked is freed as well")
    func abandoned() {
        struct Interruption: Error {}
        #expect(throws: Interruption.self) {
            let w = Parameter(.ramp([4]))
            _ = try withGradients {
                var h = Tensor(filledWith: 0, shape: [4])
                for _ in 0..<20_000 { h = tanh(h * w.value) }
                throw Interruption()
            }
        }
    }
}
