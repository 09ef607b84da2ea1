import Foundation
import SaccadeFiles
import Testing

@testable import SaccadeWeights

@Suite struct DownloadTests {
    private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }
    /// As Python's hashlib has it.
    private static let hash = "38613dbff306b17ab99894748d2a0565075cb2fdf74e754ea6d5dd8b94e82784"

    /// Runs a download from a server into a folder that goes with the test.
    private func download(
        _ behaviour: FileServer.Behaviour, hash: String = hash, part: Int? = nil, limit: Int = 1 << 30,
        _ check: (_ file: String, _ error: FileError?, _ ranges: [String?]) throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "saccade-download-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/deep/file.pth"
        if let part {
            try FileManager.default.createDirectory(atPath: folder + "/deep", withIntermediateDirectories: true)
            try Data(Self.content[..<part]).write(to: URL(fileURLWithPath: file + ".part"))
        }
        let server = try FileServer(Self.content, behaviour)
        defer { server.stop() }
        var problem: FileError?
        do {
            try await Download(
                server.address + "file.pth", to: file, hashPrefix: String(hash.prefix(8)), limit: limit, patience: 10
            ).run()
        } catch let error as FileError {
            problem = error
        }
        try check(file, problem, server.ranges)
        #expect(!FileManager.default.fileExists(atPath: file + ".lock"))
    }

    private func bytes(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { [UInt8]($0) } }

    @Test("comes whole, and under its name only then")
    func whole() async throws {
        try await download(.init()) { file, error, ranges in
            #expect(error == nil && ranges == [nil])
            #expect(bytes(file) == Self.content && bytes(file + ".part") == nil)
        }
    }

    @Test("goes on by itself where the connection was cut")
    func cut() async throws {
        try await download(.init(cuts: [100_000, 50_000, nil])) { file, error, ranges in
            #expect(error == nil, "\(String(describing: error))")
            #expect(bytes(file) == Self.content)
            #expect(ranges.count == 3 && ranges[0] == nil)
            // What had arrived before the cut may be less than what was sent, but is never asked for twice.
            #expect(ranges.dropFirst().allSatisfy { $0?.hasSuffix("-") == true && $0 != "0-" })
        }
    }

    @Test("goes on where an earlier process stopped")
    func resumed() async throws {
        try await download(.init(), part: 120_000) { file, error, ranges in
            #expect(error == nil && ranges == ["120000-"])
            #expect(bytes(file) == Self.content)
        }
        // Everything had come, but not its name.
        try await download(.init(), part: Self.content.count) { file, error, ranges in
            #expect(error == nil && bytes(file) == Self.content)
        }
    }

    @Test("begins anew where the server does not know ranges")
    func withoutRanges() async throws {
        try await download(.init(knowsRanges: false), part: 120_000) { file, error, _ in
            #expect(error == nil && bytes(file) == Self.content)
        }
    }

    @Test("gives up when nothing more comes, and keeps what has")
    func dead() async throws {
        try await download(.init(cuts: [100_000, 0])) { file, error, _ in
            #expect(error?.code == .unreachable && error?.remedy.contains("goes on") == true)
            #expect(bytes(file) == nil)
            let part = bytes(file + ".part") ?? []
            #expect(!part.isEmpty && part == Array(Self.content.prefix(part.count)))
        }
    }

    @Test("another file is not taken")
    func wrong() async throws {
        try await download(.init(), hash: "00000000") { file, error, _ in
            #expect(error?.code == .malformed && error?.reason.contains(Self.hash.prefix(8)) == true)
            #expect(bytes(file) == nil && bytes(file + ".part") == nil)
        }
    }

    @Test("no file, one too large, no server, no address")
    func refused() async throws {
        try await download(.init(status: 404)) { _, error, _ in
            #expect(error?.code == .unreachable && error?.reason.contains("404") == true)
        }
        try await download(.init(), limit: 1000) { file, error, _ in
            #expect(error?.code == .tooLarge && bytes(file) == nil)
        }
        let place = NSTemporaryDirectory() + "saccade-nowhere-\(UUID().uuidString)/file"
        defer {
            try? FileManager.default.removeItem(atPath: URL(fileURLWithPath: place).deletingLastPathComponent().path)
        }
        let server = try FileServer([])
        server.stop()
        for address in [server.address, "file:///etc/passwd", "", "nonsense"] {
            let error = await #expect(throws: FileError.self) {
                try await Download(address, to: place, hashPrefix: "", patience: 5).run()
            }
            #expect(error?.code == .unreachable, "\(address)")
        }
    }
}
