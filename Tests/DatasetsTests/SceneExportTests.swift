import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import Testing

@Suite struct SceneExportTests {
    private let scenes = Scenes(seed: 6, size: PixelSize(width: 48, height: 40))

    private func written(
        _ format: SceneFormat, _ indices: Range<Int> = 10..<20, _ check: (String) throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/out"
        try await SceneExport(scenes, indices, as: format, frames: 5).write(to: path)
        try check(path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func lines(_ path: String) throws -> [String] { try text(path).split(separator: "\n").map(String.init) }

    @Test("a folder for each class is read back as training and validation data")
    func folders() async throws {
        try await written(.folder, 0..<120) { (path: String) throws in
            let training = try ClassificationDataset(at: path, split: .train)
            let validation = try ClassificationDataset(at: path, split: .validation)
            #expect(training.count == 96 && validation.count == 24)
            #expect(training.classNames == Scenes.classNames && validation.classNames == Scenes.classNames)
            #expect(training.countsPerClass == [Int](repeating: 4, count: 24))
            let place = try #require((0..<96).first { training.name(at: $0).hasSuffix("/000050.png") })
            #expect(try training.image(at: place, atLeast: nil) == scenes.scene(at: 50).image)
            #expect(training.label(at: place) == scenes.mainClass(at: 50).number)
        }
    }

    @Test("mask images hold the numbers of classes and objects")
    func masks() async throws {
        try await written(.masks) { (path: String) throws in
            #expect(try lines("\(path)/classes.txt") == ["background"] + Scenes.classNames)
            #expect(try lines("\(path)/train.txt") == (10..<18).map { "0000\($0)" })
            #expect(try lines("\(path)/val.txt") == ["000018", "000019"])
            for index in 10..<20 {
                let scene = scenes.scene(at: index)
                #expect(try Image(contentsOf: "\(path)/images/0000\(index).png") == scene.image)
                #expect(try gray("\(path)/class-masks/0000\(index).png") == scene.classMap)
                #expect(try gray("\(path)/instance-masks/0000\(index).png") == scene.instances)
            }
        }
    }

    /// The grey values of an image, whether it is read as grey or as RGB.
    private func gray(_ path: String) throws -> [UInt8] {
        let image = try Image(contentsOf: path)
        return stride(from: 0, to: image.pixels.count, by: image.channels).map { image.pixels[$0] }
    }

    @Test("YOLO's lines give the boxes back")
    func yolo() async throws {
        try await written(.yolo) { (path: String) throws in
            for index in 10..<20 {
                let scene = scenes.scene(at: index)
                let lines = try lines("\(path)/labels/\(index < 18 ? "train" : "val")/0000\(index).txt")
                #expect(lines.count == scene.objects.count)
                for (line, object) in zip(lines, scene.objects) {
                    let numbers = line.split(separator: " ").compactMap { Double($0) }
                    try #require(numbers.count == 5)
                    let (width, height) = (numbers[3] * 48, numbers[4] * 40)
                    #expect(Int(numbers[0]) == object.kind.number)
                    #expect(abs(numbers[1] * 48 - width / 2 - object.box.left) < 1e-3)
                    #expect(abs(numbers[2] * 40 + height / 2 - object.box.bottom) < 1e-3)
                    #expect(abs(width - object.box.width) < 1e-3 && abs(height - object.box.height) < 1e-3)
                }
            }
            let data = try text("\(path)/data.yaml")
            #expect(data.contains("val: images/val") && data.contains("\n  8: \"car\"\n"))
        }
    }

    @Test("VOC's files have boxes counted from 1, and lists of names")
    func voc() async throws {
        try await written(.voc) { (path: String) throws in
            #expect(try lines("\(path)/ImageSets/Main/trainval.txt").count == 10)
            #expect(try lines("\(path)/ImageSets/Segmentation/val.txt") == ["000018", "000019"])
            let scene = scenes.scene(at: 12)
            let document = try XMLValues(text("\(path)/Annotations/000012.xml"))
            #expect(document["name"] == scene.objects.map(\.kind.rawValue))
            #expect(document["xmin"] == scene.objects.map { String(Int($0.box.left) + 1) })
            #expect(document["ymin"] == scene.objects.map { String(Int($0.box.top) + 1) })
            #expect(document["xmax"] == scene.objects.map { String(Int($0.box.right)) })
            #expect(document["ymax"] == scene.objects.map { String(Int($0.box.bottom)) })
            #expect(document["width"] == ["48"] && document["filename"] == ["000012.jpg"])
            #expect(try Image(contentsOf: "\(path)/JPEGImages/000012.jpg").size == scene.image.size)
            #expect(try gray("\(path)/SegmentationClass/000012.png") == scene.classMap)
            #expect(try gray("\(path)/SegmentationObject/000012.png") == scene.instances)
        }
    }

    /// Texts of elements by their names, by regular expression: the files have no attributes.
    private struct XMLValues {
        private var values: [String: [String]] = [:]

        init(_ text: String) throws {
            for match in text.matches(
                of: try Regex("<([a-z]+)>([^<]*)</([a-z]+)>", as: (Substring, Substring, Substring, Substring).self))
            {
                try #require(match.output.1 == match.output.3)
                values[String(match.output.1), default: []].append(String(match.output.2))
            }
        }

        subscript(name: String) -> [String] { values[name] ?? [] }
    }

    private struct COCO: Decodable {
        struct Image: Decodable {
            let id: Int, fileName: String, width: Int, height: Int
        }
        struct Category: Decodable {
            let id: Int, name: String, supercategory: String
        }
        struct Annotation: Decodable {
            struct Segmentation: Decodable {
                let size: [Int], counts: String
            }
            let id: Int, imageId: Int, categoryId: Int?, bbox: [Double]?, area: Int?, iscrowd: Int?
            let segmentation: Segmentation?, caption: String?
        }
        let images: [Image], annotations: [Annotation], categories: [Category]?
    }

    @Test("COCO's files give boxes, masks and captions back")
    func coco() async throws {
        try await written(.coco) { (path: String) throws in
            func read(_ name: String) throws -> COCO {
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                let text = try text("\(path)/annotations/\(name).json")
                #expect(text.contains("\"image_id\": 1") && text.contains("\"file_name\": \"0000"))
                return try decoder.decode(COCO.self, from: Data(text.utf8))
            }
            for (split, range) in [("train", 10..<18), ("val", 18..<20)] {
                let (instances, captions) = (try read("instances_\(split)"), try read("captions_\(split)"))
                #expect(instances.categories?.map(\.name) == Scenes.classNames)
                #expect(Set(instances.annotations.map(\.id)).count == instances.annotations.count)
                #expect(instances.images.map(\.fileName) == range.map { "0000\($0).png" })
                for (image, index) in zip(instances.images, range) {
                    let scene = scenes.scene(at: index)
                    #expect(try Image(contentsOf: "\(path)/images/\(split)/\(image.fileName)") == scene.image)
                    let found = instances.annotations.filter { $0.imageId == image.id }
                    #expect(found.count == scene.objects.count)
                    for (annotation, object) in zip(found, scene.objects) {
                        #expect(annotation.categoryId == object.kind.number + 1 && annotation.iscrowd == 0)
                        let box = try #require(annotation.bbox)
                        #expect(Box(x: box[0], y: box[1], width: box[2], height: box[3]) == object.box)
                        let runs = try #require(annotation.segmentation)
                        #expect(runs.size == [40, 48] && annotation.area == object.mask.pixelCount)
                        #expect(try RunLengthMask(width: 48, height: 40, compressed: runs.counts) == object.mask)
                    }
                    let sentences = captions.annotations.filter { $0.imageId == image.id }.compactMap(\.caption)
                    #expect(sentences == scene.captions)
                }
            }
        }
    }

    @Test("what is written is read back as a data set of boxes", arguments: [SceneFormat.voc, .coco, .yolo])
    func boxes(_ format: SceneFormat) async throws {
        try await written(format) { (path: String) throws in
            let data = try DetectionDataset(at: path)
            #expect(data.format.rawValue == format.rawValue && data.classNames == Scenes.classNames)
            #expect(data.samples.count == 10 && data.problems.isEmpty)
            for sample in data.samples {
                let index = try #require(Int(sample.name.suffix(10).prefix(6)))
                let scene = scenes.scene(at: index)
                #expect(sample.split == (index < 18 ? .train : .validation))
                #expect(FileManager.default.fileExists(atPath: sample.image))
                #expect(sample.objects.map(\.label) == scene.objects.map(\.kind.number))
                for (found, object) in zip(sample.objects, scene.objects) {
                    #expect(abs(found.box.left - object.box.left) < 1e-4)
                    #expect(abs(found.box.bottom - object.box.bottom) < 1e-4)
                    if format == .coco { #expect(found.outline == .mask(object.mask)) }
                    if format == .voc { #expect(found.isOccluded == !object.hiddenBy.isEmpty) }
                }
            }
        }
    }

    @Test("the same scenes give the same bytes", arguments: SceneFormat.allCases)
    func deterministic(_ format: SceneFormat) async throws {
        let folder = try TemporaryFolder()
        let export = SceneExport(scenes, 3..<9, as: format, frames: 2)
        for name in ["a", "b"] { try await export.write(to: "\(folder.path)/\(name)") }
        let files = FileManager.default
        let names = try files.subpathsOfDirectory(atPath: "\(folder.path)/a").sorted()
        #expect(try names == files.subpathsOfDirectory(atPath: "\(folder.path)/b").sorted() && names.count > 6)
        for name in names {
            // Of folders there are no contents, in neither.
            #expect(
                files.contents(atPath: "\(folder.path)/a/\(name)")
                    == files.contents(
                        atPath: "\(folder.path)/b/\(name)"), "\(name)")
        }
    }

    @Test("captions alone come without boxes")
    func captions() async throws {
        try await written(.captions) { (path: String) throws in
            #expect(FileManager.default.fileExists(atPath: "\(path)/annotations/captions_val.json"))
            #expect(!FileManager.default.fileExists(atPath: "\(path)/annotations/instances_val.json"))
        }
    }

    @Test("films come as a folder of frames with their labels")
    func films() async throws {
        try await written(.sequences, 0..<5) { (path: String) throws in
            let film = scenes.sequence(at: 4, frames: 5)
            let lines = try lines("\(path)/val/000004/labels.csv")
            #expect(lines.count == 6 && lines[0] == "frame,action,class,left,top,right,bottom")
            for (number, frame) in film.frames.enumerated() {
                #expect(try Image(contentsOf: "\(path)/val/000004/0\(number).png") == frame.image)
                #expect(
                    lines[number + 1].hasPrefix("0\(number).png,\(film.actions[number].rawValue),\(frame.mainClass),"))
            }
            #expect(try self.lines("\(path)/actions.txt") == SceneAction.allCases.map(\.rawValue))
        }
    }

    @Test("a folder with other contents is refused and left alone, an empty one is filled")
    func occupied() async throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "full/precious.txt")
        try folder.makeFolder("empty")
        let export = SceneExport(scenes, 0..<2, as: .folder)
        for (name, reason) in [
            ("full", "has other contents"), ("full/precious.txt", "is a file"), ("", "cannot be a folder's name"),
            ("full/precious.txt/inside", "cannot be created"),
        ] {
            let error = await #expect(throws: FileError.self) {
                try await export.write(to: name.isEmpty ? "" : "\(folder.path)/\(name)")
            }
            #expect(error?.code == .unwritable && error?.reason.contains(reason) == true, "\(name)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/full") == ["precious.txt"])
        try await export.write(to: "\(folder.path)/empty")
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/empty/train"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["empty", "full"])

        try folder.makeFolder(".next.unfinished")
        await #expect(throws: FileError.self) { try await export.write(to: "\(folder.path)/next") }
    }
}
