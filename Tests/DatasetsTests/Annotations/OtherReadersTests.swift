import Foundation
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import TestSupport
import Testing

@testable import SaccadeDatasets

@Suite struct OtherReadersTests {
    struct Real: CustomTestStringConvertible {
        let path: String, format: DataFormat, counts: [Int], rules: [Problem.Rule]
        var testDescription: String { path }

        init(_ path: String, _ format: DataFormat, _ counts: Int..., rules: Problem.Rule...) {
            (self.path, self.format, self.counts, self.rules) = (path, format, counts, rules)
        }
    }

    @Test(
        "real data are recognised and counted",
        .enabled(if: ReferenceData.has("camvid"), Comment(rawValue: ReferenceData.missing)),
        arguments: [
            Real("camvid", .masks, 220), Real("isbi2012", .masks, 30), Real("pennfudan20", .masks, 20),
            Real("flickr8k_mini", .captions, 693, 3465), Real("multi30k", .pairs, 9, 31014),
            Real("video_samples", .frames, 3, 20), Real("rt_polarity", .labelled, 10662, 2),
            Real("tinyshakespeare", .text, 1, 40000, 1_115_394, 65), Real("mnist", .mnist, 70000, 10),
            Real("bccd", .voc, 304, 4132, 3, rules: .boxDegenerate), Real("raccoon100", .voc, 100, 102, 1),
            Real("coco_mini48", .coco, 48, 374, 80),
            Real("format_samples_datumaro/coco_dataset/coco_captions", .captions, 2, 3),
            Real(
                "format_samples_datumaro/common_semantic_segmentation_dataset/dataset", .masks, 2,
                rules: .unreadableImage, .unreadableImage),
        ])
    func realData(_ real: Real) throws {
        let path = ReferenceData.path(real.path)
        #expect(try DataFormat(of: path) == real.format)
        let check = try DataCheck(of: path)
        #expect(check.counts.map(\.count) == real.counts)
        #expect(check.problems.map(\.rule) == real.rules, "\(check.problems.prefix(3))")
    }

