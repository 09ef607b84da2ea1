import Foundation
import SaccadeFiles
import SaccadeGeometry
import TestSupport
import Testing

@testable import SaccadeDatasets

@Suite struct DetectionReadersTests {
    @Test(
        "the same hundred images read from VOC, COCO and YOLO say the same",
        .enabled(if: ReferenceData.has("voc2012_100"), Comment(rawValue: ReferenceData.missing)),
        arguments: ["coco_format_v2", "yolo_format"])
    func threeFormats(other: String) throws {
        let root = ReferenceData.path("voc2012_100")
        let voc = try DetectionDataset(at: root)
        let data = try DetectionDataset(
            at: "\(root)/other_formats/gts/\(other)", imageFolder: "\(root)/JPEGImages")
        #expect(voc.format == .voc && voc.problems.isEmpty && data.problems.isEmpty)
        #expect(voc.samples.count == 100 && voc.recordCount == 273)
        #expect(voc.samples.flatMap(\.objects).count { $0.isDifficult } == 38)
        // Whoever made the others took VOC's corners for edges, so theirs begin a pixel further right and down.
        func boxes(_ data: DetectionDataset, shift: Double) -> [String: Set<String>] {
            var all: [String: Set<String>] = [:]
            for sample in data.samples {
                for object in sample.objects {
                    let box = object.box
                    let edges = [box.left + shift, box.top + shift, box.right, box.bottom].map { Int($0.rounded()) }
                    all[(sample.name as NSString).deletingPathExtension, default: []]
                        .insert("\(data.classNames[object.label]) \(edges)")
                }
            }
            return all
        }
        #expect(boxes(data, shift: 0) == boxes(voc, shift: 1))
    }

    @Test(
        "bccd has a box that is a click",
        .enabled(if: ReferenceData.has("bccd"), Comment(rawValue: ReferenceData.missing)))
    func bccd() throws {
        let data = try DetectionDataset(at: ReferenceData.path("bccd"))
        #expect(data.classNames == ["Platelets", "RBC", "WBC"])
        #expect(data.samples.count == 304 && data.recordCount == 4133 && data.unusableCount == 1)
        let problem = try #require(data.problems.first)
        #expect(data.problems.count == 1 && problem.rule == .boxDegenerate && problem.fix == .remove)
        #expect(problem.place.file.hasSuffix("BloodImage_00343.xml") && problem.place.line == 50)
        #expect(data.samples.count { $0.split == .train } == 205)
        #expect(data.samples.count { $0.split == .validation } == 67)
        try data.requireUsable()
    }

    @Test(
        "coco's crowds, polygons and masks",
        .enabled(if: ReferenceData.has("coco_mini48"), Comment(rawValue: ReferenceData.missing)))
    func coco() throws {
        let data = try DetectionDataset(at: ReferenceData.path("coco_mini48"))
        #expect(data.format == .coco && data.problems.isEmpty && data.classNames.count == 80)
        let objects = data.samples.flatMap(\.objects)
        #expect(objects.count == 374 && objects.allSatisfy { $0.outline != nil })
        let crowds = objects.filter(\.isCrowd)
        #expect(!crowds.isEmpty)
        for crowd in crowds {
            guard case .mask(let mask) = crowd.outline else {
                Issue.record("a crowd without a mask")
                continue
            }
            // COCO took the boxes of crowds from their masks, some with the last pixel inclusive.
            let (a, b) = (mask.bounds, crowd.box)
            #expect(abs(a.left - b.left) <= 1 && abs(a.top - b.top) <= 1)
            #expect(abs(a.right - b.right) <= 1 && abs(a.bottom - b.bottom) <= 1)
        }
        // COCO's images are called by their numbers, and its categories have gaps.
        #expect(data.samples.allSatisfy { $0.name.hasSuffix("\($0.id ?? -1).jpg") })
        #expect(data.categoryIDs?.count == 80 && data.categoryIDs?["person"] == 1)
        #expect(data.categoryIDs?["stop sign"] == 13 && data.categoryIDs?["toothbrush"] == 90)
        #expect(data.subset([3]).categoryIDs == data.categoryIDs)
        // Its areas are those of the outlines, which are not those of the boxes.
        for object in objects {
            let stated = try #require(object.statedArea)
            #expect(object.area == stated && stated <= (object.box.width + 2) * (object.box.height + 2))
            guard case .polygons(let polygons) = object.outline, polygons.count == 1 else { continue }
            #expect(abs(polygons[0].area - stated) <= 0.1 * stated + 8)
        }
    }

