import SaccadePrelude

extension ClassificationDataset {
    /// Sets aside a share of every class, so that both parts have the classes in the same proportions.
    ///
    /// Which samples go where depends on the seed and on the samples' order alone. Of a class with at least two samples
    /// each part gets at least one, of a class with one it stays in `training`; both parts keep the samples' order.
    ///
    /// - Parameters:
    ///   - fraction: The share of each class that goes to `validation`, rounded to whole samples; in `0..<1`. At 0,
    ///     `validation` is empty.
    ///   - seed: Of the choice.
    public func split(
        validation fraction: Double, seed: UInt64
    ) -> (training: ClassificationDataset, validation: ClassificationDataset) {
        require((0..<1).contains(fraction), "split: the validation fraction must be in 0..<1, got \(fraction)")
        guard fraction > 0 else { return (self, subset([])) }
        var members = Array(repeating: [Int](), count: classNames.count)
        for (index, sample) in samples.enumerated() { members[sample.label].append(index) }
        var isHeldOut = Array(repeating: false, count: count)
        for (label, indices) in members.enumerated() where indices.count > 1 {
            var generator = SplitMix64(seed: seed, stream: label)
            let wanted = Int((Double(indices.count) * fraction).rounded())
            let held = min(max(wanted, 1), indices.count - 1)
            for index in indices.shuffled(using: &generator).prefix(held) { isHeldOut[index] = true }
        }
        return (subset(samples.indices.filter { !isHeldOut[$0] }), subset(samples.indices.filter { isHeldOut[$0] }))
    }
}
