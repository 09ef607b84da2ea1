import TestSupport
import Testing

@testable import SaccadeTensors

@Suite struct SessionTests {
    private let weight = Tensor.random([6, 6], seed: 2)

    /// A step that adds its input to a state, and answers with the state before.
    private func step(_ inputs: [Tensor]) -> [Tensor] {
        let next = tanh(linear(inputs[1], weight) + inputs[0])
        return [sum(inputs[1], axes: [1]), next]
    }

    @Test("the state goes from step to step, is read, set and forgotten")
    func carries() {
        let plan = Plan(for: [[2, 6], [2, 6]]) { step($0) }
        let session = plan.session(carrying: [(output: 1, input: 1)])
        var state = Tensor(filledWith: 0, shape: [2, 6])
        for number in 0..<5 {
            let input = Tensor.random([2, 6], seed: UInt64(number))
            let wanted = step([input, state])
            expectClose(session.step([input]), to: [wanted[0]], tolerance: 1e-6)
            state = wanted[1]
            expectClose(session.state, to: [state], tolerance: 1e-6)
        }
        let other = plan.session(carrying: [(output: 1, input: 1)])
        other.state = session.state
        let input = Tensor.random([2, 6], seed: 9)
        #expect(other.step([input])[0].scalars == session.step([input])[0].scalars)
        session.reset()
        #expect(session.state[0].scalars.allSatisfy { $0 == 0 })
        // The plan itself remembers nothing.
        expectClose(plan.run([input, state]), to: step([input, state]), tolerance: 1e-6)
    }

    @Test("states that change places are both those of the step before")
    func swaps() {
        let plan = Plan(for: [[1], [2], [2]]) { [$0[0], $0[2], $0[1]] }
        let session = plan.session(carrying: [(output: 1, input: 1), (output: 2, input: 2)])
        session.state = [Tensor([1, 2]), Tensor([3, 4])]
        _ = session.step([Tensor([0])])
        #expect(session.state.map(\.scalars) == [[3, 4], [1, 2]])
    }

    @Test("a state that does not fit is a wrong program")
    func misfit() async {
        await #expect(processExitsWith: .failure) {
            _ = Plan(for: [[1], [2]]) { [$0[0]] }.session(carrying: [(output: 0, input: 1)])
        }
    }
}