    @Test(
        "Penn-Fudan's masks have the boxes that its notes give",
        .enabled(if: ReferenceData.has("pennfudan20"), Comment(rawValue: ReferenceData.missing)))
    func pennFudan() throws {
        let data = try MaskDataset(at: ReferenceData.path("pennfudan20"))
        #expect(data.kind == .instance)
        let pattern = /\(Xmin, Ymin\) - \(Xmax, Ymax\) : \((\d+), (\d+)\) - \((\d+), (\d+)\)/
        for (index, sample) in data.samples.enumerated() {
            let stem = ImageNames.stem((sample.image as NSString).lastPathComponent)
            let notes = try String(contentsOfFile: "\(data.root)/Annotation/\(stem).txt", encoding: .isoLatin1)
            let boxes = try data.objects(at: index).map(\.bounds)
            let noted = notes.matches(of: pattern).map {
                Box(left: Double($0.1)! - 1, top: Double($0.2)! - 1, right: Double($0.3)!, bottom: Double($0.4)!)
            }
            #expect(boxes.count == noted.count, "\(stem)")
            // The notes were taken by hand, and pixels from 1 there may be from 0.
            for (box, note) in zip(boxes, noted) { #expect(box.iou(with: note) > 0.9, "\(stem): \(box), \(note)") }
        }
    }

    @Test("masks: of another size, with values beyond the classes, with colours, without an image")
    func masks() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c", "d"] { try folder.writeImage(9, to: "images/\(name).png") }
        func grey(_ values: [UInt8], _ width: Int, _ height: Int) throws -> [UInt8] {
            try Image(width: width, height: height, channels: 1, pixels: values).pngData()
        }
        let good: [UInt8] = [0, 1, 255, 0] + [UInt8](repeating: 1, count: 12)
        try folder.write(grey(good, 4, 4), to: "masks/a.png")
        try folder.write(grey(good.map { $0 == 0 ? 2 : $0 }, 4, 4), to: "masks/b_mask.png")
        try folder.write(grey(good, 8, 2), to: "masks/c.png")
        try folder.writeImage(1, to: "masks/d.png")
        try folder.write(grey(good, 4, 4), to: "masks/e.png")
        for name in ["f", "g"] { try folder.writeImage(9, to: "images/\(name).png") }
        try folder.write(grey([UInt8](repeating: 255, count: 16), 4, 4), to: "masks/f.png")
        try folder.write(Image(width: 4, height: 4, channels: 1, pixels: good).jpegData(), to: "masks/g.jpg")
        try folder.write(Array("sky\nroad\n".utf8), to: "classes.txt")
        // Colours of equal parts are stored as colours all the same.
        let found = try DataCheck(of: folder.path).problems.map {
            "\(($0.place.file as NSString).lastPathComponent) \($0.rule.rawValue)"
        }
        #expect(
            found == [
                "b_mask.png unknown-class", "c.png mask-size", "d.png unreadable-image", "e.png missing-image",
                "f.png empty-mask", "g.jpg lossy-mask",
            ])
        let object = try MaskDataset(at: folder.path).objects(at: 0)
        #expect(object.map(\.pixelCount) == [13, 1])
    }

    @Test("captions: empty ones, broken text, broken tables")
    func captions() throws {
        let folder = try TemporaryFolder()
        try folder.writeImage(9, to: "images/a.png")
        let lines: [[UInt8]] = [
            Array("image,caption".utf8), Array("a.png,\"A dog, a \"\"big\"\" one\"".utf8), Array("a.png, . ".utf8),
            Array("a.png,A dog, running".utf8), Array("a.png,Caf".utf8) + [0xE9], Array("b.png,A cat".utf8),
            Array("a.png,A \"dog\"".utf8), Array("a.png,Caf\u{FFFD}".utf8), Array("a.png,\"two".utf8),
            Array("lines\"".utf8), Array("a.png,\"open".utf8),
        ]
        try folder.write(Array(lines.joined(separator: [10])), to: "captions.txt")
        let check = try DataCheck(of: folder.path)
        #expect(
            check.problems.map { "\($0.place.line ?? 0) \($0.rule.rawValue)" } == [
                "3 empty-caption", "4 malformed-record", "5 encoding", "7 malformed-record", "8 encoding",
                "11 malformed-record", "0 missing-image",
            ])
        let samples = try CaptionDataset(at: folder.path).samples
        #expect(samples.map(\.captions.count) == [3, 1])
        #expect(samples[0].captions.map(\.text) == ["A dog, a \"big\" one", "Caf\u{FFFD}", "two\nlines"])
        try folder.write(Array("image,caption\n\"open".utf8), to: "captions.txt")
        #expect(try CaptionDataset(at: folder.path).problems.map(\.rule) == [.malformedRecord])
    }

    @Test("a CSV list of images and classes becomes a data set for a classifier")
    func list() throws {
        let folder = try TemporaryFolder()
        for index in 0..<4 { try folder.writeImage(UInt8(index * 40), to: "images/\(index).png") }
        let text = "label,filename,split\r\n10,0.png,train\r\n9,1.png,train\r\n9,2.png,test\r\n"
        let path = try folder.write(Array(text.utf8), to: "list.csv")
        let data = try ClassificationDataset(at: path, split: .train)
        #expect(data.classNames == ["9", "10"] && data.samples.map(\.label) == [1, 0] && data.format == .list)
        #expect(try ClassificationDataset.splits(at: folder.path) == [.train, .test])
        #expect(try data.image(at: 0, atLeast: nil).width == 4)
        try folder.write(Array((text + "x,3.png\r\n").utf8), to: "list.csv")
        let error = #expect(throws: FileError.self) { try ClassificationDataset(at: path) }
        #expect(error?.description.contains("line 5") == true)
        #expect(try DataCheck(of: folder.path).problems.map(\.place.line) == [5])
    }

    @Test("CIFAR-100's fine labels, and Omniglot's characters, are classes")
    func smallImages() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array((0..<100).map { "class\($0)\n" }.joined().utf8), to: "fine_label_names.txt")
        let records = [(3, 42), (7, 99)].flatMap {
            [UInt8($0), UInt8($1)] + [UInt8](repeating: UInt8($1), count: 3072)
        }
        try folder.write(records, to: "train.bin")
        let data = try ClassificationDataset(at: folder.path)
        #expect(data.format == .cifar100 && data.samples.map(\.label) == [42, 99])
        #expect(try data.image(at: 1, atLeast: nil)[5, 5, 2] == 99)
        try folder.write(Array(records.dropLast()), to: "train.bin")
        #expect(throws: FileError.self) { try ClassificationDataset(at: folder.path) }

        let other = try TemporaryFolder()
        for name in ["Balinese/character01", "Balinese/character02", "Greek/character01"] {
            try other.writeImage(3, to: "\(name)/0001_01.png")
        }
        let omniglot = try ClassificationDataset(at: other.path)
        #expect(omniglot.format == .omniglot && omniglot.samples.map(\.label) == [0, 1, 2])
        #expect(omniglot.classNames[2] == "Greek/character01")
    }

    @Test(
        "Multi30k's lines belong together",
        .enabled(if: ReferenceData.has("multi30k"), Comment(rawValue: ReferenceData.missing)))
    func pairs() throws {
        let root = ReferenceData.path("multi30k")
        let pairs = try TextPairs(source: "\(root)/val.en.gz", target: "\(root)/val.de.gz")
        #expect(pairs.pairs.count == 1014 && pairs.problems.isEmpty)
        #expect(pairs.pairs[0].source.hasPrefix("A group of men are loading cotton onto a truck"))
        #expect(pairs.pairs[0].target.hasPrefix("Eine Gruppe von Männern lädt Baumwolle auf einen Lastwagen"))
        #expect(throws: FileError.self) {
            try TextPairs(source: "\(root)/val.en.gz", target: "\(root)/test_2016_flickr.de.gz")
        }
    }

    @Test("frames in the order of their numbers, and gaps among them")
    func frames() throws {
        let folder = try TemporaryFolder()
        for number in [1, 2, 3, 10, 9] { try folder.writeImage(9, to: "clip/img_\(number).png") }
        let data = try FrameFolders(at: folder.path)
        #expect(
            data.clips.map { $0.frames.map { ($0 as NSString).lastPathComponent } } == [
                ["img_1.png", "img_2.png", "img_3.png", "img_9.png", "img_10.png"]
            ])
        #expect(data.problems.map(\.rule) == [.missingImage] && data.problems[0].message.contains("5 of img_"))
        let lines = try folder.write([0x61, 10, 10, 0x62], to: "x.en")
        #expect(try TextCorpus(contentsOf: lines).lineCount == 3)
        #expect(throws: FileError.self) {
            try TextCorpus(contentsOf: folder.write(Array(gzipped([1, 2, 3]).dropLast(4)), to: "y.gz"))
        }
    }

    @Test("VOC's colours are numbers: its table, by its published rows")
    func palette() throws {
        // The colours of VOC's own table: background, aeroplane, bicycle, …, tvmonitor, void.
        let known: [(UInt8, (UInt8, UInt8, UInt8))] = [
            (0, (0, 0, 0)), (1, (128, 0, 0)), (2, (0, 128, 0)), (3, (128, 128, 0)), (4, (0, 0, 128)), (8, (64, 0, 0)),
            (15, (192, 128, 128)), (20, (0, 64, 128)), (255, (224, 224, 192)),
        ]
        let folder = try TemporaryFolder()
        for name in ["SegmentationClass", "SegmentationObject"] {
            let pixels = known.flatMap { [$0.1.0, $0.1.1, $0.1.2] }
            try folder.makeFolder(name)
            try Image(width: known.count, height: 1, channels: 3, pixels: pixels)
                .writePNG(to: "\(folder.path)/\(name)/a.png")
        }
        _ = try folder.writeImage(1, to: "JPEGImages/a.png", width: known.count, height: 1)
        let classes = try MaskDataset(at: folder.path)
        #expect(try classes.kind == .semantic && classes.mask(at: 0).pixels == known.map(\.0))
        let objects = try MaskDataset(at: folder.path, kind: .instance)
        // The background and the border around objects are none.
        #expect(try objects.kind == .instance && objects.objects(at: 0).count == known.count - 2)
        try Image(width: 1, height: 1, channels: 3, pixels: [1, 2, 3])
            .writePNG(to: "\(folder.path)/SegmentationClass/a.png")
        #expect(throws: FileError.self) { try classes.mask(at: 0) }
    }

    @Test(
        "VOC's masks with a palette",
        .enabled(if: ReferenceData.has("format_samples_datumaro"), Comment(rawValue: ReferenceData.missing)))
    func vocMasks() throws {
        let path = ReferenceData.path("format_samples_datumaro/voc_dataset/voc_dataset1")
        for kind in [MaskDataset.Kind.semantic, .instance] {
            let data = try MaskDataset(at: path, kind: kind)
            #expect(data.kind == kind && !data.samples.isEmpty)
            for index in data.samples.indices {
                #expect(try data.mask(at: index).channels == 1)
                if kind == .instance { #expect(try !data.objects(at: index).isEmpty) }
            }
        }
    }
}
