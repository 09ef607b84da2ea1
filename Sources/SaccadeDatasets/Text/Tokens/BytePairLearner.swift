import SaccadePrelude

/// Learns merges: always the pair of neighbouring pieces that occurs most often, of those that are as frequent the last
/// in the order of their texts, as subword-nmt chooses.
///
/// What a merge changes is counted again, and nothing else: the words that have the pair.
struct BytePairLearner {
    /// Pairs that occur less often are not learnt.
    private static let minimumCount = 2

    private struct Word {
        var pieces: [Int32]
        let count: Int
    }

    /// How often a pair occurs, and the words that have or had it.
    private struct Pair {
        var count = 0
        var words: [Int32] = []
    }

    private var words: [Word] = []
    private var texts: [ExactText] = []
    private var numbers: [ExactText: Int32] = [:]
    private var pairs: [PiecePair: Pair] = [:]
    /// A heap, in which a pair stands with what it counted once; who takes it looks whether it still does.
    private var queue: [(count: Int, pair: PiecePair)] = []

    init(_ counts: [ExactText: Int]) {
        // In an order of its own, so that numbers do not depend on the hashes of a run.
        for (word, count) in counts.sorted(by: { $0.key < $1.key }) {
            let scalars = word.text.unicodeScalars
            guard scalars.count > 1, scalars.count <= BytePairEncoding.wordLimit else { continue }
            let pieces = BytePairEncoding.scalars(of: scalars).map { number($0) }
            words.append(Word(pieces: pieces, count: count))
            for index in 1..<pieces.count {
                let pair = PiecePair(pieces[index - 1], pieces[index])
                pairs[pair, default: Pair()].count += count
                pairs[pair, default: Pair()].words.append(Int32(words.count - 1))
            }
        }
        for (pair, found) in pairs { push(found.count, pair) }
    }

    /// The next merge; nil where no pair is left that occurs twice.
    mutating func next() -> BytePairEncoding.Merge? {
        guard let pair = popMostFrequent(), let found = pairs.removeValue(forKey: pair) else { return nil }
        let merge = BytePairEncoding.Merge(texts[Int(pair.left)], texts[Int(pair.right)])
        let result = number(merge.result)
        var grown: Set<PiecePair> = []
        for index in found.words {
            let before = words[Int(index)].pieces
            let after = Self.merged(before, pair, result)
            guard after.count < before.count else { continue }
            let count = words[Int(index)].count
            for place in 1..<before.count {
                pairs[PiecePair(before[place - 1], before[place])]?.count -= count
            }
            for place in 1..<max(after.count, 1) {
                let neighbors = PiecePair(after[place - 1], after[place])
                pairs[neighbors, default: Pair()].count += count
                guard neighbors.left == result || neighbors.right == result else { continue }
                pairs[neighbors, default: Pair()].words.append(index)
                grown.insert(neighbors)
            }
            words[Int(index)].pieces = after
        }
        for pair in grown { push(pairs[pair]?.count ?? 0, pair) }
        return merge
    }

    private mutating func number(_ piece: ExactText) -> Int32 {
        if let known = numbers[piece] { return known }
        let number = Int32(texts.count)
        texts.append(piece)
        numbers[piece] = number
        return number
    }

    private static func merged(_ pieces: [Int32], _ pair: PiecePair, _ result: Int32) -> [Int32] {
        var merged: [Int32] = []
        var index = 0
        while index < pieces.count {
            let isMerge = index + 1 < pieces.count && PiecePair(pieces[index], pieces[index + 1]) == pair
            merged.append(isMerge ? result : pieces[index])
            index += isMerge ? 2 : 1
        }
        return merged
    }
}

/// The queue of pairs.
extension BytePairLearner {
    private mutating func popMostFrequent() -> PiecePair? {
        while let (count, pair) = pop() {
            let current = pairs[pair]?.count ?? 0
            if current == count { return count >= Self.minimumCount ? pair : nil }
            // One that grew was put in again when it did.
            if current < count, current > 0 { push(current, pair) }
        }
        return nil
    }

    private func isBefore(_ a: (count: Int, pair: PiecePair), _ b: (count: Int, pair: PiecePair)) -> Bool {
        if a.count != b.count { return a.count > b.count }
        if a.pair.left != b.pair.left { return texts[Int(a.pair.left)] > texts[Int(b.pair.left)] }
        return a.pair.right != b.pair.right && texts[Int(a.pair.right)] > texts[Int(b.pair.right)]
    }

    private mutating func push(_ count: Int, _ pair: PiecePair) {
        queue.append((count, pair))
        var child = queue.count - 1
        while child > 0, isBefore(queue[child], queue[(child - 1) / 2]) {
            queue.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() -> (count: Int, pair: PiecePair)? {
        guard let first = queue.first else { return nil }
        let last = queue.removeLast()
        guard !queue.isEmpty else { return first }
        queue[0] = last
        var parent = 0
        while true {
            var best = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < queue.count {
                if isBefore(queue[child], queue[best]) { best = child }
            }
            guard best != parent else { return first }
            queue.swapAt(parent, best)
            parent = best
        }
    }
}
