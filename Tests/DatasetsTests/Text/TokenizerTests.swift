import Foundation
import SaccadePrelude
import TestSupport
import Testing

@testable import SaccadeDatasets

@Suite struct TokenizerTests {
    @Test(
        "words and marks, in English and German",
        arguments: [
            ("A dog, brown (and old), runs.", "A|dog|,|brown|(|and|old|)|,|runs|."),
            ("It's Bob's; they don't, rock'n'roll!", "It|'s|Bob|'s|;|they|don|'t|,|rock|'n|'roll|!"),
            ("the dogs' bowls and 'quoted' words", "the|dogs|'|bowls|and|'|quoted|'|words"),
            ("wie geht’s, O’Neill?", "wie|geht|’s|,|O|’Neill|?"),
            ("Ein T-Shirt, Ein- und Ausgang, -jährig", "Ein|T-Shirt|,|Ein-|und|Ausgang|,|-jährig"),
            ("mid - air--yes -- no – 5-4 -5", "mid|-|air|--|yes|--|no|–|5-4|-5"),
            ("U.S. forces, z.B. 3.50, 1,000 at 3:30.", "U.S|.|forces|,|z.B|.|3.50|,|1,000|at|3:30|."),
            ("a,b a:b 5, 5: .5 5. wait... no..", "a|,|b|a|:|b|5|,|5|:|.|5|5|.|wait|...|no|.."),
            ("„Mongolian BBQ“-Schild auf/ab", "„|Mongolian|BBQ|“|-Schild|auf|/|ab"),
            ("snake_case @user #1 50% $5 a&b", "snake_case|@|user|#|1|50|%|$|5|a|&|b"),
            ("schöner e\u{301}te\u{301} naïve Soft\u{AD}hyphen", "schöner|e\u{301}te\u{301}|naïve|Soft\u{AD}hyphen"),
            ("👩‍👩‍👧👍🏽 ❤️x", "👩‍👩‍👧|👍🏽|❤️|x"),
            ("  tabs\tand\u{A0}spaces\r\n", "tabs|and|spaces"),
            ("中文 кошка's", "中文|кошка|'s"),
            ("", ""), (" \n", ""), ("'", "'"), ("-", "-"), ("a'", "a|'"), ("'a", "'|a"), ("\u{301}", "\u{301}"),
            ("@@ a@@b", "@|@|a|@|@|b"),
        ])
    func words(_ sentence: String, _ expected: String) {
        let tokens = WordRules.tokens(of: sentence)
        #expect(tokens.joined(separator: "|").unicodeScalars.elementsEqual(expected.unicodeScalars), "\(tokens)")
    }

    @Test(
        "what was typeset as usual comes back as it was",
        arguments: [
            "A dog, brown (and old), runs; it's \"happy\" [today]: isn't it?",
            "He said: \"No!\" and 'yes' to Bob's dogs' bowls.",
            "Drei Männer stehen vor einem „Welcome Bikers“-Schild, z.B. in der U.S. Straße 5-4.",
            "Wait... $5.50 and/or 50% of 1,000 -- no – at 3:30 #1 @home {x}!",
            "“Curly” quotes, ‚single‘ ones and ‘these’ too.",
            "wie geht’s dir ohne “Ende", "",
        ])
    func roundTrip(_ sentence: String) {
        #expect(WordRules.text(from: WordRules.tokens(of: sentence)) == sentence)
    }

