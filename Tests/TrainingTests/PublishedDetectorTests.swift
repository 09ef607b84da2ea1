import Foundation
import SaccadeGeometry
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import SaccadeTraining
import SaccadeWeights
import TestSupport
import Testing
import TrainingTestSupport

/// What torchvision's detectors find when it loads its published weights itself:
/// `Tests/Fixtures/make_published_detector_fixtures.py`.
@Suite(.serialized) struct PublishedDetectorTests {
    struct Fixture: Decodable, Sendable {
        struct Network: Decodable, Sendable {
            let file: String
            let categories: [String]
            let boxes: [[Float]]
            let scores: [Float]
            let labels: [Int]
        }
        let scaled: [String: Float]
        let networks: [String: Network]
    }

    private static func fixture() throws -> Fixture {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/published_detectors.json")
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
    }

    /// A model of a file with its heads alone: the name of the file counts.
    private func model(
        of file: String, classes: Int = 90, change: (inout ModelRequest) -> Void = { _ in }
    ) throws -> LoadedModel {
        let folder = try TemporaryFolder()
        var request = ModelRequest()
        (request.weights, request.loadsPart) = ("\(folder.path)/\(file)", true)
        let heads: [(String, Shape)] = [
            ("box_predictor.cls_score.weight", [classes + 1, 1024]),
            ("box_predictor.bbox_pred.weight", [4 * (classes + 1), 1024]),
            ("mask_predictor.mask_fcn_logits.weight", [classes + 1, 256, 1, 1]),
        ]
        try SafetensorsFile.write(
            heads.map { (name: "roi_heads.\($0.0)", tensor: Tensor(filledWith: 0, shape: $0.1)) }, metadata: [:],
            to: "\(folder.path)/\(file)")
        change(&request)
        return try LoadedModel(request)
    }

    private func load(_ scaled: [String: Float], into network: RegionCNN) throws {
        let shapes = Dictionary(uniqueKeysWithValues: network.storedShapes.map { ($0.name, $0.shape) })
        try network.load(shapes, from: "the formula") { names in
            names.map { Formula.tensor($0, shapes[$0] ?? []) * (scaled[$0] ?? 1) }
        }
    }

    private func found(by network: RegionCNN) throws -> DetectedBoxes {
        let images = Formula.uniform("images", [1, 3, 128, 160]) * 0.125
        return try network.detect(images, sizes: [ImageSize(width: 160, height: 128)])[0].objects
    }

    @Test(
        "by the name of its file a published detector has torchvision’s classes, and finds what torchvision finds",
        arguments: ["fasterrcnn-resnet-50-fpn", "maskrcnn-resnet-50-fpn"])
    func answers(_ name: String) throws {
        let fixture = try Self.fixture()
        let expected = try #require(fixture.networks[name])
        let card = try #require(WeightsCard.of(file: "some/folder/\(expected.file)"))
        #expect(card.name == name && WeightsCard.named(name)?.file == expected.file)
        let model = try model(of: expected.file)
        #expect(model.classNames == Array(expected.categories.dropFirst()))
        #expect(model.preprocessing == card.preprocessing)
        let network = try #require(model.network as? RegionCNN)
        #expect(network.hasMasks == name.hasPrefix("mask"))
        #expect(
            network.parameters.reduce(0) { $0 + $1.parameter.value.shape.elementCount } == card.parameterCount)
        try load(fixture.scaled, into: network)
        let found = try found(by: network)
        #expect(found.labels == expected.labels)
        for (score, wanted) in zip(found.scores, expected.scores) { #expect(abs(score - wanted) < 1e-5) }
        for (box, wanted) in zip(found.boxes, expected.boxes) {
            for (side, other) in zip([box.left, box.top, box.right, box.bottom], wanted) {
                #expect(abs(side - Double(other)) < 1e-3)
            }
        }
    }

    @Test("any other file has the epsilon of its architecture, and so do fresh weights, with other answers")
    func otherFiles() throws {
        let fixture = try Self.fixture()
        let name = "fasterrcnn-resnet-50-fpn"
        let expected = try #require(fixture.networks[name])
        let other = try model(of: "mine.pth") { $0.architecture = name }
        var request = ModelRequest()
        (request.architecture, request.seed) = (name, 1)
        let fresh = try LoadedModel(request)
        for model in [other, fresh] {
            #expect(!model.description.recipe.contains("frozenEpsilon"))
            #expect(model.classNames == Array(expected.categories.dropFirst()))
        }
        let network = try #require(other.network as? RegionCNN)
        try load(fixture.scaled, into: network)
        let farthest = zip(try found(by: network).scores, expected.scores).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(farthest > 1e-3)
    }

    @Test(
        "a file of other classes says how many there are, without the background, and nobody says their names",
        arguments: ["fasterrcnn-resnet-50-fpn", "maskrcnn-resnet-50-fpn"])
    func otherClasses(_ name: String) throws {
        let model = try model(of: "mine.pth", classes: 7) { $0.architecture = name }
        #expect(model.classNames == nil && model.description.classNames == (0..<7).map { "class \($0)" })
        #expect(model.difference?.misshapen.isEmpty == true)
        let shapes = Dictionary(uniqueKeysWithValues: model.network.storedShapes.map { ($0.name, $0.shape) })
        #expect(shapes["roi_heads.box_predictor.bbox_pred.weight"] == [32, 1024])
    }

    @Test("with --arch and a published file its card counts, and a recipe of one’s own says itself what it means")
    func architectures() throws {
        let fixture = try Self.fixture()
        let file = try #require(fixture.networks["maskrcnn-resnet-50-fpn"]).file
        for spelling in ["maskrcnn-resnet-50-fpn", "maskrcnn_resnet50_fpn"] {
            #expect(try model(of: file) { $0.architecture = spelling }.description.recipe.contains("frozenEpsilon"))
        }
        let folder = try TemporaryFolder()
        let recipe = "\(folder.path)/mine.yaml"
        try "task: detect\nnetwork: {fasterrcnn-resnet-50-fpn: {}}\ninput: 800x800x3\nclasses: 90\n".write(
            toFile: recipe, atomically: true, encoding: .utf8)
        #expect(try !model(of: file) { $0.architecture = recipe }.description.recipe.contains("frozenEpsilon"))
    }

    @Test(
        "an epsilon that cannot be is refused at its line",
        arguments: [
            ("fasterrcnn-resnet-50-fpn: {frozenEpsilon: -1}", "frozenEpsilon must be 0 to 1"),
            ("fasterrcnn-resnet-50-fpn: {frozenEpsilon: .nan}", "frozenEpsilon"),
            ("faster-rcnn: {frozenEpsilon: 0}", "say frozen: true, too"),
        ])
    func refused(_ network: String, _ complaint: String) throws {
        let folder = try TemporaryFolder()
        var request = ModelRequest()
        (request.architecture, request.seed) = ("\(folder.path)/mine.yaml", 1)
        try "task: detect\nnetwork: {\(network)}\ninput: 64x64x3\nclasses: 3\n".write(
            toFile: "\(folder.path)/mine.yaml", atomically: true, encoding: .utf8)
        let error = try #require(throws: RecipeError.self) { try LoadedModel(request) }
        #expect("\(error)".contains(complaint) && "\(error)".contains("mine.yaml:2"), "\(error)")
    }
}
