import Foundation
import SaccadeImages
import Testing

@Suite struct EvaluateDetectorTests {
    private static let recipe = """
        task: detect
        detect: {proposals: 20, limit: 9}
        network: {faster-rcnn: {backbone: scenes, pyramid: 8, width: 8, sizes: [8, 16, 32], masks: true}}
        input: 64x64x3
        classes: 2
        """

    /// A folder with a recipe and a COCO data set of three images of odd sizes.
    private static func inFolder<R>(_ body: (String) throws -> R) throws -> R {
        try Program.inFolder { folder in
            try recipe.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            try "dot\ndash\n".write(toFile: "\(folder)/names.txt", atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
            var (images, annotations) = ([String](), [String]())
            for (number, size) in [(31, (90, 60)), (7, (50, 80)), (12, (64, 64))] {
                let pixels = (0..<size.0 * size.1 * 3).map { UInt8(($0 * $0 / 7 + $0 % size.0 * 3) % 256) }
                try Image(width: size.0, height: size.1, channels: 3, pixels: pixels).writePNG(
                    to: "\(folder)/data/\(number).png")
                images.append(
                    "{\"id\": \(number), \"file_name\": \"\(number).png\", \"width\": \(size.0), \"height\": \(size.1)}"
                )
                annotations.append(
                    "{\"id\": \(number), \"image_id\": \(number), \"category_id\": 50, \"iscrowd\": 0, \"area\": 700, "
                        + "\"bbox\": [10, 20, 30, 30], \"segmentation\": [[10, 20, 40, 20, 40, 50, 10, 50]]}")
            }
            try """
            {"images": [\(images.joined(separator: ", "))], "annotations": [\(annotations.joined(separator: ", "))],
            "categories": [{"id": 50, "name": "dot"}, {"id": 60, "name": "dash"}]}
            """.write(toFile: "\(folder)/data/instances.json", atomically: true, encoding: .utf8)
            return try body(folder)
        }
    }

    private static func evaluate(_ more: [String], in folder: String) throws -> Program.Outcome {
        try Program.run(
            ["evaluate", "--arch", "r.yaml", "--seed", "3", "--classes-file", "names.txt", "--data", "data"] + more,
            in: folder)
    }

    @Test("tables in the terminal, and everything in a folder")
    func output() throws {
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder)/out/worst", withIntermediateDirectories: true)
            for name in ["07-old.png", "mine.png"] {
                try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/out/worst/\(name)"))
            }
            let outcome = try Self.evaluate(["--output", "out"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            for words in ["3 samples: all samples of data", "COCO, in %", "APs", "AR100", "boxes", "masks", "VOC AP11"]
            {
                #expect(outcome.output.contains(words), "\(words)")
            }
            for kind in ["classification", "localisation", "duplicate", "background", "missed"] {
                #expect(outcome.output.contains("\n\(kind)"), "\(kind)")
            }
            #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
            let files = [
                "evaluation.json", "detections.json", "precision-recall.svg", "precision-recall.png",
                "precision-recall-masks.svg", "precision-recall-masks.png", "errors.svg", "errors.png",
            ]
            for name in files {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/out/\(name)"), "\(name)")
            }
            for name in ["evaluation.json", "detections.json", "precision-recall.svg|png", "errors.svg|png", "worst/"] {
                #expect(outcome.output.contains("\n  \(name)"), "\(name)")
            }
            // Those of an earlier evaluation have gone, what is somebody's own has not.
            let worst = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out/worst").sorted()
            #expect(worst.count >= 2 && worst.contains("mine.png") && !worst.contains("07-old.png"))
            #expect(worst.first?.hasPrefix("01-") == true)
            _ = try Image(contentsOf: "\(folder)/out/worst/\(worst[0])")

            struct Result: Decodable {
                struct Segmentation: Decodable { let size: [Int] }
                let image, category: Int
                let bbox: [Double]
                let segmentation: Segmentation

                private enum CodingKeys: String, CodingKey {
                    case image = "image_id"
                    case category = "category_id"
                    case bbox, segmentation
                }
            }
            let results = try JSONDecoder().decode(
                [Result].self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/detections.json")))
            let sizes = [31: [60, 90], 7: [80, 50], 12: [64, 64]]
            #expect(!results.isEmpty && results.map(\.image) == results.map(\.image).sorted())
            for result in results {
                let size = try #require(sizes[result.image])
                #expect(result.segmentation.size == size && [50, 60].contains(result.category))
                #expect(result.bbox[0] >= 0 && result.bbox[0] + result.bbox[2] <= Double(size[1]) + 1e-3)
                #expect(result.bbox[1] >= 0 && result.bbox[1] + result.bbox[3] <= Double(size[0]) + 1e-3)
            }

            let json = try Self.evaluate(["--json", "--batch", "1"], in: folder)
            #expect(json.status == 0 && !json.output.contains("COCO, in"))
            let file = try String(contentsOfFile: "\(folder)/out/evaluation.json", encoding: .utf8)
            #expect(file.contains("\"cocoMasks\"") && json.output.contains("\"cocoMasks\""))
        }
    }

    @Test("what cannot be is said, with its exit code")
    func mistakes() throws {
        try Self.inFolder { folder in
            let batch = try Self.evaluate(["--batch", "0"], in: folder)
            #expect(batch.status == 64 && batch.errors.contains("--batch must be from 1 to 4096"))
            let matrix = try Self.evaluate(["--matrix", "m.png"], in: folder)
            #expect(matrix.status == 65 && matrix.errors.contains("counts no confusions"))
            try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/taken"))
            let taken = try Self.evaluate(["--output", "taken"], in: folder)
            #expect(taken.status == 73 && taken.errors.contains("taken: the folder cannot be made"))
            // A class that the model does not know.
            try "dot\ndush\n".write(toFile: "\(folder)/names.txt", atomically: true, encoding: .utf8)
            let text = try String(contentsOfFile: "\(folder)/data/instances.json", encoding: .utf8)
            try text.replacing("\"category_id\": 50", with: "\"category_id\": 60").write(
                toFile: "\(folder)/data/instances.json", atomically: true, encoding: .utf8)
            let names = try Self.evaluate([], in: folder)
            #expect(names.status == 65 && names.errors.contains("dash"))
        }
    }
}
