import Foundation
import SaccadeDatasets
import SaccadeImages
import Testing

@Suite struct ExplainTests {
    private func drawImage(in folder: String) throws {
        let scenes = Scenes(seed: 1, size: PixelSize(width: 48, height: 40))
        try scenes.scene(at: 0).image.writePNG(to: "\(folder)/scene.png")
    }

    @Test("a built-in network is shown with random weights, and says so")
    func untrained() throws {
        try Program.inFolder { folder in
            try drawImage(in: folder)
            let outcome = try Program.run("explain", "lenet-5", "scene.png", "--seed", "0", "--cells", "3", in: folder)
            #expect(outcome.status == 0 && outcome.errors.contains("random"), "\(outcome.errors)")
            // LeCun et al. (1998), figure 2: C1, S2, C3, S4, C5, F6, output.
            let sizes = ["32×32×1", "28×28×6", "14×14×6", "10×10×16", "5×5×16", "1×1×120", "84", "10"]
            for size in sizes { #expect(outcome.output.contains(" \(size)\n"), "\(size)") }
            let page = try String(contentsOfFile: "\(folder)/explanation/report.html", encoding: .utf8)
            #expect(page.contains("The weights are random") && page.contains("src=\"data:image/png;base64,"))
            #expect(!page.contains("src=\"http") && !page.contains("<script"))
            for file in ["grad-cam.png", "occlusion.png", "filters.png", "layer-01-c1.png"] {
                let image = try Image(contentsOf: "\(folder)/explanation/\(file)")
                #expect(image.width > 100)
            }
        }
    }

    @Test(
        "mistakes are named, and nothing is written",
        arguments: [
            Mistake(arguments: ["explain", "lenet-55", "scene.png"], status: 65, complaint: "no run here"),
            Mistake(arguments: ["explain", "lenet-5", "none.png", "--seed", "0"], status: 65, complaint: "none.png"),
            Mistake(
                arguments: ["explain", "lenet-5", "scene.png", "--seed", "0", "--class", "cat"], status: 65,
                complaint: "0 to 9"),
            Mistake(
                arguments: ["explain", "lenet-5", "scene.png", "--seed", "0", "--layer", "f6"], status: 65,
                complaint: "there are c1"),
            Mistake(
                arguments: ["explain", "lenet-5", "scene.png", "--seed", "0", "--cells", "99"], status: 64,
                complaint: "0 to 64"),
            Mistake(
                arguments: ["explain", "network.onnx", "scene.png"], status: 65,
                complaint: "network.onnx: a network in ONNX is run by saccade classify"),
            Mistake(
                arguments: ["explain", "weights.safetensors", "scene.png"], status: 65, complaint: "weights.safetensors"
            ),
            Mistake(
                arguments: ["demo", "scene.png", "none.png", "--output", "explanation"], status: 65,
                complaint: "none.png"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Program.inFolder { folder in
            try drawImage(in: folder)
            try "nothing".write(toFile: "\(folder)/network.onnx", atomically: true, encoding: .utf8)
            try "nothing".write(toFile: "\(folder)/weights.safetensors", atomically: true, encoding: .utf8)
            try mistake.check(in: folder)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/explanation"))
        }
    }
}
