import Foundation
import SaccadeOneDNN
import TestSupport
import Testing

@testable import SaccadeTensors

/// Every operation, and its gradient, eagerly, traced and planned: each way must give the same, in whatever order the
/// images lie. What the results should be is for the tests of the operations themselves.
@Suite struct EveryOperationTests {
    /// A case of the table, for batches of a size.
    private struct Subject {
        let c: OperationTable.Case
        let images: Tensor
        private let weights: [Parameter]
        /// Zeros that are added to the images: their gradient is that of the images.
        private let addend: Parameter

        init(_ c: OperationTable.Case, batch: Int) {
            self.c = c
            images = .random([batch, OperationTable.channels, OperationTable.size.height, OperationTable.size.width])
            weights = c.weights.map { Parameter($0) }
            addend = Parameter(Tensor(filledWith: 0, shape: images.shape))
        }

        func forward(_ x: Tensor) -> [Tensor] { c.function(x, weights.map(\.value)) }

        /// The results, then the gradients of the images and of all weights.
        func withGradients(_ x: Tensor) -> [Tensor] {
            var results: [Tensor] = []
            let (_, gradients) = SaccadeTensors.withGradients {
                results = c.function(x + addend.value, weights.map(\.value))
                // Squares, so that what flows back depends on the images, and is no constant of a trace.
                return results.enumerated().reduce(Tensor([0], shape: [])) { total, result in
                    let y = result.element
                    return total + sum(y * y * .random(y.shape, seed: UInt64(30 + result.offset)))
                }
            }
            return results.map(\.detached) + ([addend] + weights).compactMap { gradients[$0] }
        }

        /// A function of images that a convolution hands on as they are, in the order that it prefers.
        static func behindConvolution(_ function: @escaping (Tensor) -> [Tensor]) -> (Tensor) -> [Tensor] {
            let channels = OperationTable.channels
            let identity = Tensor(
                (0..<channels * channels).map { $0 % (channels + 1) == 0 ? 1 : 0 }, shape: [channels, channels, 1, 1])
            return { function(conv2D($0, identity)) }
        }
    }

    /// How images may lie.
    private static func orders(_ shape: Shape) -> [(name: String, arrangement: Arrangement?)] {
        let rowMajor = Layout.rowMajor(shape.dimensions)
        return [
            ("row by row", nil),
            ("in blocks of 16", Arrangement(.blocked16(shape.dimensions), rowMajor: rowMajor)),
            ("in blocks of 8", Arrangement(.blocked(by: 8, shape.dimensions), rowMajor: rowMajor)),
            ("channels last", Arrangement(.channelsLast(shape.dimensions), rowMajor: rowMajor)),
        ]
    }

    /// Whether nothing but zeros fills up the blocks of a tensor.
    private static func isPaddedWithZeros(_ x: Tensor) -> Bool {
        guard let layout = x.arrangement?.layout, layout.elementType == .float32 else { return true }
        let (storage, _) = x.stored("the padding of")
        let all = UnsafeBufferPointer(start: storage.floats, count: layout.byteCount / MemoryLayout<Float>.stride)
        return withExtendedLifetime(storage) { all.count { $0 != 0 } == x.scalars.count { $0 != 0 } }
    }

    /// Applies the operations of a graph one after another.
    private static func replay(_ graph: Graph, _ inputs: [Tensor]) -> [Tensor] {
        var values = graph.values.map { value -> Tensor? in
            switch value.origin {
            case .input(let index): inputs[index]
            case .parameter(let parameter): parameter.value
            case .constant(let tensor): tensor
            case .result, .released: nil
            }
        }
        for node in graph.nodes {
            let results = node.operation.results(of: node.inputs.compactMap { values[$0] })
            for (id, result) in zip(node.results, results) {
                #expect(result.shape == graph.values[id].shape, "\(node.operation.name)")
                values[id] = result
            }
        }
        return graph.outputs.compactMap { values[$0] }
    }

    @Test("eagerly, in every order", arguments: OperationTable.all, [1, 3])
    func eager(_ c: OperationTable.Case, batch: Int) {
        let subject = Subject(c, batch: batch)
        let (plain, learned) = (subject.forward(subject.images), subject.withGradients(subject.images))
        for (name, arrangement) in Self.orders(subject.images.shape) {
            let x = subject.images.arranged(arrangement)
            let results = subject.forward(x)
            expectClose(results, to: plain, "\(name)")
            #expect(results.allSatisfy(Self.isPaddedWithZeros), "\(name): what fills up blocks is read by others")
            expectClose(subject.withGradients(x), to: learned, tolerance: 2e-5, "\(name), with gradients")
        }
    }

    @Test("traced and planned, in every order", arguments: OperationTable.all, [1, 3])
    func planned(_ c: OperationTable.Case, batch: Int) {
        let subject = Subject(c, batch: batch)
        let (x, shape) = (subject.images, subject.images.shape)
        for (function, name) in [(subject.forward, "forward"), (subject.withGradients, "with gradients")] {
            let expected = function(x)
            let tolerance: Float = name == "forward" ? 1e-5 : 2e-5
            for (network, place) in [(function, "at first"), (Subject.behindConvolution(function), "behind others")] {
                let graph = Trace.of([shape]) { network($0[0]) }
                expectClose(Self.replay(graph, [x]), to: expected, tolerance: tolerance, "\(name), \(place), traced")
                for order in ElementOrder.allCases {
                    let lowered = LoweredNetwork(for: [shape], .float32, order) { network($0[0]) }
                    let comment: Comment = "\(name), \(place), planned \(order)"
                    expectClose(lowered.run([x]), to: expected, tolerance: tolerance, comment)
                    expectClose(lowered.run([x]), to: expected, tolerance: tolerance, "\(comment), again")
                }
            }
        }
    }

    // MARK: - The table against the sources

    private static let sources: [String] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/SaccadeTensors/Operations")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".swift") }.compactMap {
            try? String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
        }
    }()

    @Test("no public function is missing from the table, and none is there that is gone")
    func functions() {
        let pattern = /(?m)^(?:(?: {4})?public|package) (?:static |prefix )*func ([^\s(<]+)/
        let found = Self.sources.flatMap { $0.matches(of: pattern).map { String($0.1) } }
        #expect(found.count > 60, "the sources were not found")
        // An activation is applied by its function, under whose name it is in the table.
        let listed = Set(OperationTable.all.map(\.name)).union(["callAsFunction"])
        #expect(Set(found).subtracting(listed) == [])
        #expect(listed.subtracting(found) == [])
    }

    /// Operations that no trace meets, which are tested beside the others.
    private static let eagerOnly: Set = ["PooledConvolution", "PooledWeightGradient", "PooledSourceGradient"]

    @Test("no operation behind them is missed")
    func operations() {
        let pattern = /(?m)^(?:package )?(?:struct|enum) (\w+): (?:Operation|FusesActivation)/
        let found = Set(Self.sources.flatMap { $0.matches(of: pattern).map { String($0.1) } })
        #expect(found.count > 40, "the sources were not found")
        var met: Set<String> = []
        for c in OperationTable.all {
            let subject = Subject(c, batch: 3)
            for function in [subject.forward, subject.withGradients] {
                var graph = Trace.of([subject.images.shape]) { function($0[0]) }
                met.formUnion(graph.nodes.map { "\(type(of: $0.operation))" })
                graph.simplify()
                met.formUnion(graph.nodes.map { "\(type(of: $0.operation))" })
            }
        }
        #expect(found.subtracting(met) == Self.eagerOnly)
    }
}
