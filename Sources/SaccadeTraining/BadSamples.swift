import SaccadeDatasets
import SaccadeFiles

/// What becomes of samples that cannot be used: images that are missing or damaged, records that make no sense.
public enum BadSamples: Sendable {
    /// Skipped and told, unless more than a hundredth of all is bad: then the training is refused. Images are judged
    /// by their headers, so that a large data set is not decoded one more time; damage behind a header ends the training
    /// with the file's name when it comes to light.
    case tolerateFew
    /// Skipped and told, however many they are. Every image is decoded before the training, so that none of them
    /// ends it later.
    case skipAll

    /// The largest part of a data set that may be bad.
    public static let tolerated = 0.01

    var inspection: Inspection {
        switch self {
        case .tolerateFew: .headers
        case .skipAll: .pixels
        }
    }

    var fraction: Double {
        switch self {
        case .tolerateFew: Self.tolerated
        case .skipAll: 1
        }
    }

    /// The parts of a data set without their bad samples.
    ///
    /// The parts were told apart before: which sample belongs to which part does not depend on others being bad.
    ///
    /// - Parameters:
    ///   - parts: To learn from and to judge by.
    ///   - data: What the user calls the data set.
    /// - Throws: `FileError` when too many are bad, or a group, such as a class, has none left to learn from.
    func removed<Samples: Dataset>(
        from parts: (training: Samples, validation: Samples), of data: String
    ) throws(FileError) -> (training: Samples, validation: Samples, skipped: [Problem]) {
        let records = parts.training.problems
        let (learnt, judged) = (
            parts.training.unusableSamples(inspection), parts.validation.unusableSamples(inspection)
        )
        let bad = records + learnt.map(\.problem) + judged.map(\.problem)
        let all = parts.training.count + parts.validation.count + records.count
        guard let first = bad.first else { return (parts.training, parts.validation, []) }
        guard Double(bad.count) <= fraction * Double(all) else {
            throw FileError(
                .malformed, path: data,
                reason:
                    "\(bad.count) of \(all) samples cannot be used, the first: \(first.place.file): \(first.message)",
                remedy: "mend or remove them (saccade check \(data) lists them), or give --allow-bad-samples to "
                    + "train on the others")
        }
        let training = parts.training.without(learnt.map(\.index))
        let (before, after) = (parts.training.countsPerGroup, training.countsPerGroup)
        for (group, count) in before.sorted(by: { $0.key < $1.key }) where after[group] == nil {
            throw FileError(
                .emptyClass, path: data,
                reason: "none of the \(count) \(parts.training.nameOfSamples(in: group)) can be used",
                remedy: "mend them or delete the class")
        }
        return (training, parts.validation.without(judged.map(\.index)), bad)
    }
}

extension Dataset {
    fileprivate func without(_ indices: [Int]) -> Self {
        let left = Set(indices)
        return left.isEmpty ? self : subset((0..<count).filter { !left.contains($0) })
    }

    fileprivate var countsPerGroup: [Int: Int] {
        (0..<count).reduce(into: [:]) { $0[group(at: $1), default: 0] += 1 }
    }
}
