/// What was found of one category, over all images.
///
/// A set of thresholds is a bit mask: bit t belongs to `COCOScores.thresholds[t]`.
struct COCOCategory: Sendable {
    /// What there was, and what was found, on one image: N detections, the surest first, and M objects.
    struct ImageResult {
        var iou: [Double]  // [N, M]
        var truthAreas: [Double]
        var areCrowds: [Bool]
        /// Objects that need not be found for another reason than being a crowd or of another size.
        var areExempt: [Bool] = []
        var detectionAreas: [Double]
        var scores: [Double]
    }

    /// A detection, and whether it was right; the four places are `COCOScores.areas`.
    private struct Entry {
        var score: Double
        /// Its place on its image.
        var rank: UInt8
        /// At which thresholds it has found an object.
        var found = SIMD4<UInt16>(repeating: 0)
        /// At which thresholds it does not count.
        var ignored = SIMD4<UInt16>(repeating: 0)
    }

    private var entries: [Entry] = []
    private var objects = SIMD4<Int>(repeating: 0)

    mutating func add(_ image: ImageResult) {
        let truths = image.truthAreas.count
        // At the lowest threshold most detections have one or two candidates, so nearly all of the matrix is never
        // looked at again.
        let least = COCOScores.thresholds[0]
        var candidates: [[Int]] = []
        for detection in image.scores.indices {
            let row = detection * truths
            candidates.append((0..<truths).filter { image.iou[row + $0] >= least })
        }
        let start = entries.count
        for (rank, score) in image.scores.enumerated() { entries.append(Entry(score: score, rank: UInt8(rank))) }

        for (place, range) in COCOScores.areas.enumerated() {
            let isIgnored = (0..<truths).map {
                image.areCrowds[$0] || !range.contains(image.truthAreas[$0])
                    || ($0 < image.areExempt.count && image.areExempt[$0])
            }
            objects[place] += isIgnored.count { !$0 }
            var taken = [UInt16](repeating: 0, count: truths)
            for (detection, candidates) in candidates.enumerated() {
                let row = detection * truths
                let isOutside = !range.contains(image.detectionAreas[detection])
                for (t, threshold) in COCOScores.thresholds.enumerated() {
                    let bit: UInt16 = 1 << UInt16(t)
                    // An object that counts is preferred to any that does not; of equals the last is taken.
                    var match: Int?
                    for ignored in [false, true] where match == nil {
                        var best = threshold
                        for truth in candidates where isIgnored[truth] == ignored {
                            if taken[truth] & bit != 0, !image.areCrowds[truth] { continue }
                            guard image.iou[row + truth] >= best else { continue }
                            (best, match) = (image.iou[row + truth], truth)
                        }
                    }
                    if let match {
                        taken[match] |= bit
                        entries[start + detection].found[place] |= bit
                        if isIgnored[match] { entries[start + detection].ignored[place] |= bit }
                    } else if isOutside {
                        entries[start + detection].ignored[place] |= bit
                    }
                }
            }
        }
    }

    /// Precision and recall for one range of areas.
    struct Curve {
        /// The highest precision at each of `COCOScores.recallPoints` or above, for each threshold; 0 where that recall is
        /// not reached.
        var points: [[Double]]
        /// The mean precision at 101 recalls, for each threshold.
        var precision: [Double]
        /// The recall, averaged over thresholds, for each of `COCOScores.detectionLimits`.
        var recall: [Double]
        /// The recall with all detections that count, for each threshold.
        var wholeRecall: [Double]
        var meanPrecision: Double { precision.reduce(0, +) / Double(precision.count) }
    }

    /// A curve for each of `COCOScores.areas`; nil without an object to find.
    func curves() -> [Curve?] {
        let sorted = surestFirst(entries.map(\.score)).map { entries[$0] }
        return COCOScores.areas.indices.map { place -> Curve? in
            guard objects[place] > 0 else { return nil }
            var recall = [Double](repeating: 0, count: COCOScores.detectionLimits.count)
            var wholeRecall: [Double] = []
            let points = COCOScores.thresholds.indices.map { t in
                let bit: UInt16 = 1 << UInt16(t)
                var curve: [(recall: Double, precision: Double)] = []
                var (right, wrong) = (0, 0)
                var rightWithin = recall.map { _ in 0 }
                for entry in sorted where entry.ignored[place] & bit == 0 {
                    if entry.found[place] & bit != 0 {
                        right += 1
                        for (index, limit) in COCOScores.detectionLimits.enumerated() where Int(entry.rank) < limit {
                            rightWithin[index] += 1
                        }
                    } else {
                        wrong += 1
                    }
                    curve.append((Double(right) / Double(objects[place]), Double(right) / Double(right + wrong)))
                }
                wholeRecall.append(Double(right) / Double(objects[place]))
                for (index, count) in rightWithin.enumerated() {
                    recall[index] += Double(count) / Double(objects[place]) / Double(COCOScores.thresholds.count)
                }
                return Self.points(of: curve)
            }
            return Curve(
                points: points, precision: points.map(Self.mean), recall: recall, wholeRecall: wholeRecall)
        }
    }

    /// What counts at the first threshold, 0.5, whatever its size, the surest first; and how many objects there are.
    var verdicts: (objects: Int, found: [Verdict]) {
        let counted = entries.filter { $0.ignored[0] & 1 == 0 }
        return (
            objects[0], surestFirst(counted.map(\.score)).map { (counted[$0].score, counted[$0].found[0] & 1 != 0) }
        )
    }

    /// The highest precision at each of the 101 recalls or above; 0 where that recall is not reached.
    private static func points(of curve: [(recall: Double, precision: Double)]) -> [Double] {
        var (best, end) = (0.0, curve.count)
        return COCOScores.recallPoints.reversed().map { point in
            while end > 0, curve[end - 1].recall >= point {
                end -= 1
                best = max(best, curve[end].precision)
            }
            return best
        }.reversed()
    }

    private static func mean(_ points: [Double]) -> Double { points.reversed().reduce(0, +) / Double(points.count) }

    /// A detection's score, and whether it is right.
    typealias Verdict = (score: Double, isRight: Bool)

    /// The average precision of detections, the surest first.
    static func averagePrecision(_ verdicts: [Verdict], objects: Int) -> Double {
        var (right, curve) = (0, [(recall: Double, precision: Double)]())
        for (place, verdict) in verdicts.enumerated() {
            if verdict.isRight { right += 1 }
            curve.append((Double(right) / Double(objects), Double(right) / Double(place + 1)))
        }
        return mean(points(of: curve))
    }
}
