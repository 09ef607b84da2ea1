/// A named place on an object, such as a left knee, and whether it can be seen.
public struct Keypoint: Sendable, Hashable, Codable {
    /// How much an annotator could say, with COCO's numbers.
    public enum Visibility: Int, Sendable, Hashable, Codable {
        /// Nobody marked it; its coordinates mean nothing.
        case unlabelled = 0
        /// Its place is marked, but something lies in front of it.
        case hidden = 1
        /// It can be seen.
        case visible = 2
    }

    /// Pixels from the left edge of the image.
    public var x: Double
    /// Pixels from the upper edge of the image.
    public var y: Double
    public var visibility: Visibility

    /// A keypoint from its coordinates.
    public init(x: Double, y: Double, visibility: Visibility = .visible) {
        self.x = x
        self.y = y
        self.visibility = visibility
    }

    /// Keypoints from COCO's list of numbers: x, y, v, x, y, v, and so on.
    ///
    /// - Throws: ``GeometryError`` when the numbers do not come in threes, a coordinate is not finite, or a `v` is none
    ///   of 0, 1 and 2.
    public static func list(fromCOCO numbers: [Double]) throws(GeometryError) -> [Keypoint] {
        guard numbers.count.isMultiple(of: 3) else {
            throw GeometryError(
                .keypoints, "\(numbers.count) numbers are not a list of keypoints: each takes three (x, y, visibility)")
        }
        var list: [Keypoint] = []
        list.reserveCapacity(numbers.count / 3)
        for start in stride(from: 0, to: numbers.count, by: 3) {
            let (x, y, v) = (numbers[start], numbers[start + 1], numbers[start + 2])
            guard x.isFinite, y.isFinite else {
                throw GeometryError(.keypoints, "keypoint \(start / 3) lies at (\(x), \(y)); give finite coordinates")
            }
            guard let visibility = Int(exactly: v).flatMap(Visibility.init(rawValue:)) else {
                throw GeometryError(.keypoints, "keypoint \(start / 3) has visibility \(v); give 0, 1 or 2")
            }
            list.append(Keypoint(x: x, y: y, visibility: visibility))
        }
        return list
    }
}
