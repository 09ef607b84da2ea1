import Foundation
import SaccadeInterchange
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing

/// What PyTorch makes of RAM, DRAM and DRAW: `Tests/Fixtures/glimpses.safetensors`, written by `make_glimpse_fixtures.py` with
/// weights, images and random numbers that follow from their names.
struct GlimpseFixtures {
    struct Looking: Decodable, Sendable, CustomTestStringConvertible {
        /// As in a recipe.
        let network: String
        let answers, channels, height, width, classes, batch: Int
        let names: String
        /// What its tensors' names begin with.
        let place: String

        var testDescription: String { network }

        var images: Tensor { Formula.uniform("\(place) images", [batch, channels, height, width]) }

        func model(seed: UInt64 = 0) throws -> AnyGlimpseNetwork {
            let structure = try GlimpseFixtures.structure(network)
            return try #require(GlimpseNetworkName(rawValue: structure.key)).model(
                structure, image: ImageShape(channels: channels, height: height, width: width), classes: classes,
                answers: answers, seed: seed)
        }

        func noise(glimpses: Int) -> GlimpseNoise {
            GlimpseNoise(
                starts: Formula.uniform("\(place) starts", [batch, 2]),
                deviations: (0..<glimpses).map { Formula.uniform("\(place) noise \($0)", [batch, 2]) * 2 })
        }
    }

    struct Drawing: Decodable, Sendable, CustomTestStringConvertible {
        let network: String
        let channels, height, width, steps, latents, batch: Int
        let names: String
        let place: String

        var testDescription: String { network }

        var images: Tensor {
            let numbers = Formula.uniform("\(place) images", [batch, channels, height, width])
            return Tensor(numbers.scalars.map { $0 > 0 ? 1 : 0 }, shape: numbers.shape)
        }

        var noise: [Tensor] {
            (0..<steps).map { Formula.uniform("\(place) noise \($0)", [batch, latents]) * 2 }
        }

        func model() throws -> DRAW {
            try DRAW(
                GlimpseFixtures.structure(network),
                image: ImageShape(channels: channels, height: height, width: width), seed: 0)
        }
    }

    static let looking: [Looking] = (try? decoded("looking")) ?? []
    static let drawing: [Drawing] = (try? decoded("drawing")) ?? []

    static func file() throws -> SafetensorsFile {
        try SafetensorsFile(at: ZooFixtures.script.replacing("make_zoo_fixtures.py", with: "glimpses.safetensors"))
    }

    private static func decoded<Value: Decodable>(_ key: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data((file().metadata[key] ?? "").utf8))
    }

    fileprivate static func structure(_ text: String) throws -> Setting.Entry {
        let architecture = try Architecture(yaml: "network: \(text)\ninput: 8x8x1\n", source: "test.yaml")
        return try #require(architecture.structure)
    }
}
