import Foundation
import SaccadeMetrics
import TestSupport
import Testing

@Suite struct CaptionTests {
    struct Sentences: Decodable {
        var references: [String: [String]]
        var first, second: [String: String]

        enum CodingKeys: String, CodingKey {
            case references = "refs"
            case first = "B"
            case second = "C"
        }
    }

    struct Expected: Decodable {
        struct Captions: Decodable {
            var metrics: [String: Double]
            var ciders: [String: Double]

            enum CodingKeys: String, CodingKey {
                case metrics
                case ciders = "per_image_cider"
            }
        }
        var first, second: Captions
        var example: [String: Double]

        enum CodingKeys: String, CodingKey {
            case first = "abstract50s_B_vs_first5refs"
            case second = "abstract50s_C_vs_first5refs"
            case example = "nlg_eval_example"
        }
    }

    static let folder = "eval_reference"

    func words(_ sentence: String) -> [String] { sentence.split(separator: " ").map(String.init) }

    func expectEqual(_ sentences: [(candidate: String, references: [String])], _ expected: [String: Double]) -> CIDEr {
        var (bleu, rouge, cider) = (BLEU(), ROUGEL(), CIDEr())
        for (candidate, references) in sentences {
            bleu.add(words(candidate), references: references.map(words))
            rouge.add(words(candidate), references: references.map(words))
            cider.add(words(candidate), references: references.map(words))
        }
        // The reference program adds 1e-15 and 1e-9 to its quotients.
        for (order, score) in zip(1...4, bleu.scores) { #expect(abs(score - expected["Bleu_\(order)"]!) < 1e-7) }
        #expect(abs(rouge.score - expected["ROUGE_L"]!) < 1e-12)
        #expect(abs(cider.scoreD - expected["CIDEr"]!) < 1e-12)
        return cider
    }

    @Test(
        "two hundred captions are judged as by pycocoevalcap, each of them",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)))
    func abstract50s() throws {
        let sentences: Sentences = try ReferenceData.decoded(
            "\(Self.folder)/caption_metrics/abstract50s_tokenized.json")
        let expected: Expected = try ReferenceData.decoded("\(Self.folder)/caption_metrics/expected.json")
        for (candidates, scores) in [
            (sentences.first, expected.first), (sentences.second, expected.second),
        ] {
            let names = candidates.keys.sorted()
            #expect(names.count == 200)
            let cider = expectEqual(names.map { (candidates[$0]!, sentences.references[$0]!) }, scores.metrics)
            for (name, score) in zip(names, cider.captionScoresD) {
                #expect(abs(score - scores.ciders[name]!) < 1e-6)
            }
        }
    }

    @Test(
        "the published example of nlg-eval",
        .enabled(if: ReferenceData.has(folder), Comment(rawValue: ReferenceData.missing)))
    func nlgEval() throws {
        let expected: Expected = try ReferenceData.decoded("\(Self.folder)/caption_metrics/expected.json")
        let files = try ["hyp", "ref1", "ref2"].map { try ReferenceData.lines("\(Self.folder)/nlg_eval/\($0).txt") }
        let cider = expectEqual(
            files[0].indices.map { (files[0][$0], [files[1][$0], files[2][$0]]) }, expected.example)
        #expect(abs(cider.scoreD - 1.242192) < 1e-6, "as published")
    }

    @Test("the published example of one sentence")
    func single() {
        var (bleu, rouge) = (BLEU(), ROUGEL())
        let references = [words("this is a test"), words("this is also a test")]
        bleu.add(words("this is a good test"), references: references)
        rouge.add(words("this is a good test"), references: references)
        // No four words agree; the published 9e-05 is what its program adds to avoid a logarithm of 0.
        for (mine, theirs) in zip(bleu.scores, [0.799999, 0.632455, 0.5108729, 0]) {
            #expect(abs(mine - theirs) < 2e-6)
        }
        #expect(abs(rouge.score - 0.9070631) < 1e-7)
    }

    @Test("CIDEr forgives repetition and length, CIDEr-D does not")
    func ciders() {
        var cider = CIDEr()
        cider.add(words("a a b"), references: [words("a b c")])
        cider.add(words("z"), references: [words("y")])
        // All words and pairs are of one image, so that their rarity, ln 2, cancels: cosines of counts remain.
        #expect(abs(cider.score - 10 * (3 / 15.0.squareRoot() + 0.5) / 4 / 2) < 1e-12)
        #expect(abs(cider.scoreD - 10 * (2 / 15.0.squareRoot() + 0.5) / 4 / 2) < 1e-12)

        cider = CIDEr()
        cider.add(words("a b c"), references: [words("a b c d")])
        cider.add(words("z"), references: [words("y")])
        let cosines = 3 / 12.0.squareRoot() + 2 / 6.0.squareRoot() + 1 / 2.0.squareRoot()
        #expect(abs(cider.score - 10 * cosines / 4 / 2) < 1e-12)
        #expect(abs(cider.scoreD - 10 * cosines / 4 / 2 * exp(-1 / 72.0)) < 1e-12)

        // What every image has is no news.
        cider = CIDEr()
        cider.add(words("a b"), references: [words("a b")])
        #expect(cider.score == 0 && cider.scoreD == 0)
    }

    @Test("short answers pay, empty ones and nothing at all score nothing")
    func edges() {
        var bleu = BLEU()
        #expect(bleu.scores == [0, 0, 0, 0])
        bleu.add([], references: [words("a b")])
        #expect(bleu.scores == [0, 0, 0, 0])
        bleu = BLEU()
        bleu.add(words("a b"), references: [words("a b c d"), words("a b c")])
        #expect(abs(bleu.scores[0] - exp(1 - 3.0 / 2)) < 1e-12)
        bleu = BLEU()
        // Lengths 2 and 4 are as near to 3: the shorter counts, so there is no penalty.
        bleu.add(words("a a a"), references: [words("a a"), words("a b c d")])
        #expect(abs(bleu.scores[0] - 2.0 / 3) < 1e-12)
        var rouge = ROUGEL()
        #expect(rouge.score == 0)
        rouge.add([], references: [[]])
        rouge.add(words("a"), references: [words("b")])
        #expect(rouge.score == 0)
        #expect(CIDEr().score == 0)
    }

    @Test("perplexity is that of equal chances, and bits are those of a coder")
    func perplexity() {
        var perplexity = Perplexity()
        #expect(perplexity.value == 1 && perplexity.bitsPerCharacter == 0)
        perplexity.add(nats: 3 * log(65), tokens: 3)
        perplexity.add(nats: log(65), tokens: 1)
        #expect(abs(perplexity.value - 65) < 1e-9)
        #expect(abs(perplexity.bitsPerCharacter - log2(65)) < 1e-12)
        var words = Perplexity()
        words.add(nats: 2 * log(256), tokens: 2, characters: 8)
        #expect(abs(words.value - 256) < 1e-9 && abs(words.bitsPerCharacter - 2) < 1e-12)
    }
}
