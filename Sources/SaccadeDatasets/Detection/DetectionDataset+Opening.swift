import Foundation
public import SaccadeFiles

extension DetectionDataset {
    /// Opens a data set with boxes, whatever its format.
    ///
    /// - Parameters:
    ///   - path: Its folder, or the file that describes it.
    ///   - format: What it is; nil to find out.
    ///   - imageFolder: Where the images are, if not where the format has them.
    /// - Throws: ``FileError``: nothing there, no known format (with all that was looked for), or files that cannot be
    ///   read at all. What is wrong in records is listed in ``problems``.
    public init(at path: String, format: Format? = nil, imageFolder: String? = nil) throws(FileError) {
        guard Path(path).exists else {
            throw FileError(.missing, path: path, reason: "there is no such folder", remedy: "check the path")
        }
        if let imageFolder, !ImageFolder.isFolder(imageFolder) {
            throw FileError(.missing, path: imageFolder, reason: "there is no such folder", remedy: "check the path")
        }
        switch format ?? Self.format(of: path) {
        case .voc:
            guard let layout = VOCLayout(path, imageFolder: imageFolder) else {
                throw Self.nothing(at: path, "no XML files of Pascal VOC (Annotations/*.xml)")
            }
            self = try VOCReader.read(layout)
        case .coco:
            guard let layout = COCOLayout(path, imageFolder: imageFolder) else {
                throw Self.nothing(at: path, "no JSON file of COCO (annotations/instances_*.json)")
            }
            self = try COCOReader.read(layout)
        case .yolo:
            self = try YOLOReader.read(YOLOLayout(path, imageFolder: imageFolder))
        case nil:
            // A file that was meant says itself why it is none.
            if Path(path).suffix.lowercased() == "json", !ImageFolder.isFolder(path) { _ = try COCOFile(path) }
            throw Self.nothing(
                at: path,
                "no data set with boxes: looked for Pascal VOC (Annotations/*.xml), COCO (annotations/*.json, "
                    + "_annotations.coco.json) and YOLO (data.yaml, obj.data, classes.txt, *.names)")
        }
    }

    /// The format of what is at a path, told by names and first bytes; nil when it is none of those with boxes.
    public static func format(of path: String) -> Format? {
        guard ImageFolder.isFolder(path) else {
            switch Path(path).suffix.lowercased() {
            case "json": return COCOLayout(path, imageFolder: nil) == nil ? nil : .coco
            case "yaml", "yml", "data": return .yolo
            default: return nil
            }
        }
        // A list of classes may lie beside VOC's files, but not the other way round.
        if VOCLayout(path, imageFolder: nil) != nil { return .voc }
        if YOLOLayout.description(in: path) != nil { return .yolo }
        return COCOLayout(path, imageFolder: nil) == nil ? nil : .coco
    }

    private static func nothing(at path: String, _ reason: String) -> FileError {
        FileError(.unknownFormat, path: path, reason: reason, remedy: "check the path")
    }
}
