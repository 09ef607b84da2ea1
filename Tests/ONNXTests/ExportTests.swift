import SaccadeFiles
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import SwiftProtobuf
import Testing

@testable import SaccadeONNX

@Suite struct ExportTests {
    /// A network, the shape of one sample, and what to call it.
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let input: Shape
        let layer: any Layer
        var testDescription: String { name }

        init(_ name: String, _ input: Shape, _ layer: any Layer) {
            (self.name, self.input, self.layer) = (name, input, layer)
        }

        init(_ name: String, _ input: Shape, _ function: @escaping @Sendable (Tensor) -> Tensor) {
            self.init(name, input, Apply(function))
        }

        /// A built-in recipe with weights that differ from layer to layer, batch norms with averages that matter.
        init(recipe name: String, size: InputSize? = nil) throws {
            let resolved = try Architecture(fileOrName: name).resolved(input: size, seed: 11)
            let network = Network(resolved)
            for (index, (_, buffer)) in network.buffers.enumerated() where buffer.shape.rank == 1 {
                let drift = Tensor.values(buffer.shape, seed: UInt64(index))
                buffer.assign(buffer.value + drift * 0.3)
            }
            self.init(name, network.input, network)
        }

        func export() throws -> ONNXExport { try ONNXExport(layer, input: input, name: name) }

