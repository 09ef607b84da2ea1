import SaccadePrelude

/// An order for samples of many lengths: those of about the same length come together, so that little of a batch is
/// filling; batches in a new order, and of new samples, in each epoch.
enum LengthBuckets {
    /// How many batches are sorted by length together: enough for batches of one length, and few enough for new neighbours.
    private static let batchesTogether = 50

    /// - Parameters:
    ///   - count: Samples.
    ///   - batchSize: Samples of a batch. The one that is not full stays the last.
    ///   - isShorter: Whether a sample is shorter than another.
    static func order(
        _ count: Int, batchSize: Int, using generator: inout SplitMix64, isShorter: (Int, Int) -> Bool
    ) -> [Int] {
        let shuffled = (0..<count).shuffled(using: &generator)
        let together = batchSize * batchesTogether
        var batches: [[Int]] = []
        for first in stride(from: 0, to: count, by: together) {
            let sorted = shuffled[first..<min(first + together, count)].sorted(by: isShorter)
            for start in stride(from: 0, to: sorted.count, by: batchSize) {
                batches.append(Array(sorted[start..<min(start + batchSize, sorted.count)]))
            }
        }
        let full = batches.filter { $0.count == batchSize }.shuffled(using: &generator)
        return (full + batches.filter { $0.count < batchSize }).flatMap { $0 }
    }
}
