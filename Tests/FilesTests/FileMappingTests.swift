import Foundation
import SaccadeFiles
import Testing

@Suite struct FileMappingTests {
    private func contents(_ mapping: FileMapping?) -> [UInt8]? {
        withExtendedLifetime(mapping) { mapping.map { Array($0.bytes) } }
    }

    @Test("is the file's bytes, wherever they begin")
    func bytes() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        try folder.write(bytes, to: "a")
        let file = try FileDescriptor(opening: folder.file("a"), O_RDONLY)
        for range in [0..<1, 3..<5000, 4095..<4097, 4096..<20_000, 19_999..<20_000] {
            let mapping = try FileMapping(file, range)
            #expect(contents(mapping) == Array(bytes[range]))
        }
    }

    @Test("pages that were let go are read again, and meanwhile need no memory")
    func letGo() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<1 << 22).map { UInt8(truncatingIfNeeded: $0 / 3) }
        try folder.write(bytes, to: "a")
        let file = try FileDescriptor(opening: folder.file("a"), O_RDONLY)
        let mapping = try #require(try FileMapping(file, 5..<bytes.count))
        #expect(contents(mapping) == Array(bytes.dropFirst(5)))
        let before = try Self.mappedKilobytes(of: folder.file("a"))
        mapping.letGo()
        let after = try Self.mappedKilobytes(of: folder.file("a"))
        if let before, let after { #expect(before > 2048 && after < 256, "\(before) KB, then \(after) KB") }
        #expect(contents(mapping) == Array(bytes.dropFirst(5)))
    }

    /// How much of a file's pages the process has; nil where the system does not say it.
    private static func mappedKilobytes(of path: String) throws -> Int? {
        // Its length is not known before it is read.
        guard let data = try FileHandle(forReadingAtPath: "/proc/self/smaps")?.readToEnd() else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        var (isOurs, sum) = (false, 0)
        for line in text.split(separator: "\n") {
            if line.first.map({ $0.isHexDigit && !$0.isUppercase }) ?? false { isOurs = line.hasSuffix(path) }
            guard isOurs, line.hasPrefix("Rss:") else { continue }
            sum += Int(line.split(separator: " ")[1]) ?? 0
        }
        return sum
    }

    @Test("ends with the file")
    func end() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], to: "a")
        let file = try FileDescriptor(opening: folder.file("a"), O_RDONLY)
        #expect(throws: FileError.self) { try FileMapping(file, 1..<4) }
        #expect(throws: FileError.self) { try FileMapping(file, 5000..<5001) }
        let mapping = try FileMapping(file, 1..<3)
        #expect(contents(mapping) == [2, 3])
    }

    @Test("stays what it was when another file takes the place")
    func replaced() throws {
        let folder = try TemporaryFolder()
        let old = [UInt8](repeating: 1, count: 100_000)
        try folder.write(old, to: "a")
        let file = try FileDescriptor(opening: folder.file("a"), O_RDONLY)
        let mapping = try FileMapping(file, 0..<old.count)
        try Data([9]).write(to: URL(fileURLWithPath: folder.file("a")), options: .atomic)
        #expect(contents(mapping) == old)
    }
}
