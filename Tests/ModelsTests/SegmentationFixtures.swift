import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import Testing

/// What PyTorch and torchvision make of the networks for segmentation: `Tests/Fixtures/segmentation.safetensors`, written by
/// `make_segmentation_fixtures.py` with weights that follow from their names.
struct SegmentationFixtures {
    /// A small network, and some of the numbers that it makes of images.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Image: Decodable, Sendable {
            /// What its numbers follow from.
            let key: String
            let height: Int
            let width: Int
            /// Height and width of the result.
            let result: [Int]
            /// Every so many numbers of the result are kept.
            let step: Int
            /// What they are called.
            let place: String
        }

        /// As in a recipe.
        let network: String
        let classes: Int
        let names: String
        let parameters: Int
        let images: [Image]

        var testDescription: String { network }
    }

    /// One batch of learning.
    struct Lesson: Decodable, Sendable, CustomTestStringConvertible {
        let network: String
        let classes: Int
        let batch: Int
        let height: Int
        let width: Int
        let key: String
        let place: String

        var testDescription: String { network }
    }

    /// A network as its paper has it.
    struct Whole: Decodable, Sendable {
        let classes: Int
        let names: String
        let parameters: Int
    }

    static let cases: [Case] = (try? decoded("networks")) ?? []
    static let lessons: [Lesson] = (try? decoded("training")) ?? []
    static let whole: [String: Whole] = (try? decoded("whole")) ?? [:]

    static func file() throws -> SafetensorsFile {
        try SafetensorsFile(
            at: ZooFixtures.script.replacing("make_zoo_fixtures.py", with: "segmentation.safetensors"))
    }

    private static func decoded<Value: Decodable>(_ key: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data((file().metadata[key] ?? "").utf8))
    }

    /// The network of a recipe's text.
    ///
    /// - Parameter text: Such as `{segnet: {width: 4}}`.
    static func network(
        _ text: String, size: Pair = [224, 224], channels: Int = 3, classes: Int, seed: UInt64 = 0
    ) throws -> any Model {
        let input = "\(size.height)x\(size.width)x\(channels)"
        let architecture = try Architecture(yaml: "network: \(text)\ninput: \(input)\n", source: "test.yaml")
        let structure = try #require(architecture.structure)
        return try #require(SegmentationNetwork(rawValue: structure.key)).model(
            structure, image: ImageShape(channels: channels, height: size.height, width: size.width),
            classes: classes, seed: seed)
    }
}
