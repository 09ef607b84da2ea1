public import SaccadeGeometry
import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// A network has given what is no finite number.
public struct NonFiniteResult: Error, Hashable, CustomStringConvertible {
    /// What it was about, and what to do.
    public let description: String
}

extension RegionCNN {
    /// Rows and columns of an object's mask, before it is stretched over its box.
    public static let maskSide = 28

    /// What was found on an image.
    public struct Detections: Sendable {
        public var objects: DetectedBoxes
        /// Of a network with masks: how probable each pixel of each object's box is the object's, 28×28 numbers in 0...1,
        /// row by row, stretched over the box.
        public var masks: [[Float]]?

        public init(objects: DetectedBoxes, masks: [[Float]]? = nil) { (self.objects, self.masks) = (objects, masks) }
    }

    /// Runs a stage: eagerly, or by a plan of it.
    public typealias StageRunner = (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]

    /// Finds objects.
    ///
    /// - Parameters:
    ///   - images: `[N, C, H, W]`, prepared as the network wants them; smaller ones are padded at the right and the bottom.
    ///   - sizes: Of the N images, without what pads them.
    ///   - proposals: The regions of each image, in its pixels; nil where the network proposes them.
    ///   - clock: Told how long the parts take.
    ///   - run: How the stages are run; nil is eagerly.
    /// - Returns: What is on each image, in its pixels.
    /// - Throws: ``NonFiniteResult`` where the network says what is no number; what `run` throws.
    /// - Precondition: There are proposals where the network makes none.
    public func detect(
        _ images: Tensor, sizes: [ImageSize], proposals given: [Boxes]? = nil, clock: DetectionClock? = nil,
        run: StageRunner? = nil
    ) throws -> [Detections] {
        let stages = stages
        let run = run ?? { stages[$0].model($1) }
        let found = try clock.measured(.convolution) { try look(at: images, run) }
        let proposals = given ?? clock.measured(.proposals) { propose(found, images, sizes: sizes) }
        clock?.count(regions: proposals.reduce(0) { $0 + $1.count })
        let strides = strides(of: found.maps, image: images)
        let judged = try judge(proposals, on: found.maps, strides: strides, clock, run)
        let classes = judged.classes
        let objects = clock.measured(.suppression) {
            var first = 0
            return zip(proposals, sizes).map { boxes, size in
                defer { first += boxes.count }
                let end = first + boxes.count
                return filters.detections(
                    boxes, scores: Array(judged.scores[first * classes..<end * classes]),
                    deltas: Array(judged.deltas[4 * first * classes..<4 * end * classes]), width: size.width,
                    height: size.height)
            }
        }
        guard masks != nil else { return objects.map { Detections(objects: $0) } }
        return try clock.measured(.masks) {
            let labels = objects.flatMap(\.labels)
            var masks: [[Float]] = []
            for part in Self.parts(of: objects.map(\.boxes), count: Self.maskedAtOnce) {
                let pooled = maskPooling(pyramid(found.maps), part, strides: strides)
                let own = Array(labels[masks.count..<masks.count + pooled.shape[0]])
                masks += try Self.masks(of: own, in: run(2, [pooled])[0])
            }
            var first = 0
            return objects.map { objects in
                defer { first += objects.labels.count }
                return Detections(objects: objects, masks: Array(masks[first..<first + objects.labels.count]))
            }
        }
    }

    /// Of each object the mask of its own class, in 0...1.
    ///
    /// - Parameter logits: `[R, classes, H, W]`.
    private static func masks(of labels: [Int], in logits: Tensor) -> [[Float]] {
        let (classes, area) = (logits.shape[1], logits.shape[2] * logits.shape[3])
        guard !labels.isEmpty else { return [] }
        let own = logits.reshaped(to: [labels.count * classes, area])
            .rows(labels.enumerated().map { $0.offset * classes + $0.element })
        let pixels = sigmoid(own).scalars
        return labels.indices.map { Array(pixels[$0 * area..<($0 + 1) * area]) }
    }

    /// Where there may be objects on images, the likeliest first, in their pixels.
    ///
    /// - Precondition: The network proposes regions.
    public func proposals(on images: Tensor, sizes: [ImageSize], run: StageRunner? = nil) throws -> [Boxes] {
        let stages = stages
        return propose(try look(at: images, run ?? { stages[$0].model($1) }), images, sizes: sizes)
    }

    /// What the network sees on images: its maps, or the images themselves.
    func look(at images: Tensor, _ run: StageRunner) throws -> ProposalMaps {
        guard backbone != nil else { return ProposalMaps([images], isProposing: false) }
        let found = ProposalMaps(try run(0, [images]), isProposing: proposals != nil)
        try Self.requireNumbers(found.objectness.allSatisfy(\.isFinite), "how likely there are objects")
        return found
    }

    /// What is no number would not be found without a word.
    static func requireNumbers(_ areNumbers: Bool, _ what: String) throws(NonFiniteResult) {
        guard areNumbers else {
            throw NonFiniteResult(
                description:
                    "the network says “not a number” about \(what): its weights are damaged, or its training went "
                    + "wrong; take other weights")
        }
    }

    /// The regions that it proposes for each image, in its pixels, the likeliest first.
    func propose(_ found: ProposalMaps, _ images: Tensor, sizes: [ImageSize]) -> [Boxes] {
        require(proposals != nil, "RegionCNN: it proposes no regions: give them")
        let anchors = found.anchors(self.anchors, image: Pair(images.shape[2], images.shape[3]))
        return found.proposals(anchors, sizes: sizes, filters.proposals).map(\.boxes)
    }

    /// The maps that regions are read from: of a pyramid all but the coarsest, which is for proposals alone.
    func pyramid(_ maps: [Tensor]) -> [Tensor] { maps.count > 1 ? Array(maps.dropLast()) : maps }

    /// Rows of the image for each row of every map, a power of two.
    func strides(of maps: [Tensor], image: Tensor) -> [Int] {
        pyramid(maps).map { map in
            let share = Double(image.shape[2]) / Double(max(map.shape[2], 1))
            // The exponent of √2 times as much is the logarithm, rounded.
            return 1 << max(0, Int((share * 2.0.squareRoot()).exponent))
        }
    }
}
