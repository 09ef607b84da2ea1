import SaccadeDatasets
import SaccadeGeometry
import SaccadeMetrics

/// All that is worked out of what a detector found: numbers by class, curves, mistakes.
struct DetectionReport {
    /// What is said of boxes, and in the same way of masks.
    struct Side {
        /// What tables call it.
        let name: String
        let scores: COCOScores
        let classes: [Int: COCOCategoryScores]
        let errors: DetectionErrorCosts
    }

    let score: DetectionScore
    let classNames: [String]
    let boxes: Side
    /// Nil where there are none.
    let masks: Side?
    /// Of boxes.
    let voc: VOCAveragePrecision

    init(_ score: DetectionScore, classNames: [String]) {
        (self.score, self.classNames) = (score, classNames)
        let images = score.images
        var (errors, voc) = (DetectionErrors<Box>(), VOCAveragePrecision(classes: score.classes))
        for image in images {
            errors.add(truths: image.boxTruths, detections: image.boxDetections)
            voc.add(
                truths: image.sample.objects.map {
                    .init($0.box, label: $0.label, isDifficult: $0.isDifficult || $0.isCrowd)
                }, detections: image.found.map { .init($0.box, label: $0.category, score: $0.score) })
        }
        self.voc = voc
        let boxes = score.boxPrecision
        self.boxes = Side(name: "boxes", scores: boxes.result, classes: boxes.categoryScores, errors: errors.costs)
        masks = score.maskPrecision.map { masks in
            let errors = images.reduce(into: DetectionErrors<RunLengthMask>()) { errors, image in
                _ = ofOneSize { () throws(GeometryError) in
                    try errors.add(truths: image.maskTruths, detections: image.maskDetections)
                }
            }
            return Side(name: "masks", scores: masks.result, classes: masks.categoryScores, errors: errors.costs)
        }
    }

    var sides: [Side] { [boxes] + (masks.map { [$0] } ?? []) }

    /// As people, and programs, read it.
    var report: TaskReport {
        TaskReport(
            count: score.count, metrics: DetectionScore.metrics(boxes: boxes.scores, masks: masks?.scores),
            columns: classColumns, rows: classRows, confusions: nil,
            tables: [cocoTable, pointTable, errorTable], charts: curveCharts + [errorChart],
            images: score.worstImages(classNames, surerThan: boxes.errors.best?.score ?? .infinity),
            files: [.init("detections.json") { [score, classNames] in try score.cocoResults(classNames: classNames) }],
            json: DetectionJSON(self))
    }

    // MARK: Tables

    private var classColumns: [TaskReport.Column] {
        [.init("AP"), .init("AP50"), .init("AP75")] + (masks == nil ? [] : [.init("mask AP")])
            + [.init("VOC AP"), .init("VOC AP11"), .init("best F1"), .init("from score")]
            + [.init("objects", isFraction: false), .init("detections", isFraction: false)]
    }

    private var classRows: [TaskReport.Row] {
        let voc = voc.classResults
        return classNames.indices.map { index in
            let coco = boxes.classes[index]
            let numbers: [Double?] =
                [coco?.ap, coco?.ap50, coco?.ap75] + (masks.map { [$0.classes[index]?.ap] } ?? [])
                + [voc[index]?.allPoint, voc[index]?.elevenPoint, coco?.best?.f1, coco?.best?.score]
            let counts = [coco?.objects ?? 0, coco?.detections ?? 0].map { Double($0) }
            return TaskReport.Row(classNames[index], numbers.map { $0 ?? .nan } + counts)
        }
    }

    private var cocoTable: TaskReport.Table {
        TaskReport.Table(
            "COCO, in %", columns: boxes.scores.inOrder.map { .init($0.name) },
            rows: sides.map { side in .init(side.name, side.scores.inOrder.map { $0.value ?? .nan }) })
    }

    private var pointTable: TaskReport.Table {
        let vocs = [voc.mean, voc.meanElevenPoint]
        return TaskReport.Table(
            "all classes, in %",
            columns: ["VOC AP", "VOC AP11", "best F1", "precision", "recall", "from score"].map { .init($0) },
            rows: sides.map { side in
                let best = side.errors.best
                let numbers =
                    (side.name == boxes.name ? vocs : [nil, nil]) + [
                        best?.f1, best?.precision, best?.recall, best?.score,
                    ]
                return .init(side.name, numbers.map { $0 ?? .nan })
            })
    }

    private var errorTable: TaskReport.Table {
        TaskReport.Table(
            "errors at IoU 0.5, in %",
            columns: sides.flatMap { [.init($0.name, isFraction: false), .init("ΔAP50")] },
            rows: DetectionErrorKind.allCases.enumerated().map { place, kind in
                .init(
                    kind.title,
                    sides.flatMap { side in
                        let share = side.errors.kinds[place]
                        return [Double(share.count), share.deltaAP ?? .nan]
                    })
            })
    }

    // MARK: Charts

    /// Precision over recall: of all classes, or of the best and the worst of many, and of their mean.
    private var curveCharts: [TaskReport.Chart] {
        sides.map { side in
            TaskReport.Chart(
                side.name == boxes.name ? "precision-recall" : "precision-recall-\(side.name)",
                [
                    curves(of: side, at: "0.5", \.precision50, \.ap50),
                    curves(of: side, at: "0.75", \.precision75, \.ap75),
                ])
        }
    }

    private func curves(
        of side: Side, at threshold: String, _ precision: (COCOCategoryScores) -> [Double],
        _ average: (COCOCategoryScores) -> Double
    ) -> (title: String, content: TaskReport.Chart.Content) {
        let classes = side.classes.sorted { $0.key < $1.key }
        var shown = classes
        if classes.count > 10 {
            let order = classes.sorted { average($0.value) > average($1.value) }
            shown = Array(order.prefix(5) + order.suffix(5))
        }
        var curves = shown.map { index, scores in
            Self.curve(classNames[index], precision(scores), average(scores))
        }
        if classes.count > 1 {
            let mean = precision(classes[0].value).indices.map { place in
                classes.reduce(0) { $0 + precision($1.value)[place] } / Double(classes.count)
            }
            let ap = classes.reduce(0) { $0 + average($1.value) } / Double(classes.count)
            curves.insert(Self.curve("mean of \(classes.count)", mean, ap), at: 0)
        }
        let some = shown.count < classes.count ? "; the best and the worst five" : ""
        return (
            "Precision of \(side.name) over recall, IoU \(threshold)\(some)",
            .curves(curves, xLabel: "recall", yLabel: "precision")
        )
    }

    /// Up to the last recall that is reached, and from there straight down.
    private static func curve(_ name: String, _ precision: [Double], _ average: Double) -> TaskReport.Chart.Curve {
        let reached = precision.prefix { $0 > 0 }
        var points = reached.enumerated().map { Point(Double($0.offset) / Double(precision.count - 1), $0.element) }
        if let last = points.last, reached.count < precision.count { points.append(Point(last.x, 0)) }
        return TaskReport.Chart.Curve("\(name) \(Metric.ap.text(average))", points)
    }

    private var errorChart: TaskReport.Chart {
        TaskReport.Chart(
            "errors",
            sides.map { side in
                (
                    "What errors of \(side.name) cost",
                    .bars(
                        side.errors.kinds.map { share in
                            let gain = share.deltaAP.map { Metric.ap.text($0) } ?? "–"
                            return .init(
                                share.kind.title, (share.deltaAP ?? 0) * 100, caption: "\(gain)  (\(share.count))")
                        }, label: "points of AP50 that would be gained without them (how many there are)")
                )
            })
    }
}
