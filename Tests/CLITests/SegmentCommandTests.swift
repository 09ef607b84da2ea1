import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeInterchange
import SaccadeTensors
import Testing

@Suite struct SegmentCommandTests {
    private struct Answer: Decodable {
        struct Class: Decodable {
            let name: String
            let pixels, objects: Int
            let share, probability: Double
            let area: Double?
        }
        struct Object: Decodable {
            let label: String
            let box: [Double]
            let pixels: Int
        }
        struct PixelSize: Decodable { let width, height: Double }
        let image: String
        let page: Int?
        let pixelSize: PixelSize?
        let width, height: Int
        let classes: [Class]
        let objects: [Object]
        let files: [String: String]
    }

    private static let recipe = """
        task: segment
        segment: {classes: [background, cell, nucleus]}
        network: {unet: {width: 4, levels: 3}}
        input: 60x60x1
        preprocessing: {resize: tiles}
        classes: 3
        """

    /// A folder with a recipe, two images of odd sizes and a damaged one.
    private static func inFolder<R>(_ body: (String) throws -> R) throws -> R {
        try Program.inFolder { folder in
            try recipe.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            for (name, width, height) in [("a", 83, 61), ("b", 20, 130)] {
                let pixels = (0..<width * height).map { UInt8(($0 * $0 / 7 + $0 % width * 3) % 256) }
                try Image(width: width, height: height, channels: 1, pixels: pixels).writePNG(
                    to: "\(folder)/\(name).png")
            }
            try Data([0x89, 0x50, 0x4E, 0x47, 1, 2]).write(to: URL(fileURLWithPath: "\(folder)/bad.png"))
            return try body(folder)
        }
    }

    private static func segment(_ images: [String], _ more: [String] = [], in folder: String) throws -> Program.Outcome
    {
        let classes = "\(folder)/names.txt"
        try "background\ncell\nnucleus\n".write(toFile: classes, atomically: true, encoding: .utf8)
        return try Program.run(
            ["segment"] + images
                + ["--arch", "r.yaml", "--seed", "3", "--classes-file", classes, "--output", "out"] + more, in: folder)
    }

    private static func answers(_ outcome: Program.Outcome) throws -> [Answer] {
        try outcome.output.split(separator: "\n").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }

    @Test("labels with a palette, overlay, objects, probabilities and statistics, for images of any size")
    func files() throws {
        try Self.inFolder { folder in
            let outcome = try Self.segment(["a.png", "b.png"], ["--json", "--probabilities"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let answers = try Self.answers(outcome)
            #expect(answers.map { [$0.width, $0.height] } == [[83, 61], [20, 130]])
            for answer in answers {
                let labels = try Image(numbersIn: "\(folder)/\(#require(answer.files["classes"]))")
                #expect(labels.channels == 1 && labels.width == answer.width && labels.height == answer.height)
                #expect(Set(labels.pixels).isSubset(of: [0, 1, 2]))
                for (number, name) in ["background", "cell", "nucleus"].enumerated() {
                    let count = labels.pixels.count { $0 == number }
                    #expect(answer.classes.first { $0.name == name }?.pixels ?? 0 == count)
                }
                #expect(abs(answer.classes.reduce(0) { $0 + $1.share } - 1) < 1e-9)
                // Objects are all that is not background.
                let inside = answer.objects.reduce(0) { $0 + $1.pixels }
                #expect(inside == labels.pixels.count { $0 != 0 })
                #expect(answer.classes.first { $0.name == "background" }?.objects ?? 0 == 0)
                let file = try WeightsFile(at: "\(folder)/\(#require(answer.files["probabilities"]))")
                let numbers = try #require(try file.tensors(file.entries.map(\.name)).first)
                #expect(numbers.shape == [3, answer.height, answer.width])
                let (scalars, area) = (numbers.scalars, answer.width * answer.height)
                for pixel in stride(from: 0, to: area, by: 97) {
                    let values = (0..<3).map { scalars[$0 * area + pixel] }
                    #expect(abs(values.reduce(0, +) - 1) < 1e-5)
                    #expect(values.firstIndex(of: values.max() ?? 0) == Int(labels.pixels[pixel]))
                }
                for name in ["overlay", "objects"] {
                    _ = try Image(contentsOf: "\(folder)/\(#require(answer.files[name]))")
                }
            }
            // The palette: the background black, the others apart.
            let colors = try Image(contentsOf: "\(folder)/out/a-classes.png")
            #expect(colors.channels == 3)
        }
    }

    @Test("the answer does not depend on the tiles, as text or JSON")
    func tiles() throws {
        try Self.inFolder { folder in
            func labels(_ tile: String?) throws -> [UInt8] {
                let outcome = try Self.segment(["a.png"], tile.map { ["--tile", $0] } ?? [], in: folder)
                #expect(outcome.status == 0 && outcome.output.contains("a.png: 83×61 pixels"), "\(outcome.errors)")
                return try Image(numbersIn: "\(folder)/out/a-classes.png").pixels
            }
            let usual = try labels(nil)
            #expect(try labels("whole") == usual)
            #expect(try labels("92") == usual)
        }
    }

    @Test("an image that cannot be read is named, the others are segmented; names that are twice there stay apart")
    func badImage() throws {
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/more", withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "\(folder)/b.png", toPath: "\(folder)/more/a.png")
            let outcome = try Self.segment(["a.png", "bad.png", "no.png", "more/a.png"], ["--json"], in: folder)
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("bad.png") && outcome.errors.contains("no.png"))
            let answers = try Self.answers(outcome)
            #expect(answers.map(\.image) == ["a.png", "more/a.png"])
            #expect(Set(answers.compactMap { $0.files["classes"] }) == ["out/a-classes.png", "out/a-2-classes.png"])
        }
    }

