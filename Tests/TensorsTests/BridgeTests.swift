import Foundation
import Testing

@Suite struct BridgeTests {
    /// What `Tools/check-onednn-v3.sh` said.
    struct Outcome {
        let status: Int32
        let output: String

        static let ofCheck = Outcome()

        private init() {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let process = Process()
            process.executableURL = root.appendingPathComponent("Tools/check-onednn-v3.sh")
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

    @Test(
        "the bridge computes with oneDNN 3",
        .enabled(if: Outcome.ofCheck.status != 77, Comment(rawValue: Outcome.ofCheck.output)))
    func versionThree() {
        #expect(Outcome.ofCheck.status == 0, "\(Outcome.ofCheck.output)")
    }
}
