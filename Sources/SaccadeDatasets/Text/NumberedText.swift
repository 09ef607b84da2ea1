import Foundation
public import SaccadeFiles
import SaccadePrelude

/// One long text as the numbers of its tokens, in a row: what a network learns from that predicts the next character or
/// word.
///
/// Takes 4 bytes for each token beside its file while that is read.
public struct NumberedText: Sendable {
    /// Which number stands for which token.
    public internal(set) var vocabulary: Vocabulary
    /// The tokens' numbers in ``vocabulary``.
    public internal(set) var numbers: [Int32]
    /// The files, in the order in which they were joined.
    public let files: [String]
    /// How many bytes the files have, unpacked.
    public let byteCount: Int
    /// How many characters the text has: Unicode scalars, CR LF counting as one.
    public let characterCount: Int

    /// Reads a text as its characters, each a Unicode scalar.
    ///
    /// CR LF becomes LF. The files of a folder are joined in the order of their names, with an LF between where none
    /// is.
    ///
    /// - Parameters:
    ///   - path: A text file, plain or `.gz`, or a folder of `.txt` files.
    ///   - vocabulary: The characters that there may be; nil takes those of the text, in the order of Unicode.
    /// - Throws: ``FileError``: nothing to read, more than 256 MiB, no text in UTF-8 (with the line), no characters at
    ///   all, or one that the vocabulary does not have, which has no word for those either.
    public init(charactersOf path: String, vocabulary: Vocabulary? = nil) throws(FileError) {
        var reader = ScalarReader(vocabulary)
        let files = try Self.files(at: path)
        var byteCount = 0
        for file in files {
            let bytes = try TextFile.contents(of: file)
            byteCount += bytes.count
            try Self.limit(byteCount, path)
            try reader.read(bytes, of: file)
        }
        guard !reader.numbers.isEmpty else {
            throw FileError(.empty, path: path, reason: "has no characters", remedy: "give a text")
        }
        self.vocabulary = reader.finish()
        numbers = reader.numbers
        self.files = files
        self.byteCount = byteCount
        characterCount = reader.numbers.count
    }

    /// Reads a text as the tokens of its lines, ``Vocabulary/Special/end`` behind each; blank lines are passed over.
    ///
    /// - Parameters:
    ///   - path: A text file, plain or `.gz`, or a folder of `.txt` files.
    ///   - tokenizer: Takes lines apart.
    ///   - vocabulary: The tokens that there may be; nil counts those of the text.
    ///   - minimumCount: How often a token must occur to have a number, where they are counted.
    ///   - maximumSize: How many numbers there may be, where they are counted.
    /// - Throws: ``FileError``: as ``init(charactersOf:vocabulary:)``.
    public init(
        at path: String, tokenizer: Tokenizer, vocabulary: Vocabulary? = nil, minimumCount: Int = 1,
        maximumSize: Int = Vocabulary.sizeLimit
    ) throws(FileError) {
        files = try Self.files(at: path)
        var lines: [(file: String, line: TextCorpus.Line)] = []
        var (byteCount, characterCount) = (0, 0)
        for file in files {
            let corpus = try TextCorpus(contentsOf: file)
            if let problem = corpus.problems.first {
                throw FileError(
                    .malformed, path: file, reason: "line \(problem.place.line ?? 1): \(problem.message)",
                    remedy: problem.remedy)
            }
            byteCount += corpus.lines.reduce(0) { $0 + $1.text.utf8.count + 1 }
            try Self.limit(byteCount, path)
            characterCount += corpus.lines.reduce(0) { $0 + $1.text.unicodeScalars.count + 1 }
            lines += corpus.lines.lazy.filter { !$0.text.isBlank }.map { (file, $0) }
        }
        guard !lines.isEmpty else {
            throw FileError(.empty, path: path, reason: "has no words", remedy: "give a text")
        }
        let vocabulary =
            vocabulary
            ?? Vocabulary(
                counting: lines.lazy.map { tokenizer.tokens(of: $0.line.text) }, minimumCount: minimumCount,
                maximumSize: maximumSize, specials: [.unknown, .end])
        var numbers: [Int32] = []
        for (file, line) in lines {
            do throws(UnknownToken) {
                numbers += try vocabulary.numbers(of: tokenizer.tokens(of: line.text)).map { Int32($0) }
            } catch {
                throw error.inFile(file, line: line.number)
            }
            if let end = vocabulary.number(of: .end) { numbers.append(Int32(end)) }
        }
        (self.vocabulary, self.numbers) = (vocabulary, numbers)
        (self.byteCount, self.characterCount) = (byteCount, characterCount)
    }

