import Foundation
public import SaccadeFiles
public import SaccadePrelude

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
    /// Lines that are not UTF-8, and those of more than 1 MiB.
    public let problems: [Problem]

    /// Reads a file.
    ///
    /// - Throws: ``FileError``, when it cannot be read or opened, is larger than 256 MiB, or is not text at all.
    public init(contentsOf path: String) throws(FileError) {
        let bytes = try TextFile.contents(of: path)
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
