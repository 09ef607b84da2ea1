import Foundation
import SaccadeGeometry
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import SaccadeTraining
import TestSupport
import Testing

/// What torchvision's detectors find, with the same weights: `Tests/Fixtures/make_detector_fixtures.py`.
@Suite(.serialized) struct DetectorTests {
    struct Case: Decodable, Sendable {
        struct Photograph: Decodable, Sendable {
            let file, place: String
        }
        let network: String
        let parameters: Int
        let names: String
        let images: [Photograph]
    }

    private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/detectors.safetensors").standardizedFileURL.path

    static func metadata<Value: Decodable>(_ key: String, _ type: Value.Type) throws -> Value {
        let file = try SafetensorsFile(at: path)
        return try JSONDecoder().decode(type, from: Data((file.metadata[key] ?? "").utf8))
    }

    private static let cases = (try? metadata("detectors", [Case].self)) ?? []

    /// A detector with the weights that the script gave it.
    static func model(_ name: String) throws -> LoadedModel {
        var request = ModelRequest()
        (request.architecture, request.classes, request.seed) = (name, 90, 0)
        let model = try LoadedModel(request)
        let scaled = try metadata("scaled", [String: Float].self)
        let shapes = Dictionary(uniqueKeysWithValues: model.network.storedShapes.map { ($0.name, $0.shape) })
        func load(_ network: some StagedModel) throws {
            try network.load(shapes, from: "the formula") { names in
                names.map { Formula.tensor($0, shapes[$0] ?? []) * (scaled[$0] ?? 1) }
            }
        }
        try load(model.network)
        return model
    }

    @Test("names, shapes and the number of parameters are torchvision’s, with frozen batch norms", arguments: cases)
    func names(_ expected: Case) throws {
        let model = try Self.model(expected.network)
        func signature(_ network: some StagedModel) -> String { Formula.signature(network) }
        #expect(signature(model.network) == expected.names)
        let count = model.network.parameters.reduce(0) { $0 + $1.parameter.value.shape.elementCount }
        #expect(count == expected.parameters)
        #expect(count == (expected.network.hasPrefix("mask") ? 44_401_393 : 41_755_286))
    }

    @Test(
        "the same weights find the same objects on photographs, in the same order, with the same masks",
        .enabled(if: ReferenceData.has("voc2012_100"), "\(ReferenceData.missing)"), arguments: cases)
    func photographs(_ expected: Case) throws {
        let detector = try Detector(Self.model(expected.network), options: .init(tuning: .plainest))
        let file = try SafetensorsFile(at: Self.path)
        for photograph in expected.images {
            let image = try Image(contentsOf: ReferenceData.path(photograph.file))
            let found = try detector(image)
            let boxes = found.flatMap { [$0.box.left, $0.box.top, $0.box.right, $0.box.bottom] }
            let wanted = try file.tensor("\(photograph.place)/boxes").scalars
            let labels = try file.tensor("\(photograph.place)/labels").scalars
            let scores = try file.tensor("\(photograph.place)/scores").scalars
            #expect(found.map(\.label) == labels.map { "class \(Int($0) - 1)" }, "\(photograph.file)")
            guard boxes.count == wanted.count else { continue }
            // In pixels, of which there are up to 500.
            let farthest = zip(boxes, wanted).reduce(0) { max($0, abs($1.0 - Double($1.1))) }
            #expect(farthest < 1e-3, "\(photograph.file)")
            let error = zip(found, scores).reduce(0) { max($0, abs($1.0.score - Double($1.1))) }
            #expect(error < 1e-3, "\(photograph.file)")
            guard expected.network.hasPrefix("mask") else { continue }
            let areas = try file.tensor("\(photograph.place)/areas").scalars
            for (object, area) in zip(found, areas) {
                let pixels = Float(object.mask?.pixelCount ?? 0)
                #expect(abs(pixels - area) <= max(4, 0.003 * area), "\(photograph.file)")
            }
        }
    }
}
