import SaccadeDatasets
import SaccadeMetrics

/// What `saccade evaluate --json` says about a detector.
struct DetectionJSON: Encodable, Sendable {
    struct Class: Encodable {
        let name: String
        /// That had to be found, for COCO.
        let objects: Int
        /// Objects that Pascal VOC does not ask for.
        let difficult: Int
        let detections: Int
        let ap, ap50, ap75, ar100, maskAP, maskAP50, maskAP75, vocAP, vocAP11: Double?
        let best: Point?
        let errors: [DetectionErrorKind: Int]
        let curves: Curves
    }

    /// Where F1 is highest.
    struct Point: Encodable {
        let score, precision, recall, f1: Double

        init(_ point: OperatingPoint) {
            (score, precision, recall, f1) = (point.score, point.precision, point.recall, point.f1)
        }
    }

    /// Precision at recalls of 0, 0.01, … 1, by what is judged and the IoU; and VOC's, wherever recall rises.
    struct Curves: Encodable {
        struct Steps: Encodable { let recall, precision: [Double] }
        let boxes50, boxes75, masks50, masks75: [Double]?
        let voc: Steps?
    }

    struct Errors: Encodable {
        let boxes: [DetectionErrorCosts.Share]
        let masks: [DetectionErrorCosts.Share]?
    }

    let images: Int
    let coco: COCOScores
    let cocoMasks: COCOScores?
    /// Area under the curve, and the mean of eleven points, at an IoU above 0.5.
    let vocAP, vocAP11: Double?
    let best: Point?
    let errors: Errors
    let perClass: [Class]

    init(_ report: DetectionReport) {
        images = report.score.count
        (coco, cocoMasks) = (report.boxes.scores, report.masks?.scores)
        (vocAP, vocAP11) = (report.voc.mean, report.voc.meanElevenPoint)
        best = report.boxes.errors.best.map(Point.init)
        errors = Errors(boxes: report.boxes.errors.kinds, masks: report.masks?.errors.kinds)
        let voc = report.voc.classResults
        var difficult = [Int](repeating: 0, count: report.score.classes)
        for object in report.score.images.flatMap(\.sample.objects) where object.isDifficult {
            difficult[object.label] += 1
        }
        perClass = report.classNames.indices.map { index in
            let (box, mask) = (report.boxes.classes[index], report.masks?.classes[index])
            return Class(
                name: report.classNames[index], objects: box?.objects ?? 0, difficult: difficult[index],
                detections: box?.detections ?? 0, ap: box?.ap, ap50: box?.ap50, ap75: box?.ap75, ar100: box?.ar100,
                maskAP: mask?.ap, maskAP50: mask?.ap50, maskAP75: mask?.ap75, vocAP: voc[index]?.allPoint,
                vocAP11: voc[index]?.elevenPoint, best: box?.best.map(Point.init),
                errors: report.boxes.errors.categories[index] ?? [:],
                curves: Curves(
                    boxes50: box?.precision50, boxes75: box?.precision75, masks50: mask?.precision50,
                    masks75: mask?.precision75, voc: voc[index].map(Self.steps)))
        }
    }

    /// Where recall rises; between, precision only falls.
    private static func steps(_ result: VOCAveragePrecision.ClassResult) -> Curves.Steps {
        let places = result.recall.indices.filter {
            $0 == 0 ? result.recall[0] > 0 : result.recall[$0] > result.recall[$0 - 1]
        }
        return Curves.Steps(recall: places.map { result.recall[$0] }, precision: places.map { result.precision[$0] })
    }
}
