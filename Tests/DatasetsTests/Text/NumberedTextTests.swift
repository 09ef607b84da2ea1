import Foundation
import SaccadeDatasets
import SaccadeFiles
import TestSupport
import Testing

@Suite struct NumberedTextTests {
    @Test(
        "Tiny Shakespeare: 1 115 394 characters, 65 different ones, 90/5/5 by position",
        .enabled(if: ReferenceData.has("tinyshakespeare"), Comment(rawValue: ReferenceData.missing)))
    func shakespeare() throws {
        let path = ReferenceData.path("tinyshakespeare/input.txt")
        let text = try NumberedText(charactersOf: path)
        #expect(text.characterCount == 1_115_394 && text.byteCount == 1_115_394 && text.vocabulary.count == 65)
        #expect(text.vocabulary.words.joined() == "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        #expect(text.tokens(in: 0..<14).joined() == "First Citizen:")
        let parts = text.parts()
        #expect(parts.training == 0..<1_003_854 && parts.validation == 1_003_854..<1_059_624)
        #expect(parts.test == 1_059_624..<1_115_394)
        // All of it, character by character.
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.tokens(in: text.numbers.indices).joined() == whole)
        #expect(try NumberedText(charactersOf: ReferenceData.path("tinyshakespeare")).numbers == text.numbers)

        let words = try NumberedText(at: path, tokenizer: Tokenizer(.words(isLowercase: true)), minimumCount: 2)
        #expect(words.characterCount == 1_115_394 && words.byteCount == 1_115_394)
        #expect(words.tokens(in: 0..<5) == ["first", "citizen", ":", "</s>", "before"])
    }

    @Test("scalars of any kind, ends of lines, marks at the beginning, several files, gzip")
    func characters() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("\u{FEFF}aé\r\n\r👩\u{301}\r".utf8), to: "a.txt")
        let text = try NumberedText(charactersOf: path)
        #expect(
            text.vocabulary.words.map { $0.unicodeScalars.map(\.value) } == [
                [10], [13], [97], [0xE9], [0x301], [0x1F469],
            ])
        #expect(text.numbers == [2, 3, 0, 1, 5, 4, 1] && text.byteCount == 13 && text.characterCount == 7)

        try folder.write(Array("b\n".utf8), to: "b.txt")
        try folder.write(Array("c".utf8), to: "c.txt")
        try folder.write(Array("not this".utf8), to: "d.md")
        let all = try NumberedText(charactersOf: folder.path)
        #expect(all.files.map { ($0 as NSString).lastPathComponent } == ["a.txt", "b.txt", "c.txt"])
        #expect(
            all.tokens(in: all.numbers.indices).joined().unicodeScalars.elementsEqual(
                "aé\n\r👩\u{301}\r\nb\nc".unicodeScalars))
        let packed = try folder.write(gzipped(Array("abab".utf8)), to: "x/t.txt.gz")
        #expect(try NumberedText(charactersOf: packed).numbers == [0, 1, 0, 1])
    }

    @Test("by the vocabulary of another text: what is unknown is named, or its number is another's")
    func given() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("ab\nabß\n".utf8), to: "a.txt")
        let error = try #require(throws: FileError.self) {
            try NumberedText(charactersOf: path, vocabulary: Vocabulary(["\n", "a", "b"]))
        }
        #expect(
            error.description
                == "\(path): the character “ß” (U+00DF), in line 2, is unknown; leave it out, or learn from texts that "
                + "have it; known are the 3 characters newline a b.")
        let known = Vocabulary(["\n", "a", "b", "long"], specials: [.unknown, .padding])
        #expect(try NumberedText(charactersOf: path, vocabulary: known).numbers == [3, 4, 2, 3, 4, 1, 2])
        let words = try NumberedText(at: path, tokenizer: Tokenizer(.words()), vocabulary: Vocabulary(["abß", "ab"]))
        #expect(words.numbers == [1, 0])
        let unknown = try #require(throws: FileError.self) {
            try NumberedText(at: path, tokenizer: Tokenizer(.words()), vocabulary: Vocabulary(["ab"]))
        }
        #expect(unknown.description.contains("the word “abß”, in line 2, is unknown"))
    }

    @Test("what is no text is refused with its line")
    func refused() throws {
        let folder = try TemporaryFolder()
        for (bytes, reason) in [
            ([], "has no characters"), ([0x61, 10, 10, 0xC3, 0x28], "line 3 is not text in UTF-8"),
            ([0xED, 0xA0, 0x80], "line 1 is not text in UTF-8"),
            ([0x61, 10, 0xE2, 0x82], "line 2 is not text in UTF-8"),
            ([0x61, 10, 0, 0x61], "line 2 holds a zero byte"), ([0xFF, 0xFE, 0x61, 0], "is text in UTF-16"),
            ([0x1F, 0x8B, 8, 0], "is damaged gzip"),
        ] as [([UInt8], String)] {
            let path = try folder.write(bytes, to: "a.txt")
            let error = try #require(throws: FileError.self) { try NumberedText(charactersOf: path) }
            #expect(error.description.contains(reason), "\(error)")
            #expect(throws: FileError.self) { try NumberedText(at: path, tokenizer: Tokenizer(.words())) }
        }
        let empty = try folder.makeFolder("empty")
        #expect(throws: FileError.self) { try NumberedText(charactersOf: empty) }
        #expect(throws: FileError.self) { try NumberedText(charactersOf: "\(empty)/none.txt") }
    }

    @Test("one line without an end is a text like others, and what is checked says so")
    func endless() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 0x61, count: 3 << 20), to: "a.txt")
        #expect(try NumberedText(charactersOf: path).characterCount == 3 << 20)
        let check = try DataCheck(of: path)
        #expect(check.problems.isEmpty && check.counts.map(\.count) == [1, 1, 3 << 20, 1])
        // As sentences it is none.
        let error = try #require(throws: FileError.self) { try NumberedText(at: path, tokenizer: Tokenizer(.words())) }
        #expect(error.description.contains("this line has 3145728 bytes where at most 1048576 make sense"))
    }

    @Test("parts by position, whatever the fractions")
    func parts() async throws {
        let folder = try TemporaryFolder()
        let text = try NumberedText(charactersOf: folder.write(Array("abcdefghij".utf8), to: "a.txt"))
        for (validation, test, expected) in [
            (0.1, 0.2, [0..<7, 7..<8, 8..<10]), (0, 0, [0..<10, 10..<10, 10..<10]),
            (0.04, 0.04, [0..<10, 10..<10, 10..<10]),
            (0.5, 0.49, [0..<0, 0..<5, 5..<10]),
        ] {
            let parts = text.parts(validation: validation, test: test)
            #expect([parts.training, parts.validation, parts.test] == expected)
        }
        await #expect(processExitsWith: .failure) {
            let folder = try TemporaryFolder()
            let text = try NumberedText(charactersOf: folder.write([0x61], to: "a.txt"))
            _ = text.parts(validation: 0.5, test: 0.5)
        }
    }
}
