import Foundation

/// Real data sets, which do not belong to the package: found through `SACCADE_DATA`, or beside the package.
public enum ReferenceData {
    public static let missing = "the reference data are not here: set SACCADE_DATA to their folder"

    private static let root =
        ProcessInfo.processInfo.environment["SACCADE_DATA"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/data")
        .standardizedFileURL.path

    public static func path(_ name: String) -> String { "\(root)/\(name)" }

    public static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
