import SaccadeGeometry
import SaccadeImages

/// The folders of Pascal VOC (Everingham et al., 2010): `JPEGImages`, `Annotations`, `ImageSets/Main` and
/// `ImageSets/Segmentation`, `SegmentationClass` and `SegmentationObject`, whose grey values are those of VOC's palettes'
/// places.
///
/// Boxes are counted from 1, and their last column and row belong to them. An object is called truncated when it goes
/// beyond the picture, and occluded when others hide a twentieth of it.
struct SceneVOCWriter: SceneWriter {
    private var names: [DatasetSplit: [String]] = [:]

    mutating func add(
        _ scene: Scene, named name: String, _ split: DatasetSplit, to folder: inout StagedFolder
    ) throws {
        try folder.write(scene.image.jpegData(quality: 95), to: "JPEGImages/\(name).jpg")
        try folder.write(scene.map(scene.classMap).pngData(), to: "SegmentationClass/\(name).png")
        try folder.write(scene.map(scene.instances).pngData(), to: "SegmentationObject/\(name).png")
        try folder.write(annotation(scene, name), to: "Annotations/\(name).xml")
        names[split, default: []].append(name)
    }

    mutating func finish(in folder: inout StagedFolder) throws {
        for kind in ["Main", "Segmentation"] {
            for split in [DatasetSplit.train, .validation] {
                try folder.write((names[split] ?? []).asLines, to: "ImageSets/\(kind)/\(split.folderName).txt")
            }
            let all = (names[.train] ?? []) + (names[.validation] ?? [])
            try folder.write(all.asLines, to: "ImageSets/\(kind)/trainval.txt")
        }
    }

    private func annotation(_ scene: Scene, _ name: String) -> String {
        let (width, height) = (scene.image.width, scene.image.height)
        let objects = scene.objects.map { object in
            let (box, full) = (object.box, object.fullBox)
            let isTruncated = full.clipped(toWidth: width, height: height) != full
            return """
                \t<object>
                \t\t<name>\(object.kind.rawValue)</name>
                \t\t<pose>\(pose(object))</pose>
                \t\t<truncated>\(isTruncated ? 1 : 0)</truncated>
                \t\t<occluded>\(object.hiddenBy.isEmpty ? 0 : 1)</occluded>
                \t\t<difficult>0</difficult>
                \t\t<bndbox>
                \t\t\t<xmin>\(Int(box.left) + 1)</xmin>
                \t\t\t<ymin>\(Int(box.top) + 1)</ymin>
                \t\t\t<xmax>\(Int(box.right))</xmax>
                \t\t\t<ymax>\(Int(box.bottom))</ymax>
                \t\t</bndbox>
                \t</object>

                """
        }
        return """
            <annotation>
            \t<folder>scenes</folder>
            \t<filename>\(name).jpg</filename>
            \t<source>
            \t\t<database>Saccade scenes</database>
            \t</source>
            \t<size>
            \t\t<width>\(width)</width>
            \t\t<height>\(height)</height>
            \t\t<depth>3</depth>
            \t</size>
            \t<segmented>1</segmented>
            \(objects.joined())</annotation>

            """
    }

    private func pose(_ object: SceneObject) -> String {
        switch object.facing {
        case .left: "Left"
        case .right: "Right"
        case nil: "Unspecified"
        }
    }
}
