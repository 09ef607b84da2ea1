import Foundation

/// Shows on a terminal how much of something long is done.
package final class ShareBar {
    private let name: String
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let start = ContinuousClock.now
    private var last: ContinuousClock.Instant?
    private var hasLine = false

    /// - Parameter name: What is being worked on.
    package init(_ name: String) { self.name = name }

    /// - Parameter share: 0 to 1.
    package func show(_ share: Double) {
        let now = ContinuousClock.now
        // What is over at once needs no line; elsewhere than on a terminal one every ten seconds is enough.
        guard now - start > .milliseconds(isTerminal ? 500 : 10_000), share < 1,
            last.map({ now - $0 > .milliseconds(isTerminal ? 100 : 10_000) }) ?? true
        else { return }
        last = now
        let cells = 20
        let full = Int(share * Double(cells))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
        let left = (now - start) / .seconds(1) * (1 / max(share, 1e-3) - 1)
        let text = "\(name) \(bar) \(Int(share * 100)) %, \(Int(left.rounded(.up))) s left"
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n").utf8))
        hasLine = isTerminal
    }

    /// Takes the line away.
    package func end() {
        if hasLine { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        hasLine = false
    }
}
