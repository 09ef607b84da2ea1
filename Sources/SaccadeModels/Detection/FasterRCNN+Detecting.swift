public import SaccadeGeometry
import SaccadeLayers
public import SaccadeTensors

extension FasterRCNN {
    /// Rows and columns of an object's mask, before it is stretched over its box.
    public static let maskSide = 28

    /// What was found on an image.
    public struct Detections: Sendable {
        public var objects: DetectedBoxes
        /// Of a network with masks: how probable each pixel of each object's box is the object's, 28×28 numbers in 0...1,
        /// row by row, stretched over the box.
        public var masks: [[Float]]?
    }

    /// Runs a stage: eagerly, or by a plan of it.
    public typealias StageRunner = (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]

    /// Finds objects.
    ///
    /// - Parameters:
    ///   - images: `[N, C, H, W]`, prepared as the network wants them; smaller ones are padded at the right and the bottom.
    ///   - sizes: Of the N images, without what pads them.
    ///   - run: How the stages are run; nil is eagerly.
    /// - Returns: What is on each image, in its pixels.
    public func detect(_ images: Tensor, sizes: [ImageSize], run: StageRunner? = nil) throws -> [Detections] {
        let stages = stages
        let run = run ?? { stages[$0].model($1) }
        let found = ProposalMaps(try run(0, [images]))
        let anchors = found.anchors(self.anchors, image: Pair(images.shape[2], images.shape[3]))
        let proposals = found.proposals(anchors, sizes: sizes, filters.proposals).map(\.boxes)
        let strides = strides(of: found.maps, image: images)
        let regions = boxPooling(pyramid(found.maps), proposals, strides: strides)
        let heads = try run(1, [regions])
        let (logits, deltas) = (heads[0].scalars, heads[1].scalars)
        let classes = heads[0].shape[1]
        var first = 0
        let objects = zip(proposals, sizes).map { boxes, size in
            defer { first += boxes.count }
            let end = first + boxes.count
            return filters.detections(
                boxes, logits: Array(logits[first * classes..<end * classes]),
                deltas: Array(deltas[4 * first * classes..<4 * end * classes]), width: size.width, height: size.height)
        }
        guard masks != nil else { return objects.map { Detections(objects: $0) } }
        let pooled = maskPooling(pyramid(found.maps), objects.map(\.boxes), strides: strides)
        let probabilities = sigmoid(try run(2, [pooled])[0])
        let area = probabilities.shape[2] * probabilities.shape[3]
        let pixels = probabilities.scalars
        var region = 0
        return objects.map { objects in
            let masks = objects.labels.map { label in
                defer { region += 1 }
                let start = (region * classes + label) * area
                return Array(pixels[start..<start + area])
            }
            return Detections(objects: objects, masks: masks)
        }
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
