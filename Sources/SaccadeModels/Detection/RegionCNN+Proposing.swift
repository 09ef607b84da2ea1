import SaccadeGeometry
import SaccadeTensors

/// What the first stage says about images, and the proposals that follow from it.
struct ProposalMaps {
    /// `[N, C, Hᵢ, Wᵢ]`, from fine to coarse.
    let maps: [Tensor]
    /// The logits of objects on each map, `[N, Pᵢ]`.
    let objectness: [Tensor]
    /// How each map's anchors would have to move, `[N, Pᵢ, 4]`.
    let offsets: [Tensor]

    init(maps: [Tensor], objectness: [Tensor], offsets: [Tensor]) {
        (self.maps, self.objectness, self.offsets) = (maps, objectness, offsets)
    }

    /// From the outputs of ``MapStage``.
    ///
    /// - Parameter isProposing: Whether there is a proposal head.
    init(_ outputs: [Tensor], isProposing: Bool) {
        guard isProposing else {
            self.init(maps: outputs, objectness: [], offsets: [])
            return
        }
        let count = outputs.count / 3
        self.init(
            maps: Array(outputs.prefix(count)), objectness: (0..<count).map { outputs[count + 2 * $0] },
            offsets: (0..<count).map { outputs[count + 2 * $0 + 1] })
    }

    /// The anchors of each map.
    ///
    /// - Parameter image: Height and width of the images, with what pads them.
    func anchors(_ generator: AnchorGenerator, image: Pair) -> [Boxes] {
        generator.anchors(
            on: maps.map { (width: $0.shape[3], height: $0.shape[2]) }, of: (width: image.width, height: image.height))
    }

    /// The proposals for each image.
    ///
    /// - Parameter sizes: Of the images, without what pads them.
    func proposals(
        _ anchors: [Boxes], sizes: [ImageSize], _ filter: ProposalFilter
    ) -> [ScoredBoxes] {
        zip(levels(anchors, images: sizes.count), sizes).map { filter($0, width: $1.width, height: $1.height) }
    }

    /// What is said about each image, map by map.
    func levels(_ anchors: [Boxes], images: Int) -> [[ProposalFilter.Level]] {
        let logits = objectness.map(\.scalars)
        let deltas = offsets.map(\.scalars)
        return (0..<images).map { image in
            anchors.indices.map { level in
                let count = anchors[level].count
                let (first, end) = (image * count, (image + 1) * count)
                return ProposalFilter.Level(
                    anchors: anchors[level], logits: Array(logits[level][first..<end]),
                    deltas: Array(deltas[level][4 * first..<4 * end]))
            }
        }
    }
}

/// Columns and rows of an image in a batch, without what pads it.
public struct ImageSize: Sendable, Hashable {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}
