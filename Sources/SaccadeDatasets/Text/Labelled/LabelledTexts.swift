import Foundation
public import SaccadeFiles
public import SaccadePrelude

/// Texts with one class each, such as sentences and whether they praise.
public struct LabelledTexts: Sendable {
    /// A text and its class.
    public struct Sample: Sendable, Hashable {
        public let text: String
        /// Index of the class in ``LabelledTexts/classNames``.
        public let label: Int
        /// The part that its authors put it in; nil where they made none.
        public let split: DatasetSplit?
        /// Where it stands.
        public let place: Problem.Place
    }

    /// The names of the classes; a label is an index into them. At least two.
    public let classNames: [String]
    /// In the order of the files.
    public let samples: [Sample]
    /// Lines that are not text or have no words, records that cannot be understood; they gave no sample.
    public let problems: [Problem]
    let root: String

    /// Opens texts.
    ///
    /// Recognised, in this order:
    /// - a CSV or TSV table whose first line names the columns `text` (or `sentence`, `review`, `content`) and `label`
    ///   (or `class`, `category`, `sentiment`), and perhaps `split`; in a folder `train.csv`, `val.csv`, `test.csv`, or
    ///   one;
    /// - `NAME.pos` and `NAME.neg`, a sentence on each line (rt-polarity; Pang and Lee, 2005);
    /// - a folder for each class with a `.txt` file for each text, also below `train`, `val` and `test`;
    /// - `CLASS.txt` for each class, a text on each line, also below `train`, `val` and `test`.
    ///
    /// - Parameters:
    ///   - path: The folder, or the table.
    ///   - split: The part to open; texts of data without parts count as `.train`.
    /// - Throws: ``FileError``: nothing there, nothing of the kind (with all that was looked for), no such part, a file
    ///   that cannot be read, fewer than two classes, or a class without texts.
    public init(at path: String, split: DatasetSplit = .all) throws(FileError) {
        let all = try Self(everythingAt: path)
        guard split != .all else {
            self = all
            return
        }
        guard all.splits.contains(split) else { throw split.missing(at: path, among: all.splits) }
        self = all.samples(of: split)
    }

    /// The parts that the texts at a path come with, among train, validation and test; only `.train` where there are
    /// none.
    ///
    /// - Throws: As ``init(at:split:)``: all is read.
    public static func splits(at path: String) throws(FileError) -> [DatasetSplit] {
        try Self(everythingAt: path).splits
    }

    private init(everythingAt given: String) throws(FileError) {
        let path = given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
        guard Path(path).exists else {
            throw FileError(.missing, path: path, reason: "there is no such folder", remedy: "check the path")
        }
        guard let layout = LabelledTextLayout(path) else {
            throw FileError(
                .unknownFormat, path: path,
                reason: "no texts with classes here: looked for a CSV or TSV table with the columns text and label, "
                    + "NAME.pos and NAME.neg, class folders (CLASS/*.txt) and CLASS.txt, the last two also below "
                    + "train, val and test",
                remedy: "put the texts in one file per class, a text on each line")
        }
        var reader = LabelledTextReader()
        for part in layout.parts { try reader.read(part) }
        let names = Set(reader.entries.map(\.className)).union(layout.parts.compactMap(\.className)).sortedAsClasses()
        guard names.count > 1 else {
            throw FileError(
                .tooFewClasses, path: path, reason: "has fewer than two classes",
                remedy: "a classifier needs at least two, each with its texts")
        }
        guard names.count <= Self.classLimit else {
            throw FileError(
                .tooLarge, path: path,
                reason: "has \(names.count) classes where at most \(Self.classLimit) make sense",
                remedy: "check which column has the label")
        }
        let labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        var counts = [Int](repeating: 0, count: names.count)
        samples = reader.entries.compactMap { entry in
            guard let label = labels[entry.className] else { return nil }
            counts[label] += 1
            return Sample(text: entry.text, label: label, split: entry.split, place: entry.place)
        }
        if let empty = counts.firstIndex(of: 0) {
            throw FileError(
                .emptyClass, path: path, reason: "the class \(names[empty]) has no texts",
                remedy: "add some, or take the class away")
        }
        (classNames, problems, root) = (names, reader.problems, path)
    }

    init(_ root: String, _ classNames: [String], _ samples: [Sample], _ problems: [Problem]) {
        (self.root, self.classNames, self.samples, self.problems) = (root, classNames, samples, problems)
    }

    /// More classes than that are a mistake, such as a number for each text: 4096.
    static let classLimit = 4096
}

extension LabelledTexts: Dataset, SampleSource {
    public var count: Int { samples.count }

    public func name(at index: Int) -> String {
        let place = samples[index].place
        return place.line.map { "\(place.file):\($0)" } ?? place.file
    }

    public func subset(_ indices: some Sequence<Int>) -> LabelledTexts {
        LabelledTexts(root, classNames, indices.map { samples[$0] }, problems)
    }

    /// The class: a split keeps the classes in proportion.
    public func group(at index: Int) -> Int { samples[index].label }

    public func nameOfSamples(in group: Int) -> String { "texts of \(classNames[group])" }

    public func sample(at index: Int, using generator: inout SplitMix64) -> Sample { samples[index] }

    /// The parts that the data set itself makes, in the order of ``DatasetSplit``; only `.train` where there are none.
    public var splits: [DatasetSplit] { samples.map { $0.split ?? .train }.inOrder }

    /// The samples of a part.
    public func samples(of split: DatasetSplit) -> LabelledTexts {
        subset(samples.indices.filter { split == .all || (samples[$0].split ?? .train) == split })
    }
}
