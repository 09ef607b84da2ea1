import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors

/// What PyTorch and torchvision make of the published networks: `Tests/Fixtures/zoo.safetensors`, written by
/// `make_zoo_fixtures.py` beside it.
struct ZooFixtures {
    struct Case: Decodable, Sendable {
        let classes: Int
        /// `[C, H, W]`.
        let input: [Int]
        /// The hash of all names and shapes.
        let names: String
        let tensors: Int
        let parameters: Int
    }

    struct Training: Decodable, Sendable {
        let batch: Int
        let input: [Int]
        let classes: Int
    }

    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/make_zoo_fixtures.py").standardizedFileURL.path

    let networks: [String: Case]
    let training: [String: Training]
    let file: SafetensorsFile

    init() throws {
        let file = try SafetensorsFile(at: Self.script.replacing("make_zoo_fixtures.py", with: "zoo.safetensors"))
        self.file = file
        func decoded<Value: Decodable>(_ key: String) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data((file.metadata[key] ?? "").utf8))
        }
        networks = try decoded("networks")
        training = try decoded("training")
    }
}