    @Test("a stack is segmented page by page, with areas where the file says how large a pixel is")
    func stack() throws {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/tiff").standardized.path
        let names = try FileManager.default.contentsOfDirectory(atPath: fixtures).filter { $0.hasSuffix(".tif") }
        var stacks = 0
        var sized = 0
        try Self.inFolder { folder in
            for name in names.sorted() where stacks < 2 || sized < 2 {
                guard let stack = try? TIFFStack(contentsOf: "\(fixtures)/\(name)"), stack.isGrey(at: 0),
                    stack.count > 1 || stack.pixelSize != nil, (try? stack.page(at: stack.count - 1)) != nil
                else { continue }
                let answers = try Self.answers(Self.segment(["\(fixtures)/\(name)"], ["--json"], in: folder))
                #expect(answers.count == stack.count, "\(name)")
                if stack.count > 1 {
                    stacks += 1
                    #expect(answers.map(\.page) == (1...stack.count).map { $0 })
                    #expect(answers[0].files["classes"]?.hasSuffix("-001-classes.png") ?? false)
                }
                guard let size = stack.pixelSize else { continue }
                sized += 1
                let first = try #require(answers.first?.classes.first)
                #expect(abs((first.area ?? 0) / (Double(first.pixels) * size.width * size.height) - 1) < 1e-9)
            }
        }
        #expect(stacks >= 2 && sized >= 1)
    }

    @Test("files that were given are never overwritten")
    func overwriting() throws {
        try Self.inFolder { folder in
            let mask = Image(width: 83, height: 61, channels: 1, pixels: [UInt8](repeating: 1, count: 83 * 61))
            try mask.writePNG(to: "\(folder)/a-classes.png")
            for more in [["--truth", "a-classes.png"], ["a-classes.png"]] {
                let outcome = try Program.run(["segment", "a.png"] + more + ["--output", "."], in: folder)
                #expect(outcome.status == 65 && outcome.errors.contains("would be overwritten"), "\(outcome.errors)")
                #expect(try Image(contentsOf: "\(folder)/a-classes.png") == mask)
            }
        }
    }

    @Test(
        "what cannot be is told in one sentence",
        arguments: [
            Mistake(
                arguments: ["segment", "no-run", "--output", "o"], status: 64, complaint: "is no image that can be read"
            ),
            Mistake(
                arguments: ["segment", "a.png", "--arch", "r.yaml", "--seed", "1", "--output", "o", "--tile", "61"],
                status: 65, complaint: "61 does not fit"),
            Mistake(
                arguments: ["segment", "a.png", "--arch", "r.yaml", "--seed", "1", "--output", "o", "--tile", "x"],
                status: 64, complaint: "--tile must be"),
            Mistake(
                arguments: [
                    "segment", "a.png", "--arch", "r.yaml", "--seed", "1", "--output", "o", "--truth", "b.png",
                ], status: 65, complaint: "the mask of --truth 20×130"),
            Mistake(
                arguments: ["segment", "a.png", "--output", "o", "--tile", "30000"], status: 69,
                complaint: "give tiles of at most"),
            Mistake(
                arguments: ["segment", "a.png", "--arch", "r.yaml", "--seed", "1", "--output", "o", "--tile", "65532"],
                status: 69, complaint: "give tiles of at most"),
            Mistake(
                arguments: [
                    "segment", "a.png", "--arch", "r.yaml", "--seed", "1", "--output", "o", "--tile", "1000000",
                ],
                status: 65, complaint: "pixels"),
            Mistake(
                arguments: [
                    "segment", "a.png", "--arch", "segnet-basic", "--seed", "1", "--classes", "256", "--output", "o",
                ],
                status: 65, complaint: "at most 255 classes"),
            Mistake(
                arguments: [
                    "segment", "a.png", "--arch", "segnet-basic", "--seed", "1", "--threshold", "0.3", "--output", "o",
                ],
                status: 65, complaint: "--threshold is for networks with a class called"),
            Mistake(
                arguments: ["explain", "a.png", "--arch", "r.yaml", "--seed", "1", "--output", "o"], status: 65,
                complaint: "see saccade segment"),
            Mistake(
                arguments: ["segment", "a.png", "--arch", "mnist", "--seed", "1", "--output", "o"], status: 65,
                complaint: "to classify, not to segment"),
            Mistake(
                arguments: ["segment", "a.png", "--arch", "r.yaml", "--seed", "1", "--output", "a.png/x"], status: 73,
                complaint: "a.png/x"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Self.inFolder { folder in
            let outcome = try Program.run(mistake.arguments, in: folder)
            #expect(outcome.status == mistake.status, "\(outcome.errors)")
            #expect(outcome.errors.contains(mistake.complaint) && outcome.output.isEmpty, "\(outcome.errors)")
        }
    }
}
