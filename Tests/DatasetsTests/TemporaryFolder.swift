import CSaccadeZlib
import Foundation
import SaccadeImages

/// A folder that goes, with all in it, when the last reference does.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("saccade-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a new file with these bytes; folders on the way are made.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try makeFolder((name as NSString).deletingLastPathComponent)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// A small PNG of one grey value.
    @discardableResult
    func writeImage(_ value: UInt8, to name: String, width: Int = 4, height: Int = 4) throws -> String {
        try write(Image(width: width, height: height, filledWith: [value, value, value]).pngData(), to: name)
    }

    @discardableResult
    func makeFolder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        return "\(path)/\(name)"
    }
}

/// The bytes as zlib's own gzip writer compresses them.
func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/data.gz"
    let file = gzopen(path, "wb9")
    let written = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) }
    precondition(Int(written) == bytes.count && gzclose(file) == Z_OK)
    return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
}
