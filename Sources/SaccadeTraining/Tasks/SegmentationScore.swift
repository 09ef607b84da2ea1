import Foundation
import SaccadeDatasets
public import SaccadeMetrics

/// What is known about a network after it has seen images with masks.
///
/// A class that is in neither the masks nor the answers has no score, and means leave it out; an ignored pixel counts
/// nowhere. Scores are of all pixels of all images together, as Pascal VOC and torchmetrics' `JaccardIndex` have them, not
/// means over images.
public struct SegmentationScore: TaskScore {
    var loss = RunningMean()
    /// Of pixels.
    private(set) var confusion: ConfusionMatrix
    /// Of the parts that the border class leaves; nil where there is none.
    private var borders: BorderThinnedRandScore?
    private let borderClass: Int?

    init(classes: Int, borderClass: Int?) {
        confusion = ConfusionMatrix(classes: classes)
        self.borderClass = borderClass.flatMap { $0 < classes ? $0 : nil }
        borders = self.borderClass.map { _ in BorderThinnedRandScore() }
    }

    /// Judges the answer for one image.
    ///
    /// - Parameters:
    ///   - parts: All of it.
    ///   - truth: The class of each pixel, row by row.
    mutating func add(_ parts: [PixelPart], truth: [UInt8], width: Int) {
        var (costs, counted) = (0.0, 0)
        var inside = [Float](repeating: 0, count: borderClass == nil ? 0 : truth.count)
        for part in parts {
            let (area, columns) = (part.area, part.columns.count)
            let labels = part.rows.flatMap { row in
                truth[row * width + part.columns.lowerBound..<row * width + part.columns.upperBound]
            }
            confusion.count(labels, part.best)
            for (pixel, label) in labels.enumerated() where label != Annotations.unknownClass {
                costs -= log(Double(max(part.probabilities[Int(label) * area + pixel], .leastNormalMagnitude)))
                counted += 1
            }
            guard let borderClass else { continue }
            for pixel in 0..<area {
                let place = (part.rows.lowerBound + pixel / columns) * width + part.columns.lowerBound + pixel % columns
                inside[place] = 1 - part.probabilities[borderClass * area + pixel]
            }
        }
        loss.add(counted > 0 ? costs / Double(counted) : 0)
        guard let borderClass else { return }
        let cells = truth.map { Int($0) != borderClass && $0 != Annotations.unknownClass }
        // As many pixels in one as in the other, in whole rows: nothing can be wrong.
        try? borders?.add(truth: cells, cellProbability: inside, width: width)
    }

    public var count: Int { loss.count }
    public var metrics: [Metric: Double] {
        var metrics: [Metric: Double] = [
            .loss: loss.value, .pixelAccuracy: confusion.globalAccuracy, .meanAccuracy: confusion.classAccuracy,
            .meanIoU: confusion.meanIoU, .meanDice: confusion.meanDice,
        ]
        if let borders { (metrics[.randScore], metrics[.informationScore]) = (borders.rand, borders.info) }
        return metrics
    }

    /// As people, and programs, read it.
    func report(classNames: [String]) -> TaskReport {
        let perClass = classNames.indices.map { index in
            Whole.Class(
                name: classNames[index], iou: confusion.intersectionOverUnion[index], dice: confusion.dice[index],
                accuracy: confusion.classScores[index].support > 0 ? confusion.classScores[index].recall : nil,
                pixels: confusion.classScores[index].support)
        }
        let whole = Whole(
            images: count, loss: loss.value, globalAccuracy: confusion.globalAccuracy,
            classAccuracy: confusion.classAccuracy, meanIoU: confusion.meanIoU, dice: confusion.meanDice,
            pixels: confusion.total,
            pixelError: confusion.total > 0 ? 1 - confusion.globalAccuracy : nil, randScore: borders?.rand,
            informationScore: borders?.info,
            perClass: perClass, confusionMatrix: confusion.counts)
        return TaskReport(
            count: count, metrics: metrics,
            columns: [.init("IoU"), .init("Dice"), .init("accuracy"), .init("pixels", isFraction: false)],
            rows: perClass.map {
                .init($0.name, [$0.iou ?? .nan, $0.dice ?? .nan, $0.accuracy ?? .nan, Double($0.pixels)])
            },
            confusions: confusion.counts, json: whole)
    }

    private struct Whole: Codable {
        struct Class: Codable {
            let name: String
            let iou, dice, accuracy: Double?
            let pixels: Int
        }
        let images: Int
        let loss, globalAccuracy, classAccuracy, meanIoU, dice: Double
        /// That were judged.
        let pixels: Int
        let pixelError, randScore, informationScore: Double?
        let perClass: [Class]
        let confusionMatrix: [[Int]]
    }
}
