import Foundation
import SaccadeImages
import SaccadePrelude
import Testing

/// `task: detect-windows`, from images and boxes to a run that is judged, asked and resumed.
@Suite struct WindowDetectionTests {
    private static let recipe = """
        task: detect-windows
        detect-windows: {randomNegatives: 200, negatives: 300, rounds: 1}
        network: {hog-svm: {side: 32, margin: 4, step: 1.3}}
        input: 96x128x3
        training: {validationFraction: 0.25, batchSize: 4, seed: 3}
        """

    private struct Object: Encodable {
        private enum CodingKeys: String, CodingKey {
            case id, bbox, iscrowd
            case image = "image_id"
            case category = "category_id"
        }
        let id, image, category: Int
        let bbox: [Int]
        let iscrowd = 0
    }

    /// A folder with a recipe, and 24 images with a bright square and a bright bar on a dark ground.
    private static func inFolder<R>(_ body: (String) throws -> R) throws -> R {
        try Program.inFolder { folder in
            try recipe.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
            var (images, objects) = ([String](), [Object]())
            var generator = SplitMix64(seed: 1)
            for number in 0..<24 {
                var pixels = (0..<128 * 96).map { _ in UInt8.random(in: 0...40, using: &generator) }
                for (category, (width, height)) in [(1, (34, 34)), (2, (18, 50))] {
                    let x = Int.random(in: (category - 1) * 64 + 4...category * 64 - width - 4, using: &generator)
                    let y = Int.random(in: 4...92 - height, using: &generator)
                    for row in y..<y + height { for column in x..<x + width { pixels[row * 128 + column] = 230 } }
                    objects.append(
                        Object(
                            id: objects.count + 1, image: number, category: category, bbox: [x, y, width, height])
                    )
                }
                try Image(width: 128, height: 96, channels: 1, pixels: pixels).writePNG(
                    to: "\(folder)/data/\(number).png")
                images.append(
                    "{\"id\": \(number), \"file_name\": \"\(number).png\", \"width\": 128, \"height\": 96}")
            }
            let annotations = String(decoding: try JSONEncoder().encode(objects), as: UTF8.self)
            try """
            {"images": [\(images.joined(separator: ", "))], "annotations": \(annotations),
            "categories": [{"id": 1, "name": "square"}, {"id": 2, "name": "bar"}]}
            """.write(toFile: "\(folder)/data/instances.json", atomically: true, encoding: .utf8)
            return try body(folder)
        }
    }

    @Test("machines are found, judged, kept, asked, and the same when they are sought again")
    func run() throws {
        try Self.inFolder { folder in
            let trained = try Program.run(["train", "r.yaml", "--data", "data", "--run", "\(folder)/run"], in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            for words in ["square: 18 objects", "bar: 18 objects", "windows were hard"] {
                #expect((trained.output + trained.errors).contains(words), "\(words)")
            }
            #expect(trained.output.contains("saccade detect \(folder)/run IMAGE.jpg"))

            struct Scores: Decodable {
                struct COCO: Decodable { let ap50: Double }
                let images: Int
                let coco: COCO
            }
            let judged = try Program.run(["evaluate", "run", "--data", "data", "--json"], in: folder)
            #expect(judged.status == 0, "\(judged.errors)")
            let scores = try JSONDecoder().decode(Scores.self, from: Data(judged.output.utf8))
            #expect(scores.images == 6 && scores.coco.ap50 > 0.9, "\(scores.coco.ap50)")

            let found = try Program.run(["detect", "run", "data/3.png", "--threshold", "0.3"], in: folder)
            #expect(found.status == 0 && found.output.contains("square") && found.output.contains("bar"))

            let shown = try Program.run(["runs", "show", "\(folder)/run"], in: folder)
            #expect(shown.output.contains("finished") && shown.output.contains("1 of 1"), "\(shown.output)")
            let bench = try Program.run(
                ["bench", "detection", "--data", "data", "--detectors", "run,run,run"], in: folder)
            #expect(bench.status == 65 && bench.errors.contains("R-CNN is wanted here"), "\(bench.errors)")

            let again = try Program.run(["train", "r.yaml", "--data", "data", "--run", "\(folder)/twin"], in: folder)
            #expect(again.status == 0)
            func weights(_ run: String) throws -> Data {
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(run)/best.safetensors"))
            }
            #expect(try weights("run") == weights("twin"))

            let resumed = try Program.run(["train", "r.yaml", "--resume", "--run", "\(folder)/run"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(!resumed.errors.contains("windows were hard"))
            let other = try Program.run(["train", "rcnn", "--resume", "--run", "\(folder)/run"], in: folder)
            #expect(
                other.status == 64 && other.errors.contains("was begun to detect-windows by hog-svm"), "\(other.errors)"
            )
            #expect(try weights("run") == weights("twin"))
        }
    }

    @Test("it is described, and what cannot be is refused")
    func refused() throws {
        try Self.inFolder { folder in
            let described = try Program.run(["describe", "hog-svm", "--classes", "2"], in: folder)
            #expect(described.status == 0, "\(described.errors)")
            let cases: [(recipe: String, words: String)] = [
                ("network: {hog-svm: {side: 4}}", "side must be 8 to 1024, not 4"),
                ("network: {hog-svm: {side: 16, margin: 0, cell: 16}}", "do not hold a block of 32 pixels"),
                ("network: {hog-svm: {step: 1}}", "step must be 1.01"),
                ("network: {hog-svm: {sides: 4}}", "did you mean side"),
                ("network: {faster-rcnn: {}}", "change one of them"),
                ("detect-windows: {cost: 0}\nnetwork: hog-svm", "cost must be"),
                ("detect-windows: {rounds: 0}\nnetwork: hog-svm", "rounds must be 1 to 100, not 0"),
                ("detect: {limit: 3}\nnetwork: hog-svm", "section of another task"),
                ("network: resnet-18", "hog-svm"),
            ]
            for (recipe, words) in cases {
                try "task: detect-windows\n\(recipe)\ninput: 96x128x3\n".write(
                    toFile: "\(folder)/bad.yaml", atomically: true, encoding: .utf8)
                let outcome = try Program.run(
                    ["train", "bad.yaml", "--data", "data", "--run", "\(folder)/bad"], in: folder)
                #expect(outcome.status != 0 && outcome.errors.contains(words), "\(recipe): \(outcome.errors)")
            }
        }
    }
}
