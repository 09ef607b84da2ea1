import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// A network written as a struct is the network of the recipe, and trains by the same operations, so as fast.
@Suite struct StructTests {
    /// Both networks with the same weights.
    static func networks() throws -> (structure: ResNet18Struct, recipe: Network) {
        var generator = SplitMix64(seed: 1)
        let structure = ResNet18Struct(classes: 10, using: &generator)
        let input = InputSize.image(height: 64, width: 64, channels: 3)
        let recipe = Network(try Architecture.resNet(.eighteen).resolved(input: input, classes: 10, seed: 2))
        for (a, b) in zip(structure.parameters, recipe.parameters) { a.parameter.assign(b.parameter.value) }
        return (structure, recipe)
    }

    @Test("parameters and buffers have the same names and shapes in the same order")
    func names() throws {
        let (structure, recipe) = try Self.networks()
        #expect(structure.parameters.map(\.name) == recipe.parameters.map(\.name))
        #expect(structure.parameters.map(\.parameter.shape) == recipe.parameters.map(\.parameter.shape))
        #expect(structure.buffers.map(\.name) == recipe.buffers.map(\.name))
        #expect(structure.buffers.map(\.buffer.value.shape) == recipe.buffers.map(\.buffer.value.shape))
    }

    @Test("results, gradients and running statistics are the same")
    func values() throws {
        let (structure, recipe) = try Self.networks()
        let x = Tensor.random([2, 3, 64, 64], seed: 3)
        #expect(structure([x])[0].relativeError(to: recipe(x)) < 1e-5)
        let a = withGradients { crossEntropy(structure([x])[0], [3, 7]) }
        let b = withGradients { crossEntropy(recipe(x), [3, 7]) }
        #expect(abs(a.value.item - b.value.item) < 1e-5)
        for ((name, left), (_, right)) in zip(structure.parameters, recipe.parameters) {
            let (da, db) = (try #require(a.gradients[left]), try #require(b.gradients[right]))
            // Kernels are timed for each, and behind a batch norm much of the sum cancels out.
            #expect(da.relativeError(to: db) < 1e-3, "\(name)")
        }
        for ((name, left), (_, right)) in zip(structure.buffers, recipe.buffers) {
            #expect(left.value.relativeError(to: right.value) < 1e-5, "\(name)")
        }
    }

    @Test(
        "training and predicting take the same operations in the same order", arguments: [Phase.inference, .training])
    func operations(_ phase: Phase) throws {
        let (structure, recipe) = try Self.networks()
        func operations(_ model: some Model) -> [String] {
            let graph = Trace.of([[4, 3, 64, 64], []], phase: phase) { inputs in
                guard phase == .training else { return model([inputs[0]]) }
                let (_, gradients) = withGradients { sum(model([inputs[0]])[0]) * inputs[1] }
                return model.parameters.compactMap { gradients[$0.parameter] }
            }
            return graph.nodes.map { node in
                let shapes = (node.inputs + node.results).map { "\(graph.values[$0].shape)" }.joined(separator: " ")
                return "\(node.operation.name) \(shapes)"
            }
        }
        let expected = operations(recipe)
        #expect(operations(structure) == expected)
        #expect(expected.contains { $0.hasPrefix("fusedBatchNormReLU gradient") } == (phase == .training))
    }

    @Test("a plan folds the same")
    func plan() throws {
        let (structure, recipe) = try Self.networks()
        let x = Tensor.random([1, 3, 64, 64], seed: 3)
        let plan = Plan(for: x.shape) { structure([$0])[0] }
        #expect(plan(x).relativeError(to: recipe(x)) < 1e-4)
    }
}
