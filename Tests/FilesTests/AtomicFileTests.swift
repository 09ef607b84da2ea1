import Foundation
import SaccadeFiles
import Testing

@Suite struct AtomicFileTests {
    @Test("a file is replaced as a whole, and nothing else is left in the folder")
    func replaces() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("old", to: folder.file("a"))
        try AtomicFile.write("new and longer", to: folder.file("a"))
        try AtomicFile.write([1, 2, 3], to: folder.file("b"))
        #expect(try folder.bytes("a") == Array("new and longer".utf8))
        #expect(try folder.bytes("b") == [1, 2, 3])
        #expect(try folder.contents == ["a", "b"])
    }

    @Test("pieces of all sizes come out in order", arguments: [0, 1, 1000, 1 << 18, 1 << 18 + 1, 700_000])
    func pieces(size: Int) throws {
        let folder = try TemporaryFolder()
        var expected: [UInt8] = []
        try AtomicFile.write(folder.file("a")) { writer in
            for number in 0..<5 {
                let piece = (0..<size + number).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
                expected += piece
                try piece.withUnsafeBytes { try writer.write($0) }
            }
        }
        #expect(try folder.bytes("a") == expected)
    }

    @Test("a failure on the way leaves the old file")
    func fails() throws {
        struct Failure: Error {}
        let folder = try TemporaryFolder()
        try AtomicFile.write("old", to: folder.file("a"))
        #expect(throws: Failure.self) {
            try AtomicFile.write(folder.file("a")) { writer in
                try [UInt8](repeating: 1, count: 1 << 20).withUnsafeBytes { try writer.write($0) }
                throw Failure()
            }
        }
        #expect(try folder.bytes("a") == Array("old".utf8))
        #expect(try folder.contents == ["a"])
    }

    @Test("what killed processes left is removed, and nothing else")
    func removesUnfinished() throws {
        let folder = try TemporaryFolder()
        for name in [".a.1.unfinished", ".b.x.unfinished", "c.unfinished", ".d"] { try folder.write([1], to: name) }
        AtomicFile.removeUnfinished(in: folder.path)
        #expect(try folder.contents == [".d", "c.unfinished"])
    }

    @Test("names that cannot be written are refused, and told apart")
    func refusals() throws {
        let folder = try TemporaryFolder()
        // The beginning of a name with a zero in it is somebody else's.
        try folder.write([7], to: "a")
        try folder.write([7], to: ".a")
        func error(_ path: String) -> FileError? {
            #expect(throws: FileError.self) { try AtomicFile.write("x", to: path) }
        }
        let missing = error(folder.file("b/c"))
        #expect(missing?.code == .missingFolder)
        #expect(
            missing?.description
                == "\(folder.file("b/c")): the folder for this file does not exist; create it, or choose another.")
        #expect(error(folder.path)?.code == .unwritable)
        #expect(error(folder.path)?.reason.contains("folder") == true)
        for path in ["", folder.file("a\0b"), folder.file(""), "/proc/saccade"] {
            #expect(error(path)?.code.isAboutWriting == true, "\(path)")
        }
        #expect(error("/proc/saccade")?.path == "/proc/saccade")
        #expect(try folder.contents == [".a", "a"])
        #expect(try folder.bytes(".a") == [7] && folder.bytes("a") == [7])
    }

    @Test("a full disk is an error, and the old file stays")
    func fullDisk() async throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], to: "a")
        let path = folder.file("a")
        await #expect(processExitsWith: .exitCode(42)) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            #if canImport(Glibc)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #else
                setrlimit(RLIMIT_FSIZE, &limit)
            #endif
            do throws(FileError) {
                try AtomicFile.write([UInt8](repeating: 1, count: 1_000_000), to: path)
            } catch {
                let says = "\(error)".contains("no room") && error.remedy.contains("free some space")
                exit(error.code == .diskFull && error.path == path && says ? 42 : 1)
            }
            exit(2)
        }
        #expect(try folder.bytes("a") == [1, 2, 3])
        #expect(try folder.contents == ["a"])
    }
}
