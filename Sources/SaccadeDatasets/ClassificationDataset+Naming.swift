extension ClassificationDataset {
    /// The same samples with labels that are indices into other names, which hold all of this data set's.
    ///
    /// - Returns: nil where a class of this data set is not among the names.
    public func relabelled(by names: [String]) -> ClassificationDataset? {
        guard names != classNames else { return self }
        let numbers = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        let labels = classNames.map { numbers[$0] }
        guard !labels.contains(nil) else { return nil }
        return relabelled(by: names, labels.map { $0 ?? 0 })
    }

    /// The same samples and labels, whose classes are called otherwise.
    ///
    /// - Precondition: There are as many names as before.
    public func renamed(_ names: [String]) -> ClassificationDataset {
        precondition(names.count == classNames.count, "renamed: \(names.count) names for \(classNames.count) classes")
        return relabelled(by: names, Array(names.indices))
    }

    private func relabelled(by names: [String], _ labels: [Int]) -> ClassificationDataset {
        ClassificationDataset(
            format: format, classNames: names,
            samples: samples.map { Sample(label: labels[$0.label], origin: $0.origin) },
            records: records, problems: problems)
    }
}
