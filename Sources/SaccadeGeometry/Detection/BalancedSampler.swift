public import SaccadePrelude

/// Picks some of many boxes to learn from, so that those with an object are not lost among those without.
public struct BalancedSampler: Sendable, Hashable {
    /// How many are picked at most.
    public let count: Int
    /// The share of them that may have an object, in 0...1; what is missing is filled up with others.
    public let positiveFraction: Double

    /// - Precondition: The count is not negative, and the fraction in 0...1.
    public init(count: Int, positiveFraction: Double) {
        require(
            count >= 0 && (0...1).contains(positiveFraction),
            "BalancedSampler: \(count) boxes, of which \(positiveFraction) have an object")
        (self.count, self.positiveFraction) = (count, positiveFraction)
    }

    /// Anchors of an image, as in "Faster R-CNN" (Ren et al., 2015), section 3.1.3.
    public static let anchors = BalancedSampler(count: 256, positiveFraction: 0.5)
    /// Proposals of an image, as in torchvision's detectors.
    public static let proposals = BalancedSampler(count: 512, positiveFraction: 0.25)
    /// Proposals of each of two images, as in "Fast R-CNN" (Girshick, 2015), section 2.3.
    public static let fastRCNN = BalancedSampler(count: 64, positiveFraction: 0.25)

    /// Picks boxes, each set of them as likely.
    ///
    /// - Parameters:
    ///   - matches: What each box is to find.
    ///   - background: Which of them are to find nothing; those of the other kind are never picked.
    ///   - generator: The same state picks the same boxes.
    /// - Returns: Places in rising order.
    /// - Precondition: `background` is not an object.
    public func sample(
        _ matches: [BoxMatcher.Match], background: BoxMatcher.Match = .below, using generator: inout SplitMix64
    ) -> (positives: [Int], negatives: [Int]) {
        var (positives, negatives) = ([Int](), [Int]())
        for (place, match) in matches.enumerated() {
            if case .object = match {
                positives.append(place)
            } else if match == background {
                negatives.append(place)
            }
        }
        if case .object = background { wrongProgram("BalancedSampler: an object is no background") }
        let positiveCount = min(positives.count, Int(Double(count) * positiveFraction))
        return (
            Self.pick(positiveCount, of: positives, using: &generator),
            Self.pick(min(negatives.count, count - positiveCount), of: negatives, using: &generator)
        )
    }

    private static func pick(_ count: Int, of places: [Int], using generator: inout SplitMix64) -> [Int] {
        // Fisher and Yates, as far as it matters.
        var places = places
        for index in 0..<count { places.swapAt(index, Int.random(in: index..<places.count, using: &generator)) }
        return places.prefix(count).sorted()
    }
}
