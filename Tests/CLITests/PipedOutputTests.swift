import Foundation
import SaccadeDatasets
import SaccadeImages
import Testing

@Suite struct PipedOutputTests {
    @Test(
        "what is found on an image is in a pipe before the next image is begun",
        arguments: [
            "detect faster-rcnn-scenes", "segment scenes-segmentation", "classify --arch scenes --seed 1",
        ])
    func order(_ command: String) throws {
        try Program.inFolder { folder in
            let scene = Scenes(seed: 3, size: PixelSize(width: 64, height: 64), crowd: 1).scene(at: 1)
            for name in ["one.png", "three.png"] { try scene.image.writePNG(to: "\(folder)/\(name)") }
            // What is wrong with the second image is never kept back.
            let line = "cd '\(folder)' && { '\(Program.path)' \(command) one.png two.png three.png 2>&1; } | cat"
            let output = try Program.shell(line).output
            let places = ["one.png", "two.png", "three.png"].map { output.range(of: $0)?.lowerBound }
            let found = places.compactMap(\.self)
            #expect(found.count == 3 && found == found.sorted(), "\(output)")
            // A disk that is full stops the command, with the code for it.
            guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
            let full = try Program.shell("cd '\(folder)' && '\(Program.path)' \(command) one.png three.png > /dev/full")
            #expect(full.status == 73 && full.errors.contains("make room"), "\(full.status) \(full.errors)")
        }
    }
}
