import SaccadeOneDNN
import TestSupport
import Testing

@testable import SaccadeTensors

/// Operations of which several inputs are constants that a kernel may want prepared.
@Suite struct ConstantInputsTests {
    /// `2 · a · x − b`, where a kernel for constants finds `2 · a` and `−b`.
    struct Scaled: Operation {
        /// Which inputs `a`, `x` and `b` are.
        var order = (a: 0, x: 1, b: 2)

        var name: String { "scaled" }
        func resultShapes(_ inputs: [Shape]) -> [Shape] { [inputs[order.x]] }

        static func == (a: Scaled, b: Scaled) -> Bool { a.order == b.order }
        func hash(into hasher: inout Hasher) { hasher.combine(order.a) }

        func kernels(_ request: KernelRequest) -> [Kernel] {
            let (shape, order) = (request.results[0], order)
            let count = shape.elementCount
            let prepared = request.constantInputs.intersection([order.a, order.b])
            let arrangement = Arrangement(.rowMajor([count]), rowMajor: .rowMajor(shape.dimensions))
            var kernel = Kernel(
                inputs: request.inputs.indices.map { prepared.contains($0) ? arrangement : nil }, results: [nil]
            ) { at in
                let (a, b): (Float, Float) = (
                    prepared.contains(order.a) ? 1 : 2, prepared.contains(order.b) ? 1 : -1
                )
                for index in 0..<count {
                    at[3][index] = a * at[order.a][index] * at[order.x][index] + b * at[order.b][index]
                }
            }
            for (input, factor) in [(order.a, Float(2)), (order.b, -1)] where prepared.contains(input) {
                kernel.transforms[input] = ConstantTransform("times \(factor)") { from, to in
                    for index in 0..<count { to[index] = from[index] * factor }
                }
            }
            kernel.label = "prepared \(prepared.sorted())"
            return [kernel]
        }
    }

    private static let shape: Shape = [4, 3]

    private func expected(_ a: Tensor, _ x: Tensor, _ b: Tensor) -> Tensor { a * x * 2 - b }

    @Test("each constant is prepared by its own transform, wherever it comes")
    func both() {
        let (a, b) = (Parameter(.ramp(Self.shape)), Parameter(.ramp(Self.shape, seed: 1)))
        let x = Tensor.ramp(Self.shape, seed: 2)
        for order in [(0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0)] {
            @Sendable func network(_ x: Tensor) -> Tensor {
                var inputs = [x, x, x]
                (inputs[order.0], inputs[order.2]) = (a.value, b.value)
                return Scaled(order: order).results(of: inputs)[0]
            }
            let plan = Plan(for: x.shape, network)
            #expect(plan.kernelNames == ["scaled [prepared \([order.0, order.2].sorted())]"])
            #expect(plan(x).isClose(to: expected(a.value, x, b.value)))
            #expect(network(x).isClose(to: expected(a.value, x, b.value)), "eagerly nothing is known to be constant")
        }
    }

    @Test("only what is constant is prepared")
    func one() {
        let a = Parameter(.ramp(Self.shape))
        let (x, b) = (Tensor.ramp(Self.shape, seed: 2), Tensor.ramp(Self.shape, seed: 3))
        let plan = Plan(for: [Self.shape, Self.shape]) { [Scaled()(a.value, $0[0], $0[1])] }
        #expect(plan.kernelNames == ["scaled [prepared [0]]"])
        #expect(plan.run([x, b])[0].isClose(to: expected(a.value, x, b)))
    }

    @Test("one constant may be prepared in two ways, and read as it is")
    func sameConstant() {
        let a = Parameter(.ramp(Self.shape))
        @Sendable func network(_ x: Tensor) -> [Tensor] { [Scaled()(a.value, x, a.value), a.value - x] }
        let x = Tensor.ramp(Self.shape, seed: 2)
        let outputs = Plan(for: [x.shape]) { network($0[0]) }.run([x])
        #expect(outputs[0].isClose(to: expected(a.value, x, a.value)))
        #expect(outputs[1].isClose(to: a.value - x))
    }

    @Test("plans that share their constants tell what was made of equal elements apart")
    func shared() throws {
        let (a, b) = (Parameter(.ramp(Self.shape)), Parameter(.ramp(Self.shape)))
        let plans = Plans { inputs in
            let x = inputs[0]
            let whole = concatenated([x, x, x, x], axis: 0).sliced(axis: 0, 0..<4)
            return [Scaled()(a.value, whole, b.value)]
        }
        for batch in 1...3 {
            let x = Tensor.ramp([batch, 3], seed: UInt64(batch))
            let whole = concatenated([x, x, x, x], axis: 0).sliced(axis: 0, 0..<4)
            #expect(try plans(x).isClose(to: expected(a.value, whole, b.value)))
        }
    }
}
