/// What a detector's mistakes cost; see ``DetectionErrors``.
public struct DetectionErrorCosts: Sendable, Hashable, Codable {
    public struct Share: Sendable, Hashable, Codable {
        public var kind: DetectionErrorKind
        /// Mistakes of this kind: detections, however sure, or objects that were missed.
        public var count: Int
        /// How much higher the average precision at an IoU of 0.5 would be without them, in 0...1; nil when there was
        /// nothing to find. All else being as it is, so that the shares of all kinds do not add up.
        public var deltaAP: Double?
    }

    /// The mean average precision at an IoU of 0.5; nil when there was nothing to find.
    public var ap50: Double?
    /// One for each kind, in order.
    public var kinds: [Share]
    /// Mistakes by category: of detections their own, of missed objects theirs.
    public var categories: [Int: [DetectionErrorKind: Int]]
    /// Over the detections of all categories together; nil when nothing was found.
    public var best: OperatingPoint?
}

extension DetectionErrors {
    /// The result over all images so far.
    ///
    /// Mistakes are mended as TIDE does it: a duplicate, a detection of background, or of the wrong class in a wrong place,
    /// goes. One of the wrong class, or in the wrong place, becomes right, if its object was not found and no surer detection
    /// comes near it; otherwise it goes. An object that was missed is no longer asked for.
    public var costs: DetectionErrorCosts {
        let ap50 = averagePrecision(without: nil)
        var categories: [Int: [DetectionErrorKind: Int]] = [:]
        for entry in entries {
            if let error = entry.error { categories[entry.category, default: [:]][error, default: 0] += 1 }
        }
        for (category, count) in missed { categories[category, default: [:]][.missed] = count }
        let shares = DetectionErrorKind.allCases.map { kind in
            DetectionErrorCosts.Share(
                kind: kind, count: categories.values.reduce(0) { $0 + ($1[kind] ?? 0) },
                // At 101 recalls a curve that is higher everywhere may still have the lower mean, by a little.
                deltaAP: ap50.flatMap { base in averagePrecision(without: kind).map { max(0, $0 - base) } })
        }
        let order = surestFirst(entries.map(\.score))
        return DetectionErrorCosts(
            ap50: ap50, kinds: shares, categories: categories,
            best: OperatingPoint.best(
                order.map { (entries[$0].score, entries[$0].error == nil) }, objects: objects.values.reduce(0, +)))
    }

    /// The mean over the categories that have objects, with the mistakes of one kind mended.
    private func averagePrecision(without kind: DetectionErrorKind?) -> Double? {
        var verdicts: [Int: [COCOCategory.Verdict]] = [:]
        for entry in entries {
            let isMended = entry.error != nil && entry.error == kind
            guard let category = isMended ? entry.mended : entry.category else { continue }
            verdicts[category, default: []].append((entry.score, isMended || entry.error == nil))
        }
        let precisions = objects.sorted { $0.key < $1.key }.compactMap { category, count -> Double? in
            let count = kind == .missed ? count - (missed[category] ?? 0) : count
            guard count > 0 else { return nil }
            let verdicts = verdicts[category] ?? []
            return COCOCategory.averagePrecision(
                surestFirst(verdicts.map(\.score)).map { verdicts[$0] }, objects: count)
        }
        return precisions.isEmpty ? nil : precisions.reduce(0, +) / Double(precisions.count)
    }
}
