import Foundation
import SaccadeInterchange
import SaccadeTensors
import Testing

@Suite struct AtomicFileTests {
    @Test("a file is replaced as a whole, and nothing else is left in the folder")
    func replaces() throws {
        let folder = try Folder()
        try AtomicFile.write("old", to: folder.file)
        try AtomicFile.write("new and longer", to: folder.file)
        #expect(try folder.contents() == Data("new and longer".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tensors.safetensors"])
    }

    @Test("a failure on the way leaves the old file")
    func fails() throws {
        struct Failure: Error {}
        let folder = try Folder()
        try AtomicFile.write("old", to: folder.file)
        #expect(throws: Failure.self) {
            try AtomicFile.write(folder.file) { writer in
                try [UInt8](repeating: 1, count: 1 << 20).withUnsafeBytes { try writer.write($0) }
                throw Failure()
            }
        }
        #expect(try folder.contents() == Data("old".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }

    @Test("no folder and no permission are told apart")
    func refusals() throws {
        let folder = try Folder()
        let missing = #expect(throws: InterchangeError.self) { try AtomicFile.write("x", to: "\(folder.path)/a/b") }
        #expect(missing?.code == .missing)
        #expect(missing?.description.hasPrefix("\(folder.path)/a/b: ") == true)
        let system = #expect(throws: InterchangeError.self) { try AtomicFile.write("x", to: "/proc/saccade") }
        #expect(system?.path == "/proc/saccade")
    }

    @Test("a full disk is an error, and the old file stays")
    func fullDisk() async throws {
        let folder = try Folder()
        try SafetensorsFile.write([("old", Tensor([1, 2, 3]))], to: folder.file)
        let before = try folder.contents()
        let path = folder.file
        await #expect(processExitsWith: .exitCode(42)) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            #if canImport(Glibc)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #else
                setrlimit(RLIMIT_FSIZE, &limit)
            #endif
            do {
                try SafetensorsFile.write([("new", Tensor(filledWith: 1, shape: [1_000_000]))], to: path)
            } catch let error as InterchangeError where error.code == .diskFull {
                exit(42)
            }
            exit(1)
        }
        #expect(try folder.contents() == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }
}
