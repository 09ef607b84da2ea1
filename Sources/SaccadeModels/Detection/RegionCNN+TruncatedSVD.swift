public import SaccadeLinear

extension RegionCNN {
    /// The network with two smaller layers in the place of each fully connected one that judges regions, which is faster where
    /// there are many regions: W ≈ U Σₜ Vᵀ takes t (in + out) multiplications for in · out (Girshick, "Fast R-CNN", 2015,
    /// section 3.1, with ranks of 1024 and 256 for VGG-16's layers of 4096).
    ///
    /// For detecting with what has been learnt: no checkpoint has names for these layers, and the other parameters are this
    /// network's own.
    ///
    /// - Parameter ranks: t of each layer, the one that sees a region's map first; or one number for all of them. From 1 to the
    ///   smaller of a layer's inputs and outputs, where nothing but rounding is lost.
    /// - Throws: `LinearError`: a network that judges regions otherwise, ranks that cannot be, weights that are not finite.
    public func withTruncatedSVD(ranks: [Int]) throws(LinearError) -> RegionCNN {
        guard case .connected(let fc6, let fc7) = boxes.trunk else {
            throw LinearError(
                .setting,
                "truncated SVD is for networks with fully connected layers over a map's regions (fast-rcnn, faster-rcnn, "
                    + "mask-rcnn), and R-CNN has a whole network over their pixels; leave it out")
        }
        guard ranks.count == 1 || ranks.count == 2 else {
            throw LinearError(
                .setting,
                "truncated SVD of \(ranks.count) ranks, for two fully connected layers; give two, or one for both")
        }
        func truncated(_ layer: FullyConnected, _ name: String, _ rank: Int) throws(LinearError) -> FullyConnected {
            do {
                return try layer.truncated(toRank: rank)
            } catch {
                throw LinearError(error.code, "truncated SVD of \(name): \(error.description)")
            }
        }
        var network = self
        network.boxes.trunk = .connected(
            fc6: try truncated(fc6, "fc6", ranks[0]), fc7: try truncated(fc7, "fc7", ranks[ranks.count - 1]))
        return network
    }
}
