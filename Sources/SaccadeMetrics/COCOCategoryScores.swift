/// What COCO says about one category: objects of any size, at most 100 detections of it on an image.
public struct COCOCategoryScores: Sendable, Hashable, Codable {
    /// Average precision over IoU thresholds of 0.5, 0.55, … 0.95, in 0...1.
    public var ap: Double
    /// Average precision at an IoU of 0.5.
    public var ap50: Double
    /// Average precision at an IoU of 0.75.
    public var ap75: Double
    /// Recall, averaged over the thresholds.
    public var ar100: Double
    /// The highest precision at recalls of 0, 0.01, … 1 or above, at an IoU of 0.5, `[101]`: a curve whose mean is
    /// ``ap50``. 0 where that recall is not reached.
    public var precision50: [Double]
    /// Likewise at an IoU of 0.75.
    public var precision75: [Double]
    /// Objects that had to be found: without crowds.
    public var objects: Int
    /// Detections that counted at an IoU of 0.5: without those of crowds.
    public var detections: Int
    /// Nil when nothing was found.
    public var best: OperatingPoint?

    /// - Returns: Nil when there was no object to find.
    init?(_ category: COCOCategory) {
        guard let curve = category.curves()[0] else { return nil }
        let verdicts = category.verdicts
        (ap, ap50, ap75) = (curve.meanPrecision, curve.precision[0], curve.precision[5])
        (ar100, precision50, precision75) = (curve.recall[2], curve.points[0], curve.points[5])
        (objects, detections) = (verdicts.objects, verdicts.found.count)
        best = OperatingPoint.best(verdicts.found, objects: verdicts.objects)
    }
}

extension COCOAveragePrecision {
    /// The numbers for each category of which there was an object to find.
    public var categoryScores: [Int: COCOCategoryScores] { categories.compactMapValues(COCOCategoryScores.init) }
}
