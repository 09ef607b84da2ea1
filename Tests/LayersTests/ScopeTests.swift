import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// What operations are named after when a network is a struct that applies its layers without saying how they are called.
@Suite struct ScopeTests {
    struct Stage: Layer {
        let conv1: Conv2D
        let norm: BatchNorm2D

        init(_ inputs: Int, _ outputs: Int, using generator: inout SplitMix64) {
            conv1 = Conv2D(in: inputs, out: outputs, kernel: 3, padding: 1, using: &generator)
            norm = BatchNorm2D(outputs)
        }

        func callAsFunction(_ x: Tensor) -> Tensor { relu(norm(conv1(x))) }
    }

    struct Encoder: Layer {
        let stages: [Stage]
        let body: Sequential
        let head: Linear
        let scale = Parameter(.ramp([4]))

        init() {
            var generator = SplitMix64(seed: 1)
            stages = [Stage(3, 4, using: &generator), Stage(4, 4, using: &generator)]
            body = Sequential {
                Conv2D(in: 4, out: 4, kernel: 1, using: &generator)
                ReLU()
            }
            head = Linear(in: 4, out: 2, using: &generator)
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            let features = stages[1](maxPool2D(stages[0](x), kernel: 2), as: "deeper")
            let means = globalAveragePool2D(body(features)).flattened(from: 1)
            return head(means * scale.value)
        }
    }

    private func scopes(_ layer: some Layer, names: [Parameter: String]) -> [String] {
        Trace.of([[2, 3, 6, 6]], names: names) { [layer($0[0])] }.nodes.map {
            "\($0.operation.name) in \($0.scope ?? "-")"
        }
    }

    @Test("layers are named by their parameters, what was said comes first, and nothing is made up")
    func names() {
        let network = Encoder()
        #expect(
            scopes(network, names: network.parameterNames) == [
                "conv2D in stages.0.conv1", "batchNorm in stages.0.norm", "relu in -", "maxPool2D in -",
                "conv2D in deeper", "batchNorm in deeper", "relu in deeper",
                // The `Sequential` calls its layers `0` and `1`; the parameter knows the whole way.
                "conv2D in body.0", "relu in 1", "averagePool2D in -", "reshape in -",
                // Of the network itself, which has no name.
                "multiply in -", "linear in head",
            ])
    }

    @Test("a scope that the parameter lies in is made whole, and one that it does not lie in stays")
    func said() {
        let network = Encoder()
        let names = network.parameterNames
        func scope(_ said: String) -> String? {
            Trace.of([[1, 3, 6, 6]], names: names) { inputs in
                [Trace.scope(said) { network.stages[0].conv1(inputs[0]) }]
            }.nodes[0].scope
        }
        #expect(scope("stages") == "stages.0.conv1")
        #expect(scope("0") == "stages.0.conv1")
        #expect(scope("0.conv1") == "stages.0.conv1")
        #expect(scope("0.conv") == "0.conv")
        #expect(scope("tied") == "tied")
    }

    @Test("without names a trace knows what was said alone")
    func unnamed() {
        #expect(
            scopes(Encoder(), names: [:]).filter { !$0.hasSuffix(" -") }.map { $0.split(separator: " ").last }
                == ["deeper", "deeper", "deeper", "0", "1"])
    }

    @Test("a plan names its kernels")
    func plans() throws {
        let network = Encoder()
        let names = network.parameterNames
        let x = Tensor.ramp([2, 3, 6, 6])
        let plan = Plan(for: x.shape, names: names) { network($0) }
        for name in ["stages.0.conv1: conv2D", "deeper: conv2D", "body.0: conv2D", "head: linear"] {
            #expect(plan.kernelNames.contains { $0.hasPrefix(name) }, "\(name) in \(plan.kernelNames)")
        }
        #expect(plan(x).relativeError(to: network(x)) < 1e-5)
        let plans = Plans(names: names) { [network($0[0])] }
        #expect(try plans.plan(for: [x.shape]).kernelNames == plan.kernelNames)
    }
}
