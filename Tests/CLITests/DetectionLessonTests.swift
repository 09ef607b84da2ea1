import Foundation
import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages
import Testing

/// `saccade explain roi-pool`, `nms` and `rpn`.
@Suite struct DetectionLessonTests {
    private func decoded<Value: Decodable>(
        _ type: Value.Type, _ arguments: String..., in folder: String = NSTemporaryDirectory()
    ) throws -> Value {
        let outcome = try Program.run(["explain"] + arguments + ["--json"], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
    }

    // MARK: RoI pooling

    private struct Regions: Decodable {
        struct Pooling: Decodable {
            struct Bin: Decodable {
                struct Place: Decodable { let row, column: Int }
                let rows, columns: [Int]
                let largest: Place?
            }
            let rows, columns: [Int]
            let bins: [Bin]
            let output: [[Double]]
        }
        struct Alignment: Decodable {
            struct Bin: Decodable {
                struct Sample: Decodable {
                    struct Neighbour: Decodable { let weight: Double }
                    let row, column, value: Double
                    let neighbours: [Neighbour]
                }
                let samples: [Sample]
                let mean: Double
            }
            let aligned: Bool
            let bins: [Bin]
            let output: [[Double]]
        }
        let box, scaled: [Double]
        let roiPool: Pooling
        let roiAlign: Alignment
    }

    @Test("explain roi-pool: the region rounded, its bins with what is largest, and RoIAlign beside it")
    func regions() throws {
        let text = try Program.run("explain", "roi-pool").output
        for part in [
            "times 1/16: 1.125, 2.25, 6.25, 6.25", "rows 2 to 6, columns 1 to 6, the last included: 5×6",
            "2×2 bins of 2.5 × 3", "neighbours share row 4", "The engine gives the same numbers.",
            "at row 2.75, column 1.76562",
        ] { #expect(text.contains(part), "\(part)\n\(text)") }
        let found = try decoded(
            Regions.self, "roi-pool", "--input", "[[0,1,2],[3,4,5],[6,7,8]]", "--box", "0,0,2,2", "--scale", "1",
            "--size", "1x2")
        #expect(found.roiPool.rows == [0, 2] && found.roiPool.bins.map(\.columns) == [[0, 2], [1, 3]])
        #expect(found.roiPool.output == [[7, 8]] && found.roiPool.bins[1].largest?.row == 2)
        // The mean of a ramp is its middle: row 1, columns 0.5 and 1.5.
        #expect(found.roiAlign.output == [[3.5, 4.5]] && found.roiAlign.bins[0].samples.count == 4)
        #expect(found.roiAlign.bins[0].samples[0].neighbours.count == 4)
        let own = try decoded(Regions.self, "roi-pool", "--input", "[[1,2],[3,4]]", "--size", "1x1")
        #expect(own.box == [0, 0, 32, 32] && own.roiPool.output == [[4]])
    }

    @Test(
        "regions that are empty, inverted or outside are explained",
        arguments: [
            ("50,50,50,50", "The region is empty"), ("90,40,30,90", "The region is inverted"),
            ("-900,-900,-800,-800", "4 of 4 bins lie outside the map"), ("-900,0,1e6,1e6", "bins lie outside"),
            ("1000,20,1100,60", "16 of 16 samples lie more than one element outside"),
        ])
    func strange(box: String, sentence: String) throws {
        for flags in [[], ["--aligned"]] {
            try Program.inFolder { folder in
                let outcome = try Program.run(
                    ["explain", "roi-pool", "--box", box, "--output", "step.png"] + flags, in: folder)
                #expect(outcome.status == 0 && outcome.output.contains(sentence), "\(outcome.output)\(outcome.errors)")
            }
        }
    }

    // MARK: Suppression

    private struct Suppressed: Decodable {
        struct Candidate: Decodable {
            let number: Int
            let label: String
            let score: Double
            let kept: Bool
            let droppedBy: Int?
            let iou: Double?
            let softLinear, softGaussian: Double?
        }
        struct Spared: Decodable { let number, by: Int }
        let count: Int
        let boxes: [Candidate]
        let kept: [Int]
        let spared: [Spared]
    }

    @Test("explain nms: an example by itself, boxes of a file, and what saccade detect prints")
    func suppression() throws {
        let text = try Program.run("explain", "nms").output
        #expect(text.contains("├─ 2 cat, IoU 0.83\n") && text.contains("\n└─ 3 cat, IoU 0.54\n"), "\(text)")
        #expect(text.contains("4 of 7 stay") && text.contains("5 cat stays though 3, a better box"))
        let example = try decoded(Suppressed.self, "nms")
        #expect(example.kept == [1, 4, 5, 6] && example.boxes[6].droppedBy == 4 && example.spared.map(\.by) == [3])
        #expect(try decoded(Suppressed.self, "nms", "--threshold", "0.9").kept.count == 7)
        try Program.inFolder { folder in
            // 5 / 10 of the union, exactly the threshold, and a better one of another class.
            let list = """
                [{"box": [0, 0, 10, 1], "score": 0.4}, {"box": [0, 0, 5, 1], "score": 0.3},
                 {"box": [0, 0, 10, 1], "score": 0.9, "label": "x"}]
                """
            try list.write(toFile: "\(folder)/boxes.json", atomically: true, encoding: .utf8)
            try "{\"image\": \"a.png\", \"detections\": \(list)}".write(
                toFile: "\(folder)/answer.json", atomically: true, encoding: .utf8)
            for file in ["boxes.json", "answer.json"] {
                let equal = try decoded(Suppressed.self, "nms", "--boxes", file, in: folder)
                #expect(equal.kept == [1, 2, 3])
                let below = try decoded(Suppressed.self, "nms", "--boxes", file, "--threshold", "0.49", in: folder)
                #expect(below.kept == [1, 2] && below.boxes[2].droppedBy == 2 && below.boxes[2].iou == 0.5)
                #expect(abs((below.boxes[2].softLinear ?? 0) - 0.15) < 1e-6)
                #expect(try decoded(Suppressed.self, "nms", "--boxes", file, "--top", "1", in: folder).kept == [1])
            }
        }
    }

    // MARK: Anchors

    private struct Anchors: Decodable {
        struct Map: Decodable {
            let height, width, stride, anchors: Int
            let middle: [[Double]]
            let objectness: [[Double?]]?
        }
        struct Counts: Decodable { let positive, aboveThreshold, bestOfObject, ignored, negative, beyondImage: Int }
        struct Object: Decodable {
            struct Pairing: Decodable {
                let iou: Double
                let anchor, deltas: [Double]
                let match: String
                let objectness: Double?
            }
            let label: String
            let box: [Double]
            let positives: Int
            let best: [Pairing]
        }
        struct Proposal: Decodable { let box: [Double] }
        let seen: [Int]
        let maps: [Map]
        let counts: Counts?
        let objects: [Object]
        let candidates, proposals: [Proposal]?
    }

    /// Scenes as a VOC data set, and what is on the first.
    private static func inScenes(
        _ body: (_ folder: String, _ sample: DetectionSample, _ names: [String]) throws -> Void
    )
        throws
    {
        try Program.inFolder { folder in
            let outcome = try Program.run(
                "scenes", "--count", "3", "--size", "128x96", "--format", "voc", "--output", "voc", in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let dataset = try DetectionDataset(at: "\(folder)/voc")
            try body(folder, dataset.samples[0], dataset.classNames)
        }
    }

    @Test("explain rpn: the paper’s anchors without a model, on the image as the paper sees it")
    func anchors() throws {
        try Self.inScenes { folder, sample, _ in
            try FileManager.default.copyItem(atPath: sample.image, toPath: "\(folder)/scene.png")
            let none = try decoded(Anchors.self, "rpn", "scene.png", in: folder)
            // 128×96 becomes 800×600: 50×38 places of nine anchors.
            #expect(none.seen == [800, 600] && none.maps.map(\.anchors) == [50 * 38 * 9] && none.counts == nil)
            #expect(none.maps[0].middle.count == 9 && none.maps[0].middle[3] == [336, 240, 464, 368])
            let text = try Program.run("explain", "rpn", "scene.png", in: folder).output
            #expect(text.contains("Nothing is known to be on the image: give --data"), "\(text)")
            let own = try decoded(
                Anchors.self, "rpn", "scene.png", "--short-side", "0", "--sizes", "32", "--ratios", "1", "--stride",
                "8",
                "--box", "16,24,48,56", "--label", "square", in: folder)
            // The anchor around (32, 40) is the box itself.
            #expect(own.seen == [128, 96] && own.maps[0].anchors == 16 * 12 && own.objects[0].label == "square")
            #expect(own.objects[0].best[0].iou == 1 && own.objects[0].best[0].deltas == [0, 0, 0, 0])
            #expect(own.objects[0].best[0].anchor == [16, 24, 48, 56])
            // Neighbours 8 pixels away overlap it by 3/5, those 8 in both directions by 9/23, 16 pixels away by 1/3.
            let counts = try #require(own.counts)
            #expect(counts.positive == 1 && counts.aboveThreshold == 1 && counts.ignored == 12)
            #expect(counts.negative == 16 * 12 - 13)
        }
    }

    @Test("objects come from a data set, by the image’s file or name, or from its XML file alone")
    func dataset() throws {
        try Self.inScenes { folder, sample, names in
            let file = URL(fileURLWithPath: sample.image).lastPathComponent
            let path = "voc" + sample.image.components(separatedBy: "/voc")[1]
            let annotation = "voc" + sample.place.file.components(separatedBy: "/voc")[1]
            let labels = sample.objects.map { names[$0.label] }
            for arguments in [[path, "--data", "voc"], [file, "--data", "voc"], [path, "--data", annotation]] {
                let outcome = try Program.run(
                    ["explain", "rpn"] + arguments + ["--short-side", "0", "--sizes", "16,32", "--json"], in: folder)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let found = try JSONDecoder().decode(Anchors.self, from: Data(outcome.output.utf8))
                #expect(found.objects.map(\.label) == labels)
                for (object, known) in zip(found.objects, sample.objects) {
                    #expect(object.box == [known.box.left, known.box.top, known.box.right, known.box.bottom])
                    // Each object's best is a positive, if perhaps for another object that it overlaps more.
                    #expect(object.best[0].match == "positive")
                }
            }
        }
    }

    @Test("with a model its maps, what it says at each place, and its proposals before and after suppression")
    func model() throws {
        try Self.inScenes { folder, sample, _ in
            try """
            task: detect
            network: {faster-rcnn: {backbone: scenes, pyramid: 16, width: 32, sizes: [16, 32, 64]}}
            input: 96x128x3
            classes: 3
            """.write(toFile: "\(folder)/r.yaml", atomically: true, encoding: .utf8)
            let model = ["--arch", "r.yaml", "--seed", "1"]
            let path = "voc" + sample.image.components(separatedBy: "/voc")[1]
            let arguments = ["explain", "rpn", path, "--data", "voc", "--output", "rpn.png", "--top", "3"] + model
            let outcome = try Program.run(arguments + ["--json"], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let found = try JSONDecoder().decode(Anchors.self, from: Data(outcome.output.utf8))
            #expect(found.seen == [128, 96] && found.maps.count > 1 && found.proposals?.count == 3)
            for map in found.maps {
                #expect(map.objectness?.count == map.height && map.objectness?[0].count == map.width)
            }
            #expect(found.objects.allSatisfy { $0.best.allSatisfy { (0...1).contains($0.objectness ?? -1) } })
            #expect(try Image(contentsOf: "\(folder)/rpn.png").width > 1000)
            let text = try Program.run(arguments, in: folder).output
            for part in ["What the model says:", "before suppression", "How well objects are proposed:"] {
                #expect(text.contains(part), "\(text)")
            }
            let boxes = try Program.run(
                ["explain", "nms", path, "--output", "nms.svg", "--top", "5"] + model, in: folder)
            #expect(boxes.status == 0 && boxes.output.contains("The 5 best of "), "\(boxes.output)\(boxes.errors)")
        }
    }

    @Test("a run that is called as a lesson nearly is is no misspelt lesson")
    func runs() throws {
        try Program.inFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/run", withIntermediateDirectories: true)
            let outcome = try Program.run("explain", "run", "a.jpg", "--top", "x", in: folder)
            #expect(outcome.status == 64 && !outcome.errors.contains("did you mean"), "\(outcome.errors)")
            #expect(try Program.run("explain", "rpm", "a.jpg", "--top", "x", in: folder).errors.contains("explain rpn"))
        }
    }

    @Test("drawn as PNG, SVG and PDF", arguments: ["roi-pool", "nms"])
    func drawn(_ step: String) throws {
        try Program.inFolder { folder in
            for ending in ["png", "svg", "pdf"] {
                let outcome = try Program.run("explain", step, "--output", "step.\(ending)", in: folder)
                #expect(outcome.status == 0 && outcome.output.contains("step.\(ending)"), "\(outcome.errors)")
            }
            #expect(try Image(contentsOf: "\(folder)/step.png").width > 400)
        }
    }

    @Test("images of one pixel, long strips and grey ones are shown")
    func strangeImages() throws {
        try Program.inFolder { folder in
            let images: [(Int, Int, Int)] = [(1, 1, 3), (2000, 3, 3), (3, 2000, 3), (40, 30, 1)]
            for (width, height, channels) in images {
                let pixels = [UInt8](repeating: 90, count: width * height * channels)
                try Image(width: width, height: height, channels: channels, pixels: pixels)
                    .writePNG(to: "\(folder)/a.png")
                for flags in [[], ["--short-side", "0", "--sizes", "8"]] {
                    let outcome = try Program.run(
                        ["explain", "rpn", "a.png", "--box", "-5,-5,90,90", "--output", "a.svg"] + flags, in: folder)
                    #expect(outcome.status == 0 && outcome.output.contains("object 1"), "\(outcome.errors)")
                }
            }
        }
    }

    @Test("help has examples and exit codes", arguments: ["roi-pool", "nms", "rpn"])
    func help(_ step: String) throws {
        let outcome = try Program.run("explain", step, "--help")
        #expect(outcome.status == 0 && outcome.output.contains("EXAMPLES:") && outcome.output.contains("EXIT CODES:"))
    }

    @Test(
        "mistakes say what can be",
        arguments: [
            Mistake(arguments: ["explain", "roi-pool", "--box", "1,2,3"], status: 64, complaint: "12,30,80,90"),
            Mistake(arguments: ["explain", "roi-pool", "--box", "1,2,3,nan"], status: 64, complaint: "-1e6 to 1e6"),
            Mistake(arguments: ["explain", "roi-pool", "--box", "1,2,3,1e300"], status: 64, complaint: "-1e6 to 1e6"),
            Mistake(arguments: ["explain", "roi-pool", "--size", "17x2"], status: 64, complaint: "1 to 16"),
            Mistake(arguments: ["explain", "roi-pool", "--size", "0x2"], status: 64, complaint: "such as 4x4"),
            Mistake(arguments: ["explain", "roi-pool", "--scale", "0"], status: 64, complaint: "above 0"),
            Mistake(arguments: ["explain", "roi-pool", "--scale", "1/0"], status: 64, complaint: "above 0"),
            Mistake(arguments: ["explain", "roi-pool", "--scale", "a/b/c"], status: 64, complaint: "1/16"),
            Mistake(arguments: ["explain", "roi-pool", "--samples", "9"], status: 64, complaint: "1 to 8"),
            Mistake(arguments: ["explain", "roi-pool", "--output", "a.gif"], status: 64, complaint: ".svg"),
            Mistake(arguments: ["explain", "nms", "--threshold", "1.5"], status: 64, complaint: "0 to 1"),
            Mistake(arguments: ["explain", "nms", "--threshold", "nan"], status: 64, complaint: "0 to 1"),
            Mistake(arguments: ["explain", "nms", "--sigma", "0"], status: 64, complaint: "0.001 to 100"),
            Mistake(arguments: ["explain", "nms", "--top", "0"], status: 64, complaint: "1 to 1000"),
            Mistake(arguments: ["explain", "nms", "scene.png"], status: 64, complaint: "--boxes FILE"),
            Mistake(arguments: ["explain", "nms", "--model", "m"], status: 64, complaint: "Give an image"),
            Mistake(arguments: ["explain", "nms", "--boxes", "none.json"], status: 65, complaint: "none.json"),
            Mistake(arguments: ["explain", "nms", "--boxes", "text.json"], status: 65, complaint: "this is no JSON"),
            Mistake(
                arguments: ["explain", "nms", "--boxes", "object.json"], status: 65,
                complaint: "this is no list of boxes"),
            Mistake(arguments: ["explain", "nms", "--boxes", "empty.json"], status: 65, complaint: "no boxes"),
            Mistake(
                arguments: ["explain", "nms", "--boxes", "unscored.json"], status: 65,
                complaint: "“score” of box 2 is missing"),
            Mistake(
                arguments: ["explain", "nms", "--boxes", "flat.json"], status: 65,
                complaint: "box 1, 3 0 3 1, has no area"),
            Mistake(arguments: ["explain", "nms", "--boxes", "three.json"], status: 65, complaint: "not four edges"),
            Mistake(arguments: ["explain", "nms", "--boxes", "sure.json"], status: 65, complaint: "a score of 7"),
            Mistake(arguments: ["explain", "rpn"], status: 64, complaint: "image"),
            Mistake(arguments: ["explain", "rpn", "none.png"], status: 65, complaint: "none.png"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--label", "cat"], status: 64, complaint: "for each --label"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--box", "1,1,9,9", "--data", "d"], status: 64,
                complaint: "not both"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--box", "9,9,1,1"], status: 64, complaint: "has no area"),
            Mistake(arguments: ["explain", "rpn", "scene.png", "--sizes", "0"], status: 64, complaint: "1 to 4096"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--ratios", "1,,2"], status: 64, complaint: "128,256,512"),
            Mistake(arguments: ["explain", "rpn", "scene.png", "--stride", "0"], status: 64, complaint: "1 to 1024"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--short-side", "5"], status: 64, complaint: "16 to 4096"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--model", "m", "--stride", "8"], status: 64,
                complaint: "the model’s own"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--stride", "1", "--short-side", "4096"], status: 65,
                complaint: "larger --stride"),
            Mistake(arguments: ["explain", "rpn", "scene.png", "--data", "none"], status: 65, complaint: "none"),
            Mistake(arguments: ["explain", "rpn", "scene.png", "--data", "none.xml"], status: 65, complaint: "no "),
            Mistake(arguments: ["explain", "rpn", "scene.png", "--model", "m"], status: 65, complaint: "m"),
            Mistake(
                arguments: ["explain", "rpn", "scene.png", "--arch", "lenet-5", "--seed", "1"], status: 65,
                complaint: "made to classify; name one of the R-CNNs"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Program.inFolder { folder in
            let scenes = Scenes(seed: 1, size: PixelSize(width: 48, height: 40))
            try scenes.scene(at: 0).image.writePNG(to: "\(folder)/scene.png")
            for (name, text) in [
                ("text", "boxes"), ("object", "{\"a\": 1}"), ("empty", "[]"),
                ("unscored", "[{\"box\": [0,0,1,1], \"score\": 1}, {\"box\": [0,0,1,1]}]"),
                ("flat", "[{\"box\": [3,0,3,1], \"score\": 1}]"), ("three", "[{\"box\": [3,0,3], \"score\": 1}]"),
                ("sure", "[{\"box\": [0,0,1,1], \"score\": 7}]"),
            ] { try text.write(toFile: "\(folder)/\(name).json", atomically: true, encoding: .utf8) }
            try mistake.check(in: folder)
        }
    }
}
