import Foundation
import SaccadeFiles

/// A folder per class: `FOLDER/CLASS/*.jpg|jpeg|png|webp|gif|bmp|tif|tiff`, or one level deeper below `train`, `val` and `test`.
///
/// Names are sorted by their bytes, hidden ones ignored, links followed, other files passed over. Whether a file really is an image
/// shows only when it is loaded.
enum ImageFolder {
    static let suffixes: Set<String> = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff"]

    /// The folders of the splits that `folder` has. Only a folder with sub-folders counts, so that a class may be
    /// called `train`.
    static func splits(in folder: String) -> [(split: DatasetSplit, path: String)] {
        let visible = folders(in: folder)
        return [DatasetSplit.train, .validation, .test].compactMap { split in
            split.folderNames.first { visible.contains($0) && !folders(in: "\(folder)/\($0)").isEmpty }
                .map { (split, "\(folder)/\($0)") }
        }
    }

    /// Reads the lists of images.
    ///
    /// - Parameters:
    ///   - roots: The folders whose class folders are read.
    ///   - all: The folders whose class folders give the names, so that a class has the same number in every split.
    static func open(_ roots: [String], classesOf all: [String]) throws(FileError) -> ClassificationDataset {
        let classNames = Set(all.flatMap { folders(in: $0) }).sortedByBytes()
        guard let root = roots.first, let first = classNames.first else {
            throw FileError(
                .unknownFormat, path: roots.first ?? "",
                reason: "has no class folders", remedy: "put the images in one folder per class")
        }
        guard classNames.count > 1 else {
            throw FileError(
                .tooFewClasses, path: root,
                reason: "has only one class folder, \(first)",
                remedy: "a classifier needs at least two, each with its images")
        }
        var samples: [ClassificationDataset.Sample] = []
        for root in roots {
            let present = Set(folders(in: root))
            for (label, name) in classNames.enumerated() where present.contains(name) {
                let path = "\(root)/\(name)"
                let files = try imageFiles(in: path)
                guard !files.isEmpty else {
                    throw FileError(
                        .emptyClass, path: path,
                        reason: "this class has no images (.jpg, .jpeg, .png, .webp, .gif, .bmp or .tif)",
                        remedy: "add some or delete the folder")
                }
                samples += files.map { .init(label: label, origin: .file(path: "\(path)/\($0)")) }
            }
        }
        return ClassificationDataset(format: .folder, classNames: classNames, samples: samples, records: [])
    }

    /// The visible sub-folders, sorted; none where `folder` cannot be read.
    static func folders(in folder: String) -> [String] {
        let names = (try? FolderContents.names(in: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") && isFolder("\(folder)/\($0)") }
    }

    /// Whether `path` is a folder, or a link to one.
    static func isFolder(_ path: String) -> Bool { Path(path).isFolder }

    private static func imageFiles(in folder: String) throws(FileError) -> [String] {
        try FolderContents.names(in: folder).filter {
            !$0.hasPrefix(".") && suffixes.contains(Path($0).suffix.lowercased())
        }
    }
}
