import Foundation
import SaccadeFiles
import Testing

@testable import SaccadeCLI
@testable import SaccadeCommandSupport
@testable import SaccadeCommands
@testable import SaccadeRunCommands

@Suite struct ShortenedFileTests {
    @Test("a file that is cut short while it is in use ends the program with a sentence")
    func says() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(65), observing: [\.standardErrorContent]
        ) {
            let path = NSTemporaryDirectory() + "saccade-shortened-\(UUID())"
            try Data(repeating: 1, count: 100_000).write(to: URL(fileURLWithPath: path))
            ShortenedFile.watch()
            guard let mapping = try FileMapping(FileDescriptor(opening: path, O_RDWR), 0..<100_000) else { exit(1) }
            truncate(path, 0)
            unlink(path)
            exit(withExtendedLifetime(mapping) { mapping.bytes.reduce(0) { $0 | Int32($1) } })
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors.contains("error: a file became shorter while it was read"))
    }
}
