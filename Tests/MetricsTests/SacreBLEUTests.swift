import Foundation
import SaccadeMetrics
import Testing

/// Against sacrebleu, as `Tests/Fixtures/make_bleu_fixtures.py` asked it.
@Suite struct SacreBLEUTests {
    struct Fixtures: Decodable {
        struct Case: Decodable, CustomTestStringConvertible {
            let name: String
            let lowercase: Bool
            let hypotheses: [String]
            let references: [[String]]
            let score: Double
            let precisions: [Double]
            let penalty: Double
            let length: Int
            let referenceLength: Int
            let signature: String

            var testDescription: String { name }
        }
        struct Tokens: Decodable {
            let text: String
            let words: [String]
        }

        let cases: [Case]
        let tokens: [Tokens]

        static let shared: Fixtures = {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../Fixtures/bleu.json")
            // The file is part of the package.
            return try! JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: file))
        }()
    }

    /// What `String` takes for the same may differ in its scalars.
    func scalars(_ words: [String]) -> [[UInt32]] { words.map { $0.unicodeScalars.map(\.value) } }

    func judged(_ own: Fixtures.Case) -> SacreBLEU {
        var bleu = SacreBLEU(isLowercase: own.lowercase)
        for (hypothesis, references) in zip(own.hypotheses, own.references) {
            bleu.add(hypothesis, references: references)
        }
        return bleu
    }

    @Test("sets of sentences are judged as by sacrebleu", arguments: Fixtures.shared.cases)
    func cases(_ own: Fixtures.Case) {
        let bleu = judged(own)
        #expect(abs(bleu.score - own.score) < 1e-9)
        for (mine, theirs) in zip(bleu.precisions, own.precisions) { #expect(abs(mine - theirs) < 1e-9) }
        #expect(bleu.precisions.count == own.precisions.count)
        #expect(abs(bleu.brevityPenalty - own.penalty) < 1e-12)
        #expect(bleu.translationLength == own.length && bleu.referenceLength == own.referenceLength)
        #expect(bleu.signature == own.signature)
    }

    @Test("sentences are taken apart as by sacrebleu, hostile ones too")
    func tokens() {
        #expect(Fixtures.shared.tokens.count > 400)
        for own in Fixtures.shared.tokens {
            #expect(scalars(ThirteenA.tokens(of: own.text)) == scalars(own.words), "\(own.text.debugDescription)")
        }
    }

    @Test("the published example, what is kept, and nothing at all")
    func edges() throws {
        #expect(SacreBLEU().score == 0 && SacreBLEU().precisions == [0, 0, 0, 0])
        #expect(SacreBLEU().signature == "nrefs:0|case:mixed|eff:no|tok:13a|smooth:exp")
        var bleu = SacreBLEU()
        bleu.add("the cat sat on a mat", references: ["the cat sat on the mat"])
        #expect(abs(bleu.score - 53.72850) < 1e-5)
        let copy = try JSONDecoder().decode(SacreBLEU.self, from: JSONEncoder().encode(bleu))
        #expect(copy == bleu)
        // Only here is a capital another letter.
        var (cased, small) = (SacreBLEU(), SacreBLEU(isLowercase: true))
        for sentence in ["The Cat sat down.", "Two dogs ran home."] {
            cased.add(sentence.uppercased(), references: [sentence])
            small.add(sentence.uppercased(), references: [sentence])
        }
        #expect(cased.score < 50 && abs(small.score - 100) < 1e-9)
    }

    @Test("a sentence without references is a mistake of the program")
    func noReferences() async {
        await #expect(processExitsWith: .failure) {
            var bleu = SacreBLEU()
            bleu.add("a", references: [])
        }
    }
}
