import Foundation
import Synchronization

/// Shows on a terminal how much of something long is done; elsewhere a line every ten seconds says so.
package final class ShareBar: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        /// Whether something stands on the terminal's last line.
        var hasLine = false
    }

    private let name: String
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// - Parameter name: What is being worked on.
    package init(_ name: String) { self.name = name }

    /// - Parameters:
    ///   - share: 0 to 1; nil where nobody knows how much there is.
    ///   - detail: What is done, in a unit of its own.
    package func show(_ share: Double?, _ detail: String? = nil) {
        let now = ContinuousClock.now
        state.withLock { state in
            // What is over at once needs no line.
            guard now - start > .milliseconds(isTerminal ? 500 : 10_000), share ?? 0 < 1,
                state.last.map({ now - $0 > .milliseconds(isTerminal ? 100 : 10_000) }) ?? true
            else { return }
            state.last = now
            write(text(share, detail, after: now - start), &state)
        }
    }

    /// Says what goes on before anything is done, which is seen on a terminal only.
    package func announce(_ what: String) {
        state.withLock { if isTerminal { write("\(name): \(what) …", &$0) } }
    }

    /// Takes the line away.
    package func end() {
        state.withLock { state in
            if state.hasLine { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
            state.hasLine = false
        }
    }

    private func text(_ share: Double?, _ detail: String?, after spent: Duration) -> String {
        guard let share else { return [name, detail].compactMap { $0 }.joined(separator: " ") }
        let cells = 20
        let full = Int(share * Double(cells))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
        let left = spent / .seconds(1) * (1 / max(share, 1e-3) - 1)
        return
            "\(name) \(bar) \(Int(share * 100)) %\(detail.map { " (\($0))" } ?? ""), \(Int(left.rounded(.up))) s left"
    }

    private func write(_ text: String, _ state: inout State) {
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n").utf8))
        state.hasLine = isTerminal
    }
}
