import Foundation
import SaccadeImages

/// Pillow, where there is a Python that has it: `SACCADE_PYTHON`, or `python3`.
enum PillowReference {
    static let missing = "no Python with Pillow and NumPy: set SACCADE_PYTHON to one"

    private static let python = ProcessInfo.processInfo.environment["SACCADE_PYTHON"] ?? "python3"

    static let isThere = (try? run(["-c", "import PIL, numpy"])) != nil

    /// What Pillow finds in a GIF.
    struct Film: Decodable {
        /// Milliseconds of each frame.
        let durations: [Int]
        let loop: Int?
        /// Mean differences of bytes, from the images that went in.
        let errors: [Double]
        /// The same for Pillow's own median cut, with a palette for each image.
        let pillowErrors: [Double]
    }

    static func film(_ bytes: [UInt8], originals: [Image]) throws -> Film {
        let folder = FileManager.default.temporaryDirectory.appending(path: "saccade-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(bytes).write(to: folder.appending(path: "film.gif"))
        for (number, image) in originals.enumerated() {
            try image.writePNG(to: folder.appending(path: "\(number).png").path())
        }
        let script = URL(filePath: #filePath).appending(path: "../../Fixtures/read_gif.py").standardized.path()
        return try JSONDecoder().decode(Film.self, from: Data(run([script, folder.path()]).utf8))
    }

    private struct Failure: Error { let status: Int32 }

    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return String(decoding: data, as: UTF8.self)
    }
}
