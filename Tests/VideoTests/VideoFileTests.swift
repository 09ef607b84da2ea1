import CSaccadeVideo
import Foundation
import SaccadeFiles
import SaccadeImages
import TestSupport
import Testing

@testable import SaccadeVideo

@Suite(.enabled(if: VideoFile.isSupported, VideoFixture.missing)) struct VideoFileTests {
    private func frames(_ path: String) throws -> (frames: [VideoFrame], problem: FileError?) {
        let reader = try VideoReader(contentsOf: path)
        var frames: [VideoFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return (frames, reader.problem)
    }

    @Test("the pictures, their number, their times and their colours are PyAV's", arguments: VideoFixture.steady)
    func fixtures(_ fixture: VideoFixture) throws {
        let expected = fixture.expected
        let size = try PixelSize(width: #require(expected.size)[0], height: #require(expected.size)[1])
        let file = try VideoFile(contentsOf: fixture.path)
        #expect(file.info.size == size && file.info.pixelAspect == expected.aspect ?? 1)
        let (frames, problem) = try frames(fixture.path)
        #expect(problem == nil)
        #expect(frames.map(\.number) == Array(0..<frames.count))
        let times = try #require(expected.times)
        #expect(frames.count == times.count)
        for (frame, time) in zip(frames, times) { #expect(abs(frame.time.seconds - time) < 1.5e-3) }
        // Each lasts until the next one comes.
        for (frame, next) in zip(frames, frames.dropFirst()) { #expect(frame.time + frame.duration == next.time) }
        #expect(try #require(frames.last).duration >= .milliseconds(39))
        for (frame, quarters) in zip(frames, try #require(expected.quarters)) {
            #expect(frame.image.size == size && frame.image.channels == 3)
            // swscale is another version here, and PyAV's is asked to round less exactly.
            let worst = zip(frame.image.quarters.joined(), quarters.joined()).map { abs($0 - $1) }.max()
            #expect(try #require(worst) < 3, "\(frame.number): \(frame.image.quarters), \(quarters)")
        }
    }

    @Test("what files claim about their number of pictures is wrong in four of the fixtures at least")
    func claims() {
        let wrong = VideoFixture.steady.filter { $0.expected.claimed != $0.expected.times?.count }
        #expect(
            Set(wrong.map(\.name)).isSuperset(of: ["edit-list.mp4", "b-frames.avi", "fragmented.mp4", "broadcast.ts"]))
    }

    @Test("what a file is made of is told as FFmpeg tells it")
    func info() throws {
        let expected = [
            ("b-frames.avi", "avi", "h264"), ("odd.webm", "matroska,webm", "vp9"), ("moving.gif", "gif", "gif"),
            ("mpeg2.mpg", "mpeg", "mpeg2video"), ("plain.mp4", "mov,mp4,m4a,3gp,3g2,mj2", "h264"),
        ]
        for (name, container, codec) in expected {
            let info = try VideoFile(contentsOf: VideoFixture.named(name).path).info
            #expect(info.container == container && info.codec == codec && info.orientation == .upright)
        }
    }

    @Test("a reader can go on without converting, and looks at a picture when it is asked")
    func skipping() throws {
        let fixture = VideoFixture.named("plain.mp4")
        let reader = try VideoFile(contentsOf: fixture.path).frames()
        for _ in 0..<7 { #expect(try reader.advance() != nil) }
        let image = try reader.image()
        #expect(try reader.image() == image)
        #expect(image == (try frames(fixture.path)).frames[6].image)
        #expect(try reader.next()?.number == 7)
        while try reader.advance() != nil {}
        #expect(try reader.advance() == nil && reader.next() == nil)
    }

    @Test("all eight ways in which a camera may have been held", arguments: Orientation.allCases)
    func orientations(_ orientation: Orientation) throws {
        // The matrix, column by column: where a step to the right and one down in the stored picture lead.
        let matrix: [Int32] =
            switch orientation {
            case .upright: [1, 0, 0, 1]
            case .mirrored: [-1, 0, 0, 1]
            case .turned180: [-1, 0, 0, -1]
            case .flipped: [1, 0, 0, -1]
            case .transposed: [0, 1, 1, 0]
            case .turned90CounterClockwise: [0, 1, -1, 0]
            case .transversed: [0, -1, -1, 0]
            case .turned90Clockwise: [0, -1, 1, 0]
            }
        #expect(Orientation(a: matrix[0], b: matrix[1], c: matrix[2], d: matrix[3]) == orientation)
        var bytes = try VideoFixture.named("plain.mp4").bytes()
        let stored = try frames(VideoFixture.named("plain.mp4").path).frames[0].image
        let header = try #require(bytes.firstRange(of: Array("tkhd".utf8)))
        for (place, value) in zip([0, 1, 3, 4], matrix) {
            let at = header.upperBound + 40 + 4 * place
            withUnsafeBytes(of: (value << 16).bigEndian) { bytes.replaceSubrange(at..<at + 4, with: $0) }
        }
        try withFile(bytes) { path in
            let file = try VideoFile(contentsOf: path)
            let image = try #require(try file.frames().next()).image
            #expect(file.info.orientation == orientation && file.info.size == image.size)
            // Every stored pixel lies where the matrix says, counted from the corner that it moves to the upper left.
            let (a, b, c, d) = (Int(matrix[0]), Int(matrix[1]), Int(matrix[2]), Int(matrix[3]))
            let left = min(0, a * (stored.width - 1)) + min(0, c * (stored.height - 1))
            let top = min(0, b * (stored.width - 1)) + min(0, d * (stored.height - 1))
            let isPlaced = (0..<stored.height).allSatisfy { y in
                (0..<stored.width).allSatisfy { x in
                    (0..<3).allSatisfy {
                        image[a * x + c * y - left, b * x + d * y - top, $0] == stored[x, y, $0]
                    }
                }
            }
            #expect(isPlaced)
        }
    }

    @Test("turns by other angles become the nearest quarter, and a matrix of zeros is upright")
    func oddMatrices() {
        #expect(Orientation(a: 50000, b: 30000, c: -30000, d: 50000) == .upright)
        #expect(Orientation(a: 30000, b: 50000, c: -50000, d: 30000) == .turned90CounterClockwise)
        #expect(Orientation(a: 0, b: 0, c: 0, d: 0) == .upright)
        #expect(Orientation(a: .min, b: .min, c: .min, d: .min) == .turned180)
    }

    @Test("pictures that change their size keep each its own, and where two streams meet is damage")
    func changingSize() throws {
        let fixture = VideoFixture.named("two-sizes.ts")
        let (frames, problem) = try frames(fixture.path)
        #expect(frames.map { [$0.image.width, $0.image.height] } == fixture.expected.sizes)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(problem?.reason.contains("missing") ?? false)
    }

    @Test(
        "clips of MMAction2's tests have the pictures that decoding finds",
        .enabled(if: ReferenceData.has("video_samples"), Comment(rawValue: ReferenceData.missing)),
        arguments: [("test.avi", 164, 25.0, 320, 240), ("arm_wrestling_demo.mp4", 280, 28.0, 340, 256)])
    func samples(name: String, count: Int, rate: Double, width: Int, height: Int) throws {
        let file = try VideoFile(contentsOf: ReferenceData.path("video_samples/\(name)"))
        #expect(file.info.size == PixelSize(width: width, height: height))
        let reader = try file.frames()
        var times: [Duration] = []
        while let (time, _) = try reader.advance() { times.append(time) }
        #expect(times.count == count && reader.problem == nil)
        for (number, time) in times.enumerated() { #expect(abs(time.seconds - Double(number) / rate) < 1e-3) }
    }

    @Test("several tasks read files at once")
    func together() async throws {
        let fixtures = VideoFixture.steady + VideoFixture.steady
        let alone = try VideoFixture.steady.map { try frames($0.path).frames }
        let found = try await withThrowingTaskGroup(of: (Int, [VideoFrame]).self) { group in
            for (number, fixture) in fixtures.enumerated() {
                group.addTask { (number, try frames(fixture.path).frames) }
            }
            return try await group.reduce(into: [Int: [VideoFrame]]()) { $0[$1.0] = $1.1 }
        }
        for number in fixtures.indices { #expect(found[number] == alone[number % alone.count]) }
    }
}

@Suite struct VideoSupportTests {
    private static let check = ToolCheck("check-without-ffmpeg.sh")

    @Test(
        "what is compiled where FFmpeg is not refuses everything",
        .enabled(if: check.wasDone, Comment(rawValue: check.output)))
    func withoutFFmpeg() {
        #expect(Self.check.status == 0, Comment(rawValue: Self.check.output))
    }

    @Test("the refusal says in one sentence what to install")
    func words() {
        let error = FileError(video: SACCADE_VIDEO_ABSENT, "", path: "a.mp4", pixelLimit: 1)
        #expect(error.code == .missingLibrary && error.path == "a.mp4")
        #if os(Linux)
            #expect(
                error.description
                    == "a.mp4: videos are read by FFmpeg's libraries, and this program was built without them; install "
                    + "libavformat-dev, libavcodec-dev and libswscale-dev (apt-get install) and build it again, which "
                    + "./saccade does by itself.")
        #endif
    }
}
