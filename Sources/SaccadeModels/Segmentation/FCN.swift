public import SaccadeLayers
import SaccadePrelude
import SaccadeSettings
public import SaccadeTensors

/// FCN-32s, FCN-16s and FCN-8s: VGG-16 whose fully connected layers slide over the image, scores enlarged bilinearly, and
/// in the finer two the scores of earlier poolings beside them.
///
/// Long, Shelhamer and Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015), figure 3, with the layers,
/// borders and crops of the authors' networks (fcn.berkeleyvision.org) and the names of their best known port to PyTorch
/// (wkentaro/pytorch-fcn). A border of 100 zeros lets images be of any size; poolings count a last window that only
/// partly fits, as Caffe's do.
public struct FCN: Model {
    /// The settings of a recipe, `network: {fcn-8s: {upsampling: learned}}`.
    public struct Configuration: Sendable, Hashable {
        /// Rows of the image for each row of scores before they are enlarged for the last time.
        public enum Stride: Int, Sendable, Hashable, CaseIterable {
            case thirtyTwo = 32
            case sixteen = 16
            case eight = 8
        }

        /// Whether the transposed convolutions learn.
        public enum Upsampling: String, Sendable, Hashable, CaseIterable {
            /// They stay bilinear, as the authors trained.
            case fixed
            /// They begin bilinear.
            case learned
        }

        public var stride = Stride.eight
        /// Channels of the first stage, 1 to 256; the others have two, four and eight times as many, and `fc6` and `fc7` 64
        /// times as many.
        public var width = 64
        /// Whether maps are multiplied before they are scored: those of the fourth pooling by 0.01, of the third by 0.0001
        /// (Shelhamer, Long and Darrell, 2017, section 4.3).
        ///
        /// Trained in one go from VGG's weights, a network whose maps are large needs this, lest the skips drown the coarse
        /// scores; so FCN-8s at once has it. The networks of the 2015 paper have not: each begins with the weights of the
        /// coarser one, and a skip whose scores begin with zero.
        public var scaled = false
        public var upsampling = Upsampling.fixed
        /// The chance of an element behind `fc6` and `fc7` to become zero while training, in `0..<1`.
        public var dropout = 0.5

        public init() {}
    }

    /// Scores of an earlier pooling, added to coarser ones that are enlarged to its size.
    private struct Skip {
        /// Of the pooling: 3 or 4.
        let stage: Int
        let up: (name: String, layer: BilinearUpsampling)
        let score: Conv2D
        /// Rows and columns of the border before the first that counts.
        let offset: Int
        let scale: Float?

        var children: [(name: String, value: Any)] { [("score_pool\(stage)", score), (up.name, up.layer)] }
    }

    private let stages: [ConvolutionStage]
    private let fc6: Conv2D
    private let fc7: Conv2D
    private let dropout: Dropout
    private let score: Conv2D
    private let skips: [Skip]
    private let up: (name: String, layer: BilinearUpsampling, offset: Int)
    private let stride: Configuration.Stride
    public let inputs: [ModelInput]

    public var outputs: [String] { ["scores"] }
    public var heads: [String] { ["score_fr"] + skips.map { "score_pool\($0.stage)" } }
    public var children: [(name: String, value: Any)] {
        stages.flatMap(\.children) + [("fc6", fc6), ("fc7", fc7), ("dropout", dropout), ("score_fr", score)]
            + skips.flatMap(\.children) + [(up.name, up.layer)]
    }

    /// - Parameters:
    ///   - image: The usual one.
    ///   - classes: Channels of the result.
    public init(
        _ configuration: Configuration = Configuration(), image: ImageShape, classes: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        require(configuration.problem == nil, "FCN: \(configuration.problem ?? "")")
        let levels = [ConvolutionStage].vgg16(width: configuration.width)
        let wide = 64 * configuration.width
        func conv(_ inputs: Int, _ outputs: Int, kernel: Int = 1, _ initializer: Initializer, _ activation: Activation?)
            -> Conv2D
        {
            Conv2D(
                in: inputs, out: outputs, kernel: Pair(kernel), activation: activation, initializer: initializer,
                using: &generator
            ).withoutFirstBias
        }
        func enlarging(by factor: Int) -> BilinearUpsampling {
            BilinearUpsampling(
                classes, factor: factor, learns: configuration.upsampling == .learned, using: &generator)
        }
        stages = .init(
            vgg16Of: image.channels, width: configuration.width, border: 100, hasBatchNorm: false,
            initializer: .kaimingNormal(fan: .output), using: &generator)
        // As torchvision's linear layers begin.
        fc6 = conv(levels[4].channels, wide, kernel: 7, .normal(deviation: 0.01), .relu)
        fc7 = conv(wide, wide, .normal(deviation: 0.01), .relu)
        dropout = Dropout(probability: Float(configuration.dropout), using: &generator)
        // Scores begin with zero, as the authors' do: no class is likelier than another, and a new skip changes nothing.
        score = conv(wide, classes, .constant(0), nil)
        var skips: [Skip] = []
        for (stage, name, offset, scale) in [(4, "upscore2", 5, 0.01), (3, "upscore_pool4", 9, 0.0001)]
            as [(Int, String, Int, Float)] where configuration.stride.rawValue <= 1 << stage
        {
            skips.append(
                Skip(
                    stage: stage, up: (name, enlarging(by: 2)),
                    score: conv(levels[stage - 1].channels, classes, .constant(0), nil), offset: offset,
                    scale: configuration.scaled ? scale : nil))
        }
        self.skips = skips
        stride = configuration.stride
        let (name, offset) =
            switch stride {
            case .thirtyTwo: ("upscore", 19)
            case .sixteen: ("upscore16", 27)
            case .eight: ("upscore8", 31)
            }
        up = (name, enlarging(by: stride.rawValue), offset)
        inputs = configuration.inputs(for: image)
    }

