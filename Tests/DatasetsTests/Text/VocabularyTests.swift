import Foundation
import SaccadeDatasets
import SaccadeFiles
import Testing

@Suite struct VocabularyTests {
    @Test("words are numbered by how often they occur, and equally frequent ones by their bytes")
    func counting() throws {
        let texts = [["b", "a", "c", "a"], ["d", "b", "a"], ["é", "Z"]]
        let vocabulary = Vocabulary(counting: texts)
        #expect(vocabulary.specials == [.padding, .unknown, .start, .end])
        #expect(vocabulary.words == ["a", "b", "Z", "c", "d", "é"] && vocabulary.count == 10)
        #expect(vocabulary[0] == "<pad>" && vocabulary[4] == "a" && vocabulary[9] == "é")
        #expect(vocabulary.number(of: "b") == 5 && vocabulary.number(of: "q") == nil)
        #expect(Vocabulary.Special.allCases.map { vocabulary.number(of: $0) } == [0, 1, 2, 3])
        #expect(Vocabulary(counting: texts.reversed()) == vocabulary)
        #expect(Vocabulary(counting: texts, minimumCount: 2).words == ["a", "b"])
        #expect(Vocabulary(counting: texts, maximumSize: 5, specials: [.end, .unknown]).words == ["a", "b", "Z"])
        #expect(Vocabulary(counting: texts, maximumSize: 1, specials: [.end, .start]).words == [])
        let long = String(repeating: "x", count: 1025)
        #expect(Vocabulary(counting: [["", long, "y"]], specials: []).words == ["y"])
    }

    @Test("texts become numbers and come back; special words are no text's")
    func numbers() throws {
        let vocabulary = Vocabulary(counting: [["<pad>", "<s>", "the", "the", "</s>"]])
        #expect(vocabulary.words == ["the", "</s>", "<pad>", "<s>"])
        // What looks like a special word in a text is a word of it.
        #expect(try vocabulary.numbers(of: ["<pad>", "the", "new", "</s>"]) == [6, 4, 1, 5])
        #expect(vocabulary.tokens(of: [2, 4, 6, 1, 0, 3, 4]) == ["the", "<pad>", "<unk>"])
        #expect(vocabulary.tokens(of: [Int]()) == [])
    }

    @Test("an unknown character is named, with its place and what is known")
    func unknown() throws {
        let hello = Vocabulary(["h", "e", "l", "o"])
        #expect(try hello.numbers(of: "hello".map(String.init)) == [0, 1, 2, 2, 3])
        let error = try #require(throws: UnknownToken.self) {
            try hello.numbers(of: "helßo".unicodeScalars.map { String($0) })
        }
        #expect(error.token == "ß" && error.position == 3)
        #expect(
            error.description
                == "the character “ß” (U+00DF), number 4, is unknown; known are the 4 characters h e l o")
        let words = try #require(throws: UnknownToken.self) {
            try Vocabulary(["one", "two"]).numbers(of: ["two", "three"])
        }
        #expect(words.description == "the word “three”, number 2, is unknown; known are the 2 words one, two")
        let hidden = try #require(throws: UnknownToken.self) {
            try Vocabulary(charactersOf: ["a b\n"]).numbers(of: ["\u{7}"])
        }
        #expect(
            hidden.description
                == "the character “U+0007” (U+0007), number 1, is unknown; known are the 4 characters newline space a b"
        )
    }

    @Test("characters are scalars in the order of Unicode, whatever String takes for the same")
    func characters() throws {
        let vocabulary = Vocabulary(charactersOf: ["e\u{301}é", "\u{212B}Å\r\n", "👩‍👧"])
        #expect(
            vocabulary.words.map { $0.unicodeScalars.map(\.value) } == [
                [10], [13], [0x65], [0xC5], [0xE9], [0x301], [0x200D], [0x212B], [0x1F467], [0x1F469],
            ])
        #expect(vocabulary.number(of: "\u{212B}") == 7 && vocabulary.number(of: "Å") == 3)
        #expect(vocabulary != Vocabulary(vocabulary.words.reversed()))
        #expect(Vocabulary(["Å"]) != Vocabulary(["\u{212B}"]), "though String takes them for the same")
        #expect(Vocabulary(counting: [["Å", "\u{212B}"]], specials: []).count == 2)
    }

    @Test("what is written is read again")
    func coding() throws {
        for vocabulary in [
            Vocabulary([]), Vocabulary(["\u{212B}", "Å", "\n", "\"\\"], specials: [.unknown, .padding]),
            Vocabulary(counting: [["a", "b"], ["<pad>"]]),
        ] {
            let data = try JSONEncoder().encode(vocabulary)
            let copy = try JSONDecoder().decode(Vocabulary.self, from: data)
            #expect(copy == vocabulary && copy.count == vocabulary.count)
        }
        let text = String(decoding: try JSONEncoder().encode(Vocabulary(["a"], specials: [.end])), as: UTF8.self)
        #expect(text.contains("\"specials\":[\"end\"]") && text.contains("\"words\":[\"a\"]"))
    }

    struct Bad: CustomTestStringConvertible {
        let json: String
        let reason: String
        var testDescription: String { reason }
    }

    @Test(
        "what was tampered with is refused with a reason",
        arguments: [
            Bad(json: #"{"specials": [], "words": ["a", "b", "a"]}"#, reason: "word 2, “a”, is there twice"),
            Bad(json: #"{"specials": [], "words": ["a", ""]}"#, reason: "word 1 is empty"),
            Bad(
                json: "{\"specials\": [], \"words\": [\"\(String(repeating: "x", count: 2000))\"]}",
                reason: "word 0 has 2000 bytes"),
            Bad(json: #"{"specials": ["end", "padding"], "words": []}"#, reason: "in this order"),
            Bad(json: #"{"specials": ["end", "end"], "words": []}"#, reason: "in this order"),
            Bad(json: #"{"specials": ["middle"], "words": []}"#, reason: "middle"),
            Bad(json: #"{"specials": [], "words": [], "word": []}"#, reason: "did you mean words?"),
            Bad(json: #"{"specials": []}"#, reason: "words"),
            Bad(json: #"{"specials": [], "words": [1]}"#, reason: "String"),
            Bad(json: #"{"specials": [], "words": {"a": 1}}"#, reason: "a"),
        ])
    func hostile(_ bad: Bad) throws {
        let error = try #require(throws: DecodingError.self) {
            try JSONDecoder().decode(Vocabulary.self, from: Data(bad.json.utf8))
        }
        #expect("\(error)".contains(bad.reason), "\(error)")
    }

    @Test("more words than make sense are refused")
    func tooMany() throws {
        let words = (0...Vocabulary.sizeLimit).map { "\"\($0)\"" }.joined(separator: ",")
        let error = try #require(throws: DecodingError.self) {
            try JSONDecoder().decode(Vocabulary.self, from: Data("{\"specials\":[],\"words\":[\(words)]}".utf8))
        }
        #expect("\(error)".contains("there are 2097153 words"))
    }

    @Test("words that are there twice are a mistake of the program, and numbers that there are not")
    func mistakes() async {
        await #expect(processExitsWith: .failure) { _ = Vocabulary(["a", "a"]) }
        await #expect(processExitsWith: .failure) { _ = Vocabulary(["a"])[1] }
        await #expect(processExitsWith: .failure) { _ = Vocabulary(["a"])[-1] }
    }
}
