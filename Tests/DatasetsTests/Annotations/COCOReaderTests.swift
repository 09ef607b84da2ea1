import Foundation
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadePrelude
import Testing

@testable import SaccadeDatasets

@Suite struct COCOReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let image = "{\"id\":1,\"file_name\":\"a.png\",\"width\":40,\"height\":30}"
    private static let category = "{\"id\":1,\"name\":\"cat\"}"

    private func open(
        images: [String] = [image], categories: [String] = [category], annotations: [String], mark: String = ""
    ) throws -> DetectionDataset {
        let lists = [("images", images), ("categories", categories), ("annotations", annotations)]
        let text = lists.map { "\"\($0)\":[\($1.joined(separator: ","))]" }.joined(separator: ",\n")
        return try open(Array("\(mark){\(text)}".utf8))
    }

    private func open(_ bytes: [UInt8]) throws -> DetectionDataset {
        try DetectionDataset(at: folder.write(bytes, to: "instances.json"), format: .coco)
    }

    /// What a file says, read in the plainest way.
    private struct Plain: Decodable {
        struct Annotation: Decodable {
            let id: Int, imageID: Int, bbox: [Double], segmentation: [[Double]]

            private enum CodingKeys: String, CodingKey {
                case id, bbox, segmentation
                case imageID = "image_id"
            }
        }
        let annotations: [Annotation]
    }

    @Test("every number of a file arrives, in whatever order its lists stand")
    func numbers() throws {
        var random = RandomJSON(seed: 11)
        func coordinates(_ count: Int) -> String {
            let digits = random.draw(5)
            return (0..<count).map { _ in
                String(format: "%.\(digits)f", Double(random.draw(30_000_000)) / 1_000_000)
            }.joined(separator: ",")
        }
        let images = (1...7).map { "{\"id\":\($0),\"file_name\":\"\($0).png\",\"width\":40,\"height\":30}" }
        let annotations = (0..<300).map { index in
            let polygons = (0...random.draw(3)).map { _ in "[\(coordinates(2 * (3 + random.draw(9))))]" }
            return """
                {"segmentation":[\(polygons.joined(separator: ","))],"area":1.5,"iscrowd":0,"image_id":\(1 + random.draw(7)),
                "bbox":[\(random.draw(20)).25,\(random.draw(10)).75,\(1 + random.draw(9)),2.5],"category_id":1,"id":\(index)}
                """
        }
        let lists = [
            "\"images\":[\(images.joined(separator: ","))]", "\"categories\":[\(Self.category)]",
            "\"annotations\":[\(annotations.joined(separator: ","))]",
        ]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let text = "{\"info\":{},\(order.map { lists[$0] }.joined(separator: ","))}"
            let data = try open(Array(text.utf8))
            #expect(data.problems.isEmpty && data.recordCount == 300 && data.samples.count == 7)
            let expected = try JSONDecoder().decode(Plain.self, from: Data(text.utf8)).annotations
            for (index, sample) in data.samples.enumerated() {
                let objects = expected.filter { $0.imageID == index + 1 }
                #expect(sample.objects.count == objects.count)
                for (object, plain) in zip(sample.objects, objects) {
                    let (place, box) = (object.place, plain.bbox)
                    #expect(place.record == "annotation \(place.index ?? -1) (id \(plain.id))")
                    #expect(object.box == Box(x: box[0], y: box[1], width: box[2], height: box[3]))
                    #expect(try object.outline == .polygons(plain.segmentation.map { try Polygon(coordinates: $0) }))
                }
            }
        }
    }

    struct Bad: CustomTestStringConvertible {
        let fields: String, complaint: String?
        init(_ fields: String, _ complaint: String?) { (self.fields, self.complaint) = (fields, complaint) }
        var testDescription: String { String(fields.prefix(60)) }
    }

    @Test(
        "numbers, texts and fields as nobody should write them",
        arguments: [
            Bad("\"image_id\":1.0,\"category_id\":1e0", nil),
            Bad("\"image_id\":1,\"category_id\":1,\"x\":{\"y\":[]}", nil),
            Bad("\"image_id\":1,\"category_id\":1,\"area\":1e999", nil),
            Bad("\"image_id\":1,\"category_id\":1,\"note\":\"\\ud800\"", nil),
            Bad("\"image_id\":1,\"category_id\":1,\"iscrowd\":null,\"keypoints\":null,\"segmentation\":null", nil),
            Bad("\"image_id\":1.5,\"category_id\":1", "image_id is 1.5, which is no whole number"),
            Bad("\"image_id\":1e30,\"category_id\":1", "image_id holds a number that is too large"),
            Bad("\"image_id\":99999999999999999999,\"category_id\":1", "image_id holds a number that is too large"),
            Bad("\"image_id\":18446744073709551615,\"category_id\":1", "image_id holds a number that is too large"),
            Bad("\"image_id\":9007199254740994.0,\"category_id\":1", "image_id holds a number that is too large"),
            Bad("\"image_id\":\"1\",\"category_id\":1", "image_id is not of the right type"),
            Bad("\"image_id\":null,\"category_id\":1", "image_id is not of the right type"),
            Bad("\"image_id\":true,\"category_id\":1", "image_id is not of the right type"),
            Bad("\"imageId\":1,\"category_id\":1", "it has no “image_id”, only “imageId”"),
            Bad("\"Image-ID\":1,\"category_id\":1", "it has no “image_id”, only “Image-ID”"),
            Bad("\"category_id\":1", "it has no “image_id”"),
            Bad("\"image_id\":1,\"image_id\":1,\"category_id\":1", "it has “image_id” twice"),
            Bad("\"image_id\":1,\"image\\u005fid\":1,\"category_id\":1", "it has “image_id” twice"),
            Bad("\"image_id\":1,\"category_id\":1,\"iscrowd\":\"no\"", "iscrowd is not of the right type"),
            Bad("\"image_id\":1,\"category_id\":1,\"segmentation\":[[1,2,3,4,5,6],7]", "segmentation[1] is not of"),
            Bad("\"image_id\":1,\"category_id\":1,\"segmentation\":[[1,2,3,4,5,[]]]", "segmentation[0][5] is not of"),
            Bad("\"image_id\":1,\"category_id\":1,\"segmentation\":\"x\"", "segmentation is not of the right type"),
            Bad("\"image_id\":1,\"category_id\":1,\"segmentation\":{\"counts\":[1]}", "segmentation has no “size”"),
            Bad("\"image_id\":1,\"category_id\":1,\"segmentation\":{\"size\":[1],\"counts\":[1]}", "[height, width]"),
            Bad(
                "\"image_id\":1,\"category_id\":1,\"segmentation\":{\"size\":[30,40],\"counts\":[1.5]}",
                "counts[0] is 1.5"),
            Bad("\"image_id\":1,\"category_id\":1,\"attributes\":[]", "attributes is not of the right type"),
            Bad("\"image_id\":1,\"category_id\":1,\"keypoints\":[1,2,\"v\"]", "keypoints[2] is not of the right type"),
        ])
    func fields(_ bad: Bad) throws {
        let good = "{\"image_id\":1,\"category_id\":1,\"id\":8,\"bbox\":[0,0,3,3]}"
        let data = try open(annotations: ["{\(bad.fields),\"id\":7,\"bbox\":[0,0,2,2]}", good])
        #expect(data.recordCount == 2 && data.samples[0].objects.last?.box.right == 3)
        #expect(data.samples[0].objects.count == (bad.complaint == nil ? 2 : 1), "\(data.problems)")
        #expect(data.unusableCount == (bad.complaint == nil ? 0 : 1))
        guard let complaint = bad.complaint else { return }
        let problem = try #require(data.problems.first)
        #expect(problem.rule == .malformedRecord && problem.place.record == "annotation 0 (id 7)")
        #expect(problem.message.contains(complaint), "\(problem)")
    }

    @Test("text that is not UTF-8 costs its record, and a mark in front of the file nothing")
    func encodings() throws {
        let annotation = "{\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,2,2]}"
        #expect(try open(annotations: [annotation], mark: "\u{FEFF}").samples[0].objects.count == 1)
        let before = "{\"images\":[\(Self.image),{\"id\":2,\"file_name\":\"caf"
        let after = ".png\"}],\"categories\":[\(Self.category)],\"annotations\":[\(annotation)]}"
        let data = try open(Array(before.utf8) + [0xE9] + Array(after.utf8))
        #expect(data.samples.count == 1 && data.samples[0].objects.count == 1)
        #expect(data.problems.map(\.message) == ["file_name holds text that is not UTF-8 or has wrong escapes"])
        #expect(data.problems[0].place.record == "image 1 (id 2)")
        let escaped = try open(images: ["{\"id\":1,\"file_name\":\"\\u00e9\\ud83d\\ude00\\\"/\\\\\"}"], annotations: [])
        #expect(escaped.samples[0].name == "é😀\"/\\")
    }

    @Test("a file that ends early is refused wherever it ends, with a line")
    func truncated() throws {
        let annotation = "{\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,2.5,2],\"segmentation\":[[0,0,2,0,2,2]]}"
        let text = Array(
            "{\"images\":[\(Self.image)],\n\"categories\":[\(Self.category)],\"annotations\":[\(annotation)]}".utf8)
        let whole = try open(text)
        #expect(whole.samples[0].objects.count == 1)
        for count in 1..<text.count {
            let error = #expect(throws: FileError.self) {
                _ = try COCOFile(folder.write(Array(text.prefix(count)), to: "short.json"))
            }
            #expect(error?.description.contains("line ") == true)
        }
    }

    @Test("no damage ends the process")
    func fuzz() throws {
        var random = RandomJSON(seed: 3)
        let start = "\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,2.5,2]"
        let text = """
            {"images":[\(Self.image),{"id":2,"file_name":"b.png"}],"categories":[\(Self.category)],"annotations":[
            {\(start),"id":1,"segmentation":[[0,0,2,0,2,2],[1,1,3,1,3,3.5]],"attributes":{"occluded":true,"n":3}},
            {\(start),"id":2,"segmentation":{"size":[30,40],"counts":[3,5,1192]},"iscrowd":1},
            {\(start),"id":3,"segmentation":{"size":[30,40],"counts":"34S\\\\1"},"keypoints":[1,2,2,3,4,1]}]}
            """
        let pieces = [
            "[", "]", "{", "}", ",", ":", "\"", "\\", "1e999", "-", "NaN", "null", "true", "9999999999999999999",
            "-1", "0.", "\u{0}", "\"id\":", "[[", "]]", "\\u", "é", "1e18", "-9223372036854775808",
        ].map { Array($0.utf8) }
        var opened = 0
        for _ in 0..<4000 {
            var bytes = Array(text.utf8)
            for _ in 0...random.draw(3) {
                let place = random.draw(bytes.count)
                switch random.draw(4) {
                case 0: bytes.removeSubrange(place..<min(place + 1 + random.draw(9), bytes.count))
                case 1: bytes.insert(contentsOf: pieces[random.draw(pieces.count)], at: place)
                case 2: bytes[place] = UInt8(random.draw(256))
                default:
                    let end = min(place + 1 + random.draw(4), bytes.count)
                    bytes.replaceSubrange(place..<end, with: pieces[random.draw(pieces.count)])
                }
            }
            do {
                let data = try open(bytes)
                opened += 1
                for object in data.samples.flatMap(\.objects) { #expect(object.box.isValid) }
                // An outline may be beyond what can be drawn, or a mask of another image's size.
                for sample in data.samples { _ = try? sample.annotations(size: PixelSize(width: 40, height: 30)) }
            } catch let error as FileError {
                #expect(error.description.count < 400)
            }
        }
        #expect(opened > 500 && opened < 3500)
    }

    @Test("many classes, and many objects of one box, take no longer for each than few")
    func crowding() throws {
        let categories = (0..<60_000).map { "{\"id\":\($0),\"name\":\"c\($0)\"}" }
        let annotations = (0..<60_000).map {
            "{\"image_id\":1,\"category_id\":\($0 % 59_998),\"bbox\":[0,0,2,2],\"attributes\":{\"n\":\($0 % 59_998)}}"
        }
        let data = try open(categories: categories, annotations: annotations)
        #expect(data.classNames.count == 60_000 && data.samples[0].objects.count == 59_998)
        #expect(data.problems.map(\.rule) == [.duplicateRecord, .duplicateRecord])
        #expect(data.problems.map(\.message) == ["says the same as annotation 0", "says the same as annotation 1"])
    }

    @Test("what says the same but for where it stands is one object")
    func duplicates() throws {
        let fields = "\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,2,2]"
        let outline = "\"segmentation\":[[0,0,2,0,2,2]]"
        let records = [
            "\(fields),\"id\":1", "\(fields),\"id\":2,\"iscrowd\":1", "\(fields),\"id\":3,\(outline)",
            "\(fields),\"id\":4",
            "\(fields),\"id\":5,\(outline)", "\(fields),\"id\":6,\"segmentation\":[[0,0,2,0,2,2.5]]",
        ]
        let data = try open(annotations: records.map { "{\($0)}" })
        #expect(data.samples[0].objects.map(\.place.index) == [0, 1, 2, 5])
        #expect(data.problems.map(\.place.record) == ["annotation 3 (id 4)", "annotation 4 (id 5)"])
        #expect(
            data.problems.map(\.message) == [
                "says the same as annotation 0 (id 1)", "says the same as annotation 2 (id 3)",
            ])
    }

    @Test("captions are read record by record, too")
    func captions() throws {
        let text = """
            {"annotations":[{"image_id":1,"id":5,"caption":"A cat. "},{"image_id":1,"id":6,"caption":7},
            {"image_id":3,"id":7,"caption":"A dog."},{"image_id":1,"id":8,"caption":" ."}],
            "images":[\(Self.image),{"id":"2","file_name":"b.png"}]}
            """
        let data = try CaptionDataset(at: folder.write(Array(text.utf8), to: "captions_a.json"))
        #expect(data.samples.map { $0.captions.map(\.text) } == [["A cat."]])
        #expect(
            data.problems.map { "\($0.place.record ?? ""): \($0.rule.rawValue)" } == [
                "image 1: malformed-record", "annotation 1 (id 6): malformed-record",
                "annotation 2 (id 7): missing-image", "annotation 3 (id 8): empty-caption",
            ])
    }
}

