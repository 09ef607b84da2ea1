import Foundation
public import SaccadeFiles
public import SaccadePrelude

/// Sentences in two languages, line by line: `NAME.LANGUAGE`, plain or `.gz`, as Multi30k (Elliott et al., 2016) has
/// them.
public struct TextPairs: Sendable {
    /// A sentence and its translation.
    public struct Pair: Sendable, Hashable {
        public let source: String
        public let target: String
        /// The file of the source.
        public let file: String
        /// The line, from 1.
        public let line: Int
    }

    /// The pairs of which both sides are there.
    public let pairs: [Pair]
    /// Lines that are not text, or have no words.
    public let problems: [Problem]

    /// Reads two files.
    ///
    /// - Throws: ``FileError`` when one cannot be read, or they differ in their number of lines: nothing says then
    ///   which belong together.
    public init(source: String, target: String) throws(FileError) {
        let (a, b) = (try TextCorpus(contentsOf: source), try TextCorpus(contentsOf: target))
        guard a.lineCount == b.lineCount else {
            throw FileError(
                .malformed, path: target,
                reason: "has \(b.lineCount) lines, and \(source) has \(a.lineCount)",
                remedy: "give files whose lines belong together")
        }
        let targets = Dictionary(b.lines.map { ($0.number, $0.text) }, uniquingKeysWith: { first, _ in first })
        var pairs: [Pair] = []
        var problems = a.problems + b.problems
        for line in a.lines {
            guard let translation = targets[line.number] else { continue }
            if let file = line.text.isBlank ? source : translation.isBlank ? target : nil {
                problems.append(
                    Problem(
                        .emptyCaption, at: .init(file: file, line: line.number, index: line.number - 1),
                        "the sentence has no words", remedy: "write it, or take the line out of each language"))
            } else {
                pairs.append(Pair(source: line.text, target: translation, file: source, line: line.number))
            }
        }
        self.init(pairs, problems)
    }

    private init(_ pairs: [Pair], _ problems: [Problem]) { (self.pairs, self.problems) = (pairs, problems) }
}

extension TextPairs: Dataset, SampleSource {
    public var count: Int { pairs.count }

    public func name(at index: Int) -> String { "\(pairs[index].file):\(pairs[index].line)" }

    public func subset(_ indices: some Sequence<Int>) -> TextPairs {
        TextPairs(indices.map { pairs[$0] }, problems)
    }

    public func sample(at index: Int, using generator: inout SplitMix64) -> Pair { pairs[index] }
}

/// Folders of sentence pairs.
extension TextPairs {
    /// Opens the files of two languages in a folder.
    ///
    /// Of which part a file is, the beginning of its name says: `train`, `val`, `valid` or `dev`, `test`; Multi30k has
    /// `train.de.gz`, `val.de.gz` and `test_2016_flickr.de.gz`. Other names count as `train`.
    ///
    /// - Parameters:
    ///   - folder: Where `NAME.LANGUAGE` and `NAME.LANGUAGE.gz` lie.
    ///   - source: The language of the sentences, by its suffix: `de`.
    ///   - target: The language of their translations.
    ///   - split: The part to open. `.all` joins the parts in the order train, validation, test.
    /// - Throws: ``FileError``: no such folder, no files of these languages (with the languages there are), no such
    ///   part, or files whose lines do not belong together.
    public init(
        at folder: String, from source: String, to target: String, split: DatasetSplit = .all
    ) throws(FileError) {
        let files = try Self.files(at: folder, from: source, to: target)
        let wanted = files.filter { split == .all || $0.split == split }
        guard !wanted.isEmpty else {
            throw split.missing(at: folder, among: files.map(\.split).inOrder)
        }
        var (pairs, problems): ([Pair], [Problem]) = ([], [])
        for part in [DatasetSplit.train, .validation, .test] {
            for file in wanted where file.split == part {
                let own = try TextPairs(source: file.source, target: file.target)
                pairs += own.pairs
                problems += own.problems
            }
        }
        self.init(pairs, problems)
    }

    /// The parts that the sentence pairs of a folder come with.
    ///
    /// - Throws: ``FileError``, when there are no files of these languages.
    public static func splits(
        at folder: String, from source: String, to target: String
    ) throws(FileError) -> [DatasetSplit] {
        try files(at: folder, from: source, to: target).map(\.split).inOrder
    }

    /// The languages that a folder has sentences in that belong together, sorted.
    public static func languages(at folder: String) -> [String] {
        Set(groups(in: folder).flatMap { $0.files.map(\.language) }).sortedByBytes()
    }

    private static func files(
        at given: String, from source: String, to target: String
    ) throws(FileError) -> [(split: DatasetSplit, source: String, target: String)] {
        let folder = given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
        guard ImageFolder.isFolder(folder) else {
            throw FileError(.missing, path: folder, reason: "there is no such folder", remedy: "check the path")
        }
        let groups = groups(in: folder)
        let files: [(split: DatasetSplit, source: String, target: String)] = groups.compactMap { stem, files in
            guard let from = files.first(where: { $0.language == source })?.path,
                let to = files.first(where: { $0.language == target })?.path
            else { return nil }
            return (DatasetSplit(ofText: stem) ?? .train, from, to)
        }
        guard !files.isEmpty else {
            let languages = languages(at: folder)
            throw FileError(
                .unknownFormat, path: folder,
                reason: "has no files NAME.\(source) and NAME.\(target) with the same NAME",
                remedy: languages.isEmpty
                    ? "give each language a file, the sentences of a line belonging together"
                    : "choose two of \(languages.joined(separator: ", "))")
        }
        return files
    }

    /// The files of a folder that belong together: stems with their languages, where there are two or more.
    static func groups(in folder: String) -> [(stem: String, files: [(language: String, path: String)])] {
        var groups: [String: [(language: String, path: String)]] = [:]
        for name in (try? FolderContents.names(in: folder)) ?? [] where !name.hasPrefix(".") {
            let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
            let language = Path(plain).suffix
            guard (2...3).contains(language.count), language.allSatisfy({ $0.isLowercase && $0.isASCII }),
                !["neg", "pos", "txt", "csv", "tsv", "bio", "iob", "xml", "png", "jpg", "zip", "tar", "bin", "md"]
                    .contains(language)
            else { continue }
            groups[ImageNames.stem(plain), default: []].append((language, "\(folder)/\(name)"))
        }
        return groups.filter { Set($0.value.map(\.language)).count > 1 }.map { ($0.key, $0.value) }
            .sorted { $0.stem.utf8.lexicographicallyPrecedes($1.stem.utf8) }
    }
}

extension Sequence<DatasetSplit> {
    /// Each part once, in the order train, validation, test.
    var inOrder: [DatasetSplit] {
        let found = Set(self)
        return DatasetSplit.allCases.filter(found.contains)
    }
}
