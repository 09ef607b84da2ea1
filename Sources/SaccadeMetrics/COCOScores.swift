/// What COCO says about a detector. A number is nil when there was no object that could have been found.
public struct COCOScores: Sendable, Hashable, Codable {
    /// Average precision over all IoU thresholds, in 0...1.
    public var ap: Double?
    /// Average precision at an IoU of 0.5, nearly that of Pascal VOC.
    public var ap50: Double?
    /// Average precision at an IoU of 0.75.
    public var ap75: Double?
    /// Average precision of objects of at most 32² square pixels.
    public var apSmall: Double?
    /// Average precision of objects between 32² and 96² square pixels.
    public var apMedium: Double?
    /// Average precision of objects of at least 96² square pixels.
    public var apLarge: Double?
    /// Average recall with one detection of each category on an image.
    public var ar1: Double?
    /// Average recall with ten detections of each category on an image.
    public var ar10: Double?
    /// Average recall with a hundred detections of each category on an image.
    public var ar100: Double?
    /// Average recall of objects of at most 32² square pixels.
    public var arSmall: Double?
    /// Average recall of objects between 32² and 96² square pixels.
    public var arMedium: Double?
    /// Average recall of objects of at least 96² square pixels.
    public var arLarge: Double?
    /// ``ap`` of each category that had an object to find.
    public var categories: [Int: Double]

    /// The twelve, under the names that COCO's tables have for them.
    public var inOrder: [(name: String, value: Double?)] {
        [
            ("AP", ap), ("AP50", ap50), ("AP75", ap75), ("APs", apSmall), ("APm", apMedium), ("APl", apLarge),
            ("AR1", ar1), ("AR10", ar10), ("AR100", ar100), ("ARs", arSmall), ("ARm", arMedium), ("ARl", arLarge),
        ]
    }

    /// Lower and upper ends of the areas of objects that must be found, both inclusive: all, small, medium, large.
    static let areas: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]
    /// How many detections of a category count on an image.
    static let detectionLimits = [1, 10, 100]
    /// 0.5, 0.55, … 0.95, rounded as NumPy's `linspace` rounds them, on which equality of an IoU with one depends.
    static let thresholds: [Double] = (0..<9).map { 0.5 + Double($0) * ((0.95 - 0.5) / 9) as Double } + [0.95]
    /// 0, 0.01, … 1, rounded likewise.
    static let recallPoints: [Double] = (0...100).map { Double($0) * 0.01 }

    init(_ categories: [Int: COCOCategory]) {
        let curves = categories.sorted { $0.key < $1.key }.map { ($0.key, $0.value.curves()) }
        func mean(_ value: ([COCOCategory.Curve?]) -> Double?) -> Double? {
            let values = curves.compactMap { value($0.1) }
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        ap = mean { $0[0]?.meanPrecision }
        ap50 = mean { $0[0]?.precision[0] }
        ap75 = mean { $0[0]?.precision[5] }
        (apSmall, apMedium) = (mean { $0[1]?.meanPrecision }, mean { $0[2]?.meanPrecision })
        apLarge = mean { $0[3]?.meanPrecision }
        (ar1, ar10) = (mean { $0[0]?.recall[0] }, mean { $0[0]?.recall[1] })
        ar100 = mean { $0[0]?.recall[2] }
        (arSmall, arMedium) = (mean { $0[1]?.recall[2] }, mean { $0[2]?.recall[2] })
        arLarge = mean { $0[3]?.recall[2] }
        self.categories = Dictionary(
            uniqueKeysWithValues: curves.compactMap { category, curves in
                curves[0].map { (category, $0.meanPrecision) }
            })
    }
}
