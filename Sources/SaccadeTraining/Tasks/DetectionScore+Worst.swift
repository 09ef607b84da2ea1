import SaccadeDatasets
import SaccadeGeometry
import SaccadeMetrics

extension DetectionScore {
    private static let worstCount = 12

    /// What may become of an object or of a detection, in the order of the colours of classes: the third is green.
    private static let outcomes =
        [DetectionErrorKind.duplicate.title, missed, found]
        + [DetectionErrorKind.classification, .localization, .both, .background].map(\.title)
    fileprivate static let found = "found"
    fileprivate static let missed = DetectionErrorKind.missed.title

    /// The images with the most mistakes, the worst first; none without any.
    ///
    /// - Parameter threshold: What is less sure is no detection.
    func worstImages(_ classNames: [String], surerThan threshold: Double) -> [TaskReport.MarkedImage] {
        let marked = images.map { $0.marked(classNames, surerThan: threshold) }.filter { $0.missed + $0.wrong > 0 }
        let worst = marked.indices.sorted {
            let (a, b) = (marked[$0].missed + marked[$0].wrong, marked[$1].missed + marked[$1].wrong)
            return a == b ? $0 < $1 : a > b
        }
        return worst.prefix(Self.worstCount).map { place in
            let (image, missed, wrong) = (marked[place].image, marked[place].missed, marked[place].wrong)
            let sure = threshold.isFinite ? ", surer than \(Int((100 * threshold).rounded())) %" : ""
            return TaskReport.MarkedImage(
                path: image.sample.image, title: "\(image.sample.name): \(missed) missed, \(wrong) wrong\(sure)",
                objects: marked[place].objects, outcomes: Self.outcomes)
        }
    }

    fileprivate struct Marked {
        let image: JudgedImage
        var missed = 0
        var wrong = 0
        var objects: [TaskReport.MarkedImage.Object] = []
    }
}

extension DetectionScore.JudgedImage {
    fileprivate func marked(_ classNames: [String], surerThan threshold: Double) -> DetectionScore.Marked {
        let sure = found.filter { $0.score >= threshold }
        var errors = DetectionErrors<Box>()
        let judged = errors.add(
            truths: boxTruths, detections: sure.map { .init($0.box, category: $0.category, score: $0.score) })
        var marked = DetectionScore.Marked(image: self)
        // Mistakes are drawn over what is right.
        for isRight in [true, false] {
            for (object, verdict) in zip(sure, judged.detections) {
                let outcome: String
                switch verdict {
                case .ignored: continue
                case .found: outcome = DetectionScore.found
                case .wrong(let kind, _): outcome = kind.title
                }
                guard isRight == (outcome == DetectionScore.found) else { continue }
                if !isRight { marked.wrong += 1 }
                marked.objects.append(
                    .init(
                        classNames[object.category], score: object.score, box: object.box, mask: object.mask,
                        outcome: outcome))
            }
        }
        for (object, outcome) in zip(sample.objects, judged.objects) where !object.isDifficult {
            switch outcome {
            case .found, .crowd: continue
            case .nearlyFound, .missed:
                marked.missed += 1
                marked.objects.append(.init(classNames[object.label], box: object.box, outcome: DetectionScore.missed))
            }
        }
        return marked
    }
}
