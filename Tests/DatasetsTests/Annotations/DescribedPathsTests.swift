import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import Testing

/// Paths that the description of a data set holds: anything may stand there.
@Suite struct DescribedPathsTests {
    /// A folder with one image of 100×50 and its label, described by `settings`.
    private func withDataset<R>(_ settings: String, _ body: (String) throws -> R) throws -> R {
        let all = FileManager.default.temporaryDirectory.appendingPathComponent("paths-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: all) }
        // So deep that a few `..` do not leave it.
        let folder = "\(all)/1/2/3/4/5/6"
        for name in ["images", "labels"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        // Only its size is asked for.
        var bitmap = [UInt8]("BM".utf8) + [UInt8](repeating: 0, count: 52)
        (bitmap[10], bitmap[14], bitmap[18], bitmap[22], bitmap[26], bitmap[28]) = (54, 40, 100, 50, 1, 24)
        bitmap += [UInt8](repeating: 0, count: 300 * 50)
        try Data(bitmap).write(to: URL(fileURLWithPath: "\(folder)/images/a.bmp"))
        try Data("0 0.5 0.5 0.2 0.4\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/labels/a.txt"))
        try Data(settings.utf8).write(to: URL(fileURLWithPath: "\(folder)/data.yaml"))
        return try body(folder)
    }

    @Test(
        "a data set that calls its own folder by a dot, or by nothing, is read",
        arguments: [".", "./", "\"\"", "\"././\"", "..", "../", "images/..", "/nowhere/on/this/machine"])
    func ownFolder(_ path: String) throws {
        try withDataset("path: \(path)  # dataset root dir\ntrain: images\nval: images\nnames:\n  0: dog\n") { folder in
            let dataset = try DetectionDataset(at: folder)
            #expect(dataset.samples.count == 1)
            let box = try #require(dataset.samples.first?.objects.first?.box)
            #expect(abs(box.left - 40) < 1e-9 && abs(box.top - 15) < 1e-9)
            #expect(abs(box.right - 60) < 1e-9 && abs(box.bottom - 35) < 1e-9)
        }
    }

    @Test("the whole disk is nobody's folder of images", arguments: ["/", "//", "/.", "/../.."])
    func wholeDisk(_ path: String) throws {
        try withDataset("train: \(path)\nval: \(path)\nnames: [dog]\n") { folder in
            let error = #expect(throws: FileError.self) { _ = try DetectionDataset(at: folder) }
            #expect("\(error.map { "\($0)" } ?? "")".contains("the whole disk"))
        }
    }

    @Test("settings with any paths are read or refused, and none of them ends the process")
    func fuzz() throws {
        let pieces = [
            ".", "..", "/", "//", "images", "labels", "a", "a.bmp", "\\0", "\\u0301", "~", " ", "%2e", "\\n", "C:",
            "\\\\", "é",
            "data.yaml", "null", "*", "-", "#", "'",
        ]
        var state: UInt64 = 7
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        func path() -> String { "\"" + (0..<draw(6)).map { _ in pieces[draw(pieces.count)] }.joined() + "\"" }
        try withDataset("") { folder in
            for _ in 0..<2000 {
                let settings = "path: \(path())\ntrain: \(path())\nval: [\(path()), \(path())]\nnames: [dog]\n"
                try Data(settings.utf8).write(to: URL(fileURLWithPath: "\(folder)/data.yaml"))
                let dataset = try? DetectionDataset(at: folder)
                #expect((dataset?.samples.count ?? 0) <= 2000, "\(settings)")
            }
        }
    }
}
