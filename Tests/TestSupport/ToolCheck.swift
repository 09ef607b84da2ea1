import Foundation

/// What a script of `Tools` said that checks something: 0 all is well, 77 it could not be checked here.
public struct ToolCheck: Sendable {
    public let status: Int32
    public let output: String

    public var wasDone: Bool { status != 77 }

    public init(_ script: String, _ arguments: String...) {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appendingPathComponent("Tools/\(script)")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        do {
            try process.run()
        } catch {
            (status, output) = (77, "not checked: \(error)")
            return
        }
        output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        status = process.terminationStatus
    }
}
