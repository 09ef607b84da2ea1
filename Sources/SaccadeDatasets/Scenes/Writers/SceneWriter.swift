import SaccadeImages

/// Writes scenes one after the other in the files of one format.
protocol SceneWriter {
    /// - Parameter name: The scene's, which no other has.
    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws

    /// Writes what is known only at the end.
    mutating func finish(in folder: inout StagedFolder) throws
}

extension SceneWriter {
    mutating func finish(in folder: inout StagedFolder) throws {}
}

extension Scene {
    /// An image of one byte for each pixel.
    func map(_ values: [UInt8]) -> Image {
        Image(width: image.width, height: image.height, channels: 1, pixels: values)
    }
}

/// `SPLIT/CLASS/NAME.png`: the class of the main object.
struct ClassFolderWriter: SceneWriter {
    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        try folder.write(
            scene.image.pngData(level: 1), to: "\(split.folderName)/\(scene.mainClass.rawValue)/\(name).png")
    }
}

/// `images/NAME.png`, `class-masks/NAME.png` and `instance-masks/NAME.png`, whose grey values are numbers of classes (0
/// for the backdrop) and of objects; `classes.txt` names the classes from 0 on, and `train.txt` and `val.txt` list names.
struct MaskWriter: SceneWriter {
    private var names: [DatasetSplit: [String]] = [:]

    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        try folder.write(scene.image.pngData(level: 1), to: "images/\(name).png")
        try folder.write(scene.map(scene.classMap).pngData(), to: "class-masks/\(name).png")
        try folder.write(scene.map(scene.instances).pngData(), to: "instance-masks/\(name).png")
        names[split, default: []].append(name)
    }

    mutating func finish(in folder: inout StagedFolder) throws {
        try folder.write((["background"] + Scenes.classNames).asLines, to: "classes.txt")
        for split in [DatasetSplit.train, .validation] {
            try folder.write((names[split] ?? []).asLines, to: "\(split.folderName).txt")
        }
    }
}
