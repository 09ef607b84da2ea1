public import SaccadeGeometry

/// COCO's twelve numbers for detectors, of boxes or of masks.
///
/// Average precision and recall over IoU thresholds of 0.5, 0.55, … 0.95, with objects that need not be found: crowds,
/// and those outside a range of areas. The definition is the code of `cocoeval.py` (Lin et al., "Microsoft COCO", 2014),
/// with its order for equal scores: add images by rising id.
public struct COCOAveragePrecision<Shape: Region>: Sendable {
    /// An object that is there.
    public struct Truth: Sendable, Hashable {
        public var region: Shape
        public var category: Int
        /// Square pixels, which decide whether it is small, medium or large; of boxes too, it is the annotated area.
        public var area: Double
        /// Whether it stands for any number of objects, which need not be found.
        public var isCrowd: Bool

        /// - Parameter area: Of the region itself when nil.
        public init(_ region: Shape, category: Int, area: Double? = nil, isCrowd: Bool = false) {
            self.region = region
            self.category = category
            self.area = area ?? region.area
            self.isCrowd = isCrowd
        }
    }

    /// An object that a detector reports.
    public struct Detection: Sendable, Hashable {
        public var region: Shape
        public var category: Int
        /// Higher is surer.
        public var score: Double

        public init(_ region: Shape, category: Int, score: Double) {
            self.region = region
            self.category = category
            self.score = score
        }
    }

    private(set) var categories: [Int: COCOCategory] = [:]

    public init() {}

    /// Judges what was found on one image; of each category, the 100 surest detections count.
    ///
    /// - Throws: When masks are not of one size; then nothing is counted.
    public mutating func add(truths: [Truth], detections: [Detection]) throws(Shape.Mismatch) {
        var truthsOf: [Int: [Truth]] = [:]
        var detectionsOf: [Int: [Detection]] = [:]
        for truth in truths { truthsOf[truth.category, default: []].append(truth) }
        for detection in detections { detectionsOf[detection.category, default: []].append(detection) }
        var judged: [(category: Int, COCOCategory.ImageResult)] = []
        for category in Set(truthsOf.keys).union(detectionsOf.keys) {
            let truths = truthsOf[category] ?? []
            let detections = detectionsOf[category] ?? []
            let order = surestFirst(detections.map(\.score)).prefix(COCOScores.detectionLimits.last!)
            let areCrowds = truths.map(\.isCrowd)
            let iou = try Shape.pairwiseIoU(
                order.map { detections[$0].region }, truths.map(\.region), areCrowds: areCrowds)
            let image = COCOCategory.ImageResult(
                iou: iou, truthAreas: truths.map(\.area), areCrowds: areCrowds,
                detectionAreas: order.map { detections[$0].region.area }, scores: order.map { detections[$0].score })
            judged.append((category, image))
        }
        for (category, image) in judged { categories[category, default: COCOCategory()].add(image) }
    }

    /// The numbers over all images so far.
    public var result: COCOScores { COCOScores(categories) }
}
