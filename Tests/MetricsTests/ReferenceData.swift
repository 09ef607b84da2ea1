import Foundation

/// Real data sets, which do not belong to the package: found through `SACCADE_DATA`, or beside the package.
enum ReferenceData {
    static let missing = "the reference data are not here: set SACCADE_DATA to their folder"

    private static let root =
        ProcessInfo.processInfo.environment["SACCADE_DATA"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/data")
        .standardizedFileURL.path

    static func path(_ name: String) -> String { "\(root)/\(name)" }

    static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    static func decoded<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    static func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
