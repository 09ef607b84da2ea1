import SaccadeFiles
import SaccadeLayers
import SaccadeTensors
import Testing

@testable import SaccadeONNX

/// An encoder and a decoder that remembers where the largest elements were, after Badrinarayanan, Kendall & Cipolla, 2017.
enum SegNet {
    static func scores(_ x: Tensor) -> Tensor {
        func conv(_ x: Tensor, _ outputs: Int, _ seed: UInt64) -> Tensor {
            conv2D(x, .values([outputs, x.shape[1], 3, 3], seed: seed) / 4, padding: 1, activation: .relu)
        }
        let first = conv(x, 16, 1)
        let (second, places) = maxPool2DWithIndices(first, kernel: 2)
        let third = conv(second, 32, 2)
        let (fourth, morePlaces) = maxPool2DWithIndices(third, kernel: 2)
        let fifth = conv(maxUnpool2D(fourth, indices: morePlaces, to: Pair(third.shape[2], third.shape[3])), 16, 3)
        return conv(maxUnpool2D(fifth, indices: places, to: Pair(first.shape[2], first.shape[3])), 4, 4)
    }
}

/// Places that a pooling chose, which ONNX counts in the whole tensor and we count in each plane.
@Suite struct PlacesTests {
    @Test("a pooling's places go straight to the unpooling", arguments: [[16, 12], [21, 14]])
    func straight(size: [Int]) throws {
        let model = try ONNXModel(
            decoding: ONNXExport(Apply { SegNet.scores($0) }, input: Shape([3] + size)).bytes(), name: "segnet")
        #expect(model.operatorCounts["MaxUnpool"] == 2 && model.operatorCounts["Mod"] == nil)
        #expect(model.operatorCounts["Concat"] == (size == [16, 12] ? nil : 2))
        let x = Tensor.values(Shape([2, 3] + size))
        let plan = try model.plan(for: [x.shape], options: .init(tuning: .plainest))
        #expect(plan.kernelNames.count { $0.contains("reorder") } <= 2, "\(plan.kernelNames)")
    }

    /// Places that are changed on their way, or belong to planes of another size.
    static let computed: [ExportTests.Sample] = [
        .init("computed", [5, 4, 6]) { x in
            let (y, places) = maxPool2DWithIndices(x, kernel: 2)
            return maxUnpool2D(y, indices: 23 - places, to: [4, 6])
        },
        .init("larger", [5, 4, 6]) { x in
            let (y, places) = maxPool2DWithIndices(x, kernel: 2)
            return maxUnpool2D(y, indices: places, to: [5, 7])
        },
        .init("by-others-too", [5, 4, 6]) { x in
            let (y, places) = maxPool2DWithIndices(x, kernel: 2)
            return maxUnpool2D(y + places, indices: places, to: [4, 6])
        },
    ]

    /// The same in planes of any size.
    static let free = FreeAxesTests.Sample(
        "free", [FreeAxesTests.images(8, multipleOf: 2)], at: [[[1, 3, 8, 12]], [[3, 3, 10, 4]]],
        gives: ["N, 3, H, W", "N, 3, H + 1, 3W"]
    ) { x in
        let (y, places) = maxPool2DWithIndices(x[0], kernel: 2)
        let (height, width) = (x[0].shape[2], x[0].shape[3])
        // Each goes to the left of itself, but the very first.
        let before = relu(places - 1)
        return [
            maxUnpool2D(y, indices: before, to: Pair(height, width)),
            maxUnpool2D(y, indices: places, to: Pair(height + 1, 3 * width)),
        ]
    }

