import Foundation
import SaccadeDatasets
import SaccadeDrawing
import SaccadeImages
import Testing

@Suite struct ShapePicturesTests {
    @Test("the same seed and index give the same picture, others give others")
    func deterministic() throws {
        let pictures = ShapePictures(seed: 3, side: 32)
        #expect(try pictures.image(at: 5) == ShapePictures(seed: 3, side: 32).image(at: 5))
        #expect(try pictures.image(at: 5) != pictures.image(at: 11))
        #expect(try pictures.image(at: 5) != ShapePictures(seed: 4, side: 32).image(at: 5))
        #expect(try pictures.image(at: 0).size == PixelSize(width: 32, height: 32))
    }

    @Test("a written folder is read back as labelled pictures")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shapes-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pictures = ShapePictures(seed: 1, side: 24)
        try pictures.write(0..<18, to: folder)
        let dataset = try ClassificationDataset(at: folder)
        #expect(dataset.classNames == ShapePictures.Shape.allCases.map(\.rawValue))
        #expect(dataset.countsPerClass == [Int](repeating: 3, count: 6))
        let first = try #require((0..<18).first { dataset.name(at: $0).hasSuffix("star/00004.png") })
        #expect(try dataset.image(at: first) == pictures.image(at: 4))
    }
}
