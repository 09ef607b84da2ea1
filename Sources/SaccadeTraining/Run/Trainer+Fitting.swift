import SaccadeInterchange

extension Trainer {
    /// Solves for what gradients do not find, and judges the result as one epoch more: from then on it is the network.
    ///
    /// - Returns: The records of all epochs; nil where there was nothing to solve for.
    func fit(to samples: Task.Source, note: (String) -> Void) throws -> [EpochRecord]? {
        guard !isFitted else { return nil }
        try loadBest()
        guard try task.fit(network, to: samples, in: run.path, note: note) else { return nil }
        try keepFitted()
        return EpochRecord.read(fromRunAt: run.path)
    }
}
