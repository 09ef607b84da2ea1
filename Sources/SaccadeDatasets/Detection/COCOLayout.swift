import Foundation
import SaccadeFiles

/// Where the files of a COCO data set lie.
///
/// `annotations/instances_PART.json` with the images in `PART`, `images/PART`, `images` or beside it;
/// `_annotations.coco.json` among the images of a part; or a JSON file that is named itself.
struct COCOLayout {
    let root: String
    let files: [String]
    /// Where the images are, if somebody said so.
    let imageFolder: String?

    /// The kinds of files that COCO publishes, by the beginnings of their names, the best for detection first.
    private static let kinds = ["instances", "person_keypoints", "stuff"]
    private static let others = ["captions", "panoptic", "labels", "image_info"]

    /// The layout of a folder or a JSON file; nil where there is no COCO data set.
    init?(_ path: String, imageFolder: String?) {
        self.imageFolder = imageFolder
        guard ImageFolder.isFolder(path) else {
            guard path.lowercased().hasSuffix(".json"), Self.hasRecords(path, of: "categories") else { return nil }
            root = Path(path).folder.isEmpty ? "." : Path(path).folder
            files = [path]
            return
        }
        root = path
        let folders = ImageFolder.folders(in: path)
        let parts = folders.filter { DatasetSplit(in: $0) != nil }
        let roboflow = parts.map { "\(path)/\($0)/_annotations.coco.json" }
            .filter { Path($0).exists }
        guard roboflow.isEmpty else {
            files = roboflow
            return
        }
        for folder in [path] + folders.filter({ $0.lowercased() == "annotations" }).map({ "\(path)/\($0)" }) {
            let names = ((try? FolderContents.names(in: folder)) ?? []).filter {
                $0.hasSuffix(".json") && !$0.hasPrefix(".")
            }
            let known = Self.kinds.lazy.map { kind in names.filter { $0.hasPrefix(kind) } }.first { !$0.isEmpty }
            let unknown = names.filter { name in !Self.others.contains { name.hasPrefix($0) } }
            let found = (known ?? unknown).map { "\(folder)/\($0)" }.filter { Self.hasRecords($0, of: nil) }
            guard found.isEmpty else {
                files = found
                return
            }
        }
        return nil
    }

    /// The layout around a file of captions.
    init(captions path: String, imageFolder: String?) {
        let folder = Path(path).folder
        let isBelow = Path(folder).name.lowercased() == "annotations"
        let root = isBelow ? Path(folder).folder : folder
        self.root = root.isEmpty ? "." : root
        self.imageFolder = imageFolder
        files = [path]
    }

    /// Whether a file looks like COCO's, without reading it as JSON.
    static func hasRecords(_ path: String, of key: String?) -> Bool {
        guard let start = try? RegularFile.beginning(of: path, count: 64),
            start.first(where: { !(9...13).contains($0) && $0 != 32 && $0 < 128 }) == UInt8(ascii: "{")
        else { return false }
        let names = ["images", "annotations", key].compactMap(\.self).map { "\"\($0)\"" }
        return (try? FileSearch.contains(names, in: path, limit: COCOFile.byteLimit)) == true
    }

    /// The part that a file describes, by its name or its folder's.
    func split(of file: String) -> DatasetSplit? {
        let name = Path(file).name
        return DatasetSplit(
            in: name == "_annotations.coco.json" ? Path(folder(of: file)).name : name)
    }

    /// The folder in which most of the first names are.
    func folder(of file: String, for names: some Sequence<String>) -> String {
        if let imageFolder { return imageFolder }
        let stem = Path(Path(file).name).withoutSuffix
        let part = stem.split(separator: "_").last.map(String.init) ?? stem
        let splitNames = split(of: file)?.folderNames ?? []
        let base =
            Path(folder(of: file)).name.lowercased() == "annotations"
                && folder(of: file) != root ? folder(of: folder(of: file)) : root
        let candidates =
            [folder(of: file)] + ([part] + splitNames).flatMap { ["\(base)/\($0)", "\(base)/images/\($0)"] }
            + ["images", "JPEGImages"].map { "\(base)/\($0)" } + [base]
        let first = Array(names.prefix(20))
        func count(_ folder: String) -> Int {
            first.count { Path("\(folder)/\($0)").exists }
        }
        let best = candidates.map { (folder: $0, count: count($0)) }.max { $0.count < $1.count }
        if let best, best.count > 0 { return best.folder }
        return candidates.dropFirst().first { ImageFolder.isFolder($0) } ?? base
    }

    /// The path of an image.
    func path(of name: String, in folder: String) -> String {
        imageFolder == nil ? "\(folder)/\(name)" : "\(folder)/\(Path(name).name)"
    }

    private func folder(of path: String) -> String {
        let folder = Path(path).folder
        return folder.isEmpty ? "." : folder
    }
}

extension DatasetSplit {
    /// The part that a name speaks of, as `train2017`, `instances_val` and `valid` do; nil for others, `trainval` too.
    init?(in name: String) {
        let words = name.lowercased().split { !$0.isLetter }.map(String.init)
        let found = [DatasetSplit.train, .validation, .test].filter { split in
            words.contains { split.folderNames.contains($0) }
        }
        guard found.count == 1, let split = found.first else { return nil }
        self = split
    }
}
