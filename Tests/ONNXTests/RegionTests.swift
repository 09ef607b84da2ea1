import SaccadeFiles
import SaccadeTensors
import Testing

@testable import SaccadeONNX

/// Regions of interest as files of other programs have them.
@Suite struct RegionTests {
    private func model(
        of operation: String = "RoiAlign", opset: Int64 = 17, images: [Int64] = [0, 1],
        _ attributes: [String: ONNXNode.Attribute] = [:]
    ) throws -> ONNXModel {
        let isPooling = operation == "MaxRoiPool"
        var builder = ModelBuilder(opset: opset, inputs: [("x", [2, 3, 8, 8]), ("boxes", [2, isPooling ? 5 : 4])])
        if !isPooling { builder.numbers("images", images) }
        builder.add(operation, isPooling ? ["x", "boxes"] : ["x", "boxes", "images"], ["y"], attributes)
        return try builder.model
    }

    private let x = Tensor.values([2, 3, 8, 8])
    private let edges: [[Float]] = [[0.5, 1, 6.5, 5.25], [2, 3, 2.5, 7]]

    private var boxes: Tensor { Tensor(edges.flatMap { $0 }, shape: [2, 4]) }
    private var numbered: Tensor { Tensor(edges.enumerated().flatMap { [Float($0)] + $1 }, shape: [2, 5]) }

    @Test("pixels were points up to opset 15, and are squares from 16 on")
    func defaults() throws {
        for (opset, aligned) in [(10, false), (15, false), (16, true), (21, true)] as [(Int64, Bool)] {
            let found = try model(opset: opset)([x, boxes])[0]
            #expect(difference(found, roiAlign(x, boxes: numbered, outputSize: 1, aligned: aligned)) < 1e-6)
        }
        let said = try model([
            "coordinate_transformation_mode": .string("output_half_pixel"), "output_height": .integer(3),
            "output_width": .integer(2), "sampling_ratio": .integer(2), "spatial_scale": .float(0.5),
            "mode": .string("avg"),
        ])([x, boxes])[0]
        let expected = roiAlign(x, boxes: numbered, outputSize: [3, 2], spatialScale: 0.5, samplingRatio: 2)
        #expect(difference(said, expected) < 1e-6)
        let pooled = try model(of: "MaxRoiPool", ["pooled_shape": .integers([3, 2]), "spatial_scale": .float(0.5)])
        #expect(
            difference(
                try pooled([x, numbered])[0], roiPool(x, boxes: numbered, outputSize: [3, 2], spatialScale: 0.5)) < 1e-6
        )
    }

    @Test("what a file may say wrong is refused, or gives zeros")
    func refusals() throws {
        #expect(try model(images: [0, 7])([x, boxes])[0].scalars.suffix(3) == [0, 0, 0])
        #expect(try model(images: [-1, .max / 2])([x, boxes])[0].scalars.allSatisfy { $0 == 0 })
        for attributes in [
            ["mode": .string("max")], ["coordinate_transformation_mode": .string("corner")],
            ["output_height": .integer(0)], ["output_width": .integer(.max)], ["sampling_ratio": .integer(-1)],
            ["sampling_ratio": .integer(1 << 40)], ["spatial_scale": .float(.nan)], ["spatial_scale": .float(-1)],
            ["output_height": .integer(4096), "output_width": .integer(4096), "sampling_ratio": .integer(4096)],
        ] as [[String: ONNXNode.Attribute]] {
            #expect(throws: FileError.self, "\(attributes)") { try model(attributes)([x, boxes]) }
        }
        #expect(throws: FileError.self) { try model(images: [0])([x, boxes]) }
        #expect(throws: FileError.self) { try model(of: "MaxRoiPool")([x, numbered]) }
        #expect(throws: FileError.self) {
            try model(of: "MaxRoiPool", ["pooled_shape": .integers([2])])([x, numbered])
        }
    }
}
