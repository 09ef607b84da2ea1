import SaccadeDatasets
import SaccadeGeometry
public import SaccadeMetrics

/// What is known about a detector after it has seen images with objects: Pascal VOC's and COCO's average precision.
public struct DetectionScore: TaskScore {
    public private(set) var count = 0
    private var coco = COCOAveragePrecision<Box>()
    private var voc: VOCAveragePrecision
    private let classes: Int
    /// Objects, where proposals alone are judged, and those of them that one overlaps.
    private var recalled = (found: 0, objects: 0)
    /// Objects that had to be found, of each class.
    private var objects: [Int]

    init(classes: Int) {
        self.classes = max(classes, 1)
        voc = VOCAveragePrecision(classes: self.classes)
        objects = Array(repeating: 0, count: self.classes)
    }

    /// Judges what was found on one image.
    mutating func add(_ found: DetectedBoxes, truth: [Annotations.Object]) {
        count += 1
        for object in truth where !object.isCrowd { objects[object.category] += 1 }
        let boxes = zip(found.boxes, zip(found.labels, found.scores)).map { ($0, $1.0 - 1, Double($1.1)) }
        coco.add(
            truths: truth.map { .init($0.box, category: $0.category, isCrowd: $0.isCrowd) },
            detections: boxes.map { .init($0, category: $1, score: $2) })
        voc.add(
            truths: truth.map { .init($0.box, label: $0.category, isDifficult: $0.isCrowd) },
            detections: boxes.map { .init($0, label: $1, score: $2) })
    }

    /// Judges what was proposed on one image.
    mutating func add(proposals: Boxes, truth: [Annotations.Object]) {
        count += 1
        let real = Boxes(truth.filter { !$0.isCrowd }.map(\.box))
        let overlaps = real.pairwiseIoU(with: proposals)
        recalled.objects += real.count
        recalled.found += real.indices.count { place in
            overlaps[place * proposals.count..<(place + 1) * proposals.count].contains { $0 >= 0.5 }
        }
    }

    public var metrics: [Metric: Double] {
        guard recalled.objects == 0 else {
            return [.proposalRecall: Double(recalled.found) / Double(recalled.objects)]
        }
        let scores = coco.result
        var metrics: [Metric: Double] = [:]
        (metrics[.ap], metrics[.ap50], metrics[.ap75]) = (scores.ap, scores.ap50, scores.ap75)
        return metrics
    }

    /// As people, and programs, read it.
    func report(classNames: [String]) -> TaskReport {
        let scores = coco.result
        let results = voc.classResults
        let perClass = classNames.indices.map { index in
            Whole.Class(
                name: classNames[index], ap: scores.categories[index], vocAP: results[index]?.allPoint,
                objects: objects[index])
        }
        return TaskReport(
            count: count, metrics: metrics,
            columns: [.init("AP"), .init("VOC AP"), .init("objects", isFraction: false)],
            rows: perClass.map { .init($0.name, [$0.ap ?? .nan, $0.vocAP ?? .nan, Double($0.objects)]) },
            confusions: nil,
            json: Whole(images: count, coco: scores, vocAP: voc.mean, vocAP11: voc.meanElevenPoint, perClass: perClass))
    }

    private struct Whole: Codable {
        struct Class: Codable {
            let name: String
            let ap, vocAP: Double?
            let objects: Int
        }
        let images: Int
        let coco: COCOScores
        /// Area under the curve, and the mean of eleven points, at an IoU above 0.5.
        let vocAP, vocAP11: Double?
        let perClass: [Class]
    }
}
