import Foundation
import SaccadeFiles

/// Where the files of a VOC data set lie.
///
/// `Annotations/*.xml` with `JPEGImages` (or `images`) beside it and, if there are parts, `ImageSets/Main/train.txt`,
/// `val.txt`, `test.txt`; or XML files beside their images, also below `train`, `valid` and `test`.
struct VOCLayout {
    /// A folder of annotations, and one of images.
    struct Part {
        let annotations: String
        let images: String
        let split: DatasetSplit?
        /// Names of annotations without suffix, sorted.
        let stems: [String]
        /// Names of the images by their stems.
        private let namesByStem: [String: String]

        init?(annotations: String, images: String, split: DatasetSplit?) {
            let names = (try? FolderContents.names(in: annotations)) ?? []
            stems = names.filter { $0.hasSuffix(".xml") && !$0.hasPrefix(".") }.map { String($0.dropLast(4)) }
            guard !stems.isEmpty else { return nil }
            self.annotations = annotations
            self.images = images
            self.split = split
            namesByStem = ImageNames.byStem(in: images)
        }

        /// The image of an annotation: the one that it names, or else the one that is called as it is.
        func image(_ stem: String, named fileName: String?) -> (path: String, name: String) {
            let named = fileName.map { Path($0).name }
            let isSafe = named.map { !$0.isEmpty && $0 != ".." && !$0.utf8.contains(0) } ?? false
            if let named, isSafe, Path("\(images)/\(named)").exists {
                return ("\(images)/\(named)", named)
            }
            let name = namesByStem[stem] ?? (isSafe ? named : nil) ?? "\(stem).jpg"
            return ("\(images)/\(name)", name)
        }
    }

    let root: String
    let parts: [Part]

    /// The layout of a folder; nil where there is no VOC data set.
    ///
    /// - Parameter imageFolder: Where the images are, if not where VOC has them.
    init?(_ folder: String, imageFolder: String?) {
        root = folder
        let folders = Set(ImageFolder.folders(in: folder))
        let images =
            imageFolder
            ?? ["JPEGImages", "images", "Images", "image"].first { folders.contains($0) }.map { "\(folder)/\($0)" }
        let annotations = ["Annotations", "annotations"].first { folders.contains($0) }.map { "\(folder)/\($0)" }
        if let annotations, let part = Part(annotations: annotations, images: images ?? annotations, split: nil),
            Self.isAnnotation(part)
        {
            parts = [part]
            return
        }
        if let part = Part(annotations: folder, images: images ?? folder, split: nil), Self.isAnnotation(part) {
            parts = [part]
            return
        }
        parts = [DatasetSplit.train, .validation, .test].compactMap { split in
            split.folderNames.first { folders.contains($0) }.flatMap {
                Part(annotations: "\(folder)/\($0)", images: imageFolder ?? "\(folder)/\($0)", split: split)
            }
        }
        guard let first = parts.first, Self.isAnnotation(first) else { return nil }
    }

    /// Other formats use XML files too; the first tag tells.
    private static func isAnnotation(_ part: Part) -> Bool {
        part.stems.prefix(3).contains { stem in
            let start = try? RegularFile.beginning(of: "\(part.annotations)/\(stem).xml", count: 4096)
            return start?.firstRange(of: Array("<annotation".utf8)) != nil
        }
    }

    /// The part of each stem, as the lists in `ImageSets/Main` tell it.
    func splits(_ problems: inout [Problem]) -> [String: DatasetSplit] {
        guard let part = parts.first else { return [:] }
        let known = Set(part.stems)
        let imageStems = Set(ImageNames.byStem(in: part.images).keys)
        var splits: [String: DatasetSplit] = [:]
        for split in [DatasetSplit.train, .validation, .test] {
            for name in split.folderNames {
                let path = "\(root)/ImageSets/Main/\(name).txt"
                guard Path(path).exists else { continue }
                do throws(FileError) {
                    let (lines, bad) = try TextFile.lines(of: path)
                    problems += bad
                    for line in lines {
                        // What follows the name is whether a class is on the image.
                        guard let stem = line.text.split(whereSeparator: \.isWhitespace).first.map(String.init),
                            !stem.hasPrefix("#")
                        else { continue }
                        let place = Problem.Place(file: path, line: line.number, record: stem, index: line.number - 1)
                        // The annotations of a test part may be secret.
                        if !known.contains(stem), !imageStems.contains(stem) || split != .test {
                            problems.append(
                                Problem(
                                    .missingFile, at: place, "there is no annotation of this name",
                                    remedy: "add \(stem).xml, or delete the line"))
                        } else if let other = splits[stem], other != split {
                            problems.append(
                                Problem(
                                    .duplicateImage, at: place,
                                    "the image is in the \(other.rawValue) part and in the \(split.rawValue) part",
                                    remedy: "keep it in one part"))
                        } else {
                            splits[stem] = split
                        }
                    }
                } catch {
                    problems.append(Problem(error))
                }
            }
        }
        return splits
    }
}
