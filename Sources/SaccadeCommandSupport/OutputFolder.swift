import Foundation
package import SaccadeFiles

/// The folder of a command's `--output`.
package enum OutputFolder {
    /// Makes it where it is missing.
    ///
    /// - Throws: `FileError` where it cannot be made.
    package static func make(_ path: String) throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                .unwritable, path: path, reason: "the folder cannot be made", remedy: "give another --output")
        }
    }
}
