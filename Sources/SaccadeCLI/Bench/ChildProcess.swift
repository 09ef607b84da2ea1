import Foundation

/// A program that was run to its end.
struct ChildProcess {
    /// From before it was started to after it had ended, in milliseconds.
    let milliseconds: Double
    /// What it printed.
    let output: String

    /// Runs a program, and waits.
    ///
    /// - Throws: ``CommandError`` when it cannot be started, or ends otherwise than with 0.
    init(_ executable: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        let start = ContinuousClock.now
        do { try process.run() } catch { throw CommandError.data("\(executable) cannot be started: \(error)") }
        output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        milliseconds = start.duration(to: .now).seconds * 1e3
        guard process.terminationStatus == 0 else {
            throw CommandError.data("this failed: \(([executable] + arguments).joined(separator: " "))")
        }
    }
}