@Suite struct PackedOutlineTests {
    @Test("polygons come back as they were, whatever their numbers", arguments: 0..<9)
    func polygons(kind: Int) {
        var random = RandomJSON(seed: UInt64(kind))
        func number() -> Double {
            switch kind {
            case 0: Double("\(random.draw(656)).\(random.draw(10))\(random.draw(10))") ?? 0
            case 1: Double(random.draw(2000)) - 1000
            case 2: Double("\(random.draw(200_000)).\(1000 + random.draw(9000))") ?? 0
            case 3: Double.random(in: -1e3...1e3, using: &random.generator)
            case 4: [0, -0.0, 655.35, 655.36, 655.355, 65535, 1e-9, -0.004, 0.005][random.draw(9)]
            case 5: [214_748.3647, 214_748.3648, -214_748.3648, 214_748.36475, 1e300, -1e300, 0x1p31][random.draw(7)]
            case 6: [0.1 + 0.2, 0.3, 1.15, 1.005, 2.675][random.draw(5)]
            case 7: [.infinity, -.infinity, .greatestFiniteMagnitude, 1][random.draw(4)]
            default: 12.34
            }
        }
        for _ in 0..<400 {
            let polygons = (0..<random.draw(4)).map { _ in
                Polygon((0..<random.draw(6)).map { _ in Point(number(), number()) })
            }
            let packed = PackedOutline(.polygons(polygons))
            #expect(packed.outline == .polygons(polygons))
            #expect(packed == PackedOutline(packed.outline))
            var object = AnnotatedObject(
                label: 0, box: Box(left: 0, top: 0, right: 1, bottom: 1), outline: .polygons(polygons),
                place: .init(file: ""))
            #expect(object.outline == .polygons(polygons))
            object.outline = nil
            #expect(object.outline == nil)
            let bounds = polygons.compactMap(\.bounds)
            #expect(packed.bounds == bounds.dropFirst().reduce(bounds.first) { $0?.union($1) })
        }
    }

    @Test("more corners than two bytes can count")
    func many() throws {
        let polygon = Polygon((0..<70_000).map { Point(Double($0 % 600), Double($0 % 400) / 4) })
        #expect(PackedOutline(.polygons([polygon])).outline == .polygons([polygon]))
        let mask = try RunLengthMask(width: 4, height: 4, runs: [3, 5, 8])
        #expect(PackedOutline(.mask(mask)).outline == .mask(mask))
    }

    @Test("a place is the same whether its words are made early or late")
    func places() {
        let late = Problem.Place(file: "a", .annotation, 3, id: 7)
        let early = Problem.Place(file: "a", record: "annotation 3 (id 7)", index: 3)
        #expect(late == early && late.hashValue == early.hashValue && late.record == early.record)
        #expect(late != Problem.Place(file: "a", .annotation, 3, id: nil))
        #expect(Problem.Place(file: "a", .image, 2, id: nil).record == "image 2")
    }
}
