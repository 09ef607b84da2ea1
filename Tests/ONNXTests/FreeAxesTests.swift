import SaccadeFiles
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import Testing

@testable import SaccadeONNX

/// Exports that leave height, width and lengths of sequences open, run at other sizes than they were traced for.
@Suite struct FreeAxesTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: [[ONNXExport.Axis]]
        /// The inputs' shapes to run it at.
        let shapes: [[Shape]]
        /// What the file says of the outputs.
        let outputs: [String]
        let network: @Sendable ([Tensor]) -> [Tensor]
        var testDescription: String { name }

        init(
            _ name: String, _ inputs: [[ONNXExport.Axis]], at shapes: [[Shape]], gives outputs: [String],
            _ network: @escaping @Sendable ([Tensor]) -> [Tensor]
        ) {
            (self.name, self.inputs, self.shapes, self.outputs) = (name, inputs, shapes, outputs)
            self.network = network
        }

        func export() throws -> ONNXExport {
            try ONNXExport(
                inputs: inputs.enumerated().map { ("in \($0)", $1) }, outputs: outputs.indices.map { "out \($0)" },
                name: name, network)
        }

        func tensors(_ shapes: [Shape]) -> [Tensor] {
            shapes.enumerated().map { .values($1, seed: UInt64($0)) }
        }
    }

    /// `[N, 3, H, W]`.
    static func images(_ example: Int, multipleOf multiple: Int = 1) -> [ONNXExport.Axis] {
        [
            .free("N"), .fixed(3), .free("H", example: example, multipleOf: multiple),
            .free("W", example: example + multiple, multipleOf: multiple),
        ]
    }

    static func cropped(_ x: Tensor, like y: Tensor) -> Tensor {
        let (top, left) = ((x.shape[2] - y.shape[2]) / 2, (x.shape[3] - y.shape[3]) / 2)
        return x.sliced(axis: 2, top..<top + y.shape[2]).sliced(axis: 3, left..<left + y.shape[3])
    }

    static let samples: [Sample] = [
        Sample(
            "valid", [images(16)], at: [[[1, 3, 9, 12]], [[3, 3, 31, 8]]], gives: ["N, 4, H - 4, W - 4"]
        ) { x in
            [relu(conv2D(relu(conv2D(x[0], .values([4, 3, 3, 3]))), .values([4, 4, 3, 3])))]
        },
        Sample(
            "u-net", [images(44, multipleOf: 4)], at: [[[1, 3, 44, 60]], [[2, 3, 84, 52]]],
            gives: ["N, 2, H - 40, W - 40"]
        ) { x in
            func convolutions(_ x: Tensor) -> Tensor {
                relu(conv2D(relu(conv2D(x, .values([4, x.shape[1], 3, 3]))), .values([4, 4, 3, 3])))
            }
            func joined(_ x: Tensor, _ skip: Tensor) -> Tensor {
                let up = convTranspose2D(x, .values([4, 4, 2, 2]), stride: 2)
                return convolutions(concatenated([cropped(skip, like: up), up], axis: 1))
            }
            let first = convolutions(x[0])
            let second = convolutions(maxPool2D(first, kernel: 2))
            let third = convolutions(maxPool2D(second, kernel: 2))
            return [conv2D(joined(joined(third, second), first), .values([2, 4, 1, 1]))]
        },
        Sample("ceiling", [images(16)], at: [[[1, 3, 9, 12]], [[2, 3, 10, 31]]], gives: ["N, 3, ?, ?"]) { x in
            [maxPool2D(x[0], kernel: 3, stride: 2, ceilMode: true)]
        },
        Sample("halves", [images(16, multipleOf: 2)], at: [[[1, 3, 8, 12]]], gives: ["N, 3, H/2, W/2"]) { x in
            [maxPool2D(x[0], kernel: 2)]
        },
        Sample("global", [images(16)], at: [[[1, 3, 9, 12]], [[2, 3, 1, 31]]], gives: ["N, 5"]) { x in
            [linear(globalAveragePool2D(relu(x[0])).flattened(from: 1), .values([5, 3]))]
        },
        Sample("means", [images(16)], at: [[[1, 3, 9, 12]], [[2, 3, 1, 31]]], gives: ["N, 3"]) { x in
            [mean(x[0], axes: [2, 3])]
        },
        Sample("up", [images(5)], at: [[[1, 3, 9, 2]], [[2, 3, 3, 17]]], gives: ["N, 4, 2H, 2W"]) { x in
            [convTranspose2D(x[0], .values([3, 4, 2, 2]), stride: 2)]
        },
        Sample("bilinear", [images(5)], at: [[[1, 3, 9, 2]], [[2, 3, 3, 17]]], gives: ["N, 3, 2H, 2W"]) { x in
            [x[0].resized(to: Pair(2 * x[0].shape[2], 2 * x[0].shape[3]))]
        },
        // What an FPN does: rounded lengths, and sizes that are those of another map.
        Sample(
            "pyramid", [images(16)], at: [[[1, 3, 9, 12]], [[2, 3, 21, 31]]],
            gives: ["N, 3, H, W", "N, 3, ?, ?", "N, 3, ?, ?"]
        ) { x in
            let second = conv2D(x[0], .values([3, 3, 3, 3]), stride: 2, padding: 1)
            let third = conv2D(second, .values([3, 3, 3, 3]), stride: 2, padding: 1)
            func up(_ x: Tensor, _ y: Tensor) -> Tensor { x.resized(to: Pair(y.shape[2], y.shape[3]), .nearest) + y }
            let fused = up(third, second)
            return [up(fused, x[0]), fused, third]
        },
        Sample(
            "tokens", [images(8, multipleOf: 4)], at: [[[1, 3, 8, 12]], [[3, 3, 16, 4]]],
            gives: ["N, ?, 6", "N, 6, H/4, W/4"]
        ) { x in
            let map = conv2D(x[0], .values([6, 3, 4, 4]), stride: 4)
            let tokens = map.flattened(from: 2).transposed([0, 2, 1])
            let mixed = softmax(matmul(tokens, tokens.transposed([0, 2, 1])), axis: 2)
            let result = matmul(mixed, tokens)
            return [result, result.transposed([0, 2, 1]).reshaped(to: map.shape)]
        },
        Sample(
            "sequence", [[.free("N"), .free("T", example: 5), .fixed(6)], [.free("N"), .fixed(6)]],
            at: [[[1, 9, 6], [1, 6]], [[4, 3, 6], [4, 6]]], gives: ["N, T, 4", "N, 2T - 3, 6"]
        ) { x in
            let (n, t) = (x[0].shape[0], x[0].shape[1])
            let rows = linear(x[0].reshaped(to: [n * t, 6]), .values([4, 6]))
            let state = x[1].reshaped(to: [n, 1, 6]).broadcast(to: [n, t, 6])
            let shifted = concatenated([x[0].sliced(axis: 1, 1..<t - 1), state.flipped(axes: [1])], axis: 1)
            return [rows.reshaped(to: [n, t, 4]), shifted.sliced(axis: 1, 1..<2 * t - 2)]
        },
        // What SegNet does.
        Sample(
            "places", [images(16, multipleOf: 4)], at: [[[1, 3, 8, 12]], [[2, 3, 20, 16]]], gives: ["N, 3, H, W"]
        ) { x in
            let (half, places) = maxPool2DWithIndices(x[0], kernel: 2)
            let (quarter, morePlaces) = maxPool2DWithIndices(tanh(half), kernel: 2)
            let up = maxUnpool2D(quarter, indices: morePlaces, to: Pair(half.shape[2], half.shape[3]))
            return [maxUnpool2D(relu(up), indices: places, to: Pair(x[0].shape[2], x[0].shape[3]))]
        },
        Sample(
            "rounded-places", [images(16)], at: [[[1, 3, 9, 12]], [[2, 3, 21, 31]]],
            gives: ["N, 3, H, W", "N, 3, ?, ?"]
        ) { x in
            let (y, places) = maxPool2DWithIndices(x[0], kernel: 3, stride: 2, padding: 1)
            return [maxUnpool2D(y, indices: places, to: Pair(x[0].shape[2], x[0].shape[3])) + x[0], places]
        },
        Sample("edges", [images(8)], at: [[[1, 3, 9, 5]]], gives: ["N, 3, H + 3, 2W", "N, 3, H, W", "N, 3, H, W"]) {
            x in
            let padded = x[0].padded(top: 1, bottom: 2, left: 0, right: x[0].shape[3])
            return [padded, x[0], x[0]]
        },
    ]

    @Test(arguments: samples)
    func readBack(_ sample: Sample) throws {
        let model = try ONNXModel(decoding: sample.export().bytes(), name: sample.name)
        #expect(model.inputs.map(\.name) == sample.inputs.indices.map { "in \($0)" })
        #expect(model.outputs.map(\.name) == sample.outputs.indices.map { "out \($0)" })
        let axes = model.outputs.map { $0.axes?.map(\.description).joined(separator: ", ") }
        #expect(axes == sample.outputs)
        for shapes in sample.shapes {
            let x = sample.tensors(shapes)
            let expected = sample.network(x)
            let found = [try model(x), try model.plan(for: shapes).run(x)]
            for outputs in found {
                #expect(outputs.count == expected.count)
                for (output, expected) in zip(outputs, expected) {
                    #expect(difference(output, expected) < 1e-5, "\(shapes): \(output.shape) for \(expected.shape)")
                }
            }
        }
    }

    @Test(.enabled(if: RuntimeReference.isThere, Comment(rawValue: RuntimeReference.missing)))
    func runtimeGivesTheSame() throws {
        let cases = Self.samples.flatMap { sample in
            sample.shapes.enumerated().map { (name: "\(sample.name)-\($0)", sample: sample, x: sample.tensors($1)) }
        }
        let outputs = try RuntimeReference.outputs(
            of: cases.map { name, sample, x in
                .init(
                    name: name, bytes: try sample.export().bytes(),
                    inputs: x.enumerated().map { ("in \($0)", $1) })
            })
        for (name, sample, x) in cases {
            let found = try #require(outputs[name])
            for (found, expected) in zip(found, sample.network(x)) {
                #expect(difference(expected, found) < 1e-4, "\(name)")
            }
            #expect(found.count == sample.outputs.count)
        }
    }

    @Test("what cannot be free says which axis it depends on, and how")
    func refused() throws {
        func reason(_ axes: [ONNXExport.Axis], _ network: ([Tensor]) -> [Tensor]) -> String {
            let error = #expect(throws: FileError.self) {
                try ONNXExport(inputs: [("x", axes)], outputs: ["y"], network)
            }
            #expect(error?.code == .unsupported)
            return error?.description ?? ""
        }
        let images = Self.images(16)
        #expect(reason(images) { [adaptiveAveragePool2D($0[0], to: 3)] }.contains("depends on H"))
        #expect(reason(images) { [$0[0] * Float($0[0].shape[3])] }.contains("a constant depends on W"))
        #expect(
            reason(images) { [$0[0] + Tensor(filledWith: 1, shape: $0[0].shape)] }.contains(
                "depends on N and H and W"))
        #expect(reason(images) { [averagePool2D($0[0], kernel: Pair($0[0].shape[2], 2))] }.contains("depends on H"))
        #expect(
            reason(images) { x in
                [x[0].shape[2] > 16 ? relu(x[0]) : x[0]]
            }.contains("does different things for different H"))
        #expect(
            reason(images) { x in
                [maxPool2DWithIndices(x[0], kernel: Pair(x[0].shape[2], 2)).indices]
            }.contains("depends on H"))
        #expect(
            reason(images) { x in
                let (y, places) = maxPool2DWithIndices(x[0], kernel: 2, stride: 1, padding: 1)
                return [maxUnpool2D(y, indices: places, to: Pair(x[0].shape[2], x[0].shape[3]))]
            }.contains("to smaller ones"))
        // Halves that do not come back together.
        let halves = { (x: [Tensor]) in [x[0].resized(to: Pair(x[0].shape[2] / 2 * 2, 7)) + x[0]] }
        #expect(reason([.fixed(1), .fixed(1), .free("H", example: 4), .fixed(7)], halves).contains("where H = 5"))
        _ = try ONNXExport(
            inputs: [("x", [.fixed(1), .fixed(1), .free("H", example: 4, multipleOf: 2), .fixed(7)])], outputs: ["y"],
            halves)

        let same = [ONNXExport.Axis.free("H", example: 4), .free("H", example: 5)]
        #expect(reason(same) { $0 }.contains("two ways"))
        #expect(reason([.free("H", example: 0, multipleOf: 2)]) { $0 }.contains("cannot have the length 0"))
        #expect(throws: FileError.self) { try ONNXExport(inputs: [("x", same)], outputs: ["x"]) { $0 } }
        #expect(throws: FileError.self) { try ONNXExport(inputs: [("x", [.free("N")])], outputs: []) { $0 } }
    }

    @Test("parameters keep their names in a network of several inputs")
    func names() throws {
        var generator = SplitMix64(seed: 1)
        let layer = Linear(in: 3, out: 2, using: &generator)
        let export = try ONNXExport(
            inputs: [("a", [.free("N"), .fixed(3)]), ("b", [.free("N"), .fixed(3)])], outputs: ["sum", "first"],
            weightsOf: layer
        ) { [layer($0[0]) + layer($0[1]), layer($0[0])] }
        let model = try ONNXModel(decoding: export.bytes())
        #expect(Set(model.parameters.map(\.name)) == Set(layer.parameters.map(\.name)))
    }
}
