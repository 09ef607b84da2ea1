import Foundation
import SaccadeGeometry
import SaccadeImages

/// `SPLIT/NAME.png` with `annotations/captions_SPLIT.json` and, unless only captions are wanted,
/// `annotations/instances_SPLIT.json`, as COCO (Lin et al., 2014) has them; masks are compressed runs.
struct SceneCOCOWriter: SceneWriter {
    private let withInstances: Bool
    private var captions: [DatasetSplit: SceneCOCOFile] = [:]
    private var instances: [DatasetSplit: SceneCOCOFile] = [:]

    init(withInstances: Bool) { self.withInstances = withInstances }

    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        try folder.write(scene.image.pngData(level: 1), to: "\(split.folderName)/\(name).png")
        let file = "\(name).png"
        var sentences =
            try captions[split] ?? SceneCOCOFile("captions_\(split.folderName)", categories: nil, in: &folder)
        let image = sentences.add(file, width: scene.image.width, height: scene.image.height)
        for caption in scene.captions { try sentences.add { Caption(id: $0, imageId: image, caption: caption) } }
        captions[split] = sentences

        guard withInstances else { return }
        var objects =
            try instances[split]
            ?? SceneCOCOFile("instances_\(split.folderName)", categories: SceneClass.allCases, in: &folder)
        let number = objects.add(file, width: scene.image.width, height: scene.image.height)
        for object in scene.objects { try objects.add { Instance(id: $0, imageId: number, object) } }
        instances[split] = objects
    }

    mutating func finish(in folder: inout StagedFolder) throws {
        for file in Array(captions.values) + Array(instances.values) { try file.finish() }
    }

    private struct Caption: Encodable {
        let id: Int, imageId: Int, caption: String
    }

    private struct Instance: Encodable {
        struct Segmentation: Encodable {
            let size: [Int], counts: String
        }
        let id: Int, imageId: Int, categoryId: Int, bbox: [Double], area: Int, iscrowd = 0
        let segmentation: Segmentation

        init(id: Int, imageId: Int, _ object: SceneObject) {
            (self.id, self.imageId, categoryId) = (id, imageId, object.kind.number + 1)
            bbox = [object.box.left, object.box.top, object.box.width, object.box.height]
            area = object.mask.pixelCount
            segmentation = Segmentation(
                size: [object.mask.height, object.mask.width], counts: object.mask.compressed)
        }
    }
}

/// One of COCO's files. Annotations go to the disk as they come; only the list of pictures waits for the end.
private struct SceneCOCOFile {
    private struct Picture: Encodable {
        let id: Int, fileName: String, width: Int, height: Int
    }
    private struct Category: Encodable {
        let id: Int, name: String, supercategory: String
    }

    private let file: StagedFile
    private let encoder: JSONEncoder
    private var pictures: [Picture] = []
    private var annotations = 0

    init(_ name: String, categories: [SceneClass]?, in folder: inout StagedFolder) throws {
        encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        file = try folder.stream(to: "annotations/\(name).json")
        try file.write("{\"info\": {\"description\": \"Saccade scenes\"}, \"licenses\": [],\n")
        if let categories {
            let list = categories.map {
                Category(id: $0.number + 1, name: $0.rawValue, supercategory: $0.family.rawValue)
            }
            try file.write("\"categories\": ")
            try file.write(encoder.encode(list))
            try file.write(",\n")
        }
        try file.write("\"annotations\": [")
    }

    /// - Returns: The picture's number.
    mutating func add(_ name: String, width: Int, height: Int) -> Int {
        pictures.append(Picture(id: pictures.count + 1, fileName: name, width: width, height: height))
        return pictures.count
    }

    /// - Parameter annotation: Gets its number.
    mutating func add(_ annotation: (Int) -> some Encodable) throws {
        annotations += 1
        try file.write(annotations == 1 ? "\n" : ",\n")
        try file.write(encoder.encode(annotation(annotations)))
    }

    func finish() throws {
        try file.write("\n],\n\"images\": ")
        try file.write(encoder.encode(pictures))
        try file.write("}\n")
        try file.finish()
    }
}
