/// The parts of a path, taken apart as text.
///
/// Paths come out of files, where anything may stand for one; Foundation's functions for them trap on some.
package struct Path: Sendable {
    let text: String

    package init(_ text: String) { self.text = text }

    /// Where the last part begins and ends, without slashes behind it; `nil` where there is none.
    private var last: Range<String.Index>? {
        guard let end = text.lastIndex(where: { $0 != "/" }).map(text.index(after:)) else { return nil }
        let start = text[..<end].lastIndex(of: "/").map(text.index(after:)) ?? text.startIndex
        return start..<end
    }

    /// The last part: `b.jpg` of `a/b.jpg` and of `a/b.jpg/`, `/` of the root, nothing of nothing.
    package var name: String { last.map { String(text[$0]) } ?? (text.isEmpty ? "" : "/") }

    /// What the last part lies in: `a` of `a/b.jpg`, nothing of `b.jpg`, `/` of `/b.jpg` and of the root.
    package var folder: String {
        guard let last else { return text.isEmpty ? "" : "/" }
        let above = text[..<last.lowerBound]
        guard let end = above.lastIndex(where: { $0 != "/" }) else { return above.isEmpty ? "" : "/" }
        return String(above[...end])
    }

    /// What stands behind the last dot of the name: `gz` of `a.tar.gz`; nothing of `.hidden` and `a.`.
    package var suffix: String {
        dot.map { String(text[text.index(after: $0)..<(last?.upperBound ?? text.endIndex)]) } ?? ""
    }

    /// The path without its suffix and the dot.
    package var withoutSuffix: String { dot.map { String(text[..<$0]) } ?? text }

    /// The dot in front of the suffix.
    private var dot: String.Index? {
        guard let last, let dot = text[last].lastIndex(of: "."), dot > last.lowerBound,
            text.index(after: dot) < last.upperBound
        else { return nil }
        return dot
    }
}
