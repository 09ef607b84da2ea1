import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadePrelude
import TestSupport
import Testing

@Suite struct LabelledTextsTests {
    func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(Array(text.utf8), to: name) }
        return folder
    }

    func rows(_ data: LabelledTexts) -> [String] {
        data.samples.map { "\($0.split?.rawValue ?? "-") \(data.classNames[$0.label]): \($0.text)" }
    }

    @Test(
        "rt-polarity: 5331 sentences of each kind",
        .enabled(if: ReferenceData.has("rt_polarity"), Comment(rawValue: ReferenceData.missing)))
    func polarity() throws {
        let root = ReferenceData.path("rt_polarity")
        let data = try LabelledTexts(at: root)
        #expect(data.classNames == ["neg", "pos"] && data.splits == [.train] && data.problems.isEmpty)
        #expect([0, 1].map { label in data.samples.count { $0.label == label } } == [5331, 5331])
        #expect(data.samples[0].text.hasPrefix("simplistic , silly and tedious ."))
        #expect(data.name(at: 5331) == "\(root)/rt-polarity.pos:1")
        // Both kinds as often in what is held back.
        let (training, validation) = data.split(validation: 0.1, seed: 3)
        #expect([0, 1].map { label in validation.samples.count { $0.label == label } } == [533, 533])
        #expect(training.count == 9596)
    }

    @Test("a table of texts and classes, as CSV and as TSV")
    func tables() throws {
        let csv = try folder([
            "reviews.csv":
                "id,Sentiment,Review,split\r\n1,10,\"good, very\",train\r\n2,9,bad,test\r\n3,9,\"two\nlines\",dev\r\n"
        ])
        for path in [csv.path, "\(csv.path)/reviews.csv", csv.path + "/"] {
            let data = try LabelledTexts(at: path)
            #expect(data.classNames == ["9", "10"])
            #expect(rows(data) == ["train 10: good, very", "test 9: bad", "validation 9: two\nlines"])
            #expect(data.splits == [.train, .validation, .test] && data.samples.map(\.place.line) == [2, 3, 4])
        }
        #expect(try rows(LabelledTexts(at: csv.path, split: .test)) == ["test 9: bad"])
        #expect(
            try LabelledTexts(at: csv.path, split: .test).classNames == ["9", "10"], "the same numbers in every part")

        let tsv = try folder([
            "train.tsv": "sentence\tlabel\nit's \"good\", yes\t1\nbad\t0\n", "dev.tsv": "sentence\tlabel\nso so\t0\n",
            "other.tsv": "text\tlabel\nx\ty\n",
        ])
        #expect(
            try rows(LabelledTexts(at: tsv.path)) == [
                "validation 0: so so", "train 1: it's \"good\", yes", "train 0: bad",
            ])
        #expect(try LabelledTexts.splits(at: tsv.path) == [.train, .validation])
    }

    @Test("a folder for each class, and a file for each class, also below folders for each part")
    func folders() throws {
        let reviews = try folder([
            "train/pos/0_9.txt": "good\nfilm\n", "train/neg/0_2.txt": "bad", "train/unsup/1_0.txt": "who knows",
            "test/pos/0_8.txt": "fine", "test/neg/1_1.txt": "awful", "README": "x",
        ])
        let data = try LabelledTexts(at: reviews.path)
        #expect(
            rows(data) == ["train neg: bad", "train pos: good\nfilm", "test neg: awful", "test pos: fine"])
        #expect(data.name(at: 1) == "\(reviews.path)/train/pos/0_9.txt")

        let plain = try folder(["sport/a.txt": "goal", "sport/b.txt": "run", "art/c.txt": "paint"])
        #expect(try rows(LabelledTexts(at: plain.path)) == ["- art: paint", "- sport: goal", "- sport: run"])

        let files = try folder(["de.txt": "eins\nzwei\n", "en.txt": "one\n", "README.txt": "about"])
        #expect(try rows(LabelledTexts(at: files.path)) == ["- de: eins", "- de: zwei", "- en: one"])
        let parts = try folder(["train/a.txt": "x\n", "train/b.txt": "y\n", "test/a.txt": "z\n", "test/b.txt": "w\n"])
        #expect(try rows(LabelledTexts(at: parts.path)) == ["train a: x", "train b: y", "test a: z", "test b: w"])
    }

    @Test("lines that are no text cost themselves alone")
    func bad() throws {
        let folder = try TemporaryFolder()
        try folder.write([0x67, 10, 0xFF, 10, 32, 10, 0x68, 10], to: "x.pos")
        try folder.write([0x62, 13, 10] + [UInt8](repeating: 0x61, count: 2 << 20), to: "x.neg")
        let data = try LabelledTexts(at: folder.path)
        #expect(rows(data) == ["- neg: b", "- pos: g", "- pos: h"])
        #expect(
            data.problems.map {
                "\(($0.place.file as NSString).pathExtension) \($0.place.line ?? 0) \($0.rule.rawValue)"
            }
                == ["neg 2 malformed-record", "pos 2 encoding", "pos 3 empty-text"])

        let documents = try TemporaryFolder()
        for (name, bytes) in [
            ("a/1.txt", [0x61]), ("a/2.txt", [0xFE, 0xFF, 0, 0x61]), ("b/1.txt", [0xC0]), ("b/2.txt", [0x62]),
            ("b/3.txt", []),
            ("b/4.txt", [UInt8](repeating: 0x62, count: 2 << 20)),
        ] as [(String, [UInt8])] {
            try documents.write(bytes, to: name)
        }
        let texts = try LabelledTexts(at: documents.path)
        #expect(rows(texts) == ["- a: a", "- b: b"])
        #expect(texts.problems.map(\.rule) == [.malformedFile, .encoding, .emptyText, .malformedFile])

        let table = try self.folder(["t.csv": "text,label\na,1\nb\nc, \n,2\nd,2\n\"e,2\n"])
        let check = try DataCheck(of: table.path)
        #expect(
            check.problems.map { "\($0.place.line ?? 0) \($0.rule.rawValue)" } == [
                "3 malformed-record", "4 malformed-record", "5 empty-text", "7 malformed-record",
            ])
        #expect(check.counts.map(\.count) == [2, 2])
    }

    @Test("what makes no classifier is refused with a sentence")
    func refused() throws {
        for (files, reason) in [
            (["a.pos": "x\n"], "no texts with classes here"),
            (["a.pos": "x\n", "a.neg": "\n"], "the class neg has no texts"),
            (["t.csv": "text,label\na,1\n"], "fewer than two classes"),
            (["a/1.txt": "x"], "no texts with classes here"),
            ([:], "no texts with classes here"),
            (
                ["t.csv": "text,label\n" + (0..<5000).map { "a,\($0)\n" }.joined()],
                "has 5000 classes where at most 4096 make sense; check which column has the label"
            ),
        ] as [([String: String], String)] {
            let folder = try folder(files)
            let error = try #require(throws: FileError.self) { try LabelledTexts(at: folder.path) }
            #expect(error.description.contains(reason), "\(error)")
        }
        #expect(throws: FileError.self) { try LabelledTexts(at: "/nowhere/at/all") }
        let folder = try folder(["a.pos": "x\n", "a.neg": "y\n"])
        let error = try #require(throws: FileError.self) { try LabelledTexts(at: folder.path, split: .validation) }
        #expect(error.description.contains("without a validation part; ask for train, or for all"))
    }

    @Test("texts are recognised, and images, plain texts and pairs are not taken for them")
    func recognition() throws {
        for (files, format) in [
            (["a.pos": "x\n", "a.neg": "y\n"], .labelled), (["t.csv": "text,label\na,1\n"], .labelled),
            (["a/1.txt": "x", "b/1.txt": "y"], .labelled),
            (["train/a.txt": "x", "train/b.txt": "y", "test/a.txt": "z", "test/b.txt": "w"], .labelled),
            (["a.txt": "x", "b.txt": "y"], .text),
            (["a.de": "x", "a.en": "y"], .pairs), (["t.csv": "image,label\na,1\n"], .csv),
            (["train.txt": "-DOCSTART- -X- O O\n\nEU B-ORG\n"], .tagged), (["x.conllu": "1\ta\t_\tDET\n"], .tagged),
            (["a.txt": "a O\nb O\n\nc O\nd X\n"], .tagged),
            (["a.txt": "one two\nthree four\n\nfive six seven\nx y\n"], .text),
        ] as [([String: String], DataFormat)] {
            let folder = try folder(files)
            #expect(try DataFormat(of: folder.path) == format, "\(files)")
        }
    }
}
