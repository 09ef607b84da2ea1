import CSaccadeJSON
import Foundation
import SaccadeFiles

/// Looks for words in files that are too long to be in memory for that.
enum FileSearch {
    /// So much is looked at at once: 1 MiB.
    private static let pieceSize = 1 << 20

    /// Whether a file holds all of some words of ASCII.
    ///
    /// The end comes first: what describes the rest of a file stands at its beginning or its end.
    ///
    /// - Throws: ``FileError`` when the file cannot be read or has more than `limit` bytes.
    static func contains(_ words: [String], in path: String, limit: Int) throws(FileError) -> Bool {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        guard size <= limit else {
            throw FileError(
                .tooLarge, path: path, reason: "the file has \(size) bytes where at most \(limit) make sense",
                remedy: "check that it is the right one")
        }
        var missing = words.filter { !$0.isEmpty }
        // Pieces share so much that no word falls between two.
        let overlap = missing.map(\.utf8.count).max().map { $0 - 1 } ?? 0
        var piece = [UInt8](repeating: 0, count: min(size, pieceSize + overlap))
        let last = size - piece.count
        for start in [last] + Array(stride(from: 0, to: last, by: pieceSize)) where !missing.isEmpty {
            // The closure's type would forget the type of what it throws.
            var problem: FileError?
            piece.withUnsafeMutableBytes { bytes in
                do throws(FileError) { try file.read(bytes, at: start) } catch { problem = error }
            }
            if let problem { throw problem }
            missing.removeAll { saccade_json_contains(piece, piece.count, $0, $0.utf8.count) }
        }
        return missing.isEmpty
    }
}
