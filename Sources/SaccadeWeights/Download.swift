public import Foundation
public import SaccadeFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is fetched over HTTP, going on where an earlier attempt was cut off, and that takes its name only when
/// its hash is right.
public struct Download: Sendable {
    /// Bytes that are there, and that there will be where the server says.
    public typealias Progress = @Sendable (_ done: Int, _ total: Int?) -> Void

    private let url: String
    private let destination: String
    private let hashPrefix: String
    private let limit: Int
    private let patience: TimeInterval

    /// How often a transfer that was cut, but brought something, is taken up again at once.
    private static let mostAttempts = 8

    /// - Parameters:
    ///   - url: An address of `http` or `https`.
    ///   - destination: The file to make; what there is of it meanwhile lies beside it, with `.part` at its end.
    ///   - hashPrefix: How its SHA-256 begins, in hexadecimal.
    ///   - limit: The most bytes that make sense.
    ///   - patience: Seconds without a byte after which the server counts as gone.
    public init(
        _ url: String, to destination: String, hashPrefix: String, limit: Int = 4 << 30, patience: TimeInterval = 30
    ) {
        self.url = url
        self.destination = destination
        self.hashPrefix = hashPrefix.lowercased()
        self.limit = limit
        self.patience = patience
    }

    /// Fetches the file.
    ///
    /// - Throws: ``FileError``: the server cannot be reached or has no such file, the file is another or too large, or
    ///   cannot be written. What has come so far is kept for the next time, unless it is wrong.
    public func run(progress: @escaping Progress = { _, _ in }) async throws {
        guard let address = URL(string: url), ["http", "https"].contains(address.scheme?.lowercased()) else {
            throw FileError(
                .unreachable, path: url, reason: "this is no address of http or https", remedy: "check the address")
        }
        let folder = URL(fileURLWithPath: destination).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                .unwritable, path: folder, reason: "the folder cannot be made", remedy: "choose another place")
        }
        let part = destination + ".part"
        guard let lock = try FileLock(at: destination + ".lock") else {
            throw FileError(
                .unwritable, path: destination, reason: "another process is fetching it", remedy: "wait for that one")
        }
        defer { unlink(destination + ".lock") }
        for attempt in 1... {
            let before = size(of: part)
            let outcome = await Transfer(address, to: part, from: before, limit: limit, patience: patience, progress)
                .outcome()
            switch outcome {
            case .complete: break
            case .failed(let error): throw error
            // Or there is no rest: the attempt before ended just when everything had come.
            case .restart where try before > 0 && FileHash.sha256(of: part).hasPrefix(hashPrefix): break
            case .restart where attempt < Self.mostAttempts:
                unlink(part)
                continue
            case .cut where size(of: part) > before && attempt < Self.mostAttempts: continue
            case .cut(let reason):
                throw FileError(
                    .unreachable, path: url, reason: "the server cannot be reached, or sends no more (\(reason))",
                    remedy: before > 0 || size(of: part) > 0
                        ? "try again; it goes on with what has come so far" : "check the network, and try again")
            case .restart:
                throw FileError(
                    .unreachable, path: url, reason: "the server does not send the rest of the file",
                    remedy: "try again later")
            }
            break
        }
        try accept(part)
        _ = consume lock
    }

    /// Gives a whole file its name, if it is the right one.
    private func accept(_ part: String) throws(FileError) {
        let hash = try FileHash.sha256(of: part)
        guard hash.hasPrefix(hashPrefix) else {
            unlink(part)
            throw FileError(
                .malformed, path: url,
                reason: "what came is not the file: its SHA-256 begins with \(hash.prefix(max(8, hashPrefix.count))), "
                    + "not with \(hashPrefix)", remedy: "try again, or another source")
        }
        try FileDescriptor(opening: part, O_WRONLY).synchronize()
        guard rename(part, destination) == 0 else {
            throw FileError(
                .unwritable, path: destination, reason: "cannot be written (\(String(cString: strerror(errno))))",
                remedy: "choose another place")
        }
    }

    private func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}

extension FileError.Code {
    /// A server cannot be reached, or does not give what it should.
    public static let unreachable = FileError.Code(rawValue: "unreachable")
}
