import Foundation
public import SaccadeGeometry
import SaccadePrelude

/// COCO's ten numbers for keypoints, such as the joints of people.
///
/// In place of the IoU stands the object keypoint similarity: with `d` the distance of a keypoint from where it is, `s²`
/// the object's area and `σ` how far annotators differ about this kind of point,
///
///     OKS = mean over the labelled keypoints of exp(−d² / (2 s² (2σ)²))
///
/// The rest is as for boxes, with at most 20 detections of a category on an image and without small objects. The
/// definition is the code of `cocoeval.py`.
public struct KeypointAveragePrecision: Sendable {
    /// An object with the places of its keypoints.
    public struct Truth: Sendable, Hashable {
        public var keypoints: [Keypoint]
        /// Around the object. Where no keypoint is labelled, a detection near it is no mistake.
        public var box: Box
        /// Square pixels of the object.
        public var area: Double
        public var category: Int
        /// Whether it stands for any number of objects, which need not be found.
        public var isCrowd: Bool

        public init(_ keypoints: [Keypoint], box: Box, area: Double, category: Int, isCrowd: Bool = false) {
            (self.keypoints, self.box, self.area) = (keypoints, box, area)
            (self.category, self.isCrowd) = (category, isCrowd)
        }
    }

    /// Keypoints that a detector reports; their visibilities do not count.
    public struct Detection: Sendable, Hashable {
        public var keypoints: [Keypoint]
        public var category: Int
        /// Higher is surer.
        public var score: Double
        /// Square pixels, which decide whether it is of the size that is asked for.
        public var area: Double

        /// - Parameter area: Of the box around the keypoints when nil.
        public init(_ keypoints: [Keypoint], category: Int, score: Double, area: Double? = nil) {
            (self.keypoints, self.category, self.score) = (keypoints, category, score)
            let (xs, ys) = (keypoints.map(\.x), keypoints.map(\.y))
            self.area =
                area ?? ((xs.max() ?? 0) - (xs.min() ?? 0)) * ((ys.max() ?? 0) - (ys.min() ?? 0))
        }
    }

    /// How far annotators differ about COCO's 17 points of people, relative to their size: nose, eyes, ears, shoulders,
    /// elbows, wrists, hips, knees, ankles.
    public static let people: [Double] = [
        0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089,
        0.089,
    ]
    /// How many detections of a category count on an image.
    static let detectionLimit = 20

    /// One for each keypoint.
    public let sigmas: [Double]
    private var categories: [Int: COCOCategory] = [:]

    /// - Parameter sigmas: For each keypoint how far annotators differ, relative to the object's size; positive.
    public init(sigmas: [Double] = KeypointAveragePrecision.people) {
        require(
            !sigmas.isEmpty && sigmas.allSatisfy { $0 > 0 && $0.isFinite },
            "KeypointAveragePrecision: sigmas must be positive, one for each keypoint")
        self.sigmas = sigmas
    }

    /// Judges what was found on one image.
    ///
    /// - Throws: ``MetricsError`` when something has another number of keypoints; then nothing is counted.
    public mutating func add(truths: [Truth], detections: [Detection]) throws(MetricsError) {
        for count in truths.map(\.keypoints.count) + detections.map(\.keypoints.count) where count != sigmas.count {
            throw MetricsError(
                .keypoints, "\(count) keypoints where \(sigmas.count) are expected; give those of one kind of object")
        }
        for category in Set(truths.map(\.category)).union(detections.map(\.category)) {
            let truths = truths.filter { $0.category == category }
            let all = detections.filter { $0.category == category }
            let found = surestFirst(all.map(\.score)).prefix(Self.detectionLimit).map { all[$0] }
            let image = COCOCategory.ImageResult(
                iou: found.flatMap { detection in truths.map { similarity(of: detection, to: $0) } },
                truthAreas: truths.map(\.area), areCrowds: truths.map(\.isCrowd),
                areExempt: truths.map { !$0.keypoints.contains { $0.visibility != .unlabelled } },
                detectionAreas: found.map(\.area), scores: found.map(\.score))
            categories[category, default: COCOCategory()].add(image)
        }
    }

    /// The object keypoint similarity, in 0...1.
    ///
    /// Without a labelled keypoint it is the distance from a box twice as far out on each side that counts, for every
    /// keypoint.
    func similarity(of detection: Detection, to truth: Truth) -> Double {
        let labelled = truth.keypoints.indices.filter { truth.keypoints[$0].visibility != .unlabelled }
        let box = truth.box
        // COCO adds the smallest number that changes 1, so that nothing is divided by 0.
        let area = truth.area + .ulpOfOne
        func outside(_ place: Double, _ low: Double, _ length: Double) -> Double {
            max(0, low - length - place) + max(0, place - (low + 2 * length))
        }
        let counted = labelled.isEmpty ? Array(truth.keypoints.indices) : labelled
        let sum = counted.reduce(0.0) { sum, index in
            let (found, there) = (detection.keypoints[index], truth.keypoints[index])
            let (dx, dy) =
                labelled.isEmpty
                ? (outside(found.x, box.left, box.width), outside(found.y, box.top, box.height))
                : (found.x - there.x, found.y - there.y)
            let spread = 2 * sigmas[index]
            return sum + exp(-(dx * dx + dy * dy) / (spread * spread) / area / 2)
        }
        return sum / Double(counted.count)
    }

    /// What COCO says about keypoints. A number is nil when there was no object that could have been found.
    public struct Scores: Sendable, Hashable, Codable {
        /// Average precision over all thresholds of similarity, in 0...1.
        public var ap: Double?
        /// Average precision at a similarity of 0.5.
        public var ap50: Double?
        /// Average precision at a similarity of 0.75.
        public var ap75: Double?
        /// Average precision of objects between 32² and 96² square pixels.
        public var apMedium: Double?
        /// Average precision of objects of at least 96² square pixels.
        public var apLarge: Double?
        /// Average recall over all thresholds.
        public var ar: Double?
        /// Recall at a similarity of 0.5.
        public var ar50: Double?
        /// Recall at a similarity of 0.75.
        public var ar75: Double?
        /// Average recall of objects between 32² and 96² square pixels.
        public var arMedium: Double?
        /// Average recall of objects of at least 96² square pixels.
        public var arLarge: Double?
    }

    /// The numbers over all images so far.
    public var result: Scores {
        let curves = categories.sorted { $0.key < $1.key }.map { $0.value.curves() }
        func mean(_ value: ([COCOCategory.Curve?]) -> Double?) -> Double? {
            let values = curves.compactMap(value)
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        func recall(_ area: Int) -> Double? {
            mean { $0[area].map { $0.wholeRecall.reduce(0, +) / Double($0.wholeRecall.count) } }
        }
        // Of the areas 0 is all, 2 medium and 3 large; of the thresholds 0 is 0.5 and 5 is 0.75.
        return Scores(
            ap: mean { $0[0]?.meanPrecision }, ap50: mean { $0[0]?.precision[0] }, ap75: mean { $0[0]?.precision[5] },
            apMedium: mean { $0[2]?.meanPrecision }, apLarge: mean { $0[3]?.meanPrecision }, ar: recall(0),
            ar50: mean { $0[0]?.wholeRecall[0] }, ar75: mean { $0[0]?.wholeRecall[5] }, arMedium: recall(2),
            arLarge: recall(3))
    }
}
