import SaccadeTensors
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
    /// A convolution with its gradients, behind an activation and a pooling.
    static func gradients(_ seed: UInt64, _ shape: Shape, _ weights: Shape) -> [[Float]] {
        let parameters = [
            Parameter(.random(shape, seed: seed)), Parameter(.random(weights, seed: seed + 1)),
            Parameter(.random([weights[0]], seed: seed + 2)),
        ]
        let (_, gradients) = withGradients {
            let y = conv2D(parameters[0].value, parameters[1].value, bias: parameters[2].value, padding: 1)
            let pooled = maxPool2D(relu(y), kernel: 2)
            return sum(pooled * .ramp(pooled.shape, seed: 9))
        }
        return parameters.map { gradients[$0]?.scalars ?? [] }
    }

    static let problems: [(Shape, Shape)] = [
        ([2, 3, 13, 11], [5, 3, 3, 3]), ([3, 16, 9, 12], [33, 16, 3, 3]), ([2, 32, 10, 10], [16, 32, 5, 5]),
        ([4, 1, 15, 15], [17, 1, 5, 5]), ([2, 16, 9, 9], [16, 16, 1, 1]),
    ]

    @Test("tasks that differentiate at the same time get the gradients of one that is alone")
    func gradientsInParallel() async {
        let alone = Self.problems.enumerated().map { Self.gradients(UInt64($0.offset), $0.element.0, $0.element.1) }
        await withTaskGroup(of: String?.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for round in 0..<25 {
                        let index = (worker + round) % Self.problems.count
                        let (shape, weights) = Self.problems[index]
                        let found = Self.gradients(UInt64(index), shape, weights)
                        guard found.count == alone[index].count else { return "\(found.count) gradients" }
                        for (part, (a, b)) in zip(found, alone[index]).enumerated() {
                            let scale = b.map(abs).max() ?? 0
                            let error = zip(a, b).map { abs($0 - $1) }.max() ?? 0
                            if !(error <= 1e-4 * scale) {
                                return "\(shape) \(weights), gradient \(part): off by \(error) of \(scale)"
                            }
                        }
                    }
                    return nil
                }
            }
            for await complaint in group { #expect(complaint == nil, "\(complaint ?? "")") }
        }
    }
}
