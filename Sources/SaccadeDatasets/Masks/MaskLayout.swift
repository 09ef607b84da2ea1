import Foundation
import SaccadeFiles

/// Where the files of a data set of masks lie; see ``MaskDataset/init(at:)``.
struct MaskLayout {
    let kind: MaskDataset.Kind
    private(set) var classNames: [String]?
    private(set) var samples: [MaskDataset.Sample] = []
    private(set) var problems: [Problem] = []

    private static let pairs = [
        ("images", "masks"), ("image", "label"), ("image", "mask"), ("images", "labels"), ("PNGImages", "PedMasks"),
        ("JPEGImages", "SegmentationClass"), ("JPEGImages", "SegmentationObject"), ("images", "class-masks"),
        ("images", "instance-masks"),
    ]
    /// Folders of masks that number objects.
    private static let instances = ["PedMasks", "SegmentationObject", "instance-masks"]
    /// The part that an image belongs to, by its name without suffix, where lists say it.
    private var partOfStem: [String: DatasetSplit] = [:]

    /// - Parameter wanted: Which masks to take where there are both; nil takes those of classes.
    /// - Returns: Nil where there are no masks.
    init?(_ root: String, kind wanted: MaskDataset.Kind? = nil) throws(FileError) {
        let folders = Set(ImageFolder.folders(in: root))
        let others = folders.subtracting(Self.instances).contains { name in Self.pairs.contains { $0.1 == name } }
        kind = wanted ?? (others || folders.isDisjoint(with: Self.instances) ? .semantic : .instance)
        let pairs = Self.pairs.filter { Self.instances.contains($0.1) == (kind == .instance) }
        let parts = [DatasetSplit.train, .validation, .test].flatMap { split in
            split.folderNames.map { (split: split, name: $0) }
        }
        for (split, name) in parts {
            let lists = ["\(root)/\(name).txt", "\(root)/ImageSets/Segmentation/\(name).txt"]
            for list in lists where Path(list).exists {
                if try !addStems(list, split) { try addList(list, root, split) }
            }
        }
        if samples.isEmpty {
            problems = []
            for (split, name) in parts where folders.contains(name) && folders.contains("\(name)annot") {
                add("\(root)/\(name)", "\(root)/\(name)annot", split)
            }
            for (images, masks) in pairs where folders.isSuperset(of: [images, masks]) && samples.isEmpty {
                add("\(root)/\(images)", "\(root)/\(masks)", nil)
            }
            for (split, name) in parts where folders.contains(name) {
                let below = Set(ImageFolder.folders(in: "\(root)/\(name)"))
                guard let pair = pairs.first(where: { below.isSuperset(of: [$0.0, $0.1]) }) else { continue }
                add("\(root)/\(name)/\(pair.0)", "\(root)/\(name)/\(pair.1)", split)
            }
        }
        guard !samples.isEmpty else { return nil }
        if Path("\(root)/classes.txt").exists {
            let (lines, bad) = try TextFile.lines(of: "\(root)/classes.txt", limit: 1 << 20)
            problems += bad
            classNames = lines.map { $0.text.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    /// A list with the name of an image on each line, without suffix, as Pascal VOC's ImageSets and our own scenes have it.
    ///
    /// - Returns: Whether it is one.
    private mutating func addStems(_ path: String, _ split: DatasetSplit) throws(FileError) -> Bool {
        let words = try TextFile.lines(of: path).lines.map { $0.text.split(whereSeparator: \.isWhitespace) }
        guard words.allSatisfy({ $0.count < 2 && !ImageNames.isImage($0.first.map(String.init) ?? "") }) else {
            return false
        }
        for word in words.joined() { partOfStem[String(word)] = split }
        return true
    }

    /// A list with an image and a mask on each line.
    private mutating func addList(_ path: String, _ root: String, _ split: DatasetSplit) throws(FileError) {
        let (lines, bad) = try TextFile.lines(of: path)
        problems += bad
        for line in lines where line.text.contains(where: { !$0.isWhitespace }) {
            let names = line.text.split(whereSeparator: \.isWhitespace).map(String.init)
            guard names.count == 2, names.allSatisfy(ImageNames.isImage) else {
                problems.append(
                    Problem(
                        .malformedRecord, at: .init(file: path, line: line.number, index: line.number - 1),
                        "does not name an image and a mask", remedy: "write both, with a space between"))
                continue
            }
            // Some lists begin their paths with a slash, as if the data set were all there is.
            let paths = names.map { name in
                name.hasPrefix("/") && Path(name).exists
                    ? name : "\(root)/\(name.drop { $0 == "/" })"
            }
            samples.append(.init(image: paths[0], mask: paths[1], split: split))
        }
    }

    /// Images and masks that are called alike, or `NAME_mask`.
    private mutating func add(_ images: String, _ masks: String, _ split: DatasetSplit?) {
        let byStem = ImageNames.byStem(in: masks)
        guard !byStem.isEmpty else { return }
        var used: Set<String> = []
        for name in ImageNames.list(in: images) {
            let stem = ImageNames.stem(name)
            guard let mask = byStem[stem] ?? byStem["\(stem)_mask"] else {
                // Masks of a test part may be secret, and of a segmentation data set only some images have one.
                if split != .test, !masks.contains("/Segmentation") {
                    problems.append(
                        Problem(
                            .missingFile, at: .init(file: "\(images)/\(name)"), "has no mask in \(masks)",
                            remedy: "add it, or take the image away"))
                }
                continue
            }
            used.insert(mask)
            samples.append(
                .init(image: "\(images)/\(name)", mask: "\(masks)/\(mask)", split: split ?? partOfStem[stem]))
        }
        for mask in byStem.values.sortedByBytes() where !used.contains(mask) {
            problems.append(
                Problem(
                    .missingImage, at: .init(file: "\(masks)/\(mask)"), "has no image in \(images)",
                    remedy: "add it, or take the mask away"))
        }
    }
}
