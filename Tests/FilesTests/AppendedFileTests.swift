import Foundation
import SaccadeFiles
import Testing

@Suite struct AppendedFileTests {
    @Test("a file is made, then grows, and its length is told")
    func grows() throws {
        let folder = try TemporaryFolder()
        #expect(try AppendedFile.append([1, 2], to: folder.file("a")) == 2)
        #expect(try AppendedFile.append([], to: folder.file("a")) == 2)
        #expect(try AppendedFile.append([3], to: folder.file("a")) == 3)
        #expect(try folder.bytes("a") == [1, 2, 3])
    }

    @Test("only regular files grow")
    func refusals() throws {
        let folder = try TemporaryFolder()
        #expect(
            #expect(throws: FileError.self) { try AppendedFile.append([1], to: folder.file("b/c")) }?.code
                == .missingFolder)
        #expect(
            #expect(throws: FileError.self) { try AppendedFile.append([1], to: folder.path) }?.code == .unwritable)
        #expect(#expect(throws: FileError.self) { try AppendedFile.append([1], to: "/dev/null") }?.code == .notAFile)
    }

    @Test("where the disk is full, the file is as long as before")
    func fullDisk() async throws {
        let folder = try TemporaryFolder()
        try folder.write([UInt8](repeating: 5, count: 1000), to: "a")
        let path = folder.file("a")
        await #expect(processExitsWith: .exitCode(42)) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1500, rlim_max: 1500)
            #if canImport(Glibc)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #else
                setrlimit(RLIMIT_FSIZE, &limit)
            #endif
            do throws(FileError) {
                _ = try AppendedFile.append([UInt8](repeating: 6, count: 1000), to: path)
            } catch {
                exit(error.code == .diskFull ? 42 : 1)
            }
            exit(2)
        }
        #expect(try folder.bytes("a") == [UInt8](repeating: 5, count: 1000))
    }
}
