import Foundation
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import TestSupport
import Testing

@testable import SaccadeDatasets

/// What a data set says about its images, in a form that does not depend on its format.
private struct Content: Equatable {
    struct Object: Hashable {
        let className: String
        var object: AnnotatedObject
    }

    var images: [String: [Object]] = [:]
    var sizes: [String: PixelSize?] = [:]
    var splits: [String: DatasetSplit?] = [:]
    let classNames: [String]

    /// - Parameter mask: Takes away what a format on the way cannot keep.
    init(_ data: DetectionDataset, without mask: (inout AnnotatedObject) -> Void = { _ in }) {
        classNames = data.classNames
        for sample in data.samples {
            let name = (sample.name as NSString).lastPathComponent
            sizes[name] = .some(sample.size)
            splits[name] = .some(sample.split)
            images[name] = sample.objects.map { object in
                var object = object
                object.place = .init(file: "")
                object.statedArea = nil
                mask(&object)
                // Edges come back to the millionth of a pixel.
                for edge in [\Box.left, \Box.top, \Box.right, \Box.bottom] {
                    object.box[keyPath: edge] = Decimals.snapped(object.box[keyPath: edge])
                }
                let className = data.classNames[object.label]
                object.label = 0
                return Object(className: className, object: object)
            }
        }
    }
}

@Suite struct ConversionTests {
    typealias Format = DetectionDataset.Format

    static let sources = [
        "voc2012_100", "coco_mini48", "bccd", "raccoon100", "format_samples_datumaro/voc_dataset/voc_dataset1",
        "format_samples_datumaro/coco_dataset/coco", "format_samples_datumaro/coco_dataset/coco_stuff",
        "format_samples_datumaro/coco_dataset/coco_person_keypoints", "format_samples_datumaro/yolo_dataset/strict",
    ]

    @Test(
        "real data go through each format and come back",
        .enabled(if: ReferenceData.has("bccd"), Comment(rawValue: ReferenceData.missing)), arguments: sources)
    func roundTrips(source: String) throws {
        let data = try DetectionDataset(at: ReferenceData.path(source))
        for format in Format.allCases {
            let folder = try TemporaryFolder()
            let report = try data.write(to: "\(folder.path)/out", as: format, images: .link)
            let back = try DetectionDataset(at: "\(folder.path)/out")
            #expect(back.format == format && back.problems.count == 0, "\(back.problems.prefix(3))")
            #expect(report.objects == data.samples.reduce(0) { $0 + $1.objects.count })
            #expect(back.samples.allSatisfy { FileManager.default.fileExists(atPath: $0.image) })
            let expected = Content(data) { object in
                guard format != .coco else { return }
                object.outline = nil
                object.keypoints = []
                guard format == .yolo else { return }
                (object.isDifficult, object.isTruncated, object.isOccluded) = (false, false, false)
                (object.isCrowd, object.attributes) = (false, [:])
            }
            #expect(Content(back) == expected, "\(source) through \(format)")
            guard format == .coco else { continue }
            // Areas are written as they were said or, where nobody did, as they are.
            func areas(_ data: DetectionDataset) -> [Double] { data.samples.flatMap(\.objects).map(\.area).sorted() }
            #expect(zip(areas(back), areas(data)).allSatisfy { abs($0 - $1) < 1e-6 }, "\(source)")
        }
    }

