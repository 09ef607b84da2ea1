import Foundation
import Synchronization

/// A server of HTTP on this machine with one file, which may cut its answers short.
final class FileServer: Sendable {
    struct Behaviour: Sendable {
        /// Bytes of the body after which the connection of each answer is cut; the last number is for all further ones.
        var cuts: [Int?] = [nil]
        /// Whether the server knows `Range`.
        var knowsRanges = true
        var status: Int?
        /// What it says the length is, in place of the truth.
        var length: Int?
    }

    let port: UInt16
    private let socket: Int32
    private let content: [UInt8]
    private let behaviour: Behaviour
    private let log = Mutex<[String?]>([])

    /// The `Range` of every request so far; `nil` for requests without.
    var ranges: [String?] { log.withLock { $0 } }

    init(_ content: [UInt8], _ behaviour: Behaviour = Behaviour()) throws {
        self.content = content
        self.behaviour = behaviour
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        socket = Foundation.socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listening, named) = withUnsafeMutablePointer(to: &address) { [socket] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                (bind(socket, $0, length) == 0 && listen(socket, 8) == 0, getsockname(socket, $0, &length) == 0)
            }
        }
        guard socket >= 0, listening, named else { throw CocoaError(.fileNoSuchFile) }
        port = UInt16(bigEndian: address.sin_port)
        let thread = Thread { [self] in serve() }
        thread.start()
    }

    var address: String { "http://127.0.0.1:\(port)/" }

    func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    private func serve() {
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return }
            answer(connection)
            close(connection)
        }
    }

    private func answer(_ connection: Int32) {
        var request = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !request.contains("\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            request += String(decoding: buffer[..<count], as: UTF8.self)
        }
        let range = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("range: bytes=") }
            .map { String($0.dropFirst("range: bytes=".count)) }
        let number = log.withLock { log in
            log.append(range)
            return log.count - 1
        }
        let start = behaviour.knowsRanges ? range.flatMap { Int($0.dropLast()) } ?? 0 : 0
        var head: String
        var body = content[min(start, content.count)...]
        if let status = behaviour.status {
            (head, body) = ("HTTP/1.1 \(status) No\r\nContent-Length: 0\r\n", [])
        } else if start >= content.count, start > 0 {
            (head, body) = ("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n", [])
        } else if start > 0 {
            head =
                "HTTP/1.1 206 Partial Content\r\nContent-Length: \(body.count)\r\n"
                + "Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)\r\n"
        } else {
            head = "HTTP/1.1 200 OK\r\nContent-Length: \(behaviour.length ?? body.count)\r\n"
        }
        head += "Connection: close\r\n\r\n"
        let cut = number < behaviour.cuts.count ? behaviour.cuts[number] : behaviour.cuts.last ?? nil
        let bytes = Array(head.utf8) + body.prefix(cut ?? body.count)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
