import Foundation
import SaccadeFiles
import Testing

@Suite struct RegularFileTests {
    @Test("whole files up to the limit, and beginnings of any")
    func reads() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        try folder.write(bytes, to: "a")
        try folder.write([], to: "empty")
        let path = folder.file("a")
        #expect(try RegularFile.contents(of: path, limit: 1000) == bytes)
        #expect(try RegularFile.contents(of: folder.file("empty"), limit: 0) == [])
        #expect(try RegularFile.beginning(of: path, count: 10) == Array(bytes[..<10]))
        #expect(try RegularFile.beginning(of: path, count: 5000) == bytes)
        let error = #expect(throws: FileError.self) { try RegularFile.contents(of: path, limit: 999) }
        #expect(error?.code == .tooLarge)
        #expect(error?.reason == "the file has 1000 bytes where at most 999 make sense")
    }

    @Test("a file is present, a folder is not")
    func presence() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "empty")
        #expect(RegularFile.isPresent(at: folder.file("empty")) && RegularFile.isPresent(at: "/dev/null"))
        #expect(!RegularFile.isPresent(at: folder.path) && !RegularFile.isPresent(at: folder.file("nothing")))
        #expect(!RegularFile.isPresent(at: ""))
    }

    @Test("what is no regular file is refused, and not waited for")
    func refusals() throws {
        let folder = try TemporaryFolder()
        func code(_ path: String) -> FileError.Code? {
            #expect(throws: FileError.self) { try RegularFile.contents(of: path, limit: 1 << 20) }?.code
        }
        #expect(code(folder.file("nothing")) == .missing)
        #expect(code("") == .missing)
        #expect(code("\(folder.path)\0") == .missing)
        #expect(code(folder.path) == .notAFile)
        #expect(code("/dev/zero") == .notAFile)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(code(folder.file("pipe")) == .notAFile)
        try folder.write([1], to: "locked")
        #expect(code(folder.file("locked/inside")) == .missing)
        // The administrator may read everything.
        if geteuid() != 0 {
            #expect(chmod(folder.file("locked"), 0) == 0)
            #expect(code(folder.file("locked")) == .unreadable)
        }
    }

    @Test("a file that is cut short while it is open is an error")
    func shrinking() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], to: "a")
        let file = try FileDescriptor(opening: folder.file("a"), O_RDONLY)
        #expect(truncate(folder.file("a"), 2) == 0)
        var bytes: [UInt8] = [0, 0, 0]
        let code = bytes.withUnsafeMutableBytes { bytes in
            do throws(FileError) {
                try file.read(bytes, at: 0)
                return FileError.Code?.none
            } catch {
                return error.code
            }
        }
        #expect(code == .truncated)
    }

    #if os(Linux)
        @Test("a full disk is an error")
        func fullDisk() throws {
            let full = try FileDescriptor(opening: "/dev/full", O_WRONLY, named: "image.png")
            let error = [UInt8](repeating: 1, count: 3).withUnsafeBytes { bytes in
                do throws(FileError) {
                    try full.write(bytes)
                    return FileError?.none
                } catch {
                    return error
                }
            }
            #expect(error?.code == .diskFull && error?.path == "image.png")
        }
    #endif
}
