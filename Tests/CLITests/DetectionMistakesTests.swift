import Foundation
import SaccadeImages
import Testing

/// Data and weights from which nothing can be found: said, not passed over in silence.
@Suite struct DetectionMistakesTests {
    private static let recipe = """
        task: detect
        detect: {proposals: 20, limit: 9}
        network: {faster-rcnn: {backbone: scenes, pyramid: 8, width: 8, sizes: [8, 16, 32]}}
        input: 64x64x3
        training: {epochs: 1, batchSize: 2}
        """

    /// A folder with a recipe and images, and `instances.json` with the given annotations.
    private static func inFolder<R>(annotations: String = "[]", _ body: (String) throws -> R) throws -> R {
        try Program.inFolder { folder in
            try recipe.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
            for name in ["a", "b", "c", "d"] {
                let pixels = (0..<64 * 64 * 3).map { (i: Int) -> UInt8 in UInt8(i * i / 7 % 256) }
                try Image(width: 64, height: 64, channels: 3, pixels: pixels).writePNG(to: "\(folder)/data/\(name).png")
            }
            let images = ["a", "b", "c", "d"].enumerated().map {
                "{\"id\": \($0 + 1), \"file_name\": \"\($1).png\", \"width\": 64, \"height\": 64}"
            }
            try """
            {"images": [\(images.joined(separator: ", "))], "annotations": \(annotations),
            "categories": [{"id": 1, "name": "dot"}]}
            """.write(toFile: "\(folder)/data/instances.json", atomically: true, encoding: .utf8)
            return try body(folder)
        }
    }

    @Test("no detector learns from images without any object")
    func noObjects() throws {
        try Self.inFolder { folder in
            let outcome = try Program.run(["train", "r.yaml", "--data", "data", "--run", "\(folder)/run"], in: folder)
            #expect(outcome.status == 65 && outcome.errors.contains("there is no object on the images to learn from"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/run/best.safetensors"))
        }
    }

    @Test("what is there to validate by is not learnt from")
    func noTrainingPart() throws {
        try Self.inFolder { folder in
            for (part, word) in [("val", "validate"), ("test", "test")] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)only/annotations", withIntermediateDirectories: true)
                try FileManager.default.copyItem(
                    atPath: "\(folder)/data/instances.json",
                    toPath: "\(folder)/\(part)only/annotations/instances_\(part)2017.json")
                let outcome = try Program.run(
                    ["train", "r.yaml", "--data", "\(part)only", "--run", "\(folder)/run"], in: folder)
                #expect(outcome.status == 65, "\(outcome.errors)")
                #expect(
                    outcome.errors.contains("has samples to \(word) by, and none to learn from"), "\(outcome.errors)")
            }
        }
    }

    @Test(
        "a file of annotations that was named says itself what is wrong with it",
        arguments: [
            ("", "text ends"), ("{\"images\": [{\"id\": 1, ", "text ends"), ("{\"images\": []}", "annotations"),
        ])
    func namedFile(text: String, word: String) throws {
        try Self.inFolder { folder in
            try text.write(toFile: "\(folder)/data/mine.json", atomically: true, encoding: .utf8)
            let outcome = try Program.run(["check", "data/mine.json"], in: folder)
            let trained = try Program.run(["train", "r.yaml", "--data", "data/mine.json"], in: folder)
            #expect(trained.status == 65 && trained.errors.contains("mine.json"), "\(trained.errors)")
            #expect(trained.errors.contains(word), "\(trained.errors)")
            #expect(outcome.status != 0)
        }
    }

    @Test("pictures of images of one name do not take each other's place")
    func sameNames() throws {
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/more", withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "\(folder)/data/a.png", toPath: "\(folder)/more/a.png")
            let outcome = try Program.run(
                ["detect", "data/a.png", "more/a.png", "data/b.png", "data/a.png", "--output", "out"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let pictures = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out").filter {
                $0.hasSuffix("png")
            }
            #expect(
                pictures.sorted() == ["a-2-objects.png", "a-3-objects.png", "a-objects.png", "b-objects.png"])
        }
    }

    @Test(
        "settings of parts that a network does not have are no settings",
        arguments: [
            ("rcnn: {pyramid: 64}", "has no pyramid"), ("rcnn: {sizes: [32]}", "sizes are those of anchors"),
            ("fast-rcnn: {sizes: [32]}", "sizes are those of anchors"),
        ])
    func foreignSettings(network: String, words: String) throws {
        try Program.inFolder { folder in
            try "task: detect\nnetwork: {\(network)}\ninput: 64x64x3\nclasses: 2\n".write(
                toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            let outcome = try Program.run(["describe", "r.yaml"], in: folder)
            #expect(outcome.status == 65 && outcome.errors.contains(words), "\(outcome.errors)")
        }
    }
}
