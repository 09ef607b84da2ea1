import Foundation
import SaccadeFiles

/// A table of images and their classes: a CSV file whose first line names its columns, `image` (or `filename`, `file`,
/// `path`) and `label` (or `class`, `category`) among them, and perhaps `split`.
struct ImageList {
    struct Entry {
        let image: String
        let className: String
        let split: DatasetSplit?
        let place: Problem.Place
    }

    private(set) var entries: [Entry] = []
    private(set) var problems: [Problem] = []
    private(set) var recordCount = 0

    /// - Parameter split: The part that all of the images belong to.
    /// - Throws: ``FileError`` when the file cannot be read or its columns have other names.
    init(_ path: String, split: DatasetSplit? = nil) throws(FileError) {
        let table = try CSVFile(path)
        problems = table.problems
        guard let header = table.records.first.map({ $0.fields.map(Self.plain) }), let columns = Self.columns(header)
        else {
            throw FileError(
                .malformed, path: path, reason: "its first line does not name the columns image and label",
                remedy: "begin it with image,label")
        }
        recordCount = problems.count
        let folder = Path(path).folder
        let root = folder.isEmpty ? "." : folder
        for record in table.records.dropFirst() {
            recordCount += 1
            let place = Problem.Place(file: path, line: record.line, record: record.fields[0], index: record.line - 1)
            guard record.fields.count == header.count else {
                problems.append(
                    Problem(
                        .malformedRecord, at: place, "has \(record.fields.count) values in \(header.count) columns",
                        remedy: "give each column a value, and put values with commas between \""))
                continue
            }
            let (image, name) = (Self.trimmed(record.fields[columns.image]), Self.trimmed(record.fields[columns.label]))
            guard !image.isEmpty, !name.isEmpty else {
                problems.append(
                    Problem(.malformedRecord, at: place, "lacks an image or a class", remedy: "write both"))
                continue
            }
            let own = columns.split.flatMap { DatasetSplit(in: record.fields[$0]) }
            let found = ["\(root)/\(image)", "\(root)/images/\(image)"].first { Path($0).exists }
            entries.append(
                Entry(
                    image: image.hasPrefix("/") ? image : found ?? "\(root)/\(image)", className: name,
                    split: own ?? split, place: place))
        }
    }

    /// The tables at a path, with the parts that their names speak of.
    static func files(at path: String) -> [(split: DatasetSplit?, path: String)] {
        guard ImageFolder.isFolder(path) else { return isList(path) ? [(DatasetSplit(in: path), path)] : [] }
        let names = ((try? FolderContents.names(in: path)) ?? []).filter { $0.lowercased().hasSuffix(".csv") }
        let parts = [DatasetSplit.train, .validation, .test].compactMap { split in
            names.first { DatasetSplit(in: $0) == split && isList("\(path)/\($0)") }.map { (split, "\(path)/\($0)") }
        }
        guard parts.isEmpty else { return parts }
        return names.first { isList("\(path)/\($0)") }.map { [(nil, "\(path)/\($0)")] } ?? []
    }

    private static func isList(_ path: String) -> Bool {
        guard path.lowercased().hasSuffix(".csv"), let start = try? RegularFile.beginning(of: path, count: 4096),
            let line = start.split(whereSeparator: { $0 == 10 || $0 == 13 }).first,
            let text = String(validating: line, as: UTF8.self)
        else { return false }
        return columns(text.split(separator: ",", omittingEmptySubsequences: false).map { plain(String($0)) }) != nil
    }

    private static func columns(_ header: [String]) -> (image: Int, label: Int, split: Int?)? {
        // A table with boxes is another thing.
        guard let image = header.firstIndex(where: { ["image", "filename", "file", "path"].contains($0) }),
            let label = header.firstIndex(where: { ["label", "class", "category"].contains($0) }),
            !header.contains("xmin")
        else { return nil }
        return (image, label, header.firstIndex { ["split", "set", "subset"].contains($0) })
    }

    private static func plain(_ name: String) -> String {
        trimmed(name).trimmingCharacters(in: ["\"", "\u{FEFF}"]).lowercased()
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }

    /// Reads the tables of a data set.
    ///
    /// - Throws: ``FileError`` when one cannot be read, more than that part of the records makes no sense, or there are
    ///   fewer than two classes.
    static func open(
        _ files: [(split: DatasetSplit?, path: String)], split wanted: DatasetSplit, unusableFraction: Double
    ) throws(FileError) -> ClassificationDataset {
        var entries: [Entry] = []
        var problems: [Problem] = []
        for (split, path) in files {
            let list = try ImageList(path, split: split)
            if let first = list.problems.first,
                Double(list.problems.count) > unusableFraction * Double(list.recordCount)
            {
                throw FileError(
                    .malformed, path: path,
                    reason: "\(list.problems.count) of \(list.recordCount) records make no sense, the first in line "
                        + "\(first.place.line ?? 1): \(first.message)", remedy: "run saccade check on it")
            }
            entries += list.entries
            problems += list.problems
        }
        let names = Set(entries.map(\.className)).sortedAsClasses()
        guard names.count > 1 else {
            throw FileError(
                .tooFewClasses, path: files.first?.path ?? "", reason: "has fewer than two classes",
                remedy: "a classifier needs at least two, each with its images")
        }
        let labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        let samples = entries.filter { wanted == .all || ($0.split ?? .train) == wanted }.compactMap { entry in
            labels[entry.className].map {
                ClassificationDataset.Sample(label: $0, origin: .file(path: entry.image))
            }
        }
        return ClassificationDataset(
            format: .list, classNames: names, samples: samples, records: [], problems: problems)
    }

    /// The parts that the tables speak of.
    static func splits(_ files: [(split: DatasetSplit?, path: String)]) throws(FileError) -> [DatasetSplit] {
        var found: Set<DatasetSplit> = []
        for (split, path) in files {
            for entry in try ImageList(path, split: split).entries { found.insert(entry.split ?? .train) }
        }
        return [.train, .validation, .test].filter(found.contains)
    }
}
