import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadePrelude
import TestSupport
import Testing

@Suite struct TextPairsTests {
    @Test(
        "Multi30k's parts, by the names of its files",
        .enabled(if: ReferenceData.has("multi30k"), Comment(rawValue: ReferenceData.missing)))
    func multi30k() throws {
        let root = ReferenceData.path("multi30k")
        #expect(TextPairs.languages(at: root) == ["de", "en", "fr"])
        #expect(try TextPairs.splits(at: root, from: "de", to: "en") == [.train, .validation, .test])
        let counts = try [DatasetSplit.train, .validation, .test, .all].map {
            try TextPairs(at: root + "/", from: "de", to: "en", split: $0).count
        }
        #expect(counts == [29000, 1014, 1000, 31014])
        let test = try TextPairs(at: root, from: "de", to: "en", split: .test)
        #expect(test.pairs[0].source == "Ein Mann mit einem orangefarbenen Hut, der etwas anstarrt.")
        #expect(test.pairs[0].target == "A man in an orange hat starring at something.")
        #expect(test.name(at: 1) == "\(root)/test_2016_flickr.de.gz:2" && test.problems.isEmpty)
    }

    func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(Array(text.utf8), to: name) }
        return folder
    }

    @Test("parts by any usual name; other names are to learn from; several of a part are joined")
    func parts() throws {
        let folder = try folder([
            "news.de": "a\n", "news.en": "A\n", "dev.de": "b\n", "dev.en": "B\n", "valid2.de": "c", "valid2.en": "C",
            "test_a.de": "d\r\ne\r\n", "test_a.en": "D\nE\n", "test_a.fr": "f\n", "notes.md": "x",
            "train.de": "only one",
        ])
        let path = folder.path
        #expect(try TextPairs.splits(at: path, from: "de", to: "en") == [.train, .validation, .test])
        let all = try TextPairs(at: path, from: "de", to: "en")
        #expect(all.pairs.map { $0.source + $0.target } == ["aA", "bB", "cC", "dD", "eE"])
        #expect(try TextPairs(at: path, from: "en", to: "de", split: .validation).pairs.map(\.source) == ["B", "C"])
        var generator = SplitMix64(seed: 1)
        #expect(all.subset([3]).sample(at: 0, using: &generator).target == "D")
        // The third language has a line less.
        let error = try #require(throws: FileError.self) { try TextPairs(at: path, from: "de", to: "fr") }
        #expect(
            error.description
                == "\(path)/test_a.fr: has 1 lines, and \(path)/test_a.de has 2; give files whose lines belong "
                + "together."
        )
    }

    @Test("what is not there is told, and what is")
    func missing() throws {
        let folder = try folder(["a.de": "a", "a.en": "A"])
        func message(_ path: String, _ source: String, _ split: DatasetSplit = .all) throws -> String {
            try #require(throws: FileError.self) { try TextPairs(at: path, from: source, to: "en", split: split) }
                .description
        }
        #expect(
            try message(folder.path, "xx")
                == "\(folder.path): has no files NAME.xx and NAME.en with the same NAME; choose two of de, en.")
        #expect(
            try message(folder.path, "de", .test)
                == "\(folder.path): these data come without a test part; ask for train, or for all.")
        #expect(try message("\(folder.path)/none", "de").contains("there is no such folder"))
        let empty = try TemporaryFolder()
        #expect(try message(empty.path, "de").contains("give each language a file"))
    }

    @Test("empty lines, broken ones and endless ones cost their pair alone")
    func bad() throws {
        let folder = try TemporaryFolder()
        let lines: [[UInt8]] = [
            Array("eins".utf8), [0xC3], Array("  ".utf8), Array("vier".utf8), [UInt8](repeating: 0x61, count: 2 << 20),
            Array("sechs".utf8), [],
        ]
        try folder.write(Array(lines.joined(separator: [10])), to: "train.de")
        try folder.write(try gzipped(Array("one\ntwo\nthree\n \nfive\nsix\n".utf8)), to: "train.en.gz")
        let pairs = try TextPairs(at: folder.path, from: "de", to: "en")
        #expect(pairs.pairs.map(\.target) == ["one", "six"] && pairs.pairs.map(\.line) == [1, 6])
        #expect(
            pairs.problems.map { "\($0.place.line ?? 0) \($0.rule.rawValue)" } == [
                "2 encoding", "5 malformed-record", "3 empty-caption", "4 empty-caption",
            ])
        #expect(pairs.problems[3].place.file.hasSuffix("train.en.gz"))
    }
}
