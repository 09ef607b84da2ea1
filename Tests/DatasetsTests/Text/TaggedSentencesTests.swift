import Foundation
import SaccadeDatasets
import SaccadeFiles
import Testing

@Suite struct TaggedSentencesTests {
    func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(Array(text.utf8), to: name) }
        return folder
    }

    func rows(_ data: TaggedSentences) -> [String] {
        data.sentences.map { sentence in
            zip(sentence.words, sentence.tags).map { "\($0)/\(data.tagNames[$1])" }.joined(separator: " ")
        }
    }

    @Test("CoNLL-2003's columns, with its names of parts")
    func conll() throws {
        let folder = try folder([
            "eng.train":
                "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n\nPeter NNP B-NP B-PER\r\n",
            "eng.testa": "-DOCSTART- -X- O O\n\nHello UH I-NP O\n", "eng.testb": "Bye UH I-NP O\n",
        ])
        let data = try TaggedSentences(at: folder.path)
        #expect(data.tagNames == ["B-ORG", "B-PER", "O"])
        // In the order of the files' names: testa, testb, train.
        #expect(rows(data) == ["Hello/O", "Bye/O", "EU/B-ORG rejects/O", "Peter/B-PER"])
        #expect(try TaggedSentences.splits(at: folder.path) == [.train, .validation, .test])
        let train = try TaggedSentences(at: folder.path, split: .train)
        #expect(rows(train) == ["EU/B-ORG rejects/O", "Peter/B-PER"] && train.tagNames == data.tagNames)
        #expect(train.name(at: 1) == "\(folder.path)/eng.train:7" && data.problems.isEmpty)
        let chunks = try TaggedSentences(at: folder.path, split: .train, tagColumn: 2)
        #expect(rows(chunks) == ["EU/NNP rejects/VBZ", "Peter/NNP"])
    }

    @Test("tabs between words with spaces, Universal Dependencies, a single file")
    func others() throws {
        let tabs = try folder(["x.conll": "New York\tLOC\nis\tO\n\nbig\tO"])
        #expect(try rows(TaggedSentences(at: "\(tabs.path)/x.conll")) == ["New York/LOC is/O", "big/O"])
        let universal = try folder([
            "de-ud-dev.conllu":
                "# text = Im Haus\n1-2\tIm\t_\t_\t_\n1\tIn\tin\tADP\tAPPR\n2\tdem\tder\tDET\tART\n2.1\tx\tx\tX\tX\n"
                + "3\tHaus\tHaus\tNOUN\tNN\n\n"
        ])
        let data = try TaggedSentences(at: universal.path)
        #expect(rows(data) == ["In/ADP dem/DET Haus/NOUN"] && data.sentences[0].split == .validation)
        #expect(try rows(TaggedSentences(at: universal.path, tagColumn: 5)) == ["In/APPR dem/ART Haus/NN"])
    }

    @Test("a bad line costs its sentence, and is told once")
    func bad() throws {
        let folder = try TemporaryFolder()
        let lines: [[UInt8]] = [
            "good A", "day B", "", "no", "label A", "also", "", "three of A", "two A", "", "fine A", "",
        ].map { Array($0.utf8) }
        try folder.write(
            Array(
                (lines + [Array("x A".utf8), [0xFF], Array("y B".utf8), [], Array("z A".utf8), [0xFE]]).joined(
                    separator: [10])),
            to: "x.conll")
        let data = try TaggedSentences(at: folder.path)
        #expect(rows(data) == ["good/A day/B", "fine/A"])
        #expect(
            data.problems.map { "\($0.place.line ?? 0) \($0.rule.rawValue)" } == [
                "14 encoding", "18 encoding", "4 malformed-record", "9 malformed-record",
            ])
        #expect(data.problems[3].message == "has 2 columns where the line before has 3, so the sentence is left out")
        let check = try DataCheck(of: folder.path)
        #expect(check.counts.map(\.count) == [2, 3, 2] && check.problems.count == 4)

        let endless = try self.folder(["a.conll": String(repeating: "w A\n", count: 5000) + "\nv B\n"])
        let rest = try #require(throws: FileError.self) { try TaggedSentences(at: endless.path) }
        #expect(rest.description.contains("fewer than two labels") && rest.description.contains("word number 4097"))
    }

    @Test("what is no such file is refused with a sentence")
    func refused() throws {
        for (files, reason) in [
            ([:], "no sentences with a label for each word"),
            (["a.txt": "no columns here\n"], "no sentences with a label"),
            (["a.conll": "a O\nb O\n"], "fewer than two labels"),
            (["a.conll": (0..<5000).map { "w \($0)\n" }.joined(separator: "\n")], "check which column has the label"),
        ] as [([String: String], String)] {
            let folder = try folder(files)
            let error = try #require(throws: FileError.self) { try TaggedSentences(at: folder.path) }
            #expect(error.description.contains(reason), "\(error)")
        }
        let folder = try folder(["a.conll": "a O\nb X\n"])
        #expect(throws: FileError.self) { try TaggedSentences(at: folder.path, split: .test) }
        #expect(throws: FileError.self) { try TaggedSentences(at: folder.path, tagColumn: 9) }
        #expect(throws: FileError.self) { try TaggedSentences(at: folder.path, tagColumn: 0) }
        #expect(throws: FileError.self) { try TaggedSentences(at: folder.path + "/none") }
    }
}
