import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeProposals
import Testing

@testable import SaccadeTraining

/// Regions of an image that are searched for once.
@Suite struct RegionCacheTests {
    private func inFolder(_ body: (_ folder: String, _ image: String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scene = Scenes(seed: 1, size: PixelSize(width: 128, height: 128)).scene(at: 0)
        try scene.image.writePNG(to: "\(folder)/scene.png")
        try body(folder, "\(folder)/scene.png")
    }

    @Test("the second time they come from the file, and they are what the search gives")
    func kept() throws {
        try inFolder { folder, image in
            let cache = RegionCache(.fast, folder: "\(folder)/cache")
            let found = try cache.proposals(forImageAt: image)
            #expect(found == Boxes(try SelectiveSearch.fast.proposals(in: Image(contentsOf: image)).boxes))
            #expect(!found.isEmpty)
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/cache")
            #expect(files.count == 1)
            // Whatever stands in the file is what comes back: it is not searched for again.
            let path = "\(folder)/cache/\(files[0])"
            try Data(Data(contentsOf: URL(fileURLWithPath: path)).prefix(32)).write(to: URL(fileURLWithPath: path))
            #expect(try cache.proposals(forImageAt: image) == found.first(2))
            // Another search has other regions.
            var other = SelectiveSearch.fast
            other.minimumSide = 60
            let fewer = try RegionCache(other, folder: "\(folder)/cache").proposals(forImageAt: image)
            #expect(fewer.count < found.count)
        }
    }

    @Test(
        "a file that is damaged is searched for again",
        arguments: [[1, 2, 3], Array(repeating: 0xFF, count: 16)] as [[UInt8]])
    func damaged(_ bytes: [UInt8]) throws {
        try inFolder { folder, image in
            let cache = RegionCache(.fast, folder: "\(folder)/cache")
            let found = try cache.proposals(forImageAt: image)
            let file = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/cache")[0]
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/cache/\(file)"))
            #expect(try cache.proposals(forImageAt: image) == found)
        }
    }

    @Test("a folder that cannot be written is no reason to stop, and an image that is missing is")
    func failures() throws {
        try inFolder { folder, image in
            let cache = RegionCache(.fast, folder: "\(image)/no-folder")
            let found = try cache.proposals(forImageAt: image)
            #expect(!found.isEmpty)
            #expect(throws: FileError.self) { try cache.proposals(forImageAt: "\(folder)/none.png") }
        }
    }
}