    @Test("numbers of images and classes, and areas, where files tell them in odd ways")
    func numbers() throws {
        let folder = try TemporaryFolder()
        func write(_ part: String, _ category: Int, _ areas: [String]) throws {
            let annotations = areas.enumerated().map { index, area in
                "{\"id\": \(index + 1), \"image_id\": 7, \"category_id\": \(category), \"bbox\": [\(index), 0, 4, 5]\(area)}"
            }
            let text = """
                {"images": [{"id": 7, "file_name": "a.png", "width": 99, "height": 99}],
                "categories": [{"id": \(category), "name": "dot"}, {"id": 99, "name": "dash"}],
                "annotations": [\(annotations.joined(separator: ", "))]}
                """
            _ = try folder.write(Array(text.utf8), to: "annotations/instances_\(part).json")
        }
        try write("train", 5, ["", ", \"area\": 12.5", ", \"area\": -1", ", \"area\": \"x\"", ", \"area\": [3]"])
        let data = try DetectionDataset(at: folder.path)
        #expect(data.samples[0].objects.map(\.area) == [20, 12.5, 20, 20, 20])
        #expect(data.samples[0].objects.map(\.statedArea) == [nil, 12.5, nil, nil, nil])
        #expect(data.samples[0].id == 7 && data.categoryIDs == ["dot": 5, "dash": 99])
        try write("val", 5, [])
        #expect(try DetectionDataset(at: folder.path).categoryIDs == ["dot": 5, "dash": 99])
        try write("val", 6, [])
        #expect(try DetectionDataset(at: folder.path).categoryIDs == nil)
    }

    struct Sample: CustomTestStringConvertible {
        let path: String, format: DetectionDataset.Format, images: Int, objects: Int, problems: Int
        var testDescription: String { path }
    }

    @Test(
        "layouts of other people's", .enabled(if: ReferenceData.has("format_samples_datumaro"), "no samples"),
        arguments: [
            Sample(path: "voc_dataset/voc_dataset1", format: .voc, images: 1, objects: 2, problems: 0),
            Sample(path: "voc_dataset/voc_dataset2", format: .voc, images: 4, objects: 4, problems: 0),
            Sample(path: "voc_dataset/voc_dataset3", format: .voc, images: 1, objects: 1, problems: 0),
            Sample(path: "yolo_dataset/labels", format: .yolo, images: 2, objects: 4, problems: 0),
            Sample(path: "yolo_dataset/annotations", format: .yolo, images: 1, objects: 2, problems: 0),
            Sample(path: "yolo_dataset/strict", format: .yolo, images: 1, objects: 2, problems: 0),
            Sample(path: "coco_dataset/coco", format: .coco, images: 2, objects: 3, problems: 0),
            Sample(path: "coco_dataset/coco_roboflow", format: .coco, images: 2, objects: 3, problems: 0),
            Sample(path: "coco_dataset/mmdet_coco", format: .coco, images: 2, objects: 3, problems: 0),
            Sample(path: "coco_dataset/coco_stuff", format: .coco, images: 2, objects: 2, problems: 0),
            Sample(path: "coco_dataset/coco_person_keypoints", format: .coco, images: 2, objects: 3, problems: 0),
        ])
    func layouts(_ sample: Sample) throws {
        let data = try DetectionDataset(at: ReferenceData.path("format_samples_datumaro/\(sample.path)"))
        #expect(data.format == sample.format && data.samples.count == sample.images)
        #expect(data.samples.reduce(0) { $0 + $1.objects.count } == sample.objects)
        #expect(data.problems.count == sample.problems, "\(data.problems)")
    }

