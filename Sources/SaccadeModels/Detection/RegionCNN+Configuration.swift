import SaccadeGeometry
import SaccadeLayers
import SaccadePrelude
import SaccadeSettings

extension RegionCNN {
    /// The settings of a recipe, `network: {faster-rcnn: {backbone: resnet-18, pyramid: 64, width: 256}}`.
    public struct Configuration: Sendable, Hashable {
        /// Which of the family it is; the name of the network says it.
        public enum Family: Sendable, Hashable { case rcnn, fast, faster }

        /// How a region's bins read a map.
        public enum Pooling: String, Sendable, Hashable, CaseIterable {
            /// Bilinear samples, averaged: RoIAlign.
            case align
            /// The largest element: RoI max pooling, as in the papers of Fast and Faster R-CNN.
            case pool

            var reading: RegionPooling.Method { self == .align ? .align : .pool }
        }

        public var family = Family.faster
        /// A published classifier, or a recipe with layers.
        public var backbone = "resnet-18"
        /// Channels of a feature pyramid over the backbone's maps, 8 to 1024; nil for none, and then its last map of a stride of
        /// at most 16 is looked at, as in the paper.
        public var pyramid: Int?
        /// Of the two fully connected layers, 8 to 8192.
        public var width = 1024
        /// How regions are read.
        public var pooling = Pooling.align
        /// Square roots of the anchors' areas in pixels: on each place without a pyramid, and with one a size for each of its maps.
        /// Nil is the paper's 128, 256 and 512, and with a pyramid 32 to 512.
        public var sizes: [Double]?
        /// Heights of anchors as multiples of their widths.
        public var ratios = [0.5, 1, 2]
        /// R-CNN: rows and columns of a warped region, 16 to 512.
        public var side = 224
        /// R-CNN: how much of a warped region's side there is of its surroundings at either edge, 0 to 0.4.
        public var context = 16.0 / 227
        /// Whether the backbone's batch norms stay as they were loaded.
        public var frozen = false
        /// What frozen batch norms add to their variances, 0 to 1; nil is what the backbone's do. Of 0 are those of
        /// torchvision's published detectors.
        public var frozenEpsilon: Float?
        /// Whether it says of each object which pixels are the object's: Mask R-CNN.
        public var masks = false

        public init() {}
    }
}

extension RegionCNN.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        if let pyramid, !(8...1024).contains(pyramid) { return "pyramid must be 8 to 1024 channels, not \(pyramid)" }
        guard (8...8192).contains(width) else { return "width must be 8 to 8192, not \(width)" }
        if let sizes, sizes.isEmpty || sizes.count > 16 || !sizes.allSatisfy({ (1...4096).contains($0) }) {
            return "sizes must be 1 to 16 numbers of pixels from 1 to 4096"
        }
        guard (16...512).contains(side) else { return "side must be 16 to 512 pixels, not \(side)" }
        guard (0...0.4).contains(context) else { return "context must be 0 to 0.4 of a side, not \(context)" }
        if let frozenEpsilon, !(0...1).contains(frozenEpsilon) {
            return "frozenEpsilon must be 0 to 1, not \(frozenEpsilon)"
        }
        guard (1...16).contains(ratios.count), ratios.allSatisfy({ (0.05...20).contains($0) }) else {
            return "ratios must be 1 to 16 numbers from 0.05 to 20"
        }
        return nil
    }

    /// What is said of parts that a network of its family does not have; nil where nothing is.
    var problemOfFamily: String? {
        if family == .rcnn, pyramid != nil {
            return "R-CNN looks at regions by themselves and has no pyramid; leave it out, or take fast-rcnn"
        }
        if family != .faster, sizes != nil {
            return "sizes are those of anchors, which this network has not; leave them out, or take faster-rcnn"
        }
        return nil
    }

    /// - Parameter levels: How many maps there are.
    func anchors(levels: Int) -> AnchorGenerator {
        let ratios = ratios.map { Float($0) }
        let sizes = (sizes ?? (pyramid == nil ? [128, 256, 512] : [32, 64, 128, 256, 512])).map { Float($0) }
        guard pyramid != nil else { return AnchorGenerator(levels: [.init(sizes: sizes, aspectRatios: ratios)]) }
        // Where there are more maps than sizes, the coarsest has the largest.
        return AnchorGenerator(
            levels: (0..<levels).map { .init(sizes: [sizes[min($0, sizes.count - 1)]], aspectRatios: ratios) })
    }
}

extension RegionCNN.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable {
        case backbone, pyramid, width, pooling, sizes, ratios, side, context, frozen, frozenEpsilon, masks
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        backbone = try values.decodeIfPresent(String.self, forKey: .backbone) ?? backbone
        pyramid = try values.decodeIfPresent(Int.self, forKey: .pyramid)
        width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
        sizes = try values.decodeIfPresent([Double].self, forKey: .sizes)
        ratios = try values.decodeIfPresent([Double].self, forKey: .ratios) ?? ratios
        side = try values.decodeIfPresent(Int.self, forKey: .side) ?? side
        context = try values.decodeIfPresent(Double.self, forKey: .context) ?? context
        frozen = try values.decodeIfPresent(Bool.self, forKey: .frozen) ?? frozen
        frozenEpsilon = try values.decodeIfPresent(Float.self, forKey: .frozenEpsilon)
        masks = try values.decodeIfPresent(Bool.self, forKey: .masks) ?? masks
        if let word = try values.decodeIfPresent(String.self, forKey: .pooling) {
            guard let method = Pooling(rawValue: word) else {
                throw decoder.unknown(word, Keys.pooling, among: Pooling.allCases.map(\.rawValue))
            }
            pooling = method
        }
        try decoder.refuse(problem)
    }
}

extension RegionCNN.Configuration {
    /// The network with fresh weights.
    ///
    /// - Parameters:
    ///   - image: The usual one.
    ///   - classes: Without the background.
    func network(
        for image: ImageShape, classes: Int, using generator: inout SplitMix64
    ) throws(RecipeError) -> RegionCNN {
        let architecture = try Architecture(fileOrName: backbone)
        if let structure = architecture.structure {
            throw RecipeError("\(structure.key) is no classifier; give one as backbone", at: structure.location)
        }
        let seen = family == .rcnn ? (height: side, width: side) : (height: image.height, width: image.width)
        let classifier = try architecture.resolved(
            input: .image(height: seen.height, width: seen.width, channels: image.channels), seed: generator.next())
        let place = Location(file: architecture.source)
        if family == .rcnn {
            guard classifier.classifiers.count > 0 else {
                throw RecipeError("backbone \(backbone) names no classes; choose another", at: place)
            }
        } else {
            guard ImageEncoder(classifier).levels.contains(where: { (4...16).contains($0.stride) }) else {
                throw RecipeError("backbone \(backbone) has no map of a stride of 4 to 16; choose another", at: place)
            }
        }
        return RegionCNN(self, classifier, image: image, classes: classes, using: &generator)
    }
}
