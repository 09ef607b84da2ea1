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

    /// Reads a data set as its format asks for, then every image of it.
    ///
    /// - Parameters:
    ///   - path: Its folder or file.
    ///   - format: What it is; nil to find out.
    ///   - imageFolder: Where the images are, if not where the format has them. Formats with boxes only.
    ///   - classes: How many classes masks have, if no `classes.txt` tells.
    /// - Throws: ``FileError``, when there is nothing or nothing that is recognised.
    public init(
        of path: String, format: DataFormat? = nil, imageFolder: String? = nil, classes: Int? = nil
    ) throws(FileError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let format = if let format { format } else { try DataFormat(of: path) }
        var entries: [ImageCheck.Entry] = []
        var found: [Problem] = []
        switch format {
        case .voc, .coco, .yolo:
            let data = try DetectionDataset(
                at: path, format: DetectionDataset.Format(rawValue: format.rawValue), imageFolder: imageFolder)
            entries = data.samples.map { .init(path: $0.image, size: $0.size, split: $0.split, place: $0.place) }
            found = data.problems
            counts = [
                ("images", data.samples.count), ("objects", data.samples.reduce(0) { $0 + $1.objects.count }),
                ("classes", data.classNames.count),
            ]
            if format == .coco {
                let captions = CaptionDataset.files(at: path)
                if !captions.isEmpty { found += try CaptionDataset(at: path, imageFolder: imageFolder).problems }
            }
        case .folders, .mnist, .cifar10, .cifar100, .omniglot:
            (entries, counts) = try Self.classification(path)
        case .csv:
            var names: Set<String> = []
            for (split, file) in ImageList.files(at: path) {
                let list = try ImageList(file, split: split)
                found += list.problems
                names.formUnion(list.entries.map(\.className))
                entries += list.entries.map { .init(path: $0.image, split: $0.split, place: $0.place) }
            }
            counts = [("images", entries.count), ("classes", names.count)]
        case .masks:
            let data = try MaskDataset(at: path)
            entries = data.samples.map { .init(path: $0.image, split: $0.split) }
            found = data.problems
            found += data.samples.indices.compactMap {
                data.problem(at: $0, classes: classes ?? data.classNames?.count)
            }
            counts = [("images with masks", data.samples.count)]
        case .captions:
            let data = try CaptionDataset(at: path, imageFolder: imageFolder)
            entries = data.samples.map { .init(path: $0.image, split: $0.split) }
            found = data.problems
            counts = [
                ("images", data.samples.count), ("captions", data.samples.reduce(0) { $0 + $1.captions.count }),
            ]
        case .pairs:
            (found, counts) = try Self.pairs(path)
        case .labelled:
            let data = try LabelledTexts(at: path)
            found = data.problems
            counts = [("texts", data.count), ("classes", data.classNames.count)]
        case .tagged:
            let data = try TaggedSentences(at: path)
            found = data.problems
            counts = [
                ("sentences", data.count), ("words", data.sentences.reduce(0) { $0 + $1.words.count }),
                ("labels", data.tagNames.count),
            ]
        case .frames:
            let data = try FrameFolders(at: path)
            entries = data.clips.flatMap(\.frames).map { .init(path: $0) }
            found = data.problems
            counts = [("clips", data.clips.count), ("images", entries.count)]
        case .clips:
            let data = try LabelledClips(at: path)
            found = data.problems
            for clip in data.clips {
                switch clip.source.origin {
                case .images(let paths, _): entries += paths.map { .init(path: $0, split: clip.split) }
                case .video: found += [Inspection.pixels.problem(with: clip.source)].compactMap(\.self)
                }
            }
            counts = [
                ("clips", data.count), ("images", entries.count),
                ("classes", max(data.classNames.count, data.frameClassNames.count)),
            ]
        case .text:
            (found, counts) = try Self.text(path)
        }
        // What the reader missed already need not be missed again.
        let known = Set(found.map(\.place.file))
        found += ImageCheck(entries).problems.filter {
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

    private static func text(
        _ path: String
    ) throws(FileError) -> (problems: [Problem], counts: [(name: String, count: Int)]) {
        let files = TextCorpus.files(at: path)
        // As one long text, in which lines may be of any length.
        let whole = try? NumberedText(charactersOf: path)
        var problems: [Problem] = []
        var lines = 0
        for file in files {
            let text = try TextCorpus(contentsOf: file)
            lines += text.lineCount
            problems += text.problems.filter { whole == nil || $0.rule == .encoding }
        }
        var counts = [(name: "files", count: files.count), ("lines", lines)]
        if let whole {
            counts += [("characters", whole.characterCount), ("different characters", whole.vocabulary.count)]
        }
        return (problems, counts)
    }

    private static func pairs(
        _ path: String
    ) throws(FileError) -> (problems: [Problem], counts: [(name: String, count: Int)]) {
        var problems: [Problem] = []
        let groups = TextPairs.groups(in: path)
        var lines = 0
        for (_, files) in groups {
            var first: (path: String, count: Int)?
            for (_, file) in files {
                let text: TextCorpus
                do throws(FileError) { text = try TextCorpus(contentsOf: file) } catch {
                    problems.append(Problem(error))
                    continue
                }
                problems += text.problems
                problems += text.lines.filter(\.text.isBlank).map {
                    Problem(
                        .emptyCaption, at: .init(file: file, line: $0.number, index: $0.number - 1),
                        "the sentence has no words", remedy: "write it, or take the line out of each language")
                }
                if let first, first.count != text.lineCount {
                    problems.append(
                        Problem(
                            .lineCount, at: .init(file: file),
                            "has \(text.lineCount) lines, and \(first.path) has \(first.count)",
                            remedy: "give files whose lines belong together"))
                }
                first = first ?? (file, text.lineCount)
            }
            lines += first?.count ?? 0
        }
        let files = groups.reduce(0) { $0 + $1.files.count }
        return (problems, [("files", files), ("sentences in each language", lines)])
    }

    private static func classification(
        _ path: String
    ) throws(FileError) -> (entries: [ImageCheck.Entry], counts: [(name: String, count: Int)]) {
        var entries: [ImageCheck.Entry] = []
        var (images, classes) = (0, 0)
        let splits = try ClassificationDataset.splits(at: path)
        for split in splits {
            let data = try ClassificationDataset(at: path, split: split)
            (images, classes) = (images + data.count, data.classNames.count)
            for case .file(let file) in data.samples.lazy.map(\.origin) {
                entries.append(.init(path: file, split: splits.count > 1 ? split : nil))
            }
        }
        return (entries, [("images", images), ("classes", classes)])
    }
}
