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
