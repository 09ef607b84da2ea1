public import Foundation
public import SaccadeFiles
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
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

/// One request, whose bytes are added to a file.
///
/// Unchecked, for `NSObject` does not say that it may be shared: all that changes is behind the mutex.
private final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    enum Outcome {
        case complete
        /// The connection ended too early; the reason in words.
        case cut(String)
        /// The server does not know the place from which on the bytes were asked for.
        case restart
        case failed(FileError)
    }

    private struct State {
        var done: Int
        var total: Int?
        var outcome: Outcome?
        var continuation: CheckedContinuation<Outcome, Never>?
    }

    private let url: URL
    private let path: String
    private let start: Int
    private let limit: Int
    private let patience: TimeInterval
    private let progress: Download.Progress
    private let state: Mutex<State>

    init(
        _ url: URL, to path: String, from start: Int, limit: Int, patience: TimeInterval,
        _ progress: @escaping Download.Progress
    ) {
        self.url = url
        self.path = path
        self.start = start
        self.limit = limit
        self.patience = patience
        self.progress = progress
        state = Mutex(State(done: start))
    }

    func outcome() async -> Outcome {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = patience
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1  // the bytes are to come in order
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
        defer { session.finishTasksAndInvalidate() }
        var request = URLRequest(url: url)
        // The file itself, not a compressed form of it, whose places would be others.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if start > 0 { request.setValue("bytes=\(start)-", forHTTPHeaderField: "Range") }
        let task = session.dataTask(with: request)
        return await withCheckedContinuation { continuation in
            state.withLock { $0.continuation = continuation }
            task.resume()
        }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        let problem = state.withLock { state -> Outcome? in
            guard let response = response as? HTTPURLResponse else { return .cut("no answer of HTTP") }
            let length = response.expectedContentLength > 0 ? Int(response.expectedContentLength) : nil
            switch response.statusCode {
            case 206 where start > 0:
                let range = response.value(forHTTPHeaderField: "Content-Range") ?? ""
                guard range.hasPrefix("bytes \(start)-") else { return .restart }
                state.total = length.map { start + $0 }
            case 200:
                // The server sends the whole file, whatever was asked for.
                state.done = 0
                state.total = length
                unlink(path)
            case 416: return .restart
            default:
                return .failed(
                    FileError(
                        .unreachable, path: url.absoluteString, reason: "the server answers \(response.statusCode)",
                        remedy: "check the address, or try again later"))
            }
            return (state.total ?? 0) > limit ? .failed(tooLarge) : nil
        }
        if let problem {
            state.withLock { $0.outcome = problem }
            completionHandler(.cancel)
        } else {
            completionHandler(.allow)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let now = state.withLock { state -> (Int, Int?)? in
            guard state.outcome == nil else { return nil }
            guard data.count <= limit - state.done else {
                state.outcome = .failed(tooLarge)
                return nil
            }
            do throws(FileError) {
                try append(data)
                state.done += data.count
                return (state.done, state.total)
            } catch {
                state.outcome = .failed(error)
                return nil
            }
        }
        if let now { progress(now.0, now.1) } else { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        state.withLock { state in
            var outcome = state.outcome
            if outcome == nil, let error { outcome = .cut(error.localizedDescription) }
            if outcome == nil, let total = state.total, state.done < total {
                outcome = .cut("\(state.done) of \(total) bytes came")
            }
            state.continuation?.resume(returning: outcome ?? .complete)
            state.continuation = nil
        }
    }

    private func append(_ data: Data) throws(FileError) {
        let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND)
        let bytes = [UInt8](data)
        try bytes.withUnsafeBufferPointer { bytes throws(FileError) in try file.write(UnsafeRawBufferPointer(bytes)) }
    }

    private var tooLarge: FileError {
        FileError(
            .tooLarge, path: url.absoluteString, reason: "the file has more than \(limit) bytes",
            remedy: "check the address")
    }
}
