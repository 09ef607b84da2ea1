import Foundation
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import Testing

@testable import SaccadeDatasets

@Suite struct DataCheckTests {
    /// Waves, so that an image has something to recognise.
    private func image(_ seed: Int, width: Int = 96, height: Int = 64) -> Image {
        let pixels = (0..<width * height).flatMap { place in
            let (x, y) = (Double(place % width) / Double(width), Double(place / width) / Double(height))
            let wave = sin(x * Double(5 + seed)) * cos(y * Double(9 - seed)) + sin(Double(seed) + 7 * x * y)
            return [UInt8](repeating: UInt8(127 + 60 * wave), count: 3)
        }
        return Image(width: width, height: height, channels: 3, pixels: pixels)
    }

    @Test("images: missing, damaged, of another size, and the same or alike in two parts")
    func images() throws {
        let folder = try TemporaryFolder()
        for (name, image) in [("train/x/1", image(1)), ("train/y/2", image(2)), ("val/x/3", image(3))] {
            try folder.write(image.pngData(), to: "\(name).png")
        }
        try folder.write(image(1).pngData(), to: "val/y/same.png")
        // Smaller and compressed: other bytes, the same look.
        try folder.write(image(2).resized(width: 72, height: 48).jpegData(quality: 60), to: "val/y/alike.jpg")
        try folder.write(Array(image(4).pngData().prefix(700)), to: "train/y/cut.png")
        let check = try DataCheck(of: folder.path)
        let found = check.problems.map { "\(($0.place.file as NSString).lastPathComponent) \($0.rule.rawValue)" }
        #expect(found == ["cut.png unreadable-image", "alike.jpg similar-image", "same.png duplicate-image"])
    }

    @Test("VOC: the image's size is compared, and a missing image is found")
    func sizes() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            Array(voc(objects: [("cat", [1, 1, 2, 2])], width: 5, height: 6).utf8), to: "Annotations/a.xml")
        try folder.write(Array(voc(objects: []).utf8), to: "Annotations/b.xml")
        let path = try folder.writeImage(5, to: "JPEGImages/a.png")
        let check = try DataCheck(of: folder.path + "/")
        #expect(check.problems.map(\.rule) == [.imageSize])
        #expect(check.problems[0].message.contains("5×6"))
        try FileManager.default.removeItem(atPath: path)
        #expect(try DataCheck(of: folder.path).problems.map(\.rule) == [.missingImage, .missingImage])
    }

    @Test("VOC is mended byte for byte, and keeps a backup")
    func mendsVOC() throws {
        let folder = try TemporaryFolder()
        let good = ("cat", [1, 1, 3, 3])
        let bad = [good, ("dog", [2, 2, 2, 2]), ("dog", [3, 0, 9, 4]), good, ("cat", [50, 50, 60, 60])]
        let before = voc(objects: bad).replacing("<annotation>", with: "<annotation><!-- <object> -->")
        let path = try folder.write(Array(before.utf8), to: "a.xml")
        try folder.writeImage(5, to: "a.png")
        let problems = try DataCheck(of: folder.path).problems
        #expect(problems.map(\.rule) == [.boxDegenerate, .boxOutside, .duplicateRecord, .boxOutside])
        let fixes = try AnnotationFixes(problems)
        #expect(fixes.files.map(\.clippedBoxes) == [1] && fixes.files.map(\.removedRecords) == [3])
        let after = voc(objects: [good, ("dog", [3, 1, 4, 4])])
            .replacing("<annotation>", with: "<annotation><!-- <object> -->")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == after)
        #expect(try String(contentsOfFile: path + ".orig", encoding: .utf8) == before)
        #expect(try DataCheck(of: folder.path).problems.isEmpty)
    }

    @Test("YOLO is mended line by line")
    func mendsYOLO() throws {
        let folder = try TemporaryFolder()
        let lines = ["0 0.5 0.5 0.5 0.5", "x 1", "0 0.5 0.5 0 1", "1 0.9 0.5 0.4 1", "0 0.5 0.5 0.5 0.5"]
        let path = try folder.write(Array(lines.joined(separator: "\r\n").utf8), to: "labels/a.txt")
        try folder.write(Array("cat\ndog\n".utf8), to: "classes.txt")
        try folder.writeImage(9, to: "images/a.png", width: 100, height: 50)
        _ = try AnnotationFixes(DataCheck(of: folder.path).problems)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "0 0.5 0.5 0.5 0.5\r\nx 1\r\n1 0.85 0.5 0.3 1\r\n")
        #expect(try DataCheck(of: folder.path).problems.map(\.rule) == [.className])
    }

    @Test("COCO is mended record by record", arguments: [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]])
    func mendsCOCO(bad: [Int]) throws {
        let folder = try TemporaryFolder()
        try folder.writeImage(1, to: "a.png")
        let records = (0..<3).map { index in
            let box = bad.contains(index) ? "[1, 1, 0, 2]" : "[\(index), 0, 9, 2]"
            return "{\"id\": \(index), \"image_id\": 1, \"category_id\": 1, \"x\": \"]},\\\"\", \"bbox\": \(box)}"
        }
        let text = """
            {"annotations": [ \(records.joined(separator: " ,\n ")) ],
             "images": [{"id":1,"file_name":"a.png","width":4,"height":4}], "categories": [{"id":1,"name":"cat"}]}
            """
        let path = try folder.write(Array(text.utf8), to: "instances.json")
        _ = try AnnotationFixes(DataCheck(of: folder.path).problems)
        let data = try DetectionDataset(at: path)
        #expect(data.problems.isEmpty)
        let kept = (0..<3).filter { !bad.contains($0) }
        #expect(
            data.samples[0].objects.map(\.place.record)
                == kept.enumerated().map {
                    "annotation \($0.offset) (id \($0.element))"
                })
        #expect(
            data.samples[0].objects.map(\.box)
                == kept.map {
                    Box(left: Double($0), top: 0, right: 4, bottom: 2)
                })
    }

    @Test("says what it looked for")
    func unknown() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try DataCheck(of: folder.path) }
        #expect(error?.description.contains("YOLO") == true && error?.code == .unknownFormat)
    }
}
