import Foundation
import SaccadeDatasets
import SaccadeImages
import Testing

@Suite struct DataCommandsTests {
    /// A YOLO data set of one image with one good box, one that is too wide, and one without height.
    private func write(to folder: String) throws {
        for name in ["images", "labels"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/in/\(name)", withIntermediateDirectories: true)
        }
        let scenes = Scenes(seed: 1, size: PixelSize(width: 64, height: 64))
        try scenes.scene(at: 0).image.writePNG(to: "\(folder)/in/images/a.png")
        try "cat\ndog\n".write(toFile: "\(folder)/in/classes.txt", atomically: true, encoding: .utf8)
        try "0 0.5 0.5 0.25 0.5\n1 0.75 0.5 1 0.5\n1 0.5 0.5 0.5 0\n".write(
            toFile: "\(folder)/in/labels/a.txt", atomically: true, encoding: .utf8)
    }

    @Test("check lists problems with exit code 1, mends them, and is content then")
    func check() throws {
        struct Report: Decodable {
            struct Problem: Decodable {
                let file: String, line: Int, rule: String, message: String, remedy: String, fixable: Bool
            }
            let problems: [Problem], counts: [String: Int]
        }
        try Program.inFolder { folder in
            try write(to: folder)
            let checked = try Program.run("check", "in", "--json", in: folder)
            #expect(checked.status == 1 && checked.errors.isEmpty)
            let report = try JSONDecoder().decode(Report.self, from: Data(checked.output.utf8))
            #expect(report.problems.map(\.rule) == ["box-outside", "box-degenerate"])
            #expect(report.problems.map(\.line) == [2, 3] && report.problems.allSatisfy(\.fixable))
            #expect(report.counts == ["images": 1, "objects": 2, "classes": 2])
            let text = try Program.run("check", "in", in: folder)
            #expect(text.status == 1 && text.output.contains("in/labels/a.txt:2: the box"))
            let mended = try Program.run("check", "in", "--fix", in: folder)
            #expect(mended.status == 0 && mended.output.contains("as it was: in/labels/a.txt.orig"))
            #expect(
                try String(contentsOfFile: "\(folder)/in/labels/a.txt", encoding: .utf8)
                    == "0 0.5 0.5 0.25 0.5\n1 0.625 0.5 0.75 0.5\n")
        }
    }

    @Test("convert writes what can be converted back, and says what is lost")
    func convert() throws {
        try Program.inFolder { folder in
            try write(to: folder)
            let voc = try Program.run("convert", "in", "voc", "--format", "voc", in: folder)
            #expect(voc.status == 0 && voc.output.contains("1 records that make no sense"))
            let back = try Program.run("convert", "voc", "back", "--format", "yolo", "--images", "none", in: folder)
            #expect(back.status == 0 && back.output.contains("Nothing that the data set says"))
            #expect(
                try String(contentsOfFile: "\(folder)/back/labels/a.txt", encoding: .utf8)
                    == "0 0.5 0.5 0.25 0.5\n1 0.75 0.5 1 0.5\n")
            let again = try Program.run("convert", "in", "voc", "--format", "voc", in: folder)
            #expect(again.status == 73 && again.errors.contains("has other contents"))
        }
    }
}
