import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct ConvBlockTests {
    struct Case: CustomTestStringConvertible {
        var norm = false
        var activation: Activation?
        var pool: MaxPool2D?
        /// What the operations of a training step are called.
        var training: [String]

        var testDescription: String {
            "\(norm ? "batch norm, " : "")\(activation?.name ?? "no activation"), \(pool.map { "\($0.stride)" } ?? "–")"
        }
    }

    static let cases = [
        Case(training: ["conv2D"]),
        Case(activation: .relu, training: ["conv2D"]),
        Case(activation: .leakyReLU(slope: 0.2), pool: MaxPool2D(kernel: 2), training: ["conv2D", "maxPool2D"]),
        Case(activation: .relu, pool: MaxPool2D(kernel: 2), training: ["conv2D", "maxPool2D", "relu"]),
        Case(
            activation: .relu, pool: MaxPool2D(kernel: 3, stride: 2, padding: 1),
            training: ["conv2D", "maxPool2D", "relu"]),
        // A pooling that does not shrink leaves ReLU as much to do.
        Case(
            activation: .relu, pool: MaxPool2D(kernel: 3, stride: 1, padding: 1), training: ["conv2D", "maxPool2D"]),
        Case(norm: true, training: ["conv2D", "batchNorm"]),
        Case(norm: true, activation: .relu, training: ["conv2D", "fusedBatchNormReLU"]),
        Case(norm: true, activation: .tanh, training: ["conv2D", "batchNorm", "tanh"]),
        Case(
            norm: true, activation: .relu, pool: MaxPool2D(kernel: 2),
            training: ["conv2D", "fusedBatchNormReLU", "maxPool2D"]),
    ]

    /// Parts with a bias where there is no batch norm, and statistics that are not those of a new layer.
    private func parts(_ c: Case) -> (conv: Conv2D, norm: BatchNorm2D?) {
        var generator = SplitMix64(seed: 4)
        let conv = Conv2D(in: 3, out: 16, kernel: 3, padding: 1, bias: !c.norm, using: &generator)
        guard c.norm else { return (conv, nil) }
        let norm = BatchNorm2D(16)
        norm.weight.assign(.random([16], seed: 5))
        norm.bias.assign(.random([16], seed: 6))
        norm.runningMean.assign(.random([16], seed: 7))
        return (conv, norm)
    }

    /// What the parts make of `x` one after another.
    private func separately(_ x: Tensor, _ c: Case, _ conv: Conv2D, _ norm: BatchNorm2D?) -> Tensor {
        var y = conv(x)
        y = norm?(y) ?? y
        y = c.activation?(y) ?? y
        return c.pool?(y) ?? y
    }

    @Test("values are those of the parts one by one", arguments: cases, [Phase.inference, .training])
    func values(_ c: Case, _ phase: Phase) {
        let (conv, norm) = parts(c)
        let x = Tensor.random([2, 3, 9, 8], seed: 1)
        Phase.$current.withValue(phase) {
            let y = ConvBlock(conv, norm, activation: c.activation, pool: c.pool)(x)
            #expect(y.isClose(to: separately(x, c, conv, norm)))
        }
    }

    @Test("gradients and running statistics are those of the parts one by one", arguments: cases)
    func gradients(_ c: Case) throws {
        let (conv, norm) = parts(c)
        let (conv2, norm2) = parts(c)
        let block = ConvBlock(conv, norm, activation: c.activation, pool: c.pool)
        let x = Tensor.random([2, 3, 9, 8], seed: 1)
        let dy = Tensor.random(block(x).shape, seed: 2)
        let a = withGradients { sum(block(x) * dy) }.gradients
        let b = withGradients { sum(separately(x, c, conv2, norm2) * dy) }.gradients
        let pairs = [(conv.weight, conv2.weight), (conv.bias, conv2.bias), (norm?.weight, norm2?.weight)]
        for case (let left?, let right?) in pairs {
            let (da, db) = (try #require(a[left]), try #require(b[right]))
            #expect(da.relativeError(to: db) < 1e-4)
            #expect(da.scalars.contains { $0 != 0 })
        }
        if let norm, let norm2 {
            #expect(norm.runningMean.value.isClose(to: norm2.runningMean.value))
            #expect(norm.runningVar.value.isClose(to: norm2.runningVar.value))
            #expect(norm.numBatchesTracked.value.item == 1)
        }
    }

    @Test("training takes the operations with the fewest passes, predicting the plain ones", arguments: cases)
    func operations(_ c: Case) {
        let (conv, norm) = parts(c)
        let block = ConvBlock(conv, norm, activation: c.activation, pool: c.pool)
        func names(_ phase: Phase, _ function: (Tensor) -> Tensor) -> [String] {
            Trace.of([[2, 3, 9, 8]], phase: phase) { [function($0[0])] }.nodes.map(\.operation.name)
        }
        #expect(names(.training) { block($0) } == c.training)
        // The convolution applies the activation itself, or the batch norm stands between them.
        let separate = names(.inference) { separately($0, c, conv, norm) }
        let activation = c.norm ? nil : c.activation?.name
        #expect(names(.inference) { block($0) } == separate.filter { $0 != activation })
    }

    @Test("as a part it gives its parameters the names conv and bn")
    func names() {
        let (conv, norm) = parts(Case(norm: true, training: []))
        let network = Sequential { ConvBlock(conv, norm, activation: .relu, pool: MaxPool2D(kernel: 2)) }
        #expect(network.parameters.map(\.name) == ["0.conv.weight", "0.bn.weight", "0.bn.bias"])
    }

    @Test("a convolution with an activation of its own traps")
    func activated() async {
        await #expect(processExitsWith: .failure) {
            var generator = SplitMix64(seed: 1)
            let conv = Conv2D(in: 1, out: 1, kernel: 1, activation: .relu, using: &generator)
            _ = ConvBlock(conv, activation: .relu)
        }
    }

    @Test(
        "batch norm with an addend and an activation is the three one by one", arguments: [Phase.inference, .training],
        [nil, .relu, .sigmoid] as [Activation?])
    func norm(_ phase: Phase, _ activation: Activation?) {
        let (x, addend) = (Tensor.random([3, 4, 5, 2], seed: 1), Tensor.random([3, 4, 5, 2], seed: 2))
        let (a, b) = (BatchNorm2D(4), BatchNorm2D(4))
        Phase.$current.withValue(phase) {
            let sum = b(x) + addend
            #expect(a(x, adding: addend, activation: activation).isClose(to: activation?(sum) ?? sum))
        }
        #expect(a.runningMean.value.isClose(to: b.runningMean.value))
    }
}
