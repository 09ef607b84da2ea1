public import SaccadeGeometry

/// What kinds of mistakes a detector makes, and what each costs.
///
/// The kinds and the order in which they are told apart are those of Bolya, Foley, Hays and Hoffman, "TIDE: A General
/// Toolbox for Identifying Object Detection Errors" (2020), sections 2.2 and 2.3, which go back to Hoiem, Chodpathumwan and
/// Dai, "Diagnosing Error in Object Detectors" (2012). What is right is decided as COCO does it at an IoU of 0.5, so that
/// costs are parts of ``COCOScores/ap50``: the surest detection first, each takes the object of its class that it agrees
/// with best among those that are left; of each class, the 100 surest on an image count, and what falls on a crowd does not.
public struct DetectionErrors<Shape: Region>: Sendable {
    public typealias Truth = COCOAveragePrecision<Shape>.Truth
    public typealias Detection = COCOAveragePrecision<Shape>.Detection

    /// What became of one detection.
    public enum Verdict: Sendable, Hashable {
        /// It has found the object at this place in the list.
        case found(Int)
        /// It falls on a crowd, or is not among the 100 surest of its class.
        case ignored
        /// It is wrong; with the object that it should have found, if there is one.
        case wrong(DetectionErrorKind, object: Int?)
    }

    /// What became of one object.
    public enum Outcome: Sendable, Hashable {
        /// The detection at this place in the list has found it.
        case found(Int)
        /// No detection has, but the one at this place would with a better box or class.
        case nearlyFound(Int)
        case missed
        /// It stands for any number of objects, which need not be found.
        case crowd
    }

    /// A detection that counts.
    struct Entry: Sendable {
        var score: Double
        var category: Int
        /// Nil when it is right.
        var error: DetectionErrorKind?
        /// The category that it would be right in, were its mistake mended; nil where it would go.
        var mended: Int?
    }

    private(set) var entries: [Entry] = []
    /// Objects to find, and those of them that no detection comes near, by category.
    private(set) var objects: [Int: Int] = [:]
    private(set) var missed: [Int: Int] = [:]

    public init() {}

    /// Judges what was found on one image.
    ///
    /// - Returns: What became of each detection and of each object.
    /// - Throws: When masks are not of one size; then nothing is counted.
    @discardableResult
    public mutating func add(
        truths: [Truth], detections: [Detection]
    ) throws(Shape.Mismatch) -> (detections: [Verdict], objects: [Outcome]) {
        let counted = Self.counted(detections)
        let regions = counted.map { detections[$0].region }
        let iou = try Shape.pairwiseIoU(regions, truths.map(\.region), areCrowds: truths.map(\.isCrowd))
        var verdicts = [Verdict](repeating: .ignored, count: detections.count)
        var outcomes = truths.map { $0.isCrowd ? Outcome.crowd : .missed }

        var wrong: [Int] = []
        for (row, place) in counted.enumerated() {
            let category = detections[place].category
            func best(_ isCandidate: (Int) -> Bool) -> Int? {
                var (best, match) = (COCOScores.thresholds[0], Int?.none)
                for truth in truths.indices where truths[truth].category == category && isCandidate(truth) {
                    // Of equals the last, as COCO has it.
                    if iou[row * truths.count + truth] >= best {
                        (best, match) = (iou[row * truths.count + truth], truth)
                    }
                }
                return match
            }
            if let object = best({ outcomes[$0] == .missed }) {
                verdicts[place] = .found(object)
                outcomes[object] = .found(place)
            } else if best({ outcomes[$0] == .crowd }) == nil {
                wrong.append(row)
            }
        }
        for row in wrong {
            let place = counted[row]
            let overlaps = truths.indices.map { truths[$0].isCrowd ? 0 : iou[row * truths.count + $0] }
            let (kind, object) = Self.kind(of: detections[place].category, overlaps, truths)
            verdicts[place] = .wrong(kind, object: object)
            // The surest of those that come near it would find it.
            if kind.comesNear, let object, outcomes[object] == .missed { outcomes[object] = .nearlyFound(place) }
        }

        for place in counted {
            var entry = Entry(score: detections[place].score, category: detections[place].category)
            switch verdicts[place] {
            case .ignored: continue
            case .found: break
            case .wrong(let kind, let object):
                entry.error = kind
                if let object, outcomes[object] == .nearlyFound(place) { entry.mended = truths[object].category }
            }
            entries.append(entry)
        }
        for (truth, outcome) in zip(truths, outcomes) where outcome != .crowd {
            objects[truth.category, default: 0] += 1
            if outcome == .missed { missed[truth.category, default: 0] += 1 }
        }
        return (verdicts, outcomes)
    }

    /// The places of the detections that count, the surest first.
    private static func counted(_ detections: [Detection]) -> [Int] {
        var counts: [Int: Int] = [:]
        return surestFirst(detections.map(\.score)).filter { place in
            counts[detections[place].category, default: 0] += 1
            return counts[detections[place].category, default: 0] <= COCOScores.detectionLimits.last!
        }
    }

    /// What kind of mistake a detection is that has found nothing.
    ///
    /// - Parameter overlaps: Its IoU with each object, 0 with crowds.
    private static func kind(
        of category: Int, _ overlaps: [Double], _ truths: [Truth]
    ) -> (DetectionErrorKind, object: Int?) {
        func best(_ isCandidate: (Int) -> Bool) -> (overlap: Double, object: Int?) {
            var best: (overlap: Double, object: Int?) = (0, nil)
            for (object, overlap) in overlaps.enumerated() where isCandidate(object) && overlap > best.overlap {
                best = (overlap, object)
            }
            return best
        }
        let own = best { truths[$0].category == category }
        let other = best { truths[$0].category != category }
        let (found, background) = (COCOScores.thresholds[0], DetectionErrorKind.backgroundIoU)
        if own.overlap >= background, own.overlap < found { return (.localization, own.object) }
        if other.overlap >= found { return (.classification, other.object) }
        if own.overlap >= found { return (.duplicate, own.object) }
        if max(own.overlap, other.overlap) <= background { return (.background, nil) }
        return (.both, other.object)
    }
}