    /// Where the parts of the text are: the first to learn from, then those to choose by and to judge by.
    ///
    /// - Parameters:
    ///   - validation: The fraction to choose models by, rounded to whole tokens; in 0..<1.
    ///   - test: The fraction to judge the last model by, at the end; in 0..<1.
    /// - Precondition: Both together are below 1.
    public func parts(
        validation: Double = 0.05, test: Double = 0.05
    ) -> (training: Range<Int>, validation: Range<Int>, test: Range<Int>) {
        require(
            (0..<1).contains(validation) && (0..<1).contains(test) && validation + test < 1,
            "NumberedText: fractions must be in 0..<1, and together below 1, not \(validation) and \(test)")
        let held = Int((Double(numbers.count) * test).rounded())
        let chosen = min(Int((Double(numbers.count) * validation).rounded()), numbers.count - held)
        let first = numbers.count - held - chosen
        return (0..<first, first..<first + chosen, first + chosen..<numbers.count)
    }

    /// The tokens of a part, in a row.
    ///
    /// - Precondition: The range is within `numbers.indices`.
    public func tokens(in range: Range<Int>) -> [String] { numbers[range].map { vocabulary[Int($0)] } }

    private static func files(at given: String) throws(FileError) -> [String] {
        let path = given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
        guard ImageFolder.isFolder(path) else { return [path] }
        let files = TextCorpus.files(at: path)
        guard !files.isEmpty else {
            throw FileError(
                .unknownFormat, path: path, reason: "has no text files (.txt)",
                remedy: "give a text file, or a folder of them")
        }
        return files
    }

    private static func limit(_ byteCount: Int, _ path: String) throws(FileError) {
        guard byteCount <= TextFile.byteLimit else {
            throw FileError(
                .tooLarge, path: path, reason: "its files have more than \(TextFile.byteLimit) bytes together",
                remedy: "take fewer of them")
        }
    }
}

/// Characters of files, one after the other, as numbers.
private struct ScalarReader {
    private(set) var numbers: [Int32] = []
    private let given: Vocabulary?
    private let unknown: Int32?
    /// The number of each scalar of Unicode; -1 for those that have none. In the order of their appearance, until all
    /// are known.
    private var table = [Int32](repeating: -1, count: 0x11_0000)
    private var found: [Unicode.Scalar] = []

    init(_ vocabulary: Vocabulary?) {
        given = vocabulary
        unknown = vocabulary?.number(of: .unknown).map { Int32($0) }
        for (index, word) in (vocabulary?.words ?? []).enumerated() where word.unicodeScalars.count == 1 {
            guard let scalar = word.unicodeScalars.first else { continue }
            table[Int(scalar.value)] = Int32(index + (vocabulary?.specials.count ?? 0))
        }
    }

    mutating func read(_ bytes: [UInt8], of path: String) throws(FileError) {
        // The first line of a file is not the end of another's last.
        if let last = numbers.last, last != table[Int(("\n" as Unicode.Scalar).value)] { try append("\n", path, 1) }
        numbers.reserveCapacity(numbers.count + bytes.count)
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var line = 1
        var wasReturn = false
        while true {
            let scalar: Unicode.Scalar
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded): scalar = Unicode.UTF8.decode(encoded)
            case .emptyInput:
                if wasReturn { try append("\r", path, line) }
                return
            case .error:
                throw FileError(
                    .malformed, path: path, reason: "line \(line) is not text in UTF-8", remedy: "save it as UTF-8")
            }
            guard scalar != "\0" else {
                throw FileError(
                    .malformed, path: path, reason: "line \(line) holds a zero byte, so this is not text",
                    remedy: "check that it is the right file")
            }
            // A return is kept until it shows whether it belongs to the end of a line.
            if wasReturn, scalar != "\n" { try append("\r", path, line) }
            wasReturn = scalar == "\r"
            if !wasReturn { try append(scalar, path, line) }
            if scalar == "\n" { line += 1 }
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ path: String, _ line: Int) throws(FileError) {
        let number = table[Int(scalar.value)]
        if number >= 0 {
            numbers.append(number)
        } else if let given {
            guard let unknown else {
                throw UnknownToken(String(scalar), position: numbers.count, vocabulary: given).inFile(path, line: line)
            }
            numbers.append(unknown)
        } else {
            table[Int(scalar.value)] = Int32(found.count)
            numbers.append(Int32(found.count))
            found.append(scalar)
        }
    }

    /// The vocabulary, by which the characters are numbered from now on.
    mutating func finish() -> Vocabulary {
        if let given { return given }
        let order = found.indices.sorted { found[$0] < found[$1] }
        var places = [Int32](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { places[index] = Int32(place) }
        for index in numbers.indices { numbers[index] = places[Int(numbers[index])] }
        return Vocabulary(order.map { String(found[$0]) })
    }
}
