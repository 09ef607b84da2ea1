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

    private static let compiler = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
        "where somebody else has taken OpenMP's place, oneDNN stays with what it has, and --version says why",
        .enabled(if: compiler != nil, "there is no C compiler"))
    func anotherRuntime() throws {
        try Program.inFolder { folder in
            let source = """
                #define _GNU_SOURCE
                #include <dlfcn.h>
                typedef void (*parallel)(void (*)(void *), void *, unsigned, unsigned);
                void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags) {
                    ((parallel)dlsym(RTLD_NEXT, "GOMP_parallel"))(body, data, threads, flags);
                }
                """
            try source.write(toFile: "\(folder)/other.c", atomically: true, encoding: .utf8)
            let compiling = Process()
            compiling.executableURL = URL(fileURLWithPath: try #require(Self.compiler))
            compiling.arguments = ["-shared", "-fPIC", "\(folder)/other.c", "-o", "\(folder)/other.so"]
            try compiling.run()
            compiling.waitUntilExit()
            try #require(compiling.terminationStatus == 0)
            #expect(try cores("LD_PRELOAD=\(folder)/other.so").contains("OpenMP's threads, not its own: "))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["LD_PRELOAD=\(folder)/other.so", Program.path, "bench", "overhead"]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "it computes all the same")
        }
    }
}