    /// - Parameter inputs: An image, `[N, C, H, W]`.
    /// - Returns: A score for each class and place, `[N, classes, H, W]`.
    public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        let size = Pair(inputs[0].shape[2], inputs[0].shape[3])
        var maps = [inputs[0]]
        for stage in stages { maps.append(maxPool2D(stage(maps[maps.count - 1]), kernel: 2, ceilMode: true)) }
        var scores = score(dropout(fc7(dropout(fc6(maps[5])))))
        for skip in skips {
            let map = skip.scale.map { maps[skip.stage] * $0 } ?? maps[skip.stage]
            scores = skip.up.layer(scores, as: skip.up.name)
            scores = scores + skip.score(map).from(skip.offset, Pair(scores.shape[2], scores.shape[3]))
        }
        return [up.layer(scores, as: up.name).cropped(to: size, top: up.offset, left: up.offset)]
    }
}

extension Tensor {
    /// A part of images, from as many rows and columns on.
    ///
    /// In two steps, because where one that starts and ends inside would end is the length of no map: a file of ONNX for
    /// images of any size could not say it.
    fileprivate func from(_ offset: Int, _ size: Pair) -> Tensor {
        cropped(to: Pair(shape[2] - offset, shape[3] - offset), top: offset, left: offset)
            .cropped(to: size, top: 0, left: 0)
    }
}

// What a network begins with: the coarser ones, and what all were made from.
extension FCN {
    public var ancestors: [Ancestor] {
        let own = storedShapes.map(\.name)
        /// The weights that another of the three has as well.
        func shared(_ layers: [String]) -> [String: String] {
            let parts = stages.flatMap(\.parts).map(\.name) + ["fc6", "fc7", "score_fr"] + layers
            let names = own.filter { name in parts.contains { name.isPart(of: $0) } }
            return Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
        }
        var ancestors: [Ancestor] = []
        if stride == .eight { ancestors.append(Ancestor("FCN-16s", names: shared(["upscore2", "score_pool4"]))) }
        if stride != .thirtyTwo { ancestors.append(Ancestor("FCN-32s", names: shared([]))) }
        let fullyConnected = [("fc6", "classifier.0"), ("fc7", "classifier.3")].flatMap { name, theirs in
            ["weight", "bias"].map { ("\(name).\($0)", "\(theirs).\($0)") }
        }
        ancestors.append(Ancestor("VGG-16", names: stages.torchvisionNames.merging(fullyConnected) { $1 }))
        return ancestors
    }
}

extension FCN.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        if let problem = Self.problem(withWidth: width) { return problem }
        guard (0..<1).contains(dropout) else { return "dropout must be at least 0 and below 1, not \(dropout)" }
        return nil
    }
}

/// As an object with the names of the properties but the stride, which is that of the network's name; a key that is not
/// known, or an invalid value, is refused.
extension FCN.Configuration: SegmentationConfiguration {
    private enum Keys: String, CodingKey, CaseIterable { case width, scaled, upsampling, dropout }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
        scaled = try values.decodeIfPresent(Bool.self, forKey: .scaled) ?? scaled
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? dropout
        if let word = try values.decodeIfPresent(String.self, forKey: .upsampling) {
            guard let known = Upsampling(rawValue: word) else {
                throw decoder.unknown(word, Keys.upsampling, among: Upsampling.allCases.map(\.rawValue))
            }
            upsampling = known
        }
        try decoder.refuse(problem)
    }

    func network(for image: ImageShape, classes: Int, using generator: inout SplitMix64) -> FCN {
        FCN(self, image: image, classes: classes, using: &generator)
    }
}
