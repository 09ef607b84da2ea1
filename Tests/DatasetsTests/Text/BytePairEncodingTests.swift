import Foundation
import SaccadePrelude
import Testing

@testable import SaccadeDatasets

@Suite struct BytePairEncodingTests {
    struct Fixtures: Decodable {
        // Words as values, not as keys: some differ in nothing but how Unicode writes them.
        struct Count: Decodable {
            let word: String
            let count: Int
        }

        struct Pieces: Decodable {
            let word: String
            let pieces: [String]
        }

        struct Case: Decodable, CustomTestStringConvertible {
            let name: String
            let wanted: Int
            let counts: [Count]
            let merges: [String]
            let pieces: [Pieces]

            var testDescription: String { name }
        }
        let cases: [Case]

        static let shared: Fixtures = {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Fixtures/subwords.json")
            // The file is part of the package.
            return try! JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: file))
        }()
    }

    func scalars(_ texts: [String]) -> [[UInt32]] { texts.map { $0.unicodeScalars.map(\.value) } }

    @Test(
        "merges are learnt, and words taken apart, as by subword-nmt (Tests/Fixtures/make_subword_fixtures.py)",
        arguments: Fixtures.shared.cases)
    func published(_ own: Fixtures.Case) throws {
        let counts = Dictionary(uniqueKeysWithValues: own.counts.map { (ExactText($0.word), $0.count) })
        let encoding = BytePairEncoding(learningFrom: counts, merges: own.wanted)
        #expect(scalars(encoding.merges.map(\.text)) == scalars(own.merges))
        #expect(!own.pieces.isEmpty)
        for (word, pieces) in own.pieces.map({ ($0.word, $0.pieces) }) {
            // In their output a piece that goes on has a mark.
            let mine = encoding.pieces(of: word)
            #expect(scalars(mine.dropLast().map { $0 + "@@" } + mine.suffix(1)) == scalars(pieces), "\(word)")
        }
    }

    /// The paper's own way, figure 1: all pairs are counted again for every merge.
    struct Slow {
        var merges: [[String]] = []

        static func split(_ word: String) -> [String] {
            var pieces = word.map(String.init)
            pieces[pieces.count - 1] += "</w>"
            return pieces
        }

        static func merge(_ pieces: [String], _ pair: [String]) -> [String] {
            var result: [String] = []
            var rest = pieces[...]
            while let first = rest.first {
                let isPair = rest.prefix(2).elementsEqual(pair)
                result.append(isPair ? pair.joined() : first)
                rest = rest.dropFirst(isPair ? 2 : 1)
            }
            return result
        }

        init(_ counts: [String: Int], merges wanted: Int) {
            var words = counts.map { (Self.split($0.key), $0.value) }
            while merges.count < wanted {
                var found: [[String]: Int] = [:]
                for (pieces, count) in words {
                    for index in pieces.indices.dropLast() {
                        found[[pieces[index], pieces[index + 1]], default: 0] += count
                    }
                }
                let most = found.max { a, b in
                    a.value != b.value ? a.value < b.value : a.key.lexicographicallyPrecedes(b.key)
                }
                guard let (pair, count) = most, count >= 2 else { return }
                merges.append(pair)
                words = words.map { (Self.merge($0.0, pair), $0.1) }
            }
        }

        func pieces(of word: String) -> [String] {
            var pieces = Self.split(word)
            while let pair = merges.first(where: { pair in
                pieces.indices.dropLast().contains { pieces[$0] == pair[0] && pieces[$0 + 1] == pair[1] }
            }) {
                pieces = Self.merge(pieces, pair)
            }
            return pieces
        }
    }

    @Test("agrees with the definition on words of few letters, where pairs overlap and tie", arguments: 0..<40)
    func slow(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let letters = Array("abcd".prefix(1 + seed % 4))
        func word() -> String {
            String(
                (0..<Int.random(in: 1...10, using: &generator)).map { _ in letters.randomElement(using: &generator)! })
        }
        var counts: [String: Int] = [:]
        for _ in 0..<30 { counts[word(), default: 0] += Int.random(in: 1...4, using: &generator) }
        let slow = Slow(counts, merges: 30)
        let encoding = BytePairEncoding(
            learningFrom: Dictionary(uniqueKeysWithValues: counts.map { (ExactText($0.key), $0.value) }), merges: 30)
        #expect(encoding.merges.map(\.text) == slow.merges.map { $0.joined(separator: " ") })
        for _ in 0..<20 {
            let word = word()
            let pieces = encoding.pieces(of: word)
            #expect(pieces.joined() == word)
            #expect(pieces.joined(separator: " ") + "</w>" == slow.pieces(of: word).joined(separator: " "))
        }
    }

    @Test("endless words are taken apart in linear time, nothing of them lost, and nothing is learnt from them")
    func endless() {
        let long = String(repeating: "ab", count: 100_000) + "c"
        let counts = [ExactText("abab"): 9, ExactText("abc"): 5, ExactText(long): 1000]
        let encoding = BytePairEncoding(learningFrom: counts, merges: 50)
        #expect(encoding.merges.map(\.text) == ["a b", "ab a", "aba b</w>", "ab c</w>"])
        let pieces = encoding.pieces(of: long)
        #expect(pieces.joined() == long && pieces.count < 120_000)
        #expect(encoding.pieces(of: "") == [] && BytePairEncoding([]).pieces(of: "ab") == ["a", "b"])
    }

    @Test("merges in a file are two pieces with a space between")
    func merges() {
        #expect(BytePairEncoding.Merge("a b</w>")?.text == "a b</w>")
        for bad in ["", " ", "a", "a ", " b", "a b c", "a  b", String(repeating: "x", count: 1025) + " y"] {
            #expect(BytePairEncoding.Merge(bad) == nil, "\(bad)")
        }
    }
}
