import Foundation
import SaccadeFiles
import SaccadePrelude
import Testing

@testable import SaccadeDatasets

/// Text of JSON made at random.
struct RandomJSON {
    var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed, stream: 0) }

    mutating func draw(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    mutating func value(depth: Int = 4) -> String {
        let space = [" ", "", "\n", "\t \r\n"][draw(4)]
        switch draw(depth > 0 ? 7 : 5) {
        case 0: return space + ["true", "false", "null"][draw(3)] + space
        case 1, 2: return space + number() + space
        case 3, 4: return space + text() + space
        case 5:
            return space + "[" + (0..<draw(6)).map { _ in value(depth: depth - 1) }.joined(separator: ",") + "]" + space
        default:
            let members = (0..<draw(6)).map { index in
                "\(space)\"k\(index)\(["", "é", "\\u0041", "[", "}", "\\\""][draw(6)])\"\(space):\(value(depth: depth - 1))"
            }
            return space + "{" + members.joined(separator: ",") + "}" + space
        }
    }

    mutating func number() -> String {
        switch draw(5) {
        case 0: "\(draw(1000) - 500)"
        case 1: "\(Double(draw(1_000_000)) / 100)"
        case 2: "-\(draw(100)).\(draw(100))e\(["", "-", "+"][draw(3)])\(draw(20))"
        case 3: ["0", "-0", "9007199254740993", "-9223372036854775808", "0.1", "1E5", "2.5e-3"][draw(7)]
        default: "\(Double.random(in: -1e9...1e9, using: &generator))"
        }
    }

    mutating func text() -> String {
        let pieces = [
            "a", "é", "日本", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "[", "]", "{", "}", ",",
            ":",
            " ", "\\\\\\\"", "\u{7F}",
        ]
        return "\"x" + (0..<draw(8)).map { _ in pieces[draw(pieces.count)] }.joined() + "\""
    }
}

@Suite struct JSONTests {
    /// A value in words, the same for both readers.
    private func words(_ value: JSONValue) -> String {
        if value.isNull { return "null" }
        if let bool = value.bool { return "\(bool)" }
        if let number = value.double { return "\(number + 0)" }  // -0 may have become 0
        if let text = value.text { return "“\(text)”" }
        if value.isList { return "[" + value.items.map(words).joined(separator: ",") + "]" }
        return "{" + value.members.map { "\($0.key)=\(words($0.value))" }.sorted().joined(separator: ",") + "}"
    }

    /// A value as Foundation reads it. Its JSONSerialization would take doubles on a detour through decimals, which rounds
    /// some of them once more.
    private enum Plain: Decodable {
        case null
        case bool(Bool)
        case number(Double)
        case text(String)
        case list([Plain])
        case object([String: Plain])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let bool = try? value.decode(Bool.self) {
                self = .bool(bool)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let list = try? value.decode([Plain].self) {
                self = .list(list)
            } else {
                self = .object(try value.decode([String: Plain].self))
            }
        }

        var words: String {
            switch self {
            case .null: "null"
            case .bool(let bool): "\(bool)"
            case .number(let number): "\(number + 0)"
            case .text(let text): "“\(text)”"
            case .list(let list): "[" + list.map(\.words).joined(separator: ",") + "]"
            case .object(let object):
                "{" + object.map { "\($0.key)=\($0.value.words)" }.sorted().joined(separator: ",") + "}"
            }
        }
    }

    private func parsed<R>(_ text: [UInt8], _ body: (JSONValue) throws -> R) throws -> R {
        let parser = JSONParser()
        let padded = text + [UInt8](repeating: UInt8(ascii: "\""), count: JSONParser.padding)
        return try body(
            padded.withUnsafeBufferPointer { bytes in try parser.parse(.init(rebasing: bytes[..<text.count])) })
    }

    @Test("random documents say what Foundation reads in them")
    func values() throws {
        var random = RandomJSON(seed: 1)
        for _ in 0..<1500 {
            let text = random.value()
            let expected = try JSONDecoder().decode(Plain.self, from: Data(text.utf8))
            try parsed(Array(text.utf8)) { #expect(words($0) == expected.words, "\(text)") }
            // The slow way agrees that nothing is wrong.
            let bytes = Array(text.utf8)
            #expect(try bytes.withUnsafeBufferPointer { try JSONSyntax.check($0) }.isEmpty, "\(text)")
        }
    }

    @Test("documents with damage are refused where Foundation refuses them")
    func damage() throws {
        var random = RandomJSON(seed: 2)
        let pieces = Array("[]{},:\"\\e-.0NnT\u{1} ".utf8) + [0xFF, 0xC3]
        var refused = 0
        for _ in 0..<6000 {
            var bytes = Array(random.value().utf8)
            for _ in 0...random.draw(2) where !bytes.isEmpty {
                switch random.draw(3) {
                case 0: bytes.remove(at: random.draw(bytes.count))
                case 1: bytes.insert(pieces[random.draw(pieces.count)], at: random.draw(bytes.count))
                default: bytes.removeSubrange(random.draw(bytes.count)...)
                }
            }
            let isStructured = (try? parsed(bytes) { _ in }) != nil
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            // Foundation passes over a comma behind the last item; RFC 8259 does not.
            let text = String(decoding: bytes, as: UTF8.self)
            if isJSON, text.firstMatch(of: /,\s*[\]}]/) == nil { #expect(isStructured, "\(text)") }
            refused += isStructured ? 0 : 1
        }
        #expect(refused > 1000)
    }