    @Test("no scalar is lost or invented, whatever a text holds", arguments: 0..<20)
    func lossless(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let pool = Array("ab5-'’.,:\u{301}\u{200D} \u{A0}\u{600}@„“\"👩🏽…\u{FEFF}\r\n\t_()é中".unicodeScalars)
        for _ in 0..<200 {
            var view = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                view.append(pool.randomElement(using: &generator)!)
            }
            let text = String(view)
            let tokens = WordRules.tokens(of: text)
            let kept = text.unicodeScalars.filter { !$0.properties.isWhitespace }
            #expect(tokens.flatMap { Array($0.unicodeScalars) } == Array(kept), "\(text.debugDescription)")
            #expect(!tokens.contains(""))
            let subwords = Tokenizer(.subwords(merges: 20), learningFrom: ["a@@b ab5 ab aab", text])
            let joined = subwords.text(from: subwords.tokens(of: text))
            // Putting together is by the words alone.
            #expect(joined.unicodeScalars.elementsEqual(WordRules.text(from: tokens).unicodeScalars))
        }
    }

    @Test("small letters where they are wanted; characters as they are")
    func kinds() {
        #expect(Tokenizer(.words(isLowercase: true)).tokens(of: "Größe İ") == ["größe", "i̇"])
        #expect(Tokenizer(.words()).tokens(of: "Größe") == ["Größe"])
        let characters = Tokenizer(.characters)
        #expect(characters.tokens(of: "a\r\né").map { $0.unicodeScalars.map(\.value) } == [[97], [13], [10], [0xE9]])
        #expect(characters.text(from: ["a", "\r", "\n", "e", "\u{301}"]) == "a\r\ne\u{301}")
    }

    @Test("pieces of words: rare ones fall apart, frequent ones do not, and a cut off end is kept")
    func subwords() throws {
        let texts = ["low low low low lower", "newest newest newest newest widest widest, lowest."]
        let tokenizer = Tokenizer(.subwords(merges: 10), learningFrom: texts)
        #expect(tokenizer.mergeCount == 10)
        let tokens = tokenizer.tokens(of: "newest, lowest!")
        #expect(tokens.last == "!" && tokens.contains(",") && tokens.contains { $0.hasSuffix("@@") })
        #expect(tokenizer.text(from: tokens) == "newest, lowest!")
        #expect(tokenizer.text(from: ["lo@@", "w", "new@@"]) == "low new")
        // A text's own marks are no pieces that go on.
        #expect(tokenizer.tokens(of: "@@ low@@") == ["@", "@", "low", "@", "@"])
        let copy = try JSONDecoder().decode(Tokenizer.self, from: JSONEncoder().encode(tokenizer))
        #expect(copy == tokenizer && copy.tokens(of: "newest, lowest!") == tokens)
        #expect(Tokenizer(.subwords(merges: 0), learningFrom: texts).tokens(of: "low") == ["l@@", "o@@", "w"])
    }

    @Test("settings in recipes, long and short")
    func settings() throws {
        func read(_ json: String) throws -> Tokenization {
            try JSONDecoder().decode([Tokenization].self, from: Data("[\(json)]".utf8))[0]
        }
        #expect(try read("\"characters\"") == .characters)
        #expect(try read("\"words\"") == .words(isLowercase: false))
        #expect(try read("\"subwords\"") == .subwords(merges: 8000, isLowercase: false))
        #expect(try read(#"{"words": {"lowercase": true}}"#) == .words(isLowercase: true))
        #expect(try read(#"{"subwords": {"merges": 500}}"#) == .subwords(merges: 500, isLowercase: false))
        for setting in [
            Tokenization.characters, .words(isLowercase: true), .subwords(merges: 7, isLowercase: true),
        ] {
            let data = try JSONEncoder().encode([setting])
            #expect(try JSONDecoder().decode([Tokenization].self, from: data) == [setting])
        }
        for (json, reason) in [
            ("\"word\"", "did you mean words?"), (#"{"subwords": {"merge": 5}}"#, "did you mean merges?"),
            (#"{"subwords": {"merges": -1}}"#, "merges must be 0 to 2097152, not -1"),
            (#"{"words": {}, "subwords": {}}"#, "either words or subwords"), ("{}", "either words or subwords"),
            (#"{"characters": {}}"#, "there is no setting characters"), ("5", ""),
        ] {
            let error = try #require(throws: DecodingError.self) { try read(json) }
            #expect(reason.isEmpty || "\(error)".contains(reason), "\(error)")
        }
    }

    @Test(
        "tampered merges are refused",
        arguments: [
            (
                #"{"tokenization": {"subwords": {"merges": 1}}, "merges": ["a b", "b c"]}"#,
                "there are 2 merges, and at most 1"
            ),
            (
                #"{"tokenization": {"subwords": {"merges": 9}}, "merges": ["a b", "ab"]}"#,
                "merge 1, “ab”, is not two pieces"
            ),
            (#"{"tokenization": "subwords"}"#, "merges"),
            (#"{"tokenization": "words", "merges": []}"#, "only subwords have merges"),
            (#"{"tokenization": "words", "merge": []}"#, "did you mean merges?"),
        ])
    func hostile(_ json: String, _ reason: String) throws {
        let error = try #require(throws: DecodingError.self) {
            try JSONDecoder().decode(Tokenizer.self, from: Data(json.utf8))
        }
        #expect(reason.isEmpty || "\(error)".contains(reason), "\(error)")
    }

    @Test(
        "of Multi30k's sentences nearly all come back as they were, by words and by pieces of them",
        .enabled(if: ReferenceData.has("multi30k"), Comment(rawValue: ReferenceData.missing)))
    func multi30k() throws {
        let root = ReferenceData.path("multi30k")
        let pairs = try TextPairs(at: root, from: "de", to: "en", split: .validation).pairs
        for sentences in [pairs.map(\.source), pairs.map(\.target)] {
            let tokenizer = Tokenizer(.subwords(merges: 500), learningFrom: sentences)
            #expect(tokenizer.mergeCount == 500)
            let same = sentences.count {
                $0.trimmingCharacters(in: .whitespaces) == tokenizer.text(from: tokenizer.tokens(of: $0))
            }
            #expect(Double(same) > 0.98 * Double(sentences.count), "\(same) of \(sentences.count)")
        }
    }
}
