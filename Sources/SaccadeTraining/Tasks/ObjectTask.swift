public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages

/// A task that is learnt from boxes around objects, and judged by the boxes that are found.
public protocol ObjectTask: LearningTask where Samples == DetectionDataset, Score == DetectionScore {}

extension ObjectTask {
    public func splits(at data: String) throws(FileError) -> [DatasetSplit] {
        let found = Set(try DetectionDataset(at: data).samples.compactMap(\.split))
        return DatasetSplit.allCases.filter(found.contains)
    }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> DetectionDataset {
        let dataset = try DetectionDataset(at: data)
        try dataset.requireUsable(unusableFraction: fraction)
        guard split != .all else { return dataset }
        return dataset.subset(dataset.samples.indices.filter { dataset.samples[$0].split == split })
    }

    public func classNames(of samples: DetectionDataset) throws(FileError) -> [String] {
        guard !samples.classNames.isEmpty else {
            throw FileError(
                .tooFewClasses, path: samples.root, reason: "there is no object of any class on its images",
                remedy: "give a data set with boxes")
        }
        return samples.classNames
    }

    /// By their names: another data set may number the same classes otherwise.
    public func matched(
        _ samples: DetectionDataset, hasNames: Bool, note: (String) -> Void
    ) throws(RunError) -> DetectionDataset {
        guard samples.classNames != classNames else { return samples }
        let places = Dictionary(classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let used = Set(samples.samples.flatMap { $0.objects.map(\.label) })
        let unknown = used.filter { places[samples.classNames[$0]] == nil }.map { samples.classNames[$0] }.sorted()
        guard unknown.isEmpty else {
            throw RunError(
                .different,
                "the data have objects of \(unknown.prefix(8).joined(separator: ", ")), which the model does not know: it "
                    + "knows \(classNames.prefix(20).joined(separator: ", "))\(classNames.count > 20 ? ", …" : ""); give the data set that belongs to it"
            )
        }
        return samples.renumbered(places, as: classNames)
    }

    public func problem(with model: Learner, learningFrom samples: DetectionDataset) -> String? {
        problemWithoutObjects(samples)
    }

    /// Nil where there is an object to learn from.
    func problemWithoutObjects(_ samples: DetectionDataset) -> String? {
        samples.samples.contains { !$0.objects.isEmpty }
            ? nil : "there is no object on the images to learn from; give a data set with boxes"
    }

    /// So many images as have a megapixel together: they have hundreds of pixels a side, and of each many regions are seen.
    public func judgedAtOnce(by model: ModelDescription) -> Int {
        guard let size = model.preprocessing?.size else { return 1 }
        return min(max((1 << 20) / (size.width * size.height), 1), 64)
    }

    public var noScore: DetectionScore { DetectionScore(classes: classNames.count) }

    public func report(_ score: DetectionScore) -> TaskReport {
        guard score.proposals.images == 0 else {
            return TaskReport(
                count: score.count, metrics: score.metrics, columns: [], rows: [], confusions: nil,
                json: ["images": Double(score.count), "proposalRecall": score.proposals.recall])
        }
        return DetectionReport(score, classNames: classNames).report
    }
}

extension DetectionDataset {
    /// The same objects with other numbers for their classes.
    ///
    /// - Parameter places: The number of each class, by its name.
    fileprivate func renumbered(_ places: [String: Int], as names: [String]) -> DetectionDataset {
        let samples = samples.map { sample in
            var sample = sample
            sample.objects = sample.objects.map { object in
                var object = object
                object.label = places[classNames[object.label]] ?? object.label
                return object
            }
            return sample
        }
        // Whoever numbers the classes of a data set without numbers does it in its order.
        let numbers = Dictionary(classNames.enumerated().map { ($1, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        return DetectionDataset(
            format: format, root: root, classNames: names, categoryIDs: categoryIDs ?? numbers, samples: samples,
            problems: problems, recordCount: recordCount, unusableCount: unusableCount)
    }
}
