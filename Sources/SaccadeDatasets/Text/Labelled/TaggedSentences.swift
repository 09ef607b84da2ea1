import Foundation
public import SaccadeFiles
public import SaccadePrelude

/// Sentences with a label for each word: parts of speech, names, chunks.
public struct TaggedSentences: Sendable {
    /// A sentence, word by word.
    public struct Sentence: Sendable, Hashable {
        public let words: [String]
        /// The label of each word, an index into ``TaggedSentences/tagNames``.
        public let tags: [Int]
        /// The part that its authors put it in; nil where they made none.
        public let split: DatasetSplit?
        public let file: String
        /// Where its first word stands, from 1.
        public let line: Int
    }

    /// The labels that words have, sorted as classes are. At least two.
    public let tagNames: [String]
    /// In the order of the files.
    public let sentences: [Sentence]
    /// Lines that cannot be understood; their sentences are left out.
    public let problems: [Problem]

    /// Opens files of columns, a word on each line: the first column is the word, the last its label, tabs or spaces
    /// stand between, and blank lines between sentences (CoNLL-2003; Tjong Kim Sang and De Meulder, 2003).
    ///
    /// `-DOCSTART-` is passed over. Of `.conllu` files the columns 2 and 4 count (a form and its universal part of
    /// speech); comments and what is not a word of the sentence are passed over. `train`, `valid`, `dev` and `test` in
    /// the names of files are their parts, and CoNLL-2003's `testa` and `testb` are validation and test.
    ///
    /// - Parameters:
    ///   - path: A file, or a folder of `.conll`, `.conllu`, `.bio`, `.iob`, `.train`, `.testa`, `.testb` files, or of
    ///     `.txt` or `.tsv` files with such columns.
    ///   - split: The part to open; sentences of data without parts count as `.train`.
    ///   - tagColumn: The column of the label, from 1; nil takes the last.
    /// - Throws: ``FileError``: nothing there, nothing of the kind, no such part, a file that cannot be read, or fewer
    ///   than two labels.
    public init(at path: String, split: DatasetSplit = .all, tagColumn: Int? = nil) throws(FileError) {
        let files = try Self.files(at: path)
        let splits = files.map { $0.split ?? .train }.inOrder
        guard split == .all || splits.contains(split) else { throw split.missing(at: path, among: splits) }
        var reader = ColumnReader(tagColumn: tagColumn)
        for file in files { try reader.read(file.path, file.split) }
        // A label has the same number whichever part is opened.
        let names = Set(reader.sentences.joined().map(\.tag)).sortedAsClasses()
        guard names.count > 1 else {
            throw FileError(
                .tooFewClasses, path: path,
                reason: "its words have fewer than two labels" + (reader.problems.first.map { ": \($0)" } ?? ""),
                remedy: "check which column has the label")
        }
        guard names.count <= LabelledTexts.classLimit else {
            throw FileError(
                .tooLarge, path: path,
                reason: "has \(names.count) labels where at most \(LabelledTexts.classLimit) make sense",
                remedy: "check which column has the label")
        }
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        let sentences = reader.sentences.compactMap { rows -> Sentence? in
            guard let first = rows.first, split == .all || (first.split ?? .train) == split else { return nil }
            return Sentence(
                words: rows.map(\.word), tags: rows.compactMap { numbers[$0.tag] }, split: first.split,
                file: first.file, line: first.line)
        }
        self.init(names, sentences, reader.problems)
    }

    init(_ tagNames: [String], _ sentences: [Sentence], _ problems: [Problem]) {
        (self.tagNames, self.sentences, self.problems) = (tagNames, sentences, problems)
    }

    /// The parts that the sentences at a path come with; only `.train` where there are none.
    ///
    /// - Throws: ``FileError``, when there is nothing of the kind.
    public static func splits(at path: String) throws(FileError) -> [DatasetSplit] {
        try files(at: path).map { $0.split ?? .train }.inOrder
    }

    private static func files(at given: String) throws(FileError) -> [(path: String, split: DatasetSplit?)] {
        let path = given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
        guard Path(path).exists else {
            throw FileError(.missing, path: path, reason: "there is no such folder", remedy: "check the path")
        }
        let files = ImageFolder.isFolder(path) ? ColumnReader.files(in: path) : [path]
        guard !files.isEmpty else {
            throw FileError(
                .unknownFormat, path: path,
                reason:
                    "no sentences with a label for each word: looked for .conll, .conllu, .bio, .iob, .train, .testa "
                    + "and .testb, and for columns in .txt and .tsv",
                remedy: "write a word, a tab and its label on each line, and a blank line behind each sentence")
        }
        return files.map { ($0, ColumnReader.split(of: $0)) }
    }
}

extension TaggedSentences: Dataset, SampleSource {
    public var count: Int { sentences.count }

    public func name(at index: Int) -> String { "\(sentences[index].file):\(sentences[index].line)" }

    public func subset(_ indices: some Sequence<Int>) -> TaggedSentences {
        TaggedSentences(tagNames, indices.map { sentences[$0] }, problems)
    }

    public func sample(at index: Int, using generator: inout SplitMix64) -> Sentence { sentences[index] }
}
