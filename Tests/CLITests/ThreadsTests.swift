import Foundation
import Testing

/// How many threads the program takes, and which.
@Suite struct ThreadsTests {
    /// The line of `saccade --version` that tells, of a program started by `words`.
    private func cores(_ words: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words + [Program.path, "--version"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return text
    }

    private static let hasTaskset = FileManager.default.isExecutableFile(atPath: "/usr/bin/taskset")

    @Test("--version tells the engine, whose threads, how many, and what they multiply with")
    func version() throws {
        let text = try cores()
        #expect(text.hasPrefix("saccade"))
        #expect(text.contains("oneDNN ") && text.contains("threads"))
        #expect(text.contains(" core"))
    }

    @Test("a process that may use one core computes on one", .enabled(if: hasTaskset))
    func affinity() throws {
        #expect(try cores("taskset", "-c", "0").contains("\n1 of 1 core,"))
    }

    @Test("OMP_NUM_THREADS is heard, unless it makes no sense")
    func environment() throws {
        #expect(try cores("OMP_NUM_THREADS=1").contains("\n1 of "))
        let usual = try cores("-u", "OMP_NUM_THREADS")
        for nonsense in ["0", "-3", "many", "99999999999999999999", ""] {
            #expect(try cores("OMP_NUM_THREADS=\(nonsense)") == usual, "\(nonsense)")
        }
    }

    @Test("more threads than cores: one sentence, and as many as there are")
    func tooMany() throws {
        let outcome = try Program.run("bench", "overhead", "--threads", "1000")
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("--threads 1000: this process may use "))
    }
}
