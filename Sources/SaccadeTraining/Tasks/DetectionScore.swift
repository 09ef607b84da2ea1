import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages
public import SaccadeMetrics
import SaccadePrelude

/// What is known about a detector after it has seen images with objects, in the pixels of the images as they are.
public struct DetectionScore: TaskScore {
    /// An image, what is on it, and what was found.
    struct JudgedImage: Sendable {
        let sample: DetectionSample
        let size: PixelSize
        let found: [DetectedObject]
        /// Of the sample's objects; nil unless the network finds masks and all objects have one.
        let masks: [RunLengthMask]?
    }

    private var judged: [JudgedImage] = []
    /// Where proposals alone are judged, as in the steps that learn nothing else.
    var proposals = ProposalRecall()
    let classes: Int
    /// The data set's own numbers for the classes, by name; nil where it has none.
    var categoryIDs: [String: Int]?

    /// - Parameter classes: Without the background.
    init(classes: Int) { self.classes = max(classes, 1) }

    /// Judges what was found on one image.
    ///
    /// - Parameter hasMasks: Whether the network finds masks; then all of `found` have one, of the image's size.
    /// - Throws: `GeometryError` when an object's outline does not belong to the image.
    mutating func add(
        _ found: [DetectedObject], on original: DetectionBatch.Original, hasMasks: Bool
    ) throws(GeometryError) {
        var masks: [RunLengthMask]?
        if hasMasks, original.sample.objects.allSatisfy({ $0.outline != nil }) {
            masks = try original.sample.annotations(size: original.size).objects.compactMap(\.mask)
            for mask in masks ?? [] where mask.width != original.size.width || mask.height != original.size.height {
                throw GeometryError(
                    .mismatch,
                    "a mask of \(mask.width)×\(mask.height) pixels does not belong to an image of \(original.size); give "
                        + "masks of the image's size")
            }
        }
        judged.append(JudgedImage(sample: original.sample, size: original.size, found: found, masks: masks))
    }

    public var count: Int { max(judged.count, proposals.images) }

    /// In the order of their numbers, where they have such: COCO ranks equal scores so.
    var images: [JudgedImage] {
        let ids = judged.compactMap(\.sample.id)
        guard ids.count == judged.count else { return judged }
        return zip(judged, ids).sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// Whether masks can be judged: on every image with objects.
    var hasMasks: Bool { !judged.isEmpty && judged.allSatisfy { $0.masks != nil } }

    var boxPrecision: COCOAveragePrecision<Box> {
        images.reduce(into: COCOAveragePrecision()) { $0.add(truths: $1.boxTruths, detections: $1.boxDetections) }
    }

    /// Nil where there are no masks.
    var maskPrecision: COCOAveragePrecision<RunLengthMask>? {
        guard hasMasks else { return nil }
        return images.reduce(into: COCOAveragePrecision()) { precision, image in
            ofOneSize { () throws(GeometryError) in
                try precision.add(truths: image.maskTruths, detections: image.maskDetections)
            }
        }
    }

    public var metrics: [Metric: Double] {
        guard proposals.images == 0 else { return [.proposalRecall: proposals.recall] }
        return Self.metrics(boxes: boxPrecision.result, masks: maskPrecision?.result)
    }

    static func metrics(boxes: COCOScores, masks: COCOScores?) -> [Metric: Double] {
        var metrics: [Metric: Double] = [:]
        (metrics[.ap], metrics[.ap50], metrics[.ap75]) = (boxes.ap, boxes.ap50, boxes.ap75)
        if let masks {
            (metrics[.maskAP], metrics[.maskAP50], metrics[.maskAP75]) = (masks.ap, masks.ap50, masks.ap75)
        }
        return metrics
    }
}

/// Works with the masks of an image, which all have its size: ``DetectionScore`` has seen to that.
func ofOneSize<Result>(_ body: () throws(GeometryError) -> Result) -> Result {
    do throws(GeometryError) {
        return try body()
    } catch {
        wrongProgram("DetectionScore: \(error)")
    }
}

extension DetectionScore.JudgedImage {
    var boxTruths: [COCOAveragePrecision<Box>.Truth] {
        sample.objects.map { .init($0.box, category: $0.label, area: $0.area, isCrowd: $0.isCrowd) }
    }

    var boxDetections: [COCOAveragePrecision<Box>.Detection] {
        found.map { .init($0.box, category: $0.category, score: $0.score) }
    }

    var maskTruths: [COCOAveragePrecision<RunLengthMask>.Truth] {
        zip(sample.objects, masks ?? []).map {
            .init($1, category: $0.label, area: $0.area, isCrowd: $0.isCrowd)
        }
    }

    var maskDetections: [COCOAveragePrecision<RunLengthMask>.Detection] {
        found.compactMap { object in object.mask.map { .init($0, category: object.category, score: object.score) } }
    }
}
