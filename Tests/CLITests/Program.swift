import Foundation

/// The built program, run as a user runs it.
enum Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Beside the tests, where the package manager builds both.
    static let path: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("saccade").path
    }()

    /// Runs `saccade` with `arguments` in `folder`, and waits.
    static func run(_ arguments: String..., in folder: String = NSTemporaryDirectory()) throws -> Outcome {
        try run(arguments, in: folder)
    }

    static func run(_ arguments: [String], in folder: String) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        // Not the registry of whoever runs the tests.
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["SACCADE_REGISTRY": "\(folder)/registry.sqlite"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Through files: a pipe that nobody empties would stop a program that writes much.
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        let files = [base + ".out", base + ".err"]
        for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOfFile: files[0], encoding: .utf8),
            errors: try String(contentsOfFile: files[1], encoding: .utf8))
    }

    /// A folder that is removed behind `body`.
    static func inFolder<R>(_ body: (String) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }
}
