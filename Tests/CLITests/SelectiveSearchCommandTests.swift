import Foundation
import SaccadeDatasets
import SaccadeImages
import Testing

@Suite struct SelectiveSearchCommandTests {
    private struct Lesson: Decodable {
        struct Strategy: Decodable {
            let colorSpace, similarity: String
            let scale: Double
            let regions, boxes, newBoxes: Int
        }
        struct Segmentation: Decodable {
            let regions: Int
            let sizes: [Int]
            let boxes: [[Double]]
        }
        struct Merge: Decodable {
            let regions: [Int]
            let becomes, pixels: Int
            let color, texture, size, fill, similarity: Double
            let box: [Double]
        }
        struct Level: Decodable {
            let merges: Int
            let regions: [Int]
            let boxes: [[Double]]
        }
        let image: String
        let width, height, strategy: Int
        let strategies: [Strategy]
        let segmentation: Segmentation
        let merges: [Merge]
        let levels: [Level]
        let proposals: [[Double]]
    }

    private func drawImage(in folder: String) throws {
        let scenes = Scenes(seed: 3, size: PixelSize(width: 160, height: 120))
        try scenes.scene(at: 0).image.writePNG(to: "\(folder)/scene.png")
    }

    private func lesson(_ arguments: String..., in folder: String) throws -> Lesson {
        let outcome = try Program.run(["explain", "selective-search", "scene.png", "--json"] + arguments, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(Lesson.self, from: Data(outcome.output.utf8))
    }

    @Test("explain selective-search --json: regions, every merge with its four similarities, levels, proposals")
    func json() throws {
        try Program.inFolder { folder in
            try drawImage(in: folder)
            let lesson = try lesson("--strategy", "4", in: folder)
            #expect(lesson.image == "scene.png" && lesson.width == 160 && lesson.height == 120 && lesson.strategy == 4)
            #expect(lesson.strategies.count == 8)
            let strategy = lesson.strategies[3]
            #expect(strategy.colorSpace == "HSV" && strategy.scale == 100 && strategy.similarity == "T+S+F")
            let count = lesson.segmentation.regions
            #expect(count == strategy.regions && lesson.segmentation.boxes.count == count)
            #expect(lesson.segmentation.sizes.reduce(0, +) == 160 * 120)
            #expect(lesson.merges.map(\.becomes) == Array(count..<2 * count - 1) && count > 5)
            var sizes = lesson.segmentation.sizes
            for merge in lesson.merges {
                #expect(merge.pixels == sizes[merge.regions[0]] + sizes[merge.regions[1]])
                sizes.append(merge.pixels)
                #expect(abs(merge.similarity - merge.texture - merge.size - merge.fill) < 1e-5)
                let parts = [merge.color, merge.texture, merge.size, merge.fill]
                #expect(parts.allSatisfy { (-1e-5...1.00001).contains($0) })
            }
            #expect(lesson.merges.last?.box == [0, 0, 160, 120])
            #expect(
                lesson.levels.first?.regions == Array(0..<count) && lesson.levels.last?.regions.count == min(8, count))
            let all = Set(lesson.proposals)
            #expect(all.count == lesson.proposals.count && all.count == lesson.strategies.map(\.newBoxes).reduce(0, +))
            for level in lesson.levels { #expect(all.isSuperset(of: level.boxes)) }
            #expect(lesson.proposals.allSatisfy { min($0[2] - $0[0], $0[3] - $0[1]) >= 20 })
            let few = try self.lesson("--limit", "3", in: folder)
            #expect(few.proposals == Array(lesson.proposals.prefix(3)))
            #expect(try self.lesson("--seed", "1", in: folder).proposals != lesson.proposals)
            #expect(try self.lesson("--mode", "quality", in: folder).strategies.count == 80)
        }
    }

    @Test("explain selective-search: strategies, merges and levels in words; drawn as PNG, SVG and PDF")
    func text() throws {
        try Program.inFolder { folder in
            try drawImage(in: folder)
            for ending in ["png", "svg", "pdf"] {
                let outcome = try Program.run(
                    "explain", "selective-search", "scene.png", "--output", "grouping.\(ending)", in: folder)
                #expect(outcome.status == 0 && outcome.output.contains("grouping.\(ending)"), "\(outcome.errors)")
                #expect(outcome.output.contains("scene.png, 160×120 pixels: selective search with 8 strategies."))
                #expect(outcome.output.contains("Strategy 1 step by step: colours in HSV, k = 50, similarity C+T+S+F"))
                let lines = outcome.output.split(separator: "\n")
                #expect(lines.contains { $0.hasSuffix("160×120 at 0,0") && $0.contains(" 19 200 ") })
                #expect(lines.allSatisfy { $0.count <= 130 })
            }
            #expect(try Image(contentsOf: "\(folder)/grouping.png").width > 1200)
        }
    }

    @Test("images without a second region, or without a place for a box, are explained as well")
    func plain() throws {
        try Program.inFolder { folder in
            for (width, height) in [(1, 1), (64, 30), (1, 300)] {
                try Image(width: width, height: height, filledWith: [90, 10, 200]).writePNG(to: "\(folder)/scene.png")
                let outcome = try Program.run(
                    "explain", "selective-search", "scene.png", "--output", "grouping.png", in: folder)
                #expect(outcome.status == 0 && outcome.output.contains("leaves the image whole"), "\(outcome.errors)")
                let lesson = try lesson(in: folder)
                #expect(lesson.merges.isEmpty && lesson.levels.count == 1)
                #expect(lesson.proposals == (width == 64 ? [[0, 0, 64, 30]] : []))
            }
        }
    }

    @Test(
        "mistakes say what can be",
        arguments: [
            Mistake(arguments: ["explain", "selective-search", "none.png"], status: 65, complaint: "none.png"),
            Mistake(
                arguments: ["explain", "selective-search", "large.png"], status: 65,
                complaint: "large.png: an image of 66000×1 pixels is too large"),
            Mistake(
                arguments: ["explain", "selective-search", "scene.png", "--strategy", "9"], status: 64,
                complaint: "1 to 8 in fast mode"),
            Mistake(
                arguments: ["explain", "selective-search", "scene.png", "--strategy", "0", "--mode", "quality"],
                status: 64, complaint: "1 to 80 in quality mode"),
            Mistake(
                arguments: ["explain", "selective-search", "scene.png", "--mode", "best"], status: 64,
                complaint: "quality"),
            Mistake(
                arguments: ["explain", "selective-search", "scene.png", "--limit", "-1"], status: 64,
                complaint: "limit"),
            Mistake(
                arguments: ["explain", "selective-search", "scene.png", "--output", "a.gif"], status: 64,
                complaint: ".svg"),
            Mistake(
                arguments: ["explain", "selective-search", "scene.png", "--output", "none/a.png"], status: 73,
                complaint: "none/a.png"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Program.inFolder { folder in
            try drawImage(in: folder)
            try Image(width: 66_000, height: 1, filledWith: [0]).writePNG(to: "\(folder)/large.png")
            try mistake.check(in: folder)
        }
    }
}
