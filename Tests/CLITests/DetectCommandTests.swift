import Foundation
import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages
import Testing

@Suite struct DetectCommandTests {
    private struct Answer: Decodable {
        struct Object: Decodable {
            struct Mask: Decodable {
                let size: [Int]
                let counts: String
            }
            let label: String
            let score: Double
            let box: [Double]
            let mask: Mask?
        }
        let image: String
        let detections: [Object]
    }

    private struct Result: Decodable {
        private enum CodingKeys: String, CodingKey {
            case image = "image_id"
            case category = "category_id"
            case bbox, score
        }
        let image, category: Int
        let bbox: [Double]
        let score: Double
    }

    /// A folder with two drawn scenes, whose names are numbers, and a damaged image.
    private static func inFolder<R>(_ body: (String, [Scene]) throws -> R) throws -> R {
        let scenes = Scenes(seed: 3, size: PixelSize(width: 128, height: 128), crowd: 3)
        return try Program.inFolder { folder in
            let drawn = [20_000, 20_001].map { scenes.scene(at: $0) }
            for (scene, name) in zip(drawn, ["7", "12"]) { try scene.image.writePNG(to: "\(folder)/\(name).png") }
            try Data([0x89, 0x50, 0x4E, 0x47, 1, 2]).write(to: URL(fileURLWithPath: "\(folder)/bad.png"))
            return try body(folder, drawn)
        }
    }

    @Test("the model that comes with the program finds what is on drawn scenes, and writes pictures and COCO's results")
    func shipped() throws {
        try Self.inFolder { folder, scenes in
            let outcome = try Program.run(["detect", "7.png", "12.png", "--json", "--output", "out"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let answers = try outcome.output.split(separator: "\n").map {
                try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
            }
            #expect(answers.map(\.image) == ["7.png", "12.png"])
            var (objects, found) = (0, 0)
            for (answer, scene) in zip(answers, scenes) {
                objects += scene.objects.count
                for object in scene.objects {
                    let isFound = answer.detections.contains { detection in
                        let box = Box(
                            left: detection.box[0], top: detection.box[1], right: detection.box[2],
                            bottom: detection.box[3])
                        return detection.label == Scenes.classNames[object.kind.number]
                            && box.iou(with: object.box) > 0.5
                    }
                    if isFound { found += 1 }
                }
            }
            // Of a thousand scenes 97 % of the objects are found; here there are a few.
            #expect(objects > 0 && Double(found) >= 0.6 * Double(objects), "\(found) of \(objects)")
            let count = answers.reduce(0) { $0 + $1.detections.count }
            let results = try JSONDecoder().decode(
                [Result].self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/detections.json")))
            #expect(results.count == count && Set(results.map(\.image)).isSubset(of: [7, 12]))
            for (result, object) in zip(results, answers.flatMap(\.detections)) {
                #expect(Scenes.classNames[result.category - 1] == object.label && result.score == object.score)
                #expect(abs(result.bbox[0] + result.bbox[2] - object.box[2]) < 1e-9)
            }
            for name in ["7", "12"] {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/out/\(name)-objects.png"))
            }
        }
    }

    @Test("the objects of a network with masks have masks of the image's size")
    func masks() throws {
        try Self.inFolder { folder, _ in
            try """
            task: detect
            detect: {proposals: 20, limit: 5}
            network: {mask-rcnn: {backbone: scenes, pyramid: 8, width: 16, sizes: [16, 32, 64]}}
            input: 64x64x3
            classes: 2
            """.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            let outcome = try Program.run(
                ["detect", "7.png", "--arch", "r.yaml", "--seed", "1", "--threshold", "0", "--json"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
            #expect(!answer.detections.isEmpty)
            for object in answer.detections {
                let mask = try #require(object.mask)
                #expect(mask.size == [128, 128])
                let decoded = try RunLengthMask(width: 128, height: 128, compressed: mask.counts)
                #expect(decoded.width == 128 && decoded.height == 128)
            }
        }
    }

    @Test("with fully connected layers cut to lower ranks other scores are found, with whole ones the same objects")
    func truncated() throws {
        try Self.inFolder { folder, _ in
            func scores(_ options: String...) throws -> [Double] {
                let outcome = try Program.run(["detect", "7.png", "--json"] + options, in: folder)
                #expect(outcome.status == 0, "\(outcome.errors)")
                return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8)).detections.map(\.score)
            }
            let (whole, full) = (try scores(), try scores("--truncated-svd", "256"))
            #expect(!whole.isEmpty && whole.count == full.count)
            for (a, b) in zip(whole, full) { #expect(abs(a - b) < 1e-4) }
            #expect(try scores("--truncated-svd", "24,16") != whole)
        }
    }

    @Test("an image that cannot be read stops no other, and gives the code of a bad file")
    func badImages() throws {
        try Self.inFolder { folder, _ in
            let outcome = try Program.run(["detect", "faster-rcnn-scenes", "bad.png", "7.png", "none.png"], in: folder)
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("bad.png") && outcome.errors.contains("none.png"), "\(outcome.errors)")
            #expect(outcome.output.contains("7.png: "))
        }
    }

    @Test(
        "mistakes are told with what to do",
        arguments: [
            (["detect", "no-model"], 64, "no image that can be read"),
            (["detect", "7.png", "--threshold", "2"], 64, "--threshold must be 0 to 1"),
            (["detect", "scenes-segmentation", "7.png"], 65, "not to detect"),
            (["detect", "7.png", "--truncated-svd", "0"], 64, "ranks from 1 on"),
            (["detect", "7.png", "--truncated-svd", "8,"], 64, "ranks from 1 on"),
            (["detect", "7.png", "--truncated-svd", "9999"], 65, "must be in 1...256"),
            (["detect", "7.png", "--truncated-svd", "8,8,8"], 65, "give two, or one for both"),
            (["evaluate", "scenes-segmentation", "--data", ".", "--truncated-svd", "8"], 65, "leave it out"),
            (["bench", "operations", "--truncated-svd", "8"], 64, "bench detection"),
            (["bench", "detection"], 64, "--data"),
            (["bench", "detection", "--data", ".", "--detectors", "a,b"], 65, ""),
        ])
    func mistakes(_ arguments: [String], _ status: Int32, _ text: String) throws {
        try Self.inFolder { folder, _ in
            let outcome = try Program.run(arguments, in: folder)
            #expect(outcome.status == status, "\(arguments): \(outcome.status) \(outcome.errors)")
            #expect(text.isEmpty || outcome.errors.contains(text), "\(outcome.errors)")
        }
    }
}
