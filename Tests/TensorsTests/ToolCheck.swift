import Foundation

/// What a script of `Tools` said that checks something: 0 all is well, 77 it could not be checked here.
struct ToolCheck {
    let status: Int32
    let output: String

    var wasDone: Bool { status != 77 }

    init(_ script: String, _ arguments: String...) {
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
