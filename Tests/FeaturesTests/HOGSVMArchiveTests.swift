import Foundation
import SaccadeFeatures
import SaccadeImages
import SaccadePrelude
import Testing

@Suite struct HOGSVMArchiveTests {
    static func detector() throws -> HOGSVM {
        let hog = HOG(orientations: 7, cellSide: 6, samples: .luminance, takesSquareRoots: false, voting: .nearest)
        let search = try WindowSearch(
            hog: hog, margin: 5, step: 1.07,
            shapes: [
                WindowShape(windowSize: PixelSize(width: 24, height: 36), sides: 12.3...45.6),
                WindowShape(windowSize: PixelSize(width: 30, height: 18), sides: 7...7),
            ])
        var generator = SplitMix64(seed: 1)
        let machines = ["sea / gull", "a \"b\"\n猫"].enumerated().map { shape, name in
            HOGSVM.Machine(
                className: name,
                weights: (0..<search.featureCount(of: shape)).map { _ in .random(in: -1...1, using: &generator) },
                bias: .random(in: -1...1, using: &generator))
        }
        var detector = try HOGSVM(search: search, machines: machines)
        (detector.scoreThreshold, detector.iouThreshold, detector.limit) = (0.1, 0.45, 17)
        return detector
    }

    @Test("a detector comes back from its archive as it was")
    func roundTrip() throws {
        let detector = try Self.detector()
        let archive = detector.archive
        #expect(Set(archive.arrays.keys) == ["weights.0", "bias.0", "weights.1", "bias.1"])
        #expect(archive.arrays["weights.1"]?.count == detector.search.featureCount(of: 1))
        let read = try HOGSVM(archive)
        #expect(read == detector)
        #expect(read.archive == archive)
        let image = Image.noise(width: 90, height: 70, channels: 3)
        #expect(read.detect(image) == detector.detect(image))
    }

    @Test("every setting of HOG comes back", arguments: HOGTests.settings)
    func features(_ hog: HOG) throws {
        let side = max(3 * hog.blockSidePixels, 24)
        let search = try WindowSearch(
            hog: hog, margin: 0, step: 1.5,
            shapes: [WindowShape(windowSize: PixelSize(width: side, height: side), sides: 5...9)])
        let machine = HOGSVM.Machine(
            className: "x", weights: [Float](repeating: 0.5, count: search.featureCount(of: 0)), bias: 0)
        let detector = try HOGSVM(search: search, machines: [machine])
        #expect(try HOGSVM(detector.archive) == detector)
    }

    @Test("what is missing, or makes no detector, is refused in a sentence")
    func refused() throws {
        let good = try Self.detector().archive
        let text = try #require(good.metadata["hog-svm"])
        func code(_ change: (inout HOGSVM.Archive) -> Void) -> FeaturesError.Code? {
            var archive = good
            change(&archive)
            do throws(FeaturesError) {
                _ = try HOGSVM(archive)
                return nil
            } catch { return error.code }
        }
        func changed(_ part: String, _ other: String) -> FeaturesError.Code? {
            let broken = text.replacing(part, with: other)
            #expect(broken != text, "\(part) is not in \(text)")
            return code { $0.metadata["hog-svm"] = broken }
        }
        #expect(code { _ in } == nil)
        #expect(code { $0.metadata = [:] } == .archive)
        for name in good.arrays.keys {
            #expect(code { $0.arrays[name] = nil } == .archive)
            #expect(code { $0.arrays[name]?.append(0) } != nil)
            #expect(code { $0.arrays[name]?[0] = .nan } == .window)
            #expect(code { $0.arrays[name]?[0] = -.infinity } == .window)
        }
        for json in ["", "{}", "[]", "null", "{\"classes\":[]}", String(text.dropLast())] {
            #expect(code { $0.metadata["hog-svm"] = json } == .archive, "\(json)")
        }
        for (part, other) in [
            ("\"sides\":[7,7]", "\"sides\":[7]"), ("\"sides\":[7,7]", "\"sides\":[7,6]"),
            ("\"sides\":[7,7]", "\"sides\":[]"),
            ("\"nearest\"", "\"farthest\""), ("\"luminance\"", "\"smell\""), ("\"besideNorm\"", "\"\""),
            ("\"orientations\":7", "\"orientations\":1"), ("\"orientations\":7", "\"orientations\":7.5"),
            ("\"cellSide\":6", "\"cellSide\":0"), ("\"cellSide\":6", "\"cellSide\":-6"),
            ("\"blockSide\":2", "\"blockSide\":9223372036854775807"), ("\"margin\":5", "\"margin\":1e40"),
            ("\"step\":1.07", "\"step\":\"1\""), ("\"width\":24", "\"width\":null"),
        ] { #expect(changed(part, other) == .archive, "\(other)") }
        for (part, other) in [
            ("\"width\":24", "\"width\":9223372036854775807"), ("\"width\":24", "\"width\":-24"),
            ("\"width\":24", "\"width\":0"),
            ("\"width\":24", "\"width\":48"), ("\"orientations\":7", "\"orientations\":8"),
            ("\"sides\":[7,7]", "\"sides\":[0,7]"),
            ("\"sides\":[7,7]", "\"sides\":[-7,7]"), ("\"margin\":5", "\"margin\":9"),
        ] { #expect(changed(part, other) == .window, "\(other)") }
        for (part, other) in [
            ("\"margin\":5", "\"margin\":-1"), ("\"margin\":5", "\"margin\":9223372036854775807"),
            ("\"step\":1.07", "\"step\":1"), ("\"step\":1.07", "\"step\":-1e300"),
            ("\"iouThreshold\":0.45", "\"iouThreshold\":2"),
        ] { #expect(changed(part, other) == .setting, "\(other)") }
        #expect(changed("sea / gull", "") == .classes)
        #expect(changed("\"limit\":17", "\"limit\":-9223372036854775808") == nil)
    }
}
