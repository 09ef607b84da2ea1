public import SaccadeImages

// What a search takes, so that neither memory nor time run away with an image or a setting from outside.
extension SelectiveSearch {
    /// Pixels that an image may have: 16 777 216, such as 20 000×838.
    public static let pixelLimit = 1 << 24
    /// Pixels that an image may have along a side: 65 535.
    public static let sideLimit = (1 << 16) - 1
    /// Regions that an image may fall into.
    static let regionLimit = 1 << 18

    /// What ``proposals(in:keepingHierarchies:)`` asks of an image's size.
    public static func check(_ image: Image) throws(ProposalError) {
        guard image.width * image.height <= pixelLimit, max(image.width, image.height) <= sideLimit else {
            throw ProposalError(
                .size,
                "an image of \(image.size) pixels is too large to be searched; the limits are \(pixelLimit) pixels and "
                    + "\(sideLimit) along a side: resize it")
        }
    }

    /// How many colour spaces may be worked on at once.
    static func spacesAtOnce(_ image: Image) -> Int {
        max(1, (2 << 30) / (128 * image.width * image.height))
    }

    func check() throws(ProposalError) {
        guard !colorSpaces.isEmpty, !scales.isEmpty, !similarities.isEmpty else {
            throw ProposalError(
                .setting, "selective search needs at least one colour space, one scale and one similarity")
        }
        for scale in scales { try SelectiveSearch.check(scale: scale) }
        guard !similarities.contains(where: { $0.isEmpty || !SimilarityMeasures.all.isSuperset(of: $0) }) else {
            throw ProposalError(.setting, "a similarity is a sum of colour, texture, size and fill, at least of one")
        }
        try SelectiveSearch.check(smoothing: smoothing)
        guard minimumSide >= 1 else {
            throw ProposalError(.setting, "the least side of a box is \(minimumSide) pixels; it must be at least 1")
        }
        guard iouThreshold >= 0, iouThreshold <= 1 else {
            throw ProposalError(
                .setting, "the IoU above which boxes count as alike is \(iouThreshold); it must be in 0...1")
        }
        guard limit ?? 0 >= 0 else {
            throw ProposalError(.setting, "at most \(limit ?? 0) boxes are wanted; it must be 0 or more")
        }
    }

    static func check(scale: Double) throws(ProposalError) {
        // A comparison with a number that is none is false.
        guard scale > 0, scale <= 1e9 else {
            throw ProposalError(.setting, "the scale of a segmentation is \(scale); it must be positive, at most 1e9")
        }
    }

    static func check(smoothing: Double) throws(ProposalError) {
        guard smoothing >= 0, smoothing <= 16 else {
            throw ProposalError(.setting, "the smoothing is \(smoothing) pixels; it must be in 0...16")
        }
    }
}
