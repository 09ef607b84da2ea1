import Foundation
public import SaccadeFiles

/// Everything that is wrong with a data set.
public struct DataCheck: Sendable {
    /// What the data set was recognised as, in words.
    public let recognised: String
    /// How many of what there is, in the order to be told.
    public let counts: [(name: String, count: Int)]
    /// Sorted by file and line.
    public let problems: [Problem]

    /// Reads a data set as its format asks for, then every picture of it.
    ///
    /// - Parameters:
    ///   - path: Its folder or file.
    ///   - format: What it is; nil to find out.
    ///   - pictures: Where the pictures are, if not where the format has them. Formats with boxes only.
    /// - Throws: ``FileError``, when there is nothing or nothing that is recognised.
    public init(of path: String, format: DataFormat? = nil, pictures: String? = nil) throws(FileError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let format = if let format { format } else { try DataFormat(of: path) }
        var entries: [PictureCheck.Entry] = []
        var found: [Problem] = []
        switch format {
        case .voc, .coco, .yolo:
            let data = try DetectionDataset(
                at: path, format: DetectionDataset.Format(rawValue: format.rawValue), pictures: pictures)
            entries = data.samples.map { .init(path: $0.image, size: $0.size, split: $0.split, place: $0.place) }
            found = data.problems
            counts = [
                ("pictures", data.samples.count), ("objects", data.samples.reduce(0) { $0 + $1.objects.count }),
                ("classes", data.classNames.count),
            ]
        case .folders, .mnist, .cifar10:
            (entries, counts) = try Self.classification(path)
        }
        // What the reader missed already need not be missed again.
        let known = Set(found.map(\.place.file))
        found += PictureCheck(entries).problems.filter {
            !([.missingImage, .unreadableImage].contains($0.rule) && known.contains($0.place.file))
        }
        recognised = format.words
        problems = found.enumerated().sorted { a, b in
            let (p, q) = (a.element.place, b.element.place)
            return p.file != q.file
                ? p.file.utf8.lexicographicallyPrecedes(q.file.utf8)
                : (p.line ?? 0, p.index ?? 0, a.offset) < (q.line ?? 0, q.index ?? 0, b.offset)
        }.map(\.element)
    }

    private static func classification(
        _ path: String
    ) throws(FileError) -> (entries: [PictureCheck.Entry], counts: [(name: String, count: Int)]) {
        var entries: [PictureCheck.Entry] = []
        var (pictures, classes) = (0, 0)
        let splits = try ClassificationDataset.splits(at: path)
        for split in splits {
            let data = try ClassificationDataset(at: path, split: split)
            (pictures, classes) = (pictures + data.count, data.classNames.count)
            for case .file(let file) in data.samples.lazy.map(\.origin) {
                entries.append(.init(path: file, split: splits.count > 1 ? split : nil))
            }
        }
        return (entries, [("pictures", pictures), ("classes", classes)])
    }
}
