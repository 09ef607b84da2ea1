/// The fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment).
func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], beforeLast[j - 2] + 1)
            }
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}

/// The candidate that `word` is most likely a misspelling of; `nil` where none is near.
package func nearest(to word: String, among candidates: [String]) -> String? {
    // A long word may be mistyped more often than a short one. Nobody means a word of hundreds of letters.
    guard word.utf8.count <= 64 else { return nil }
    let plain = word.lowercased()
    let ranked = candidates.map { (distance: editDistance(plain, $0.lowercased()), word: $0) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }),
        best.distance <= max(1, min(plain.utf8.count, best.word.utf8.count) / 2)
    else { return candidates.first { !plain.isEmpty && ($0.hasPrefix(plain) || plain.hasPrefix($0)) } }
    return best.word
}
