public import SaccadeImages
public import SaccadeModels

extension RegionDetector {
    /// What is on an image before overlapping boxes are dropped, the surest first.
    ///
    /// - Parameter limit: How many boxes at most, at least 0.
    public func unsuppressed(_ image: Image, limit: Int) throws -> [DetectedObject] {
        try objects(on: image, by: network.withoutSuppression(limit: limit))
    }

    /// What the region proposal network says about an image, in pixels of ``seen(_:)``.
    ///
    /// - Precondition: The network proposes regions: ``proposesRegions``.
    public func explainProposals(on image: Image) throws -> RegionCNN.ProposalExplanation {
        let (input, size) = prepared(image)
        return try network.explainProposals(input, size: size, run: runner)
    }

    /// Whether the network finds regions itself, and has anchors.
    public var proposesRegions: Bool { !network.needsProposals }

    /// An image as the network sees it, without what pads it.
    public func seen(_ image: Image) -> Image { preprocessing.fitted(image) }
}
