import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeLoading
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// Every kind of data set goes through one loader: split, augmented with what is known, batched on threads.
@Suite struct LoadingTests {
    private struct Batch: LearningBatch {
        let images: [Image]
        let annotations: [Annotations?]
        let indices: [Int]
        let names: [String]
        var count: Int { indices.count }
        var inputs: [Tensor] { [] }
    }

    private static let preprocessing = Preprocessing(height: 40, width: 56, channels: 3)
    private static let augmentations: [Augmentation] = [.horizontalFlip(), .rotate(degrees: 10), .noise()]

    private static func scenes(_ format: SceneFormat, count: Int = 12, validation: Double = 0) async throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)").path
        let scenes = Scenes(seed: 3, size: PixelSize(width: 64, height: 64), crowd: 3)
        try await SceneExport(scenes, 0..<count, as: format, validationFraction: validation, frames: 5).write(to: path)
        return path
    }

    private static func batches<Images: ImageDataset>(
        _ dataset: Images, _ augmentations: [Augmentation] = augmentations, threads: Int = 1, from first: Int = 0
    ) throws -> [Batch] {
        let loader = BatchLoader(
            PreparedImages(dataset, preprocessing, augmentations), batchSize: 5, isShuffled: true, seed: 9,
            threads: threads
        ) { samples in
            Batch(
                images: samples.samples.map(\.image), annotations: samples.samples.map(\.annotations),
                indices: samples.indices, names: samples.names())
        }
        let epoch = loader.epoch(2, from: first)
        var result: [Batch] = []
        while let batch = try epoch.next() { result.append(batch) }
        return result
    }

    /// One sample after the other on this thread, threads that change nothing, and an epoch taken up in its middle.
    private static func check<Images: ImageDataset>(_ dataset: Images) throws -> [Batch] {
        let batches = try batches(dataset)
        #expect(batches.flatMap(\.indices).sorted() == Array(0..<dataset.count))
        for batch in batches {
            #expect(batch.names == batch.indices.map(dataset.name(at:)))
            for (position, index) in batch.indices.enumerated() {
                var generator = SplitMix64(seed: 9, stream: 2, index)
                let whole = try dataset.image(at: index, atLeast: nil)
                guard let known = try dataset.annotations(at: index, of: whole.size) else {
                    var image = preprocessing.fitted(whole)
                    for augmentation in augmentations { image = augmentation.apply(to: image, using: &generator) }
                    #expect(batch.images[position] == image && batch.annotations[position] == nil)
                    continue
                }
                var image = try AnnotatedImage(whole, known).resized(to: preprocessing.size)
                for augmentation in augmentations { image = try augmentation.apply(to: image, using: &generator) }
                #expect(batch.images[position] == image.image)
                #expect(batch.annotations[position] == image.annotations)
            }
        }
        let again = try Self.batches(dataset, threads: 3, from: 1)
        #expect(again.map(\.images) == batches.dropFirst().map(\.images))
        #expect(again.map(\.annotations) == batches.dropFirst().map(\.annotations))
        return batches
    }

    @Test("boxes and masks of objects move with their images", arguments: [SceneFormat.coco, .voc])
    func detection(_ format: SceneFormat) async throws {
        let path = try await Self.scenes(format)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let batches = try Self.check(DetectionDataset(at: path))
        let objects = batches.flatMap { $0.annotations.flatMap { $0?.objects ?? [] } }
        #expect(objects.count > 12 && objects.contains { $0.mask != nil } == (format == .coco))
    }

    @Test("classes of pixels move with their images, and instances do")
    func masks() async throws {
        let path = try await Self.scenes(.masks)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let batches = try Self.check(MaskDataset(at: path, kind: .semantic))
        #expect(batches.allSatisfy { $0.annotations.allSatisfy { $0?.classes?.count == 40 * 56 } })
        let voc = try await Self.scenes(.voc)
        defer { try? FileManager.default.removeItem(atPath: voc) }
        let instances = try Self.check(MaskDataset(at: voc, kind: .instance))
        #expect(instances.contains { $0.annotations.contains { !($0?.objects.isEmpty ?? true) } })
    }

    @Test("a crop of the middle takes the mask's middle, the very pixels of the image's")
    func centerCrop() throws {
        // Each pixel says in both where it was.
        let (width, height) = (20, 14)
        let values = (0..<height).flatMap { y in (0..<width).map { x in UInt8(x * 12 + y) } }
        let image = Image(width: width, height: height, channels: 1, pixels: values)
        let known = try AnnotatedImage(image, Annotations(classes: values))
        let preprocessing = Preprocessing(
            height: 8, width: 6, channels: 1, resizing: .centerCrop(shortSide: 14), filter: .nearest)
        let fitted = try known.fitted(by: preprocessing)
        #expect(fitted.image == preprocessing.fitted(image))
        #expect(fitted.annotations.classes == fitted.image.pixels)
    }

    @Test("captions are found by the numbers of their images")
    func captions() async throws {
        let path = try await Self.scenes(.captions)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let dataset = try CaptionDataset(at: path)
        let batches = try Self.check(dataset)
        let captions = batches.flatMap(\.indices).map { dataset.samples[$0].captions.count }
        #expect(captions.count == 12 && captions.allSatisfy { $0 > 0 })
    }

    @Test("frames of a clip are changed alike")
    func clips() async throws {
        let path = try await Self.scenes(.sequences, count: 4)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folders = try FileManager.default.subpathsOfDirectory(atPath: path).filter { $0.hasSuffix(".png") }
            .map { Path("\(path)/\($0)").folder }
        let folder = Path(try #require(folders.sorted().first)).folder
        let dataset = try FrameFolders(at: folder)
        let still = try TemporaryFolder()
        for frame in 1...4 {
            try FileManager.default.createDirectory(atPath: "\(still.path)/clip", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: dataset.clips[0].frames[0], toPath: "\(still.path)/clip/img_\(frame).png")
        }
        let source = PreparedClips(
            try FrameFolders(at: "\(still.path)"), Self.preprocessing, Self.augmentations, frames: 3)
        var generator = SplitMix64(seed: 1)
        let clip = try source.sample(at: 0, using: &generator)
        #expect(clip.frames.count == 3 && Set(clip.frames.map(\.pixels)).count == 1)
        #expect(source.tensor(of: clip).shape == [3, 3, 40, 56])
        let moving = PreparedClips(dataset, Self.preprocessing, [.horizontalFlip()])
        var other = SplitMix64(seed: 1)
        #expect(Set(try moving.sample(at: 0, using: &other).frames.map(\.pixels)).count > 1)
    }

    @Test("sentences and pairs are samples as they are")
    func text() throws {
        let folder = try TemporaryFolder()
        try "eins\nzwei\ndrei\nvier\n".write(toFile: "\(folder.path)/a.de", atomically: true, encoding: .utf8)
        try "one\ntwo\nthree\nfour\n".write(toFile: "\(folder.path)/a.en", atomically: true, encoding: .utf8)
        let pairs = try TextPairs(source: "\(folder.path)/a.de", target: "\(folder.path)/a.en")
        struct Words: LearningBatch {
            let words: [String]
            var names: [String]
            var count: Int { words.count }
            var inputs: [Tensor] { [] }
        }
        let loader = BatchLoader(pairs, batchSize: 3, isShuffled: true, seed: 1) { samples in
            Words(words: samples.samples.map { "\($0.source)=\($0.target)" }, names: samples.names())
        }
        let batches = loader.batches(ofEpoch: 0, from: 0)
        let first = try #require(try batches.next())
        #expect(first.count == 3 && first.names.allSatisfy { $0.hasPrefix("\(folder.path)/a.de:") })
        let all = first.words + (try batches.next()?.words ?? [])
        #expect(all.sorted() == ["drei=three", "eins=one", "vier=four", "zwei=two"] && batches.waited != nil)
        let lines = try TextCorpus(contentsOf: "\(folder.path)/a.en")
        let (training, validation) = lines.split(validation: 0.25, seed: 2)
        #expect(training.count == 3 && validation.count == 1)
        #expect(Set((training.lines + validation.lines).map(\.text)) == ["one", "two", "three", "four"])
    }

    @Test("a split by the seed puts each sample into one part, and no bad sample is used")
    func splits() async throws {
        let path = try await Self.scenes(.masks, count: 20)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let dataset = try MaskDataset(at: path, kind: .semantic)
        let (training, validation) = dataset.split(validation: 0.25, seed: 4)
        #expect(training.count == 15 && validation.count == 5)
        let names = (0..<15).map(training.name(at:)) + (0..<5).map(validation.name(at:))
        #expect(Set(names) == Set((0..<20).map(dataset.name(at:))))
        #expect(
            dataset.split(validation: 0.25, seed: 4).validation.samples.map(\.mask) == validation.samples.map(\.mask))
        #expect(dataset.unusableSamples(.pixels).isEmpty)
        try Data("no mask".utf8).write(to: URL(fileURLWithPath: dataset.samples[7].mask))
        #expect(dataset.unusableSamples(.headers).map(\.index) == [7])
        let error = try #require(throws: FileError.self) { _ = try Self.batches(dataset.subset([7])) }
        #expect(error.path == dataset.samples[7].mask)
    }

    // MARK: Values of masks

    /// Images of 4×4 with masks of these values in turn, in folders `image` and `label`.
    private static func masks(_ values: [[UInt8]], classes: Int? = nil) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["image", "label"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
        for (index, values) in values.enumerated() {
            let pixels = (0..<16).map { values[$0 % values.count] }
            let grey = Image(width: 4, height: 4, channels: 1, pixels: pixels)
            try grey.writePNG(to: "\(folder.path)/image/\(index).png")
            try grey.writePNG(to: "\(folder.path)/label/\(index).png")
        }
        if let classes {
            let names = (0..<classes).map { "c\($0)" }.joined(separator: "\n")
            try names.write(toFile: "\(folder.path)/classes.txt", atomically: true, encoding: .utf8)
        }
        return folder
    }

    private static func classes(_ folder: TemporaryFolder, ignoring ignored: UInt8 = 255) throws -> (
        names: [String], first: [UInt8]
    ) {
        let data = try MaskDataset(at: folder.path, kind: .semantic).withNamedClasses(ignoring: ignored)
        let annotations = try data.annotations(at: 0, of: PixelSize(width: 4, height: 4))
        return (data.classNames ?? [], Array((annotations?.classes ?? []).prefix(3)))
    }

    @Test("masks of 0 and 255 alone, as those of ISBI 2012, have two classes")
    func blackAndWhite() throws {
        let folder = try Self.masks([[0, 255, 0], [255]])
        #expect(try Self.classes(folder) == (["class 0", "class 255"], [0, 1, 0]))
        // With a third value 255 is what does not count.
        let three = try Self.masks([[0, 255, 1]])
        #expect(try Self.classes(three) == (["class 0", "class 1"], [0, 255, 1]))
    }

    @Test(
        "the membranes of ISBI 2012 are two classes",
        .enabled(if: ReferenceData.has("isbi2012"), "\(ReferenceData.missing)"))
    func membranes() throws {
        let data = try MaskDataset(at: ReferenceData.path("isbi2012/train")).withNamedClasses(ignoring: 255)
        #expect(data.classNames?.count == 2 && data.count == 30)
        let annotations = try data.annotations(at: 0, of: PixelSize(width: 512, height: 512))
        #expect(Set(annotations?.classes ?? []) == [0, 1])
    }

    @Test("another value than 255 may be the one that does not count; then 255 is none")
    func otherValue() throws {
        let folder = try Self.masks([[0, 200, 2]], classes: 3)
        #expect(try Self.classes(folder, ignoring: 200).first == [0, 255, 2])
        #expect(throws: FileError.self) { try Self.classes(folder) }
        let zero = try Self.masks([[0, 255, 2]], classes: 3)
        let error = #expect(throws: FileError.self) { try Self.classes(zero, ignoring: 0) }
        #expect(error?.reason.contains("255") ?? false)
        let known = try Self.masks([[0, 1, 2]], classes: 3)
        #expect(try Self.classes(known, ignoring: 0).first == [255, 1, 2])
    }

    @Test("more classes than a byte tells apart are refused; one damaged mask does not hide the classes of the others")
    func manyClasses() throws {
        let folder = try Self.masks([[0, 1]], classes: 300)
        let error = #expect(throws: FileError.self) { try Self.classes(folder) }
        #expect(error?.reason.contains("300 classes") ?? false)
        let damaged = try Self.masks([[0, 1], [2]])
        try Data("no mask".utf8).write(to: URL(fileURLWithPath: "\(damaged.path)/label/1.png"))
        #expect(try Self.classes(damaged).names == ["class 0", "class 1"])
    }

    @Test("a folder that is not there, and masks where classes were expected, are said to be that")
    func mistakenFolders() throws {
        #expect(#expect(throws: FileError.self) { try MaskDataset(at: "/nowhere/at-all") }?.code == .missing)
        let folder = try Self.masks([[0, 1]])
        let whole = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: "\(whole.path)/train", withDestinationPath: folder.path)
        for path in [folder.path, whole.path] {
            let error = #expect(throws: FileError.self) { try ClassificationDataset(at: path) }
            #expect(error?.remedy.contains("task: segment") ?? false)
        }
    }
}
