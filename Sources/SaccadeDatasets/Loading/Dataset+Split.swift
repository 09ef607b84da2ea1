import SaccadePrelude

extension Dataset {
    /// Sets aside a fraction of every group, so that both parts have the groups, such as classes, in the same
    /// proportions.
    ///
    /// Which samples go where depends on the seed and on the samples' order alone. Of a group with at least two samples
    /// each part gets at least one, of a group with one it stays in `training`; both parts keep the samples' order.
    ///
    /// - Parameters:
    ///   - fraction: Of each group, that goes to `validation`, rounded to whole samples; in `0..<1`. At 0,
    ///     `validation` is empty.
    ///   - seed: Of the choice.
    public func split(validation fraction: Double, seed: UInt64) -> (training: Self, validation: Self) {
        require((0..<1).contains(fraction), "split: the validation fraction must be in 0..<1, got \(fraction)")
        guard fraction > 0 else { return (self, subset([])) }
        var members: [Int: [Int]] = [:]
        for index in 0..<count { members[group(at: index), default: []].append(index) }
        var isHeldOut = Array(repeating: false, count: count)
        for (group, indices) in members where indices.count > 1 {
            var generator = SplitMix64(seed: seed, stream: group)
            let wanted = Int((Double(indices.count) * fraction).rounded())
            let held = min(max(wanted, 1), indices.count - 1)
            for index in indices.shuffled(using: &generator).prefix(held) { isHeldOut[index] = true }
        }
        return (subset((0..<count).filter { !isHeldOut[$0] }), subset((0..<count).filter { isHeldOut[$0] }))
    }
}
