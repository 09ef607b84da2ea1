import SaccadeGeometry
import SaccadeImages

/// Writes scenes as any data set of boxes is written: VOC with JPEGs, COCO with masks, YOLO.
///
/// An object is called truncated when it goes beyond the image, and occluded when others hide a twentieth of it.
struct SceneBoxWriter: SceneWriter {
    private let format: DetectionDataset.Format
    private var writer: any DetectionWriter
    /// What the formats have no room for is for those to know who convert; a scene has a format for each thing.
    private var report = ConversionReport()

    init(_ format: DetectionDataset.Format) {
        self.format = format
        writer =
            switch format {
            case .voc: VOCWriter(Scenes.classNames, isSegmented: true)
            case .coco:
                COCOWriter(Scenes.classNames, supercategories: SceneClass.allCases.map(\.family.rawValue))
            case .yolo: YOLOWriter(Scenes.classNames)
            }
    }

    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        let file = "\(name).\(format == .voc ? "jpg" : "png")"
        let path = writer.path(ofImage: file, split)
        try folder.write(format == .voc ? scene.image.jpegData(quality: 95) : scene.image.pngData(level: 1), to: path)
        let sample = DetectionSample(
            image: path, name: file, size: scene.image.size, split: split,
            objects: scene.objects.map { object($0, of: scene, path) }, place: Problem.Place(file: path))
        try writer.add(sample, named: file, to: &folder, &report)
    }

    mutating func finish(in folder: inout StagedFolder) throws { try writer.finish(in: &folder, &report) }

    private func object(_ object: SceneObject, of scene: Scene, _ path: String) -> AnnotatedObject {
        let (width, height) = (scene.image.width, scene.image.height)
        let pose: [String: String] =
            switch object.facing {
            case .left: ["pose": "Left"]
            case .right: ["pose": "Right"]
            case nil: [:]
            }
        return AnnotatedObject(
            label: object.kind.number, box: object.box, outline: format == .coco ? .mask(object.mask) : nil,
            isTruncated: object.fullBox.clipped(toWidth: width, height: height) != object.fullBox,
            isOccluded: !object.hiddenBy.isEmpty, attributes: pose, place: Problem.Place(file: path))
    }
}

/// VOC's masks: `SegmentationClass` and `SegmentationObject`, whose grey values are the places in VOC's palettes, and
/// `ImageSets/Segmentation`.
struct SceneVOCMaskWriter: SceneWriter {
    private var names: [DatasetSplit: [String]] = [:]

    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        try folder.write(scene.map(scene.classMap).pngData(), to: "SegmentationClass/\(name).png")
        try folder.write(scene.map(scene.instances).pngData(), to: "SegmentationObject/\(name).png")
        names[split, default: []].append(name)
    }

    mutating func finish(in folder: inout StagedFolder) throws {
        try folder.write(parts: names, to: "ImageSets/Segmentation")
    }
}

/// `annotations/captions_PART.json`, as COCO has captions, with the images in `images/PART`.
struct SceneCaptionWriter: SceneWriter {
    /// Whether the images are still to be written.
    private let writesImages: Bool
    private var files: [DatasetSplit: COCOStream] = [:]

    init(writesImages: Bool) { self.writesImages = writesImages }

    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        let image = "\(name).png"
        if writesImages {
            try folder.write(scene.image.pngData(level: 1), to: "images/\(split.folderName)/\(image)")
        }
        var file =
            try files[split] ?? COCOStream("captions_\(split.folderName)", categories: nil, in: &folder)
        let number = file.addImage(image, scene.image.size)
        for caption in scene.captions {
            try file.add { id in
                "{\"id\": \(id), \"image_id\": \(number), \"caption\": \(COCOWriter.quoted(caption))}"
            }
        }
        files[split] = file
    }

    mutating func finish(in folder: inout StagedFolder) throws { for file in files.values { try file.finish() } }
}