    @Test("a number or text that cannot be held costs nobody who does not ask for it")
    func unreadable() throws {
        let text = Array(
            "{\"a\":1e999,\"b\":99999999999999999999,\"c\":\"\\ud800\",\"d\":\"\\x\",\"e\":01,\"f\":-,\"g\":\"\t\",\"h\":\""
                .utf8)
        try parsed(text + [0xE9] + Array("\",\"i\":[1,2.5],\"\u{7F}?\":\"ok\"}".utf8)) { value in
            for key: StaticString in ["a", "b", "e", "f"] {
                let error = #expect(throws: JSONMismatch.self) { _ = try value.int(key) }
                #expect(error?.reason == "\(key) holds a number that is too large or malformed")
                #expect(value.members.first { $0.key == "\(key)" }?.value.double == nil)
            }
            for key: StaticString in ["c", "d", "g", "h"] {
                let error = #expect(throws: JSONMismatch.self) { _ = try value.text(key) }
                #expect(error?.reason == "\(key) holds text that is not UTF-8 or has wrong escapes")
            }
            var numbers: [Double] = []
            try value.member("i")?.appendNumbers(to: &numbers, "i")
            #expect(numbers == [1, 2.5])
        }
    }

    struct Fault: CustomTestStringConvertible {
        let text: String, complaint: String
        init(_ text: String, _ complaint: String) { (self.text, self.complaint) = (text, complaint) }
        var testDescription: String { String(text.prefix(40)) }
    }

