import Foundation
import SaccadeFiles
import SaccadeImages
import SaccadeLoading
import SaccadePrelude
import SaccadeTensors
import SaccadeVideo
import TestSupport
import Testing

@testable import SaccadeDatasets

@Suite struct LabelledClipsTests {
    private static let videos = URL(filePath: #filePath).appending(path: "../../Fixtures/videos").standardized.path()

    private func film(
        _ name: String, in folder: TemporaryFolder, images: Int = 3, _ lines: [String]? = nil, action: String = "still"
    ) throws {
        for number in 0..<images { try folder.writeImage(UInt8(number), to: "\(name)/\(number).png") }
        let table = lines ?? (0..<images).map { "\($0).png,\(action),cat" }
        try folder.write(Array((["frame,action,class"] + table).joined(separator: "\n").utf8), to: "\(name)/labels.csv")
    }

    // MARK: Films of scenes

    @Test("films of scenes come back as they were written: pictures, actions and classes")
    func scenes() async throws {
        let folder = try TemporaryFolder()
        let scenes = Scenes(seed: 3, size: PixelSize(width: 40, height: 32))
        let path = "\(folder.path)/films"
        try await SceneExport(scenes, 5..<10, as: .sequences, validationFraction: 0.4, frames: 6).write(to: path)
        let data = try LabelledClips(at: path + "/")
        #expect(data.format == .films && data.count == 5 && data.problems.isEmpty)
        #expect(data.splits == [.train, .validation] && data.clips(of: .validation).count == 2)
        #expect(data.classNames == Scenes.classNames && data.frameClassNames == SceneAction.allCases.map(\.rawValue))
        for (place, index) in (5..<10).enumerated() {
            let film = scenes.sequence(at: index, frames: 6)
            let clip = data.clips[place]
            #expect(clip.label == film.frames[0].mainClass.number && data.group(at: place) == clip.label)
            #expect(clip.frameLabels == film.actions.map(\.number))
            let reader = try data.clip(at: place).frames()
            for frame in film.frames { #expect(try reader.next()?.image == frame.image) }
            #expect(try reader.next() == nil)
        }
        #expect(data.unusableSamples(.pixels).isEmpty && DataFormat.allCases.contains(.clips))
        let check = try DataCheck(of: path)
        #expect(try DataFormat(of: path) == .clips)
        #expect(check.problems.isEmpty && check.counts.map(\.count) == [5, 30, Scenes.classNames.count])
        // A part alone has the names, and with them the numbers, of the whole.
        let part = try LabelledClips(at: "\(path)/val")
        #expect(part.clips.map(\.frameLabels) == data.clips(of: .validation).clips.map(\.frameLabels))
    }

    @Test("a film with a mistake is left out, with the line and what to do")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("still\nmoving left\n".utf8), to: "actions.txt")
        try film("good", in: folder)
        try film("unknown", in: folder, action: "flying")
        try film("columns", in: folder, ["0.png,still,cat", "1.png,still", "2.png,still,cat"])
        try film("missing", in: folder, images: 2, ["0.png,still,cat", "1.png,still,cat", "2.png,still,cat"])
        try film("twice", in: folder, ["0.png,still,cat", "1.png,still,cat", "1.png,still,cat", "2.png,still,cat"])
        try film("unlabelled", in: folder, ["0.png,still,cat", "2.png,still,cat"])
        try film("mixed", in: folder, ["0.png,still,cat", "1.png,still,dog", "2.png,still,cat"])
        try film("nothing", in: folder, ["0.png,,cat", "1.png,still,cat", "2.png,still,cat"])
        try film("empty", in: folder, [])
        let data = try LabelledClips(at: folder.path)
        #expect(data.clips.map { Path($0.source.name).name } == ["good"])
        let found = Dictionary(grouping: data.problems) { Path(Path($0.place.file).folder).name }
        #expect(
            found.mapValues { $0.map { "\($0.rule.rawValue) \($0.place.line ?? 0)" } } == [
                "unknown": ["unknown-class 2", "unknown-class 3", "unknown-class 4"],
                "columns": ["malformed-record 3"], "missing": ["missing-image 4"], "twice": ["duplicate-record 4"],
                "unlabelled": ["malformed-record 1"], "mixed": ["malformed-record 2"],
                "nothing": ["malformed-record 2"], "empty": ["malformed-record 1"],
            ])
        #expect(found["unlabelled"]?.first?.message.contains("1.png") ?? false)
        #expect(try DataCheck(of: folder.path).problems.count == data.problems.count)
    }

    @Test("without any film that can be used, the first problem is told")
    func noFilm() throws {
        let folder = try TemporaryFolder()
        try film("a", in: folder, images: 2, ["0.png,still,cat", "7.png,still,cat"])
        let error = #expect(throws: FileError.self) { try LabelledClips(at: folder.path) }
        #expect(error?.reason.contains("7.png, which is not there") ?? false)
        #expect(
            #expect(throws: FileError.self) { try LabelledClips(at: "\(folder.path)/a") }?.code == .unknownFormat)
        #expect(#expect(throws: FileError.self) { try LabelledClips(at: "\(folder.path)/none") }?.code == .missing)
    }

    // MARK: Lists

    @Test("MMAction2's lists: folders of images with their number and class")
    func list() throws {
        let folder = try TemporaryFolder()
        for number in 1...6 {
            try folder.writeImage(UInt8(number), to: "a b/img_0000\(number).png")
            try folder.writeImage(9, to: "a b/x_0000\(number).png")
            if number != 4 { try folder.writeImage(UInt8(number), to: "rawframes/c/img_\(number - 1).png") }
        }
        let lines = ["a b 4 17", "c 6 3", "none 5 3", "a b 4 17", "a b four 17", "", "a b 99999999999999999999 1"]
        try folder.write(Array(lines.joined(separator: "\n").utf8), to: "val_list_rawframes.txt")
        let data = try LabelledClips(at: folder.path)
        #expect(data.format == .list && data.classNames == ["3", "17"] && data.frameClassNames.isEmpty)
        #expect(data.clips.map(\.label) == [1, 0] && data.splits == [.validation])
        // The list says how many count; what it says of the second film is not all there.
        #expect(try data.clips.map { try $0.source.length().count } == [4, 5])
        #expect(
            data.problems.map { "\($0.rule.rawValue) \($0.place.line ?? 0)" } == [
                "duplicate-record 4", "malformed-record 5", "malformed-record 7", "missing-image 2", "missing-file 3",
            ])
        #expect(data.problems.allSatisfy { $0.place.file == "\(folder.path)/val_list_rawframes.txt" })
        try folder.write(Array("zero\none\ntwo\nthree\n".utf8), to: "classes.txt")
        let named = try LabelledClips(at: "\(folder.path)/val_list_rawframes.txt")
        #expect(named.clips.map(\.label) == [3] && named.classNames == ["zero", "one", "two", "three"])
        #expect(named.problems.contains { $0.rule == .unknownClass && $0.place.line == 1 })
    }

    @Test(
        "the list of MMAction2's tests",
        .enabled(if: ReferenceData.has("video_samples"), Comment(rawValue: ReferenceData.missing)))
    func rawframes() throws {
        let data = try LabelledClips(at: ReferenceData.path("video_samples"))
        #expect(data.classNames == ["127"] && data.clips.map(\.label) == [0])
        #expect(data.problems.map(\.rule) == [.duplicateRecord])
        let images = try #require(data.clips.first)
        guard case .images(let paths, _) = images.source.origin else { throw FileError.none }
        #expect(paths.map { Path($0).name } == (1...5).map { "img_0000\($0).jpg" })
    }

    // MARK: Videos

    @Test(
        "folders of videos and of images are classes, in parts or not",
        .enabled(if: VideoFile.isSupported, "built without FFmpeg"))
    func folders() throws {
        let folder = try TemporaryFolder()
        func copy(_ name: String, _ to: String) throws {
            try folder.write(Array(try Data(contentsOf: URL(filePath: "\(Self.videos)/\(name)"))), to: to)
        }
        for part in ["train", "val"] {
            try copy("plain.mp4", "\(part)/run/one.mp4")
            for number in 1...3 { try folder.writeImage(9, to: "\(part)/jump/two/\(number).png") }
        }
        try copy("b-frames.avi", "train/run/three.AVI")
        try folder.makeFolder("train/jump/nothing")
        try folder.makeFolder("val/sit")
        let data = try LabelledClips(at: folder.path)
        #expect(data.format == .folders && data.classNames == ["jump", "run", "sit"])
        #expect(data.clips(of: .train).clips.map(\.label) == [0, 1, 1])
        #expect(data.clips(of: .validation).clips.map(\.label) == [0, 1])
        #expect(try data.clips.map { try $0.source.length().count } == [3, 12, 12, 3, 12])
        #expect(data.problems.map { Path($0.place.file).name } == ["nothing", "sit"])
        #expect(data.nameOfSamples(in: 1) == "films of run" && data.name(at: 2).hasSuffix("three.AVI"))
        #expect(try DataFormat(of: folder.path) == .clips)

        // A video that ends early is told of when all of it is looked at, one that is none at once.
        let bytes = try Data(contentsOf: URL(filePath: "\(Self.videos)/full-range.avi"))
        try folder.write(Array(bytes.prefix(bytes.count * 8 / 10)), to: "train/run/cut.avi")
        try folder.write(Array("text".utf8), to: "train/run/text.mp4")
        let worse = try LabelledClips(at: folder.path)
        let names = worse.unusableSamples(.pixels).map { Path($0.problem.place.file).name }
        #expect(names == ["cut.avi", "text.mp4"])
        #expect(worse.unusableSamples(.headers).map { Path($0.problem.place.file).name }.contains("text.mp4"))
        #expect(worse.unusableSamples(.pixels).allSatisfy { $0.problem.rule == .unreadableVideo })
        let (training, validation) = data.split(validation: 0.4, seed: 1)
        #expect(training.count == 3 && validation.count == 2)
        #expect(
            #expect(throws: FileError.self) { try LabelledClips(at: "\(folder.path)/train/run") }?.code
                == .unknownFormat)
    }

    @Test(
        "a list of videos, and videos ready for a network",
        .enabled(if: VideoFile.isSupported, "built without FFmpeg"))
    func videoList() throws {
        let folder = try TemporaryFolder()
        for name in ["plain.mp4", "variable-rate.mp4"] {
            try folder.write(Array(try Data(contentsOf: URL(filePath: "\(Self.videos)/\(name)"))), to: "videos/\(name)")
        }
        try folder.write(Array("plain.mp4 1\nvariable-rate.mp4 0\ngone.mp4 1\n".utf8), to: "train_list.txt")
        let data = try LabelledClips(at: folder.path)
        #expect(data.clips.map(\.label) == [1, 0] && data.problems.map(\.rule) == [.missingFile])
        let source = PreparedClips(
            data, Preprocessing(height: 16, width: 24, channels: 3), [.horizontalFlip()], frames: 4)
        var generator = SplitMix64(seed: 1)
        let clip = try source.sample(at: 1, using: &generator)
        #expect(clip.numbers == [2, 3, 5, 5] && clip.frames[2] == clip.frames[3])
        #expect(source.tensor(of: clip).shape == [4, 3, 16, 24])
    }
}

extension FileError {
    fileprivate static let none = FileError(.missing, path: "", reason: "no images", remedy: "")
}
