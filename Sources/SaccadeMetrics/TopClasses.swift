/// The classes of one sample's highest scores, the highest first.
///
/// Of equal scores the lower class comes first; a score that is no number comes last.
public func topClasses(_ count: Int, of scores: some RandomAccessCollection<Float>) -> [Int] {
    let scores = Array(scores)
    func isBetter(_ a: Int, _ b: Int) -> Bool {
        if scores[a].isNaN || scores[b].isNaN { return scores[a].isNaN == scores[b].isNaN ? a < b : scores[b].isNaN }
        return scores[a] == scores[b] ? a < b : scores[a] > scores[b]
    }
    var best: [Int] = []
    for index in scores.indices {
        guard best.count < count || isBetter(index, best[best.count - 1]) else { continue }
        best.insert(index, at: best.firstIndex { isBetter(index, $0) } ?? best.endIndex)
        if best.count > count { best.removeLast() }
    }
    return best
}