        func batch(_ count: Int) -> Tensor { .values(Shape([count] + input.dimensions), seed: 5) }
    }

    /// Of the first image: one with halves of pixels, one that reaches outside, one that is upside down.
    private static let boxes = Tensor([0, 1.5, 2.5, 7, 11.5, 0, -3, -2, 20, 9, 0, 6, 8, 3, 4], shape: [3, 5])

    /// Every operation that has a word in ONNX, in the settings that change the words.
    static let operations: [Sample] = [
        Sample("conv", [4, 9, 8]) {
            conv2D($0, .values([6, 4, 3, 3]), bias: .values([6]), stride: [2, 1], padding: 1)
        },
        Sample("conv-groups", [4, 9, 8]) {
            conv2D($0, .values([4, 2, 3, 2]), padding: .pixels([2, 1]), dilation: 2, groups: 2, activation: .relu)
        },
        Sample("conv-same", [3, 9, 8]) {
            conv2D($0, .values([5, 3, 4, 3]), stride: 2, padding: .same, activation: .leakyReLU(slope: 0.1))
        },
        Sample("up-conv", [4, 5, 6]) {
            convTranspose2D($0, .values([4, 3, 3, 3]), bias: .values([3]), stride: 2, padding: 1, outputPadding: 1)
        },
        Sample("max-pool", [3, 9, 8]) { maxPool2D($0, kernel: 3, stride: 2, padding: 1) },
        Sample("max-pool-up", [3, 10, 8]) { maxPool2D($0, kernel: 3, stride: 2, ceilMode: true) },
        Sample("max-pool-dilated", [3, 9, 8]) { maxPool2D($0, kernel: 2, stride: 1, dilation: 2) },
        Sample("max-pool-places", [3, 9, 8]) { maxPool2DWithIndices($0, kernel: 3, stride: 2, padding: 1).indices },
        Sample("max-unpool", [3, 8, 6]) { x in
            let (y, places) = maxPool2DWithIndices(x, kernel: 2)
            return maxUnpool2D(tanh(y), indices: places, to: [8, 6])
        },
        Sample("max-unpool-odd", [3, 9, 7]) { x in
            let (y, places) = maxPool2DWithIndices(x, kernel: 2, ceilMode: true)
            return maxUnpool2D(y, indices: places, to: [9, 7]) + x
        },
        Sample("roi-align", [3, 9, 8]) {
            roiAlign($0, boxes: boxes, outputSize: [3, 2], spatialScale: 0.5, samplingRatio: 2)
        },
        Sample("roi-align-pixels", [3, 9, 8]) { roiAlign($0, boxes: boxes, outputSize: 2, aligned: true) },
        Sample("roi-align-computed", [3, 9, 8]) { x in
            let numbers = x.flattened(from: 1).sliced(axis: 1, 0..<5)
            let boxes = numbers * Tensor([0, 2, 2, 3, 3], shape: [5]) + Tensor([0, 2, 2, 6, 5], shape: [5])
            return roiAlign(x, boxes: boxes, outputSize: 3, samplingRatio: 1)
        },
        Sample("roi-pool", [3, 9, 8]) { roiPool($0, boxes: boxes, outputSize: [3, 2], spatialScale: 0.5) },
        Sample("segnet", [3, 21, 14]) { SegNet.scores($0) },
        Sample("average-pool", [3, 9, 8]) { averagePool2D($0, kernel: 3, stride: 2, padding: 1) },
        Sample("average-pool-real", [3, 9, 8]) {
            averagePool2D($0, kernel: 3, stride: 2, padding: 1, countIncludePad: false)
        },
        Sample("global-pool", [3, 9, 8]) { globalAveragePool2D($0).flattened(from: 1) },
        Sample("adaptive-pool", [3, 9, 8]) { adaptiveAveragePool2D($0, to: [4, 3]) },
        Sample("linear", [7]) { linear($0, .values([5, 7]), bias: .values([5]), activation: .sigmoid) },
        Sample("linear-tokens", [4, 7]) { linear($0, .values([5, 7])) },
        Sample("matmul", [4, 7]) { matmul($0, $0.transposed([0, 2, 1])) },
        Sample("batch-norm", [3, 5, 4]) {
            batchNorm(
                $0, scale: .values([3]), shift: .values([3], seed: 1), mean: .values([3], seed: 2),
                variance: exp(.values([3])))
        },
        Sample("layer-norm", [4, 7]) { layerNorm($0, scale: .values([7]), shift: .values([7], seed: 1)) },
        Sample("response-norm", [8, 4, 4]) { localResponseNorm($0, size: 5, alpha: 0.1) },
        Sample("softmax", [5, 3, 2]) { softmax($0, axis: 1) },
        Sample("log-softmax", [5]) { logSoftmax($0) },
        Sample("unary", [6]) { sqrt(abs($0)) + exp($0) * log(abs($0) + 1) - tanh($0) / (sigmoid($0) + gelu($0) + 9) },
        Sample("clamp", [6]) { clamp($0, -0.3, 0.4) * leakyReLU($0, slope: 0.2) },
        Sample("extremes", [6]) { maximum($0, minimum($0 * 2, relu($0))) },
        Sample("sums", [3, 4, 5]) {
            sum($0, axes: [2]) + max($0, axes: [2])
                - min($0, axes: [2], keepingAxes: true).reshaped(to: [$0.shape[0], 3, 5])
        },
        Sample("means", [3, 4, 5]) {
            mean($0, axes: [1, 2, 3], keepingAxes: true) + mean($0, axes: [2, 3], keepingAxes: true)
        },
        Sample("arg-max", [3, 7]) { argMax($0, axis: 1) },
        Sample("top", [9]) { x in topK(x, 3).values + topK(x, 3).indices },
        Sample("transpose", [3, 4, 5]) { $0.transposed([0, 2, 3, 1]).reshaped(to: [$0.shape[0] * 20, 3]) },
        Sample("concatenation", [3, 4, 5]) { concatenated([$0, relu($0), $0 * 2], axis: 1) },
        Sample("slice", [6, 7]) { $0.sliced(axis: 1, 1..<6, step: 2).flipped(axes: [2]) },
        Sample("pad", [3, 4, 5]) { $0.padded(top: 1, bottom: 2, left: 0, right: 3, with: .constant(0.5)) },
        Sample("reflect", [3, 4, 5]) { $0.padded(top: 1, bottom: 2, left: 3, right: 1, with: .reflected) },
        Sample("broadcast", [1, 4, 1]) { $0.broadcast(to: [$0.shape[0], 3, 4, 2]) },
        Sample("nearest", [2, 3, 4]) { $0.resized(to: [6, 8], .nearest) },
        Sample("nearest-odd", [2, 3, 7]) { $0.resized(to: [5, 10], .nearest) },
        Sample("bilinear", [2, 3, 4]) { $0.resized(to: [7, 9]) },
        Sample("bilinear-corners", [2, 3, 4]) { $0.resized(to: [7, 9], .bilinear(alignsCorners: true)) },
        Sample("nothing", [5]) { $0 },
        Sample("first", [4]) { $0.sliced(axis: 0, 0..<1) },
    ]

    @Test(arguments: operations)
    func whatIsExportedIsReadBackTheSame(_ sample: Sample) throws {
        let model = try ONNXModel(decoding: sample.export().bytes(), name: sample.name)
        for batch in [1, 4] {
            let x = sample.batch(batch)
            let expected = sample.layer(x)
            let found = try model([x])[0]
            #expect(difference(found, expected) < 1e-5, "batch \(batch): \(found.shape) for \(expected.shape)")
            let planned = try model.plan(for: [x.shape]).run([x])[0]
            #expect(difference(planned, expected) < 1e-5, "planned, batch \(batch)")
        }
    }

    @Test(arguments: ["lenet-5", "mnist", "scenes", "exercise-1"])
    func builtInNetworksComeBackWithTheirWeights(_ name: String) throws {
        let sample = try Sample(recipe: name)
        let model = try ONNXModel(decoding: sample.export().bytes(), name: name)
        #expect(Set(model.parameters.map(\.name)).isSuperset(of: sample.layer.parameters.map(\.name)))
        for (name, parameter) in model.parameters {
            guard let original = sample.layer.parameters.first(where: { $0.name == name }) else { continue }
            #expect(parameter.value.scalars == original.parameter.value.scalars)
        }
        #expect(model.inputs.first?.axes?.first == .named("N"))
        let x = sample.batch(2)
        #expect(difference(try model([x])[0], sample.layer(x)) < 1e-5)
    }

    @Test func resNetsKeepTheirBatchNorms() throws {
        let sample = try Sample(recipe: "resnet-50", size: .image(height: 64, width: 64, channels: 3))
        let model = try ONNXModel(decoding: sample.export().bytes(), name: "resnet-50")
        #expect(model.operatorCounts["BatchNormalization"] == 53)
        #expect(model.operatorCounts["Conv"] == 53)
        let x = sample.batch(1)
        let plan = try model.plan(for: [x.shape])
        #expect(difference(try plan.run([x])[0], sample.layer(x)) < 1e-4)
        // In a plan nothing of batch norm or activations is left: they are in the convolutions.
        let native = Plan(for: x.shape) { sample.layer($0) }
        #expect(plan.kernelNames.count == native.kernelNames.count)
        #expect(!plan.kernelNames.contains { $0.contains("batchNorm") || $0.contains("relu") })
    }

    @Test(.enabled(if: RuntimeReference.isThere, Comment(rawValue: RuntimeReference.missing)))
    func runtimeGivesTheSameOutputs() throws {
        let networks =
            try ["lenet-5", "mnist", "scenes", "exercise-1"].map { try Sample(recipe: $0) }
            + [Sample(recipe: "resnet-50", size: .image(height: 64, width: 64, channels: 3))]
        let samples = Self.operations + networks
        let outputs = try RuntimeReference.outputs(
            of: samples.map { .init(name: $0.name, bytes: try $0.export().bytes(), inputs: [("input", $0.batch(2))]) })
        for sample in samples {
            let output = try #require(outputs[sample.name]?.first)
            #expect(difference(sample.layer(sample.batch(2)), output) < 1e-4, "\(sample.name)")
        }
    }

    @Test func whatHasNoWordInONNXIsNamed() throws {
        let error = #expect(throws: FileError.self) {
            try ONNXExport(
                Apply { $0.scatterAdded(axis: 1, topK($0, 4).indices, $0) }, input: [4], name: "segments")
        }
        #expect(error?.description.contains("scatterAdded has no word in ONNX") == true)
        #expect(error?.code == .unsupported)

        #expect(throws: FileError.self) { try ONNXExport(Apply { localResponseNorm($0, size: 4) }, input: [4, 2]) }
    }

    /// Two layers that the network does not name.
    private struct TwoLayers: Layer {
        let first, second: Linear

        init(using generator: inout SplitMix64) {
            first = Linear(in: 3, out: 4, using: &generator)
            second = Linear(in: 4, out: 2, using: &generator)
        }

        func callAsFunction(_ x: Tensor) -> Tensor { second(gelu(first(x))) }
    }

    @Test func nodesAreNamedAfterTheLayersOfAStruct() throws {
        var generator = SplitMix64(seed: 3)
        let bytes = try ONNXExport(TwoLayers(using: &generator), input: [3]).bytes()
        let graph = try ONNXModelProto(serializedBytes: bytes).graph
        let gemms = graph.node.filter { $0.opType == "Gemm" }
        #expect(gemms.map(\.name) == ["first", "second"])
        #expect(gemms.map(\.output) == [["first"], ["output"]])
    }

    @Test func textsAndNamesAreKept() throws {
        let texts = ["saccade.classes": "[\"Blüte\", \"Blatt\"]", "licence": "CC0"]
        let export = try ONNXExport(Apply(relu), input: [3], name: "petals", metadata: texts)
        let model = try ONNXModel(decoding: export.bytes())
        #expect(model.metadata == texts)
        #expect(model.opset == 17)
        #expect(model.producer == "Saccade")
        #expect(model.inputs == [ONNXModel.Port(name: "input", axes: [.named("N"), .fixed(3)], isInteger: false)])
        #expect(model.outputs.map(\.name) == ["output"])
    }
}

extension Tensor {
    /// Numbers in −1...1 that look like chance.
    static func values(_ shape: Shape, seed: UInt64 = 0) -> Tensor {
        var generator = SplitMix64(seed: seed &+ 77)
        return Tensor((0..<shape.elementCount).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
    }
}