    @Test(
        "a file that is no JSON is refused with the place and the reason",
        arguments: [
            Fault("{\"list\":[1,\n2,,3]}", "line 2, column 3: “,” where a value belongs"),
            Fault("{\"list\":[1,]}", "line 1, column 12: “]” where a value belongs"),
            Fault("{\"list\":[1]\n,}", "line 2, column 2: “}” where a name between quotation marks belongs"),
            Fault("{\"list\":[1 2]}", "line 1, column 12: “2” where a comma or “]” belongs"),
            Fault("{\"list\":[{\"a\":1]}", "line 1, column 16: “]” where a comma or “}” belongs"),
            Fault("{\"list\":[{\"a\" 1}]}", "line 1, column 15: “1” where a colon belongs"),
            Fault("{\"list\":[NaN]}", "line 1, column 10: “N” where a value belongs"),
            Fault("{\"list\":[tru]}", "line 1, column 10: “t” where a value belongs"),
            Fault("{\"list\":[\"a]}", "line 1, column 10: a text has no end"),
            Fault("{\"list\":[1]", "line 1, column 12: the text ends where a comma or “}” belongs"),
            Fault("{\"list\":[1]} x", "line 1, column 14: “x” where nothing more belongs"),
            Fault("{\"list\":[1]}{}", "line 1, column 13: “{” where nothing more belongs"),
            Fault("{\"other\":[1,{\"a\":}],\"list\":[]}", "line 1, column 18: “}” where a value belongs"),
            Fault("{\"other\":{\"a\":[}},\"list\":[]}", "line 1, column 16: “}” where a value belongs"),
            Fault("{\"list\":[1],\"list\":[2]}", "it has “list” twice"),
            Fault("{\"list\":{}}", "list is not of the right type"),
            Fault("{\"lits\":[]}", "it has no “list”, only “lits”"),
            Fault("[]", "it is not of the right type"), Fault("", "line 1, column 1: the text ends"),
            Fault("\u{0}", "line 1, column 1: the byte 0x0 where a value belongs"),
            Fault("{\"list\":\(String(repeating: "[", count: 5000))\(String(repeating: "]", count: 5000))}", "1024"),
            Fault("{\"x\":\(String(repeating: "{\"a\":", count: 5000))1", "1024 lists and objects"),
        ])
    func faults(_ fault: Fault) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array(fault.text.utf8), to: "a.json")
        for pieceSize in [1, 7, 1 << 20] {
            let error = #expect(throws: FileError.self) {
                let records = try JSONRecords(
                    path, as: "list", limit: 1 << 20, lists: ["list"], pieceSize: pieceSize)
                try records.begin("list")
                while try records.next() != nil {}
            }
            #expect(error?.reason.contains(fault.complaint) == true, "\(error?.description ?? "")")
            #expect(error?.reason.hasPrefix("is no list: ") == true)
        }
    }

    @Test("records are the same however much of the file is read at once, in whatever order")
    func pieces() throws {
        var random = RandomJSON(seed: 5)
        let folder = try TemporaryFolder()
        for round in 0..<60 {
            let lists = ["a", "b"].map { _ in (0..<random.draw(12)).map { _ in random.value() } }
            let parts = [
                "\"a\" : [\(lists[0].joined(separator: ","))]", "\"skipped\":[\(random.value()),{}]",
                "\"b\":[ \(lists[1].joined(separator: " ,")) \n]", "\"also\": \(random.value())",
            ].shuffled(using: &random.generator)
            let mark = round.isMultiple(of: 3) ? "\u{FEFF}" : ""
            let path = try folder.write(Array("\(mark) {\(parts.joined(separator: ",\n"))} ".utf8), to: "\(round).json")
            for pieceSize in [1, 2, 3, 64, 65, 1000] {
                let records = try JSONRecords(
                    path, as: "file", limit: 1 << 20, lists: ["a", "b"], pieceSize: pieceSize)
                for (name, list) in [("b", lists[1]), ("a", lists[0]), ("b", lists[1])] {
                    var found: [String] = []
                    try records.begin(name)
                    while let record = try records.next() { found.append(words(record)) }
                    #expect(try records.next() == nil && records.count == list.count)
                    #expect(try found == list.map { text in try parsed(Array(text.utf8)) { words($0) } })
                }
            }
        }
    }

    @Test("records longer than what is read at once, and one longer than the limit")
    func longRecords() throws {
        let folder = try TemporaryFolder()
        let lengths = [1, (1 << 20) - 3, 1 << 20, 3 << 20, 5]
        let texts = lengths.map { String(repeating: "é", count: $0 / 2) + "\\\"" }
        let list = texts.map { "\"\($0)\"" }.joined(separator: ", ")
        let path = try folder.write(Array("{\"list\": [\(list)]}".utf8), to: "a.json")
        let records = try JSONRecords(path, as: "file", limit: 1 << 30, lists: ["list"])
        try records.begin("list")
        var found: [Int] = []
        while let record = try records.next() { found.append(record.text?.utf8.count ?? 0) }
        #expect(found == lengths.map { 2 * ($0 / 2) + 1 })

        let spaces = [UInt8](repeating: 32, count: JSONRecords.recordLimit)
        let long = try folder.write(Array("{\"list\":[1,\n[".utf8) + spaces + Array("]]}".utf8), to: "b.json")
        let error = #expect(throws: FileError.self) {
            let records = try JSONRecords(long, as: "file", limit: 1 << 30, lists: ["list"])
            try records.begin("list")
            while try records.next() != nil {}
        }
        #expect(error?.reason.contains("line 2, column 1: what begins here is longer") == true)
        #expect(throws: FileError.self) { try JSONRecords(long, as: "file", limit: 1 << 20, lists: []) }
    }

    @Test("text in UTF-16 is refused by its name")
    func marks() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([0xFF, 0xFE, 0x7B, 0], to: "a.json")
        let error = #expect(throws: FileError.self) { try JSONRecords(path, as: "file", limit: 100, lists: []) }
        #expect(error?.description.contains("UTF-16") == true)
    }

    @Test("words are found wherever they stand in a file, also across pieces")
    func search() throws {
        let folder = try TemporaryFolder()
        var bytes = [UInt8](repeating: 32, count: (5 << 20) + 17)
        let word = Array("\"images\"".utf8)
        for place in [0, (1 << 20) - 4, (2 << 20) - 1, (3 << 20) + 9, bytes.count - 8] {
            bytes.replaceSubrange(place..<place + 8, with: word)
            let path = try folder.write(bytes, to: "a.bin")
            #expect(try FileSearch.contains(["\"images\""], in: path, limit: 1 << 30), "\(place)")
            #expect(try !FileSearch.contains(["\"images\"", "\"imagez\""], in: path, limit: 1 << 30))
            bytes.replaceSubrange(place..<place + 8, with: [UInt8](repeating: 32, count: 8))
        }
        #expect(try !FileSearch.contains(["a"], in: folder.write([], to: "empty"), limit: 10))
        let long = try folder.write([1, 2], to: "b.bin")
        #expect(throws: FileError.self) { try FileSearch.contains(["a"], in: long, limit: 1) }
    }
}