    @Test("what cannot be kept is listed, and only that")
    func losses() throws {
        let folder = try TemporaryFolder()
        let image = try folder.writeImage(3, to: "in/a.png", width: 10, height: 8)
        let place = Problem.Place(file: "a")
        let box = Box(left: 1, top: 2, right: 4, bottom: 6)
        let mask = try RunLengthMask(width: 10, height: 8, runs: [20, 10, 50])
        let objects = [
            AnnotatedObject(label: 0, box: box, outline: .polygons([Polygon(box)]), isDifficult: true, place: place),
            AnnotatedObject(label: 1, box: box, outline: .mask(mask), isCrowd: true, place: place),
            AnnotatedObject(label: 1, box: box, isTruncated: true, attributes: ["pose": "Left"], place: place),
        ]
        let data = DetectionDataset(
            format: .coco, root: "in", classNames: ["a \"b\" <c> & é", "d: e"],
            samples: [
                DetectionSample(
                    image: image, name: "a.png", size: PixelSize(width: 10, height: 8), objects: objects, place: place)
            ])
        func losses(_ format: Format, outlines: Bool = false) throws -> ([String: Int], DetectionDataset) {
            let path = "\(folder.path)/\(format)\(outlines)"
            let report = try data.write(to: path, as: format, writesOutlines: outlines)
            return (
                Dictionary(report.losses.map { ($0.what, $0.count) }, uniquingKeysWith: +),
                try DetectionDataset(at: path)
            )
        }
        let (coco, fromCOCO) = try losses(.coco)
        #expect(coco.isEmpty && Content(fromCOCO) == Content(data))
        let (voc, fromVOC) = try losses(.voc)
        #expect(voc == ["outlines and masks": 2, "the order of the classes": 1])
        #expect(Content(fromVOC).images == Content(data) { $0.outline = nil }.images)
        let flags = ["difficult flags": 1, "truncated flags": 1, "crowd flags": 1, "objects’ attributes": 1]
        let (yolo, fromYOLO) = try losses(.yolo)
        let masks = ["masks and outlines of several parts": 1]
        #expect(
            yolo
                == flags.merging(masks) { $1 }.merging(["outlines, which --segments keeps in place of boxes": 1]) { $1 }
        )
        #expect(fromYOLO.classNames == data.classNames && fromYOLO.samples[0].objects.count == 2)
        let (segments, fromSegments) = try losses(.yolo, outlines: true)
        #expect(segments == flags.merging(masks) { $1 })
        #expect(fromSegments.samples[0].objects[0].outline == .polygons([Polygon(box)]))
    }

    @Test("images of one name are kept apart")
    func names() throws {
        let folder = try TemporaryFolder()
        let samples = try [("train", DatasetSplit.train), ("val", .validation)].map { name, split in
            DetectionSample(
                image: try folder.writeImage(3, to: "in/\(name)/1.png"), name: "\(name)/1.png",
                size: PixelSize(width: 4, height: 4), split: split, objects: [], place: .init(file: "x"))
        }
        let data = DetectionDataset(format: .yolo, root: "in", classNames: ["a"], samples: samples)
        let report = try data.write(to: "\(folder.path)/voc", as: .voc)
        #expect(report.losses.map(\.count) == [1])
        let voc = try DetectionDataset(at: "\(folder.path)/voc")
        #expect(voc.samples.map(\.name).sorted() == ["1.png", "val_1.png"])
        #expect(voc.samples.map(\.split) == [.train, .validation])
        #expect(try data.write(to: "\(folder.path)/yolo", as: .yolo).losses.isEmpty)
        #expect(try DetectionDataset(at: "\(folder.path)/yolo").samples.map(\.split) == [.train, .validation])
    }

    @Test("does not write into a folder that has something in it, nor beside it")
    func output() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "out/file")
        let sample = DetectionSample(
            image: "/nowhere/x.png", name: "../../../up.png", size: PixelSize(width: 4, height: 4), objects: [],
            place: .init(file: "x"))
        let data = DetectionDataset(format: .coco, root: "in", classNames: ["a"], samples: [sample])
        let error = #expect(throws: FileError.self) { try data.write(to: "\(folder.path)/out", as: .voc) }
        #expect(error?.code == .unwritable)
        let report = try data.write(to: "\(folder.path)/new", as: .voc)
        #expect(report.losses.map(\.what) == ["images that are not there"])
        #expect(try FolderContents.names(in: "\(folder.path)/new/Annotations") == ["up.xml"])
    }

    @Test("numbers are written as short as they can be read back")
    func decimals() {
        #expect(
            [1, -2.5, 1e-7, 0.1 + 0.2, 640.000_000_4, -0.0].map { Decimals.text($0) } == [
                "1", "-2.5", "0", "0.3", "640", "0",
            ])
        #expect(Decimals.text(0.999_999_999, places: 3) == "1" && Decimals.text(-0.05, places: 2) == "-0.05")
        #expect(Decimals.text(1.0 / 3, places: 12) == "0.333333333333")
    }
}
