/// Scores of maps that give every pixel a class; each pixel is a sample.
///
/// A class that neither the truth nor any answer has says nothing: it has no score, and means leave it out.
extension ConfusionMatrix {
    /// Counts the pixels of a map.
    ///
    /// - Parameters:
    ///   - labels: The true class of each pixel.
    ///   - predictions: The class that was found for each pixel.
    ///   - ignored: A label, such as Pascal VOC's 255 along outlines, whose pixels are not counted.
    /// - Throws: ``MetricsError`` when there are not as many labels as predictions, or one is no class; then nothing is
    ///   counted.
    public mutating func add(
        labels: some Collection<UInt8>, predictions: some Collection<UInt8>, ignoring ignored: UInt8? = nil
    ) throws(MetricsError) {
        guard labels.count == predictions.count else {
            throw MetricsError(
                .size,
                "\(predictions.count) predicted pixels for \(labels.count) labelled ones; compare maps of one size")
        }
        let pairs = Self.pairs(Array(labels), Array(predictions))
        let classes = counts.count
        for (pair, count) in pairs.enumerated() where count > 0 {
            let (label, prediction) = (pair >> 8, pair & 0xFF)
            if let ignored, label == ignored { continue }
            guard label < classes, prediction < classes else {
                throw MetricsError(
                    .label,
                    "a map has class \(max(label, prediction)), but there are \(classes), from 0; "
                        + "name it as ignored, or add the class")
            }
        }
        for (pair, count) in pairs.enumerated() where count > 0 {
            if let ignored, pair >> 8 == ignored { continue }
            add(label: pair >> 8, prediction: pair & 0xFF, count: count)
        }
    }

    /// How often each pair of bytes occurs: all have a place, so that the loop over pixels has nothing to check.
    private static func pairs(_ labels: [UInt8], _ predictions: [UInt8]) -> [Int] {
        var pairs = [Int](repeating: 0, count: 1 << 16)
        for pixel in labels.indices { pairs[Int(labels[pixel]) << 8 | Int(predictions[pixel])] += 1 }
        return pairs
    }

    /// Pixels of each class that are right, over those that are of it or were taken for it (the Jaccard index).
    public var intersectionOverUnion: [Double?] {
        tallies.map { right, support, taken in
            support + taken == 0 ? nil : Double(right) / Double(support + taken - right)
        }
    }

    /// Twice the pixels of each class that are right, over those that are of it plus those taken for it: its F1.
    public var dice: [Double?] {
        tallies.map { right, support, taken in
            support + taken == 0 ? nil : Double(2 * right) / Double(support + taken)
        }
    }

    /// The mean of ``intersectionOverUnion``; 0 when nothing was counted.
    public var meanIoU: Double { mean(intersectionOverUnion) }

    /// The mean of ``dice``; 0 when nothing was counted.
    public var meanDice: Double { mean(dice) }

    /// The mean recall of the classes that the truth has; 0 when nothing was counted.
    public var classAccuracy: Double {
        mean(tallies.map { right, support, _ in support == 0 ? nil : Double(right) / Double(support) })
    }

    /// The share of pixels that are right: ``accuracy``, as segmentation calls it.
    public var globalAccuracy: Double { accuracy }

    private func mean(_ values: [Double?]) -> Double {
        let values = values.compactMap(\.self)
        return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