    @Test("VOC's inclusive corners, counted from 1, become edges")
    func corners() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array(voc(objects: [("cat", [1, 1, 4, 4]), ("cat", [2, 3, 2, 4])]).utf8), to: "a.xml")
        try folder.writeImage(9, to: "a.png")
        let data = try DetectionDataset(at: folder.path)
        #expect(
            data.samples[0].objects.map(\.box) == [
                Box(left: 0, top: 0, right: 4, bottom: 4), Box(left: 1, top: 2, right: 2, bottom: 4),
            ])
        #expect(data.problems.isEmpty && data.samples[0].image.hasSuffix("a.png"))
    }

    @Test("a bad line of YOLO's costs no other, and says what is wrong")
    func yolo() throws {
        let folder = try TemporaryFolder()
        let lines: [(String, Problem.Rule?)] = [
            ("0 0.5 0.5 0.5 0.5", nil), ("cat 0.5 0.5 0.5 0.5", .className), ("0 200 150 40 30", .pixelCoordinates),
            ("7 0.5 0.5 0.5 0.5", .unknownClass), ("0 0.5 0.5 0 0.5", .boxDegenerate),
            ("1 0.9 0.5 0.5 0.5", .boxOutside), ("0 0.5 nan 0.5 0.5", .malformedRecord), ("0 1 2", .malformedRecord),
            ("0 0.5 0.5 0.5 0.5", .duplicateRecord), ("-1 0.5 0.5 0.5 0.5", .malformedRecord),
            ("1 0 0 0.5 0 0.5 0.5", nil), ("1.5 0 0 0 0", .malformedRecord),
            ("99999999999999999999999 0.1 0.1 0.1 0.1", .malformedRecord), ("0 0.5 1e999 0.5 0.5", .malformedRecord),
        ]
        try folder.write(Array(lines.map(\.0).joined(separator: "\n").utf8), to: "labels/a.txt")
        try folder.write(Array("cat\ndog\n".utf8), to: "classes.txt")
        try folder.writeImage(9, to: "images/a.png", width: 100, height: 50)
        let data = try DetectionDataset(at: folder.path)
        let found = Dictionary(data.problems.map { ($0.place.line, $0.rule) }, uniquingKeysWith: { $1 })
        for (index, (text, rule)) in lines.enumerated() {
            #expect(found[index + 1] == rule, "\(text)")
        }
        #expect(
            data.samples[0].objects.map(\.box) == [
                Box(left: 25, top: 12.5, right: 75, bottom: 37.5), Box(left: 65, top: 12.5, right: 115, bottom: 37.5),
                Box(left: 0, top: 0, right: 50, bottom: 25),
            ])
        #expect(throws: FileError.self) { try data.requireUsable() }
        #expect(data.problems.first { $0.rule == .className }?.remedy == "write 0 for cat")
    }

    struct Hostile: CustomTestStringConvertible {
        let name: String, text: String, complaint: String
        var testDescription: String { name }
    }

    @Test(
        "hostile files are refused in one sentence",
        arguments: [
            Hostile(
                name: "deep.json", text: "{\"images\":[],\"annotations\":" + String(repeating: "[", count: 100_000),
                complaint: "COCO"),
            Hostile(
                name: "nan.json", text: "{\"images\":[],\"annotations\":[{\"bbox\":[NaN,1,2,3]}]}", complaint: "line 1"),
            Hostile(name: "list.json", text: "{\"images\":7,\"annotations\":{}}", complaint: "images"),
            Hostile(
                name: "a.xml", text: "<!DOCTYPE a [<!ENTITY b \"b\">]><annotation>&b;</annotation>",
                complaint: "document type"),
            Hostile(name: "b.xml", text: "<annotation><object></annotation>", complaint: "line 1"),
            Hostile(
                name: "c.xml", text: "<annotation>" + String(repeating: "<a>", count: 100_000), complaint: "64 levels"),
            Hostile(name: "d.xml", text: "<annotation>\u{0}</annotation>", complaint: "no XML"),
        ])
    func hostile(_ file: Hostile) throws {
        let bytes = Array(file.text.utf8)
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: file.name)
        let error = #expect(throws: FileError.self) {
            if file.name.hasSuffix("xml") {
                _ = try XMLNode.root(of: path)
            } else {
                let file = try COCOFile(path)
                try file.begin(.annotations)
                while try file.next() != nil {}
            }
        }
        #expect(error?.description.contains(file.complaint) == true, "\(error?.description ?? "")")
    }

    @Test("a bad record of COCO's costs no other, and is named")
    func cocoRecords() throws {
        let folder = try TemporaryFolder()
        try folder.writeImage(1, to: "a.png")
        let start = "{\"image_id\":1,\"category_id\":1"
        let annotations = [
            "\(start),\"id\":10,\"bbox\":[0,0,2,2]}", "\(start),\"id\":11,\"bbox\":[0,0,1e999,1]}",
            "\(start),\"id\":12,\"bbox\":[0,0,\"x\",1]}", "\(start),\"id\":13,\"bbox\":[0,0,1]}", "null",
            "{\"image_id\":9,\"category_id\":1,\"id\":15,\"bbox\":[0,0,1,1]}",
            "{\"image_id\":1,\"category_id\":9,\"id\":16,\"bbox\":[0,0,1,1]}",
            "\(start),\"id\":17,\"bbox\":[1,1,2,2],\"segmentation\":{\"size\":[99999999,99999999],\"counts\":[1]}}",
            "\(start),\"id\":18,\"bbox\":[1,1,1,2],\"segmentation\":{\"size\":[2,8],\"counts\":[16]}}",
            "\(start),\"id\":19,\"segmentation\":[[0,0,2,0,2,3]]}",
        ]
        let text = """
            {"images":[{"id":1,"file_name":"a.png","width":4,"height":4},{"id":1e400,"file_name":"b.png"}],
            "categories":[{"id":1,"name":"cat"}],"annotations":[\(annotations.joined(separator: ","))]}
            """
        try folder.write(Array(text.utf8), to: "instances.json")
        let data = try DetectionDataset(at: folder.path)
        #expect(data.samples.count == 1 && data.recordCount == 10 && data.unusableCount == 6)
        #expect(data.samples[0].objects.map(\.place.index) == [0, 7, 8, 9])
        #expect(data.samples[0].objects[3].box == Box(left: 0, top: 0, right: 2, bottom: 3))
        let rules = Dictionary(data.problems.map { ($0.place.record ?? "", $0.rule) }, uniquingKeysWith: { $1 })
        #expect(rules["annotation 1 (id 11)"] == .malformedRecord && rules["annotation 4"] == .malformedRecord)
        #expect(rules["annotation 5 (id 15)"] == .missingImage && rules["annotation 6 (id 16)"] == .unknownClass)
        #expect(rules["annotation 7 (id 17)"] == .outline && rules["annotation 8 (id 18)"] == .maskSize)
        #expect(rules["image 1"] == .malformedRecord)
    }
}

/// A VOC annotation of an image `a.png` of 4×4 pixels.
func voc(objects: [(name: String, corners: [Int])], width: Int = 4, height: Int = 4) -> String {
    let objects = objects.map { object in
        let tags = zip(["xmin", "ymin", "xmax", "ymax"], object.corners).map { "<\($0)>\($1)</\($0)>" }.joined()
        return "  <object>\n    <name>\(object.name)</name>\n    <bndbox>\(tags)</bndbox>\n  </object>\n"
    }
    return """
        <annotation>
          <filename>a.png</filename>
          <size><width>\(width)</width><height>\(height)</height><depth>3</depth></size>
        \(objects.joined())</annotation>

        """
}
