import Foundation
import SaccadeFiles
import Testing

@testable import SaccadeDatasets

@Suite struct TextFileTests {
    @Test("lines end in LF or CR LF, and a mark at the beginning is none of the text's")
    func ends() throws {
        for (text, expected) in [
            ("a\nb\n", ["a", "b"]), ("a\r\n\r\nb", ["a", "", "b"]), ("\u{FEFF}a\n\n", ["a", ""]), ("", []),
            ("\n", [""]),
            ("\u{FEFF}", []), ("a\rb\r", ["a\rb"]),
        ] {
            let (lines, problems) = try TextFile.lines(in: Array(text.utf8), path: "x")
            #expect(lines.map(\.text) == expected && problems.isEmpty, "\(text.debugDescription)")
            #expect(lines.map(\.number) == Array(1..<lines.count + 1))
        }
    }

    @Test("lines that are not text, and endless ones, are left out with a reason")
    func unusable() throws {
        let endless = [UInt8](repeating: 0x61, count: TextFile.lineByteLimit + 1)
        let bytes = [
            Array("good".utf8), [0xFF, 0x61], endless, Array("a\0b".utf8), Array(endless.dropLast()), Array("end".utf8),
        ].joined(separator: [10])
        let (lines, problems) = try TextFile.lines(in: Array(bytes), path: "x")
        #expect(lines.map(\.number) == [1, 5, 6])
        #expect(
            problems.map { "\($0.place.line ?? 0) \($0.rule.rawValue)" } == [
                "2 encoding", "3 malformed-record", "4 encoding",
            ])
        #expect(problems[1].message == "this line has 1048577 bytes where at most 1048576 make sense")
    }

    @Test("what is no text at all is refused, and how much there is")
    func refused() throws {
        let noise = Array([[UInt8]](repeating: [0xFF], count: TextFile.problemLimit + 1).joined(separator: [10]))
        let error = try #require(throws: FileError.self) { try TextFile.lines(in: noise, path: "x") }
        #expect(error.description.contains("more than 10000 lines are unusable, the first in line 1"))
        let wide = try #require(throws: FileError.self) { try TextFile.lines(in: [0xFF, 0xFE, 0x61, 0], path: "x") }
        #expect(wide.reason == "is text in UTF-16")
        let many = try #require(throws: FileError.self) {
            try TextFile.lines(in: [UInt8](repeating: 10, count: TextFile.lineLimit + 1), path: "x")
        }
        #expect(many.reason == "has more than 16777216 lines")
    }
}
