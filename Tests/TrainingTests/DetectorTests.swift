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
        (request.architecture, request.classNames, request.seed) = (name, (0..<90).map { "class \($0)" }, 0)
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
        let detector = try RegionDetector(Self.model(expected.network), options: .init(tuning: .plainest))
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

    /// A network for scenes, with random weights: its boxes lie on each other as they come.
    @Test("weights that are no numbers are refused by their name, for later layers may hide them", arguments: [0, 1])
    func damagedWeights(kind: Int) throws {
        let model = try untrainedModel()
        let (name, parameter) = try #require(model.network.parameters.first)
        if kind == 0 {
            parameter.assign(parameter.value * .infinity)
        } else {
            let buffer = try #require(model.network.buffers.first).buffer
            buffer.assign(Tensor(filledWith: .nan, shape: buffer.shape))
        }
        let error = #expect(throws: RunError.self) { try RegionDetector(model, options: .init(tuning: .plainest)) }
        let words = "\(error.map { "\($0)" } ?? "")"
        #expect(words.contains("not finite") && (kind == 1 || words.contains(name)), "\(words)")
    }

    private func untrained() throws -> RegionDetector {
        try RegionDetector(untrainedModel(), options: .init(tuning: .plainest))
    }

    private func untrainedModel() throws -> LoadedModel {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let recipe = folder.appendingPathComponent("recipe.yaml")
        try """
        task: detect
        detect: {proposals: 60, scoreThreshold: 0.01}
        network: {faster-rcnn: {backbone: scenes, pyramid: 16, width: 32, sizes: [16, 32, 64]}}
        input: 96x128x3
        classes: 3
        """.write(to: recipe, atomically: true, encoding: .utf8)
        var request = ModelRequest()
        (request.architecture, request.seed) = (recipe.path, 3)
        return try LoadedModel(request)
    }

    private static let noise: Image = {
        var state: UInt32 = 1
        let pixels = (0..<96 * 128 * 3).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        return Image(width: 128, height: 96, channels: 3, pixels: pixels)
    }()

    @Test(
        "proposals are what suppression, of each map by itself, leaves of the candidates; these are the likeliest anchors"
    )
    func explainedProposals() throws {
        let explanation = try untrained().explainProposals(on: Self.noise)
        #expect(explanation.size == ImageSize(width: 128, height: 96))
        let (candidates, proposals) = (explanation.candidates, explanation.proposals)
        #expect(candidates.boxes.count > proposals.boxes.count && proposals.boxes.count > 4)
        let kept = nonMaximumSuppression(
            candidates.boxes, scores: candidates.scores, classes: candidates.levels, threshold: 0.7, limit: 60)
        #expect(proposals.boxes == candidates.boxes.selecting(kept))
        #expect(proposals.levels == kept.map { candidates.levels[$0] })
        #expect(candidates.scores == candidates.scores.sorted(by: >))
        for (index, level) in explanation.levels.enumerated() {
            let own = candidates.levels.indices.filter { candidates.levels[$0] == index }
            #expect(level.grid.anchors.count == level.objectness.count && level.boxes.count == level.objectness.count)
            // Boxes clipped to nothing are no candidates, so that the likeliest anchors may be more.
            let likeliest = level.objectness.sorted(by: >).prefix(60)
            #expect(own.count <= 60 && !own.isEmpty)
            for place in own {
                #expect(candidates.scores[place] >= likeliest[likeliest.endIndex - 1] - 1e-6)
                #expect(level.boxes.contains(candidates.boxes[place]))
            }
        }
    }

    @Test("what a detector finds is what suppression, of each class by itself, leaves of all its boxes")
    func unsuppressed() throws {
        let detector = try untrained()
        let all = try detector.unsuppressed(Self.noise, limit: 10_000)
        let found = try detector(Self.noise)
        #expect(all.count > found.count && !found.isEmpty)
        let numbers = Dictionary(uniqueKeysWithValues: zip(detector.classNames, 0...))
        let kept = nonMaximumSuppression(
            Boxes(all.map(\.box)), scores: all.map { Float($0.score) }, classes: all.map { numbers[$0.label] ?? -1 },
            threshold: 0.5, limit: 100)
        #expect(kept.map { all[$0] } == found)
        #expect(try detector.unsuppressed(Self.noise, limit: 5) == Array(all.prefix(5)))
    }
}
