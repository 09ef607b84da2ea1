import Foundation
import SaccadeImages
import TestSupport
import Testing

/// `saccade explain glimpses` and `saccade explain draw`.
@Suite struct GlimpseCommandTests {
    private struct Path: Decodable {
        struct Prediction: Decodable {
            let label: String
            let probability: Double
        }
        struct Glimpse: Decodable {
            let number: Int
            let x, y: Double
            let boxes: [[Double]]
            let answer: Int
            let isAnswer: Bool
            let predictions: [Prediction]
        }
        let image: String
        let width, height: Int
        let truth: [String]?
        let answers: [Prediction]
        let glimpses: [Glimpse]
    }

    private struct Drawn: Decodable {
        struct Step: Decodable {
            let step: Int
            let white: Double
            let window: [Double]?
            let blur: Double?
        }
        let seed: Int
        let images: [[Step]]
    }

    /// A network with random weights, and a picture.
    private static func inFolder<R>(_ body: (String) throws -> R) throws -> R {
        try Program.inFolder { folder in
            try """
            task: glimpse
            glimpse: {canvas: {digits: 2}}
            network: {dram: {glimpses: 2, size: 8, scales: 2, hidden: 16, width: 4, context: 8}}
            input: 24x40x1
            classes: 3
            """.write(toFile: "\(folder)/pairs.yaml", atomically: true, encoding: .utf8)
            try "task: draw\nnetwork: {draw: {steps: 14, hidden: 12, latents: 3}}\ninput: 9x7x1\n"
                .write(toFile: "\(folder)/draw.yaml", atomically: true, encoding: .utf8)
            try Image(width: 80, height: 48, filledWith: [200]).writePNG(to: "\(folder)/picture.png")
            return try body(folder)
        }
    }

    @Test("explain glimpses: places, boxes and what is said after each glimpse, as text, as JSON and drawn")
    func glimpses() throws {
        try Self.inFolder { folder in
            let model = ["--arch", "pairs.yaml", "--seed", "3"]
            let text = try Program.run(
                ["explain", "glimpses", "picture.png", "--output", "path.png"] + model, in: folder)
            #expect(text.status == 0, "\(text.errors)")
            for part in [
                "picture.png, 40×24 pixels as the network sees it", "8×8, 16×16", "← answer 2", "Drawn: path.png",
            ] {
                #expect(text.output.contains(part), "\(text.output)")
            }
            let figure = try Image(contentsOf: "\(folder)/path.png")
            #expect(figure.width > 300 && Set(figure.pixels).count > 20)
            let json = try Program.run(
                ["explain", "glimpses", "picture.png", "picture.png", "--json", "--top", "3"] + model, in: folder)
            let paths = try JSONDecoder().decode([Path].self, from: Data(json.output.utf8))
            #expect(paths.count == 2 && paths[0].width == 40 && paths[0].height == 24 && paths[0].truth == nil)
            let path = paths[0]
            #expect(path.glimpses.map(\.number) == [1, 2, 3, 4] && path.glimpses.map(\.answer) == [1, 1, 2, 2])
            #expect(path.glimpses.map(\.isAnswer) == [false, true, false, true] && path.answers.count == 2)
            for glimpse in path.glimpses {
                #expect(abs(glimpse.predictions.reduce(0) { $0 + $1.probability } - 1) < 1e-4)
                let sides = glimpse.boxes.map { [$0[2] - $0[0], $0[3] - $0[1]] }
                #expect(sides == [[8, 8], [16, 16]])
                // The place is in the middle, to the nearest pixel.
                #expect(abs((glimpse.boxes[0][0] + glimpse.boxes[0][2]) / 2 - glimpse.x) <= 0.5 + 1e-4)
            }
            #expect(path.answers[0].label == path.glimpses[1].predictions[0].label)
        }
    }

    @Test("explain glimpses --data: canvases of a data set, with what is on them")
    func canvases() throws {
        try Self.inFolder { folder in
            try ClassFolder.write(12, side: 12, to: "\(folder)/figures")
            let outcome = try Program.run(
                [
                    "explain", "glimpses", "--arch", "pairs.yaml", "--seed", "1", "--classes", "6", "--data", "figures",
                    "--samples", "3", "--json",
                ], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let paths = try JSONDecoder().decode([Path].self, from: Data(outcome.output.utf8))
            #expect(paths.count == 3 && paths.allSatisfy { $0.truth?.count == 2 && $0.width == 40 })
        }
    }

    @Test("explain draw: white and windows after each step, a sheet, and the frames of a film")
    func drawing() throws {
        try Self.inFolder { folder in
            let model = ["explain", "draw", "--arch", "draw.yaml", "--seed", "2"]
            let text = try Program.run(
                model + ["--samples", "5", "--output", "drawn.png", "--frames", "film"], in: folder)
            #expect(text.status == 0, "\(text.errors)")
            for part in ["5 images in 14 steps, seed 0", "window’s side", "Frames: step-000.png to step-014.png"] {
                #expect(text.output.contains(part), "\(text.output)")
            }
            #expect(try Image(contentsOf: "\(folder)/drawn.png").width > 300)
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/film")
            #expect(files.count == 15)
            let json = try Program.run(model + ["--samples", "2", "--noise", "9", "--json"], in: folder)
            let drawn = try JSONDecoder().decode(Drawn.self, from: Data(json.output.utf8))
            #expect(drawn.seed == 9 && drawn.images.count == 2 && drawn.images[0].map(\.step) == Array(0...14))
            #expect(drawn.images[0][0].window == nil && drawn.images[0][1].window?.count == 4)
            #expect(drawn.images[0][0].white == 128.0 / 255)
        }
    }

    @Test(
        "mistakes are one sentence with a remedy",
        arguments: [
            Mistake(arguments: ["explain", "glimpses"], status: 64, complaint: "Give a model"),
            Mistake(
                arguments: ["explain", "glimpses", "mnist"], status: 64, complaint: "Give an image behind the model"),
            Mistake(
                arguments: ["explain", "glimpses", "run", "a.png", "--data", "d"], status: 64,
                complaint: "Give images or --data, not both"),
            Mistake(
                arguments: ["explain", "glimpses", "run", "--data", "d", "--samples", "0"], status: 64,
                complaint: "--samples must be from 1 to 50, got 0"),
            Mistake(
                arguments: ["explain", "glimpses", "run", "a.png", "--top", "0"], status: 64,
                complaint: "--top must be from 1 to 20, got 0"),
            Mistake(
                arguments: ["explain", "glimpses", "--arch", "mnist", "--seed", "1", "picture.png"], status: 65,
                complaint: "does not look in glimpses"),
            Mistake(
                arguments: ["explain", "glimpses", "--arch", "pairs.yaml", "--seed", "1", "gone.png"], status: 65,
                complaint: "gone.png"),
            Mistake(
                arguments: ["explain", "draw", "--arch", "pairs.yaml", "--seed", "1"], status: 65,
                complaint: "does not draw"),
            Mistake(
                arguments: ["explain", "draw", "--arch", "draw.yaml", "--seed", "1", "--samples", "101"], status: 64,
                complaint: "--samples must be from 1 to 100, got 101"),
            Mistake(arguments: ["explain", "draw"], status: 64, complaint: "Give a model"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Self.inFolder { try mistake.check(in: $0) }
    }
}
