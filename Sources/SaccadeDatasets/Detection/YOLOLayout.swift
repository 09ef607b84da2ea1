import Foundation
import SaccadeFiles

/// Where the files of a YOLO data set lie.
///
/// What lists the classes tells which of the three habits it is: `data.yaml` (Ultralytics, Roboflow), `obj.data`
/// (Darknet), or `classes.txt` or `obj.names` beside folders of images and of labels.
struct YOLOLayout {
    /// An image and its labels, which need not be there.
    struct Entry {
        let image: String
        let labels: String
        let name: String
        let split: DatasetSplit?
    }

    let root: String
    private(set) var classNames: [String] = []
    private(set) var entries: [Entry] = []
    private(set) var problems: [Problem] = []
    /// Where the images are, if somebody said so.
    private let elsewhere: String?

    /// The file that tells about the classes of a folder; nil where there is no YOLO data set.
    static func description(in folder: String) -> String? {
        let names = ((try? FolderContents.names(in: folder)) ?? []).filter { !$0.hasPrefix(".") }
        func first(_ suffixes: String...) -> String? {
            names.first { name in suffixes.contains { name.lowercased().hasSuffix($0) } }
        }
        for name in names where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            let text = (try? RegularFile.beginning(of: "\(folder)/\(name)", count: 1 << 16)) ?? []
            let isData = text.split(separator: UInt8(ascii: "\n")).contains { line in
                line.starts(with: "train:".utf8) || line.starts(with: "val:".utf8)
            }
            if isData, text.firstRange(of: Array("names".utf8)) != nil { return "\(folder)/\(name)" }
        }
        if let name = first(".data") ?? names.first(where: { $0 == "classes.txt" }) ?? first(".names") {
            return "\(folder)/\(name)"
        }
        return nil
    }

    /// The layout of a folder, or of the file that describes one.
    ///
    /// - Parameter imageFolder: A folder in which the images are, whatever the data set says.
    /// - Throws: ``FileError`` when the description is missing or makes no sense.
    init(_ path: String, imageFolder: String?) throws(FileError) {
        elsewhere = imageFolder
        let description: String
        if ImageFolder.isFolder(path) {
            root = path
            guard let found = Self.description(in: path) else {
                throw FileError(
                    .unknownFormat, path: path, reason: "there is no data.yaml, obj.data, classes.txt or *.names here",
                    remedy: "add a list of the classes")
            }
            description = found
        } else {
            let folder = Path(path).folder
            root = folder.isEmpty ? "." : folder
            description = path
        }
        switch Path(description).suffix.lowercased() {
        case "yaml", "yml":
            let data = try YOLODescription(yaml: description)
            classNames = data.classNames
            try addParts(data.parts, base: data.base.map { resolved($0) } ?? root)
        case "data":
            let data = try YOLODescription(darknet: description)
            if let names = data.namesFile { classNames = try self.names(of: resolved(names)) }
            try addParts(data.parts, base: root)
        default:
            classNames = try names(of: description)
            addFolders()
        }
        guard !classNames.isEmpty else {
            throw FileError(
                .malformed, path: description, reason: "lists no classes", remedy: "write the names of the classes")
        }
    }

    /// Images of folders and lists that a description names.
    private mutating func addParts(_ parts: [(split: DatasetSplit, paths: [String])], base: String) throws(FileError) {
        // Who names the same images to learn from and to validate with has no parts.
        let isOne = parts.count > 1 && parts.allSatisfy { $0.paths == parts[0].paths }
        for (split, paths) in isOne ? Array(parts.prefix(1)) : parts {
            for path in paths {
                let place = resolved(path, below: base)
                guard !Path(place).isRoot else {
                    throw FileError(
                        .malformed, path: root,
                        reason: "its description says that the images are in \(path), the whole disk",
                        remedy: "name the folder that they are in")
                }
                if ImageFolder.isFolder(place) {
                    add(ImageNames.below(place), in: place, split: isOne ? nil : split)
                } else {
                    let (lines, bad) = try TextFile.lines(of: place)
                    problems += bad
                    for line in lines {
                        let name = line.text.trimmingCharacters(in: .whitespaces)
                        guard !name.isEmpty else { continue }
                        let image = resolved(name, below: Path(place).folder)
                        add(image, name: Path(image).name, split: isOne ? nil : split)
                    }
                }
            }
        }
    }

    /// Images beside a list of classes: in a folder of their own, or among their labels.
    private mutating func addFolders() {
        let folders = ImageFolder.folders(in: root)
        if let images = folders.first(where: { ["images", "image", "jpegimages"].contains($0.lowercased()) }) {
            add(ImageNames.below("\(root)/\(images)"), in: "\(root)/\(images)", split: nil)
        } else {
            add(ImageNames.below(root), in: root, split: nil)
        }
    }

    private mutating func add(_ names: [String], in folder: String, split: DatasetSplit?) {
        for name in names {
            let part = name.split(separator: "/").first.flatMap { DatasetSplit(in: String($0)) }
            add("\(folder)/\(name)", name: name, split: split ?? (name.contains("/") ? part : nil))
        }
        // Labels whose image is gone.
        let labelFolder = Path(labels(of: "\(folder)/x.jpg")).folder
        let stems = Set(names.map(ImageNames.stem))
        guard elsewhere == nil, labelFolder != folder else { return }
        for name in (try? FolderContents.names(in: labelFolder)) ?? [] where name.hasSuffix(".txt") {
            guard !stems.contains(String(name.dropLast(4))), name != "classes.txt" else { continue }
            problems.append(
                Problem(
                    .missingImage, at: .init(file: "\(labelFolder)/\(name)"), "there is no image of this name",
                    remedy: "add it to \(folder), or delete this file"))
        }
    }

    private mutating func add(_ image: String, name: String, split: DatasetSplit?) {
        let file = elsewhere.map { "\($0)/\(Path(image).name)" } ?? image
        entries.append(Entry(image: file, labels: labels(of: image), name: name, split: split))
    }

    /// The labels of an image: in `labels` for one in `images`, in `Annotations` for one in `Images`, or beside it.
    private func labels(of image: String) -> String {
        let beside = "\(ImageNames.stem(image)).txt"
        var parts = image.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let depth = root.split(separator: "/", omittingEmptySubsequences: false).count
        guard
            let place = parts.dropLast().lastIndex(where: {
                ["images", "image", "jpegimages"].contains($0.lowercased())
            }),
            // Folders above the data set are not its own.
            place >= depth || !image.hasPrefix(root)
        else { return beside }
        for name in ["labels", "Labels", "annotations", "Annotations"] {
            parts[place] = name
            if ImageFolder.isFolder(parts[...place].joined(separator: "/")) {
                return ImageNames.stem(parts.joined(separator: "/")) + ".txt"
            }
        }
        return beside
    }

    /// Where a path of a description leads: as it is, from the data set's folder, or without the folders above it that
    /// other machines have (`data/`, `../`).
    private func resolved(_ path: String, below base: String? = nil) -> String {
        var parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
        // `.` is the data set's own folder.
        guard !parts.isEmpty || path.hasPrefix("/") else { return base ?? root }
        let isAbsolute = path.hasPrefix("/")
        if isAbsolute, Path(path).exists { return path }
        let first = "\(base ?? root)/\(parts.joined(separator: "/"))"
        while !parts.isEmpty {
            for folder in [base ?? root, root] {
                let place = "\(folder)/\(parts.joined(separator: "/"))"
                if Path(place).exists { return place }
            }
            parts.removeFirst()
        }
        // An image that is missing is missed where its labels are.
        let name = Path(path).name
        let folder = Path(Path(path).folder).name
        return ImageFolder.isFolder("\(root)/\(folder)") && !folder.isEmpty ? "\(root)/\(folder)/\(name)" : first
    }

    /// The names of the classes, a line for each.
    private mutating func names(of path: String) throws(FileError) -> [String] {
        let (lines, bad) = try TextFile.lines(of: path, limit: 1 << 20)
        problems += bad
        var names = lines.map { $0.text.trimmingCharacters(in: .whitespaces) }
        while names.last?.isEmpty == true { names.removeLast() }
        return names
    }
}
