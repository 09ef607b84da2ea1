import SaccadeLayers
import SaccadePrelude
import SaccadeTensors

/// What a detector looks at: the maps of a network of the zoo, or a pyramid over them.
struct DetectionBackbone: Module {
    /// The layers up to the last map.
    let body: Network
    let fpn: FeaturePyramid?
    /// How many layers there are up to the end of each map that is read.
    private let ends: [Int]
    /// Of every map that comes out.
    let channels: Int

    /// - Parameters:
    ///   - classifier: On images; its last map of a stride of at most 16 is looked at, or with a pyramid its maps from a
    ///     stride of 4 on.
    ///   - pyramid: Channels of a pyramid's maps; nil for none.
    init(_ classifier: ResolvedNetwork, pyramid: Int?, using generator: inout some RandomNumberGenerator) {
        let encoder = ImageEncoder(classifier)
        let levels = encoder.levels.filter { pyramid == nil ? $0.stride <= 16 : $0.stride >= 4 }
        guard let last = levels.last else {
            wrongProgram("DetectionBackbone: \(classifier.name) has no map to look at")
        }
        let read = pyramid == nil ? [last] : levels
        body = encoder.network.upTo(last.end)
        ends = read.map(\.end)
        channels = pyramid ?? last.channels
        fpn = pyramid.map { FeaturePyramid(read.map(\.channels), to: $0, using: &generator) }
    }

    /// How many maps come out.
    var levels: Int { fpn == nil ? 1 : ends.count + 1 }

    /// - Parameter images: `[N, C, H, W]`.
    /// - Returns: From fine to coarse, `[N, channels, Hᵢ, Wᵢ]`.
    func callAsFunction(_ images: Tensor) -> [Tensor] {
        let maps = Trace.scope("body") { body.features(images, endingAt: ends) }
        guard let fpn else { return maps }
        return Trace.scope("fpn") { fpn(maps) }
    }
}

extension Network {
    /// The first layers.
    fileprivate func upTo(_ end: Int) -> Network { Network(resolved.with(Array(resolved.layers[..<end]))) }
}
