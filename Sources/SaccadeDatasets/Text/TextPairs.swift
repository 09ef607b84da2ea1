import Foundation
public import SaccadeFiles
public import SaccadePrelude

/// Sentences in two languages, line by line: `NAME.LANGUAGE`, plain or `.gz`, as Multi30k (Elliott et al., 2016) has them.
public struct TextPairs: Sendable {
    /// A sentence and its translation.
    public struct Pair: Sendable, Hashable {
        public let source: String
        public let target: String
        /// The line, from 1.
        public let line: Int
    }

    /// What to call the file of the sources.
    private let source: String
    /// The pairs of which both sides are there.
    public let pairs: [Pair]
    /// Lines that are no text, or have no words.
    public let problems: [Problem]

    /// Reads two files.
    ///
    /// - Throws: ``FileError`` when one cannot be read, or they differ in their number of lines: nobody knows then which
    ///   belong together.
    public init(source: String, target: String) throws(FileError) {
        let (a, b) = (try TextCorpus(contentsOf: source), try TextCorpus(contentsOf: target))
        guard a.lineCount == b.lineCount else {
            throw FileError(
                .malformed, path: target,
                reason: "has \(b.lineCount) lines, and \(source) has \(a.lineCount)",
                remedy: "give files whose lines belong together")
        }
        let targets = Dictionary(b.lines.map { ($0.number, $0.text) }, uniquingKeysWith: { first, _ in first })
        let pairs = a.lines.compactMap { line in
            targets[line.number].map { Pair(source: line.text, target: $0, line: line.number) }
        }
        self.init(source, pairs, a.problems + b.problems)
    }

    private init(_ source: String, _ pairs: [Pair], _ problems: [Problem]) {
        (self.source, self.pairs, self.problems) = (source, pairs, problems)
    }

    /// The files of a folder that belong together: stems with their languages, where there are two or more.
    static func groups(in folder: String) -> [(stem: String, files: [(language: String, path: String)])] {
        var groups: [String: [(language: String, path: String)]] = [:]
        for name in (try? FolderContents.names(in: folder)) ?? [] where !name.hasPrefix(".") {
            let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
            let language = Path(plain).suffix
            guard (2...3).contains(language.count), language.allSatisfy({ $0.isLowercase && $0.isASCII }),
                !["neg", "pos", "txt", "csv", "xml", "png", "jpg", "zip", "tar", "bin", "md"].contains(language)
            else { continue }
            groups[ImageNames.stem(plain), default: []].append((language, "\(folder)/\(name)"))
        }
        return groups.filter { $0.value.count > 1 }.map { ($0.key, $0.value) }
            .sorted { $0.stem.utf8.lexicographicallyPrecedes($1.stem.utf8) }
    }
}

extension TextPairs: Dataset, SampleSource {
    public var count: Int { pairs.count }

    public func name(at index: Int) -> String { "\(source):\(pairs[index].line)" }

    public func subset(_ indices: some Sequence<Int>) -> TextPairs {
        TextPairs(source, indices.map { pairs[$0] }, problems)
    }

    public func sample(at index: Int, using generator: inout SplitMix64) -> Pair { pairs[index] }
}

/// The lines of a text file, plain or `.gz`.
public struct TextCorpus: Sendable {
    /// A line that is text.
    public struct Line: Sendable, Hashable {
        /// From 1.
        public let number: Int
        public let text: String
    }

    private let path: String
    /// The lines that are text.
    public let lines: [Line]
    /// How many there are with those that are not.
    public let lineCount: Int
    /// Lines that are not UTF-8.
    public let problems: [Problem]

    /// Reads a file.
    ///
    /// - Throws: ``FileError``, when it cannot be read or opened, or is larger than 256 MiB.
    public init(contentsOf path: String) throws(FileError) {
        var bytes = try RegularFile.contents(of: path, limit: TextFile.byteLimit)
        if Gzip.isGzip(bytes) {
            do throws(GzipError) {
                bytes = try Gzip.decompress(bytes, limit: TextFile.byteLimit)
            } catch {
                let reason =
                    if case .exceedsLimit(let limit) = error { "holds more than \(limit) bytes" } else {
                        "is damaged gzip"
                    }
                throw FileError(.malformed, path: path, reason: reason, remedy: "download it again")
            }
        }
        let (lines, problems) = try TextFile.lines(in: bytes, path: path)
        let count = bytes.count { $0 == UInt8(ascii: "\n") } + (bytes.isEmpty || bytes.last == 10 ? 0 : 1)
        self.init(path, lines.map { Line(number: $0.number, text: $0.text) }, count, problems)
    }

    private init(_ path: String, _ lines: [Line], _ lineCount: Int, _ problems: [Problem]) {
        (self.path, self.lines, self.lineCount, self.problems) = (path, lines, lineCount, problems)
    }

    /// The text files at a path.
    static func files(at path: String) -> [String] {
        guard ImageFolder.isFolder(path) else {
            return ["txt", "neg", "pos", "gz"].contains(Path(path).suffix.lowercased()) ? [path] : []
        }
        return ((try? FolderContents.names(in: path)) ?? []).filter {
            !$0.hasPrefix(".") && ["txt", "neg", "pos"].contains(Path($0).suffix.lowercased())
        }.map { "\(path)/\($0)" }
    }
}

extension TextCorpus: Dataset, SampleSource {
    public var count: Int { lines.count }

    public func name(at index: Int) -> String { "\(path):\(lines[index].number)" }

    public func subset(_ indices: some Sequence<Int>) -> TextCorpus {
        TextCorpus(path, indices.map { lines[$0] }, lineCount, problems)
    }

    public func sample(at index: Int, using generator: inout SplitMix64) -> Line { lines[index] }
}
