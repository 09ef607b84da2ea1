import Foundation
import SaccadeGeometry
import SaccadeImages

/// `images/SPLIT/NAME.png` and `labels/SPLIT/NAME.txt` with a line `CLASS X Y WIDTH HEIGHT` for each object, the middle
/// and the sides of its box as shares of the picture's; `data.yaml` names the classes from 0 on.
struct SceneYOLOWriter: SceneWriter {
    private var splits: Set<DatasetSplit> = []

    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        splits.insert(split)
        try folder.write(scene.image.pngData(level: 1), to: "images/\(split.folderName)/\(name).png")
        let (width, height) = (Double(scene.image.width), Double(scene.image.height))
        let lines = scene.objects.map { object in
            let box = object.box
            let shares = [box.center.x / width, box.center.y / height, box.width / width, box.height / height]
            return "\(object.kind.number) " + shares.map { String(format: "%.6f", $0) }.joined(separator: " ")
        }
        try folder.write(lines.asLines, to: "labels/\(split.folderName)/\(name).txt")
    }

    mutating func finish(in folder: inout StagedFolder) throws {
        let validation = splits.contains(.validation) ? DatasetSplit.validation : .train
        let names = Scenes.classNames.enumerated().map { "  \($0.offset): \($0.element)" }
        let lines = ["path: .", "train: images/train", "val: images/\(validation.folderName)", "names:"] + names
        try folder.write(lines.asLines, to: "data.yaml")
    }
}
