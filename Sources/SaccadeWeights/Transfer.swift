import Foundation
import SaccadeFiles
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

/// One request, whose bytes are added to a file.
///
/// Unchecked, for `NSObject` does not say that it may be shared: all that changes is behind the mutex.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
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
