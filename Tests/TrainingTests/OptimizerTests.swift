import SaccadeLayers
import SaccadeTensors
import SaccadeTraining
import TestSupport
import Testing

@Suite struct OptimizerTests {
    typealias Named = [(name: String, parameter: Parameter)]

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var clipping: GradientClipping?
        let make: @Sendable (Named) -> any Optimizer

        init(_ name: String, clipping: GradientClipping? = nil, _ make: @escaping @Sendable (Named) -> any Optimizer) {
            testDescription = name
            self.clipping = clipping
            self.make = make
        }
    }

    static let cases = [
        Case("sgd") { SGD($0, learningRate: 0.1) },
        Case("sgd decay") { SGD($0, learningRate: 0.1, weightDecay: 0.05) },
        Case("sgd momentum") { SGD($0, learningRate: 0.1, momentum: 0.9, weightDecay: 0.01) },
        Case("sgd nesterov") { SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01) },
        Case("adam") { Adam($0, learningRate: 0.01) },
        Case("adam decay") {
            Adam($0, learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: .inGradient(0.1))
        },
        Case("adamw") { Adam($0, learningRate: 0.01, weightDecay: .decoupled(0.1)) },
        Case("rmsprop") { RMSProp($0, learningRate: 0.01) },
        Case("rmsprop momentum") { RMSProp($0, learningRate: 0.01, alpha: 0.9, momentum: 0.5, weightDecay: 0.1) },
        Case("rmsprop centered") { RMSProp($0, learningRate: 0.01, isCentered: true) },
        Case("rmsprop both") { RMSProp($0, learningRate: 0.01, momentum: 0.9, isCentered: true) },
        Case("sgd clipped by norm", clipping: .norm(1.5)) { SGD($0, learningRate: 0.1, momentum: 0.9) },
        Case("sgd clipped by value", clipping: .value(0.5)) { SGD($0, learningRate: 0.1, momentum: 0.9) },
    ]

    private func start(_ expected: TrainingFixtures.OptimizerCase) -> Named {
        zip(expected.weights, expected.shapes).enumerated().map {
            (name: "p\($0)", parameter: Parameter(Tensor($1.0, shape: Shape($1.1))))
        }
    }

    private func gradients(
        _ expected: TrainingFixtures.OptimizerCase, step: Int, _ parameters: Named
    ) -> Gradients {
        var gradients = Gradients()
        for (index, scalars) in expected.gradients[step].enumerated() {
            gradients[parameters[index].parameter] = Tensor(scalars, shape: Shape(expected.shapes[index]))
        }
        return gradients
    }

    @Test("ten steps are those of PyTorch", arguments: cases)
    func trajectory(_ c: Case) throws {
        let expected = try #require(
            try TrainingFixtures.load().optimizers.first { $0.name == c.testDescription })
        let parameters = start(expected)
        let optimizer = c.make(parameters)
        for step in 0..<10 {
            optimizer.step(gradients(expected, step: step, parameters), clipping: c.clipping)
            for (index, scalars) in expected.after[step].enumerated() {
                let error = parameters[index].parameter.value.relativeError(
                    to: Tensor(scalars, shape: Shape(expected.shapes[index])))
                #expect(error <= 1e-6, "step \(step), parameter \(index)")
            }
        }
    }

    @Test("a restored optimizer goes on with the same bits", arguments: cases)
    func restored(_ c: Case) throws {
        let expected = try #require(
            try TrainingFixtures.load().optimizers.first { $0.name == c.testDescription })
        let parameters = start(expected)
        let optimizer = c.make(parameters)
        for step in 0..<5 { optimizer.step(gradients(expected, step: step, parameters)) }

        let copies = parameters.map { (name: $0.name, parameter: Parameter($0.parameter.value)) }
        let copy = c.make(copies)
        copy.state = optimizer.state
        for step in 5..<10 {
            optimizer.step(gradients(expected, step: step, parameters))
            copy.step(gradients(expected, step: step, copies))
        }
        #expect(copies.map(\.parameter.value.scalars) == parameters.map(\.parameter.value.scalars))
    }

    @Test("a long parameter is moved by all threads as a short one is by one")
    func parallel() {
        let count = 100_003
        let parameter = Parameter(Tensor.ramp([count]))
        let alone = Parameter(Tensor(Array(parameter.value.scalars.suffix(7)), shape: [7]))
        var gradients = Gradients()
        gradients[parameter] = .ramp([count], seed: 3)
        gradients[alone] = Tensor(Array(Tensor.ramp([count], seed: 3).scalars.suffix(7)), shape: [7])
        let optimizer = Adam([("long", parameter), ("short", alone)])
        for _ in 0..<3 { optimizer.step(gradients) }
        #expect(Array(parameter.value.scalars.suffix(7)) == alone.value.scalars)
        #expect(parameter.value.scalars.first != Tensor.ramp([count]).scalars.first)
    }

    @Test("parameters without a gradient stay")
    func missing() {
        let (moved, still) = (Parameter(Tensor([1])), Parameter(Tensor([1])))
        var gradients = Gradients()
        gradients[moved] = Tensor([1])
        SGD([("a", moved), ("b", still)], learningRate: 0.1, weightDecay: 1).step(gradients)
        #expect(moved.value.item < 1)
        #expect(still.value.item == 1)
    }

    @Test("the norm shows a single value that is not finite", arguments: [Float.nan, .infinity, -.infinity])
    func norm(_ poison: Float) {
        let parameter = Parameter(Tensor(filledWith: 0, shape: [40_000]))
        var gradients = Gradients()
        gradients[parameter] = Tensor(filledWith: 2, shape: [40_000])
        #expect(gradients.norm(of: [parameter]) == 400)
        var scalars = [Float](repeating: 3e38, count: 40_000)
        gradients[parameter] = Tensor(scalars, shape: [40_000])
        #expect(gradients.norm(of: [parameter]).isFinite, "the largest floats are finite")
        scalars[31_234] = poison
        gradients[parameter] = Tensor(scalars, shape: [40_000])
        #expect(!gradients.norm(of: [parameter]).isFinite)
    }

    @Test("an optimizer without parameters is refused")
    func empty() async {
        await #expect(processExitsWith: .failure) { _ = SGD([], learningRate: 0.1) }
    }
}
