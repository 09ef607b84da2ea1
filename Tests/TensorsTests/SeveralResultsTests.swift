import Synchronization
import TestSupport
import Testing

@testable import SaccadeTensors

/// Operations with several results that share one pullback.
@Suite struct SeveralResultsTests {
    /// `a · b` and `a · a + b`, as one step of the tape.
    ///
    /// - Parameter heard: Is told of which results a gradient arrived, and for which inputs one is wanted.
    static func pair(
        _ a: Tensor, _ b: Tensor, heard: (@Sendable ([Bool], [Bool]) -> Void)? = nil
    ) -> (product: Tensor, sum: Tensor) {
        let (u, v) = (a.detached, b.detached)
        let results = [u * v, u * u + v].recorded(from: [a, b]) { gradients, wanted in
            heard?(gradients.map { $0 != nil }, wanted)
            let (product, sum) = (gradients[0], gradients[1])
            return [
                total(product.map { $0 * v }, sum.map { $0 * u * 2 }),
                total(product.map { $0 * u }, sum),
            ]
        }
        return (results[0], results[1])
    }

    private static func total(_ x: Tensor?, _ y: Tensor?) -> Tensor? {
        guard let x, let y else { return x ?? y }
        return x + y
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let reached: [Bool]
        let function: @Sendable (_ product: Tensor, _ sum: Tensor) -> Tensor
    }

    static let cases = [
        Case(testDescription: "both", reached: [true, true]) { $0 * 3 + tanh($1) },
        Case(testDescription: "the first alone", reached: [true, false]) { product, _ in tanh(product) },
        Case(testDescription: "the second alone", reached: [false, true]) { _, sum in sum * sum },
        Case(testDescription: "the second twice", reached: [false, true]) { _, sum in sum * 2 - tanh(sum) },
        Case(testDescription: "each twice, mixed", reached: [true, true]) { $0 * $1 + $0 + $1 * $1 },
    ]

    @Test("gradients agree with finite differences, and results that nobody read have none", arguments: cases)
    func used(_ c: Case) {
        let heard = Mutex<[[Bool]]>([])
        let (a, b) = (Parameter(.ramp([3, 4])), Parameter(.ramp([3, 4], seed: 1)))
        _ = withGradients {
            let (product, sum) = Self.pair(a.value, b.value) { reached, _ in heard.withLock { $0.append(reached) } }
            return SaccadeTensors.sum(c.function(product, sum))
        }
        #expect(heard.withLock { $0 } == [c.reached], "one pullback for both, run once")
        expectGradients(at: [a.value, b.value]) { inputs in
            let (product, sum) = Self.pair(inputs[0], inputs[1])
            return c.function(product, sum)
        }
    }

    @Test("where no result is used the pullback does not run")
    func unused() {
        let runs = Mutex(0)
        let (a, b) = (Parameter(.ramp([4])), Parameter(.ramp([4], seed: 1)))
        let (_, gradients) = withGradients {
            _ = Self.pair(a.value, b.value) { _, _ in runs.withLock { $0 += 1 } }
            return sum(a.value * 2)
        }
        #expect(runs.withLock { $0 } == 0)
        #expect(gradients[b] == nil)
        #expect(gradients[a]?.scalars == [2, 2, 2, 2])
    }

    @Test("constants get no gradient, and of constants alone nothing is remembered")
    func constants() {
        let heard = Mutex<[[Bool]]>([])
        let (a, b) = (Parameter(.ramp([4])), Tensor.ramp([4], seed: 1))
        let (_, gradients) = withGradients {
            let (product, _) = Self.pair(a.value, b) { _, wanted in heard.withLock { $0.append(wanted) } }
            let (other, _) = Self.pair(b, b) { _, wanted in heard.withLock { $0.append(wanted) } }
            return sum(product + other)
        }
        #expect(heard.withLock { $0 } == [[true, false]])
        #expect(gradients[a]?.scalars == b.scalars)
    }

    @Test("the same result twice adds its gradients in the order of separate results")
    func sameBytes() {
        // One operation with two results, and two operations with one: the same sums in the same order.
        let (a, b) = (Parameter(.ramp([64])), Parameter(.ramp([64], seed: 1)))
        func gradients(_ pair: @escaping (Tensor, Tensor) -> (Tensor, Tensor)) -> [[Float]?] {
            let (_, gradients) = withGradients {
                let (x, y) = pair(a.value, b.value)
                return sum(tanh(x) * x + x / (y * y + 3))
            }
            return [gradients[a]?.scalars, gradients[b]?.scalars]
        }
        let joint = gradients { a, b in
            let results = [a.detached * 2, b.detached * 2].recorded(from: [a, b]) { gradients, _ in
                gradients.map { $0.map { $0 * 2 } }
            }
            return (results[0], results[1])
        }
        #expect(joint == gradients { ($0 * 2, $1 * 2) })
    }

    /// h, c ← a step of both, again and again; with weights so small that only the last steps count, the gradient is that
    /// of a short recurrence.
    private func recurrence(steps: Int) -> (value: Float, gradient: Tensor?) {
        let w = Parameter(.ramp([4]) * 0.2)
        let (value, gradients) = withGradients {
            var (h, c) = (Tensor(filledWith: 0, shape: [4]), Tensor(filledWith: 0, shape: [4]))
            for _ in 0..<steps {
                let (product, total) = Self.pair(tanh(h * w.value + c * 0.1), w.value)
                (h, c) = (product, total)
            }
            return sum(h + c)
        }
        return (value.item, gradients[w])
    }

    @Test("20 000 steps with two results differentiate and are freed without overflowing the stack")
    func long() throws {
        let (long, short) = (recurrence(steps: 20_000), recurrence(steps: 60))
        #expect(abs(long.value - short.value) < 1e-5)
        #expect(try #require(long.gradient).isClose(to: #require(short.gradient)))
    }
}