    @Test(
        "ONNX Runtime finds computed places where they are",
        .enabled(if: RuntimeReference.isThere, Comment(rawValue: RuntimeReference.missing)))
    func runtime() throws {
        let (free, freeInputs) = (Self.free, Self.free.shapes.map(Self.free.tensors))
        let outputs = try RuntimeReference.outputs(
            of: Self.computed.map {
                .init(name: $0.name, bytes: try $0.export().bytes(), inputs: [("input", $0.batch(3))])
            }
                + freeInputs.enumerated().map { index, x in
                    .init(name: "free-\(index)", bytes: try free.export().bytes(), inputs: [("in 0", x[0])])
                })
        for sample in Self.computed {
            let output = try #require(outputs[sample.name]?.first)
            #expect(difference(sample.layer(sample.batch(3)), output) < 1e-5, "\(sample.name)")
        }
        for (index, x) in freeInputs.enumerated() {
            let found = try #require(outputs["free-\(index)"])
            let expected = free.network(x)
            #expect(found.count == expected.count)
            for (found, expected) in zip(found, expected) { #expect(difference(expected, found) < 1e-5) }
        }
    }

    @Test("places come in as ONNX counts them, and go out so")
    func whole() throws {
        // Values of ONNX Runtime 1.32.
        var builder = ModelBuilder(inputs: [("x", [2, 1, 2, 4])], outputs: ["y", "i"])
        builder.add("MaxPool", ["x"], ["y", "i"], ["kernel_shape": .integers([2, 2]), "strides": .integers([2, 2])])
        let x = Tensor([1, 5, 2, 0, 3, 4, 6, 1, 9, 0, 0, 1, 2, 3, 7, 8], shape: [2, 1, 2, 4])
        for results in try [builder.model([x]), builder.model.plan(for: [x.shape]).run([x])] {
            #expect(results[0].scalars == [5, 6, 9, 8] && results[1].scalars == [1, 6, 8, 15])
        }
        var rows = ModelBuilder(inputs: [("x", [1, 2, 4])])
        rows.add("MaxPool", ["x"], ["m", "i"], ["kernel_shape": .integers([2]), "strides": .integers([2])])
        rows.add("MaxUnpool", ["m", "i"], ["y"], ["kernel_shape": .integers([2]), "strides": .integers([2])])
        let y = try rows.model([Tensor([1, 5, 2, 0, 3, 4, 6, 1], shape: [1, 2, 4])])[0]
        #expect(y.shape == [1, 2, 4] && y.scalars == [0, 5, 2, 0, 0, 4, 6, 0])
    }

    @Test("places from elsewhere are places in the whole result", arguments: [false, true])
    func given(isLarger: Bool) throws {
        var builder = ModelBuilder(inputs: [("x", [1, 2, 2, 2])])
        builder.numbers("list", [0, 3, 10, 15, 16, 21, 26, 31])
        builder.numbers("lengths", [1, 2, 2, 2])
        builder.numbers("shape", [1, 2, 4, 5])
        builder.add("Reshape", ["list", "lengths"], ["i"])
        builder.add(
            "MaxUnpool", ["x", "i"] + (isLarger ? ["shape"] : []), ["y"],
            ["kernel_shape": .integers([2, 2]), "strides": .integers([2, 2])])
        let x = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [1, 2, 2, 2])
        var expected = [Float](repeating: 0, count: isLarger ? 40 : 32)
        for (value, place) in zip(x.scalars, [0, 3, 10, 15, 16, 21, 26, 31]) { expected[place] = value }
        for results in try [builder.model([x]), builder.model.plan(for: [x.shape]).run([x])] {
            #expect(results[0].shape == (isLarger ? [1, 2, 4, 5] : [1, 2, 4, 4]))
            #expect(results[0].scalars == expected)
        }
    }

    @Test("what cannot be placed is refused")
    func refused() throws {
        func unpooling(_ place: Int64, _ shape: [Int64]? = nil) throws -> [Tensor] {
            var builder = ModelBuilder(inputs: [("x", [1, 1, 1, 1])])
            builder.numbers("list", [place])
            builder.numbers("lengths", [1, 1, 1, 1])
            if let shape { builder.numbers("shape", shape) }
            builder.add("Reshape", ["list", "lengths"], ["i"])
            builder.add(
                "MaxUnpool", ["x", "i"] + (shape == nil ? [] : ["shape"]), ["y"], ["kernel_shape": .integers([2, 2])])
            return try builder.model([Tensor([1], shape: [1, 1, 1, 1])])
        }
        #expect(try unpooling(3)[0].scalars == [0, 0, 0, 1])
        #expect(throws: FileError.self) { try unpooling(4) }
        #expect(throws: FileError.self) { try unpooling(0, [1, 1, 2]) }
        #expect(throws: FileError.self) { try unpooling(0, [2, 1, 2, 2]) }
        #expect(throws: FileError.self) { try unpooling(0, [1, 1, 0, 2]) }
        #expect(throws: FileError.self) { try unpooling(0, [1, 1, 1 << 20, 1 << 20]) }
        #expect(throws: FileError.self) { try unpooling(0, [1, 1, 1 << 12, (1 << 12) + 1]) }

        var columns = ModelBuilder(inputs: [("x", [1, 1, 2, 2])], outputs: ["y", "i"])
        columns.add("MaxPool", ["x"], ["y", "i"], ["kernel_shape": .integers([2, 2]), "storage_order": .integer(1)])
        #expect(throws: FileError.self) { try columns.model([Tensor.values([1, 1, 2, 2])]) }
    }
}
