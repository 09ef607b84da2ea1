import Foundation
import SaccadeFiles
import SaccadeImages
import SaccadeVideo
import TestSupport
import Testing

@testable import SaccadeDatasets

@Suite struct FrameSourceTests {
    private static let videos = URL(filePath: #filePath).appending(path: "../../Fixtures/videos").standardized.path()

    /// A folder of images whose grey is their number.
    private func folder(_ count: Int, name: String = "clip") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for number in 0..<count { try folder.writeImage(UInt8(number), to: "\(name)/img_\(number + 1).png") }
        return folder
    }

    private func numbers(_ source: FrameSource, _ sampling: FrameSampling) throws -> [Int] {
        let reader = try source.frames(sampling)
        var numbers: [Int] = []
        while let frame = try reader.next() { numbers.append(frame.number) }
        return numbers
    }

    @Test("a folder of numbered images is a film of even times")
    func images() throws {
        let folder = try folder(12)
        let source = try FrameSource(at: "\(folder.path)/clip/", rate: 10)
        #expect(source.name == "\(folder.path)/clip")
        let reader = try source.frames()
        var frames: [VideoFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        #expect(frames.map(\.number) == Array(0..<12) && frames.map { Int($0.image[0, 0]) } == Array(0..<12))
        #expect(frames.map(\.time) == (0..<12).map { .milliseconds(100 * $0) })
        #expect(frames.allSatisfy { $0.duration == .milliseconds(100) } && reader.problem == nil)
        let length = try source.length()
        #expect(length.count == 12 && length.duration == .milliseconds(1200))
    }

    @Test("a number of pictures are the middles of as many equal parts", arguments: [1, 2, 3, 7, 10, 30])
    func middles(count: Int) throws {
        let paths = (0..<count).map { "/\($0).png" }
        // 30 images a second: times that are no whole number of nanoseconds.
        for rate in [25.0, 30, 29.97, 7] {
            let cursor = ImageFiles(paths, rate: rate)
            var total = Duration.zero
            while let (time, duration) = cursor.advance() { total = time + duration }
            #expect(abs(total / .seconds(1) - Double(count) / rate) < 1e-9)
        }
        let folder = try folder(count == 1 ? 2 : count)
        let source = FrameSource(
            images: (0..<count).map { "\(folder.path)/clip/img_\($0 + 1).png" }, name: "clip", rate: 30)
        for wanted in 1...count + 2 {
            let expected = (0..<min(wanted, count)).map { (2 * $0 + 1) * count / (2 * min(wanted, count)) }
            #expect(try numbers(source, .count(wanted)) == expected, "\(wanted) of \(count)")
        }
    }

    @Test("so many pictures a second are those that are shown then, some of them again")
    func rates() throws {
        let folder = try folder(10)
        let source = try FrameSource(at: "\(folder.path)/clip", rate: 10)
        #expect(try numbers(source, .rate(10)) == Array(0..<10))
        #expect(try numbers(source, .rate(4)) == [0, 2, 5, 7])
        #expect(try numbers(source, .rate(20)) == (0..<20).map { $0 / 2 })
        #expect(try numbers(source, .rate(0.1)) == [0])
        let odd = FrameSource(images: (1...9).map { "\(folder.path)/clip/img_\($0).png" }, name: "clip", rate: 3)
        #expect(try numbers(odd, .rate(3)) == Array(0..<9))
        #expect(try numbers(odd, .rate(1)) == [0, 3, 6])
    }

    @Test(
        "a video of varying rate is sampled by its times",
        .enabled(if: VideoFile.isSupported, "built without FFmpeg"),
        arguments: ["variable-rate.mp4", "variable-rate.mkv"])
    func varyingRate(name: String) throws {
        // Pictures at 0, 40, 120, 200, 600, 640, 1000 and 1040 ms, until 1080.
        let source = try FrameSource(at: "\(Self.videos)/\(name)")
        #expect(try numbers(source, .all) == Array(0..<8))
        // 135, 405, 675 and 945 ms.
        #expect(try numbers(source, .count(4)) == [2, 3, 5, 5])
        #expect(try numbers(source, .count(8)) == Array(0..<8))
        #expect(try numbers(source, .rate(5)) == [0, 3, 3, 4, 5, 6])
        #expect(try numbers(source, .rate(25)).count == 27)
        let length = try source.length()
        #expect(length.count == 8 && abs(length.duration / .milliseconds(1) - 1080) < 1)
    }

    @Test("a folder's pictures are found beside its optical flow; two series of pictures are too many")
    func series() throws {
        let folder = try folder(3)
        for number in 1...3 {
            for prefix in ["x_", "flow_y_"] { try folder.writeImage(200, to: "clip/\(prefix)\(number).png") }
        }
        let source = try FrameSource(at: "\(folder.path)/clip")
        #expect(try numbers(source, .all) == [0, 1, 2])
        #expect(try source.frames().next()?.image[0, 0] == 0)
        for number in 1...2 { try folder.writeImage(9, to: "clip/other_\(number).png") }
        let error = #expect(throws: FileError.self) { try FrameSource(at: "\(folder.path)/clip") }
        #expect(error?.reason.contains("img_…, other_…") ?? false)
        #expect(
            #expect(throws: FileError.self) { try FrameSource(at: folder.path) }?.reason.contains("no numbered images")
                ?? false)
        #expect(#expect(throws: FileError.self) { try FrameSource(at: "\(folder.path)/none") }?.code == .missing)
    }

    @Test("a picture that cannot be read ends the film with an error, and is found before")
    func damaged() throws {
        let folder = try folder(4)
        try folder.write([1, 2, 3], to: "clip/img_3.png")
        let source = try FrameSource(at: "\(folder.path)/clip")
        let reader = try source.frames()
        #expect(try reader.next() != nil && reader.next() != nil)
        #expect(#expect(throws: FileError.self) { try reader.next() }?.path == "\(folder.path)/clip/img_3.png")
        let data = try FrameFolders(at: folder.path)
        #expect(data.unusableSamples(.headers).map(\.problem.rule) == [.unreadableImage])
    }

    @Test(
        "a GIF of ours moves as it was written",
        .enabled(if: VideoFile.isSupported, "built without FFmpeg"))
    func gif() throws {
        let folder = try TemporaryFolder()
        let images = (0..<4).map { Image(width: 5, height: 3, filledWith: [UInt8(40 * $0), 90, UInt8(255 - 60 * $0)]) }
        let delays = [30, 500, 40, 20].map { Duration.milliseconds($0) }
        let frames = zip(images, delays).map { AnimatedGIF.Frame($0, delay: $1) }
        try AnimatedGIF(frames).write(to: "\(folder.path)/film.gif")
        let reader = try FrameSource(at: "\(folder.path)/film.gif").frames()
        for (image, delay) in zip(images, delays) {
            let frame = try #require(try reader.next())
            #expect(frame.image == image && frame.duration == delay)
        }
        #expect(try reader.next() == nil)
    }
}
