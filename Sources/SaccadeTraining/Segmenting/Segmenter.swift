public import SaccadeImages
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
public import SaccadeTensors

/// A network that is ready to give each pixel of images a class, whatever their size.
///
/// An image is brought to the network as the model's preprocessing says, and what the network answers back to the image's
/// own size, bilinearly. It goes through the network at once, or in tiles; see ``Tiling``.
public struct Segmenter: Sendable {
    /// How an image goes through the network.
    public enum Tiling: Sendable, Hashable {
        /// As the recipe has it: in tiles of its input's size where images keep their size or where the network answers
        /// for the middle of what it sees; else at once.
        case usual
        /// In tiles of so many pixels along both sides.
        case side(Int)
        /// At once, with the image continued as its mirror image as far as the network needs.
        case whole
    }

    public let preprocessing: Preprocessing
    /// By number.
    public let classNames: [String]
    /// What lies between objects; nil where all classes are objects of a kind.
    public let background: UInt8?
    private let model: AnyModel
    private let runner: @Sendable ([Tensor]) throws -> [Tensor]
    /// With tiles of the recipe's size.
    private let usual: TiledNetwork
    /// With the tiles of every image; nil where they depend on the image.
    private let fixed: TiledNetwork?

    /// - Parameters:
    ///   - model: One whose task is segmentation.
    ///   - tiling: How an image goes through the network.
    ///   - options: How to compute.
    /// - Throws: ``RunError`` when it is for something else, has not as many outputs as there are names, or cannot take
    ///   tiles of such a size.
    public init(_ model: LoadedModel, tiling: Tiling = .usual, options: Plan.Options = Plan.Options()) throws(RunError)
    {
        guard case .segment(let task) = model.description.task, let network = model.network as? AnyModel else {
            throw RunError(
                .different,
                "\(model.name): this network was made to \(model.description.task.name), not to segment; use the command "
                    + "of its task.")
        }
        if let problem = task.problem(with: network) {
            throw RunError(.different, "\(model.name): \(problem), or give other names.")
        }
        if case .side(let side) = tiling, let problem = network.inputs[0].problem(withSide: side) {
            throw RunError(.different, "\(model.name): tiles of \(side)×\(side): \(problem).")
        }
        (preprocessing, classNames) = (model.description.imagePreprocessing, task.classNames)
        background =
            task.borderClass.map { UInt8($0) } ?? task.classNames.firstIndex(of: "background").map { UInt8($0) }
        self.model = network
        usual = try TiledNetwork(network, preprocessing)
        switch tiling {
        case .side(let side): fixed = try TiledNetwork(network, preprocessing, tile: Pair(side, side))
        case .usual: fixed = preprocessing.resizing == .tiles || !usual.keepsSize ? usual : nil
        case .whole: fixed = nil
        }
        let plans = Plans(options: options, names: network.parameterNames) { network($0) }
        runner = { try plans.run($0) }
    }

    /// Calls with part after part of an image, from top to bottom.
    ///
    /// - Parameter body: Is given a part, and how much of all is done then, up to 1.
    /// - Throws: ``RunError`` where the image is too large for the network to see at once; what `body` throws.
    public func forEachPart(of image: Image, _ body: (PixelPart, Double) throws -> Void) throws {
        let grey = preprocessing.channels < image.channels ? image.grey() : image
        let prepared = fitted(grey).converted(toChannels: preprocessing.channels)
        let network = try fixed ?? whole(prepared.size)
        func run(_ x: Tensor) throws -> Tensor { try runner([x])[0] }
        guard prepared.size != image.size else {
            return try network.forEachPart(of: prepared, run: run, body)
        }
        var small = PixelMap(prepared.size, classes: network.classes)
        try network.forEachPart(of: prepared, run: run) { part, _ in small.add(part) }
        try small.forEachPart(resizedTo: image.size, body)
    }

    /// The most probable class of each pixel, with how probable it is.
    ///
    /// - Parameter progress: Told how much is done, up to 1.
    public func callAsFunction(_ image: Image, progress: (Double) -> Void = { _ in }) throws -> SegmentedImage {
        var result = SegmentedImage(image.size, classes: classNames.count)
        try forEachPart(of: image) { part, done in
            result.add(part)
            progress(done)
        }
        return result
    }

    /// As the network sees it but for the channels. What is cut away before a classifier is kept here.
    private func fitted(_ image: Image) -> Image {
        switch preprocessing.resizing {
        case .tiles: image
        case .stretch, .fit: preprocessing.fitted(image)
        case .centerCrop(let side): image.resized(shortSide: side, filter: preprocessing.filter)
        }
    }

    /// With one tile for all of an image.
    private func whole(_ image: PixelSize) throws(RunError) -> TiledNetwork {
        let around = Pair(usual.tile.height - usual.result.height, usual.tile.width - usual.result.width)
        let input = model.inputs[0]
        guard let height = input.least(2, image.height + around.height),
            let width = input.least(3, image.width + around.width)
        else {
            throw RunError(
                .different, "an image of \(image) cannot go through this network at once; give another size of tiles.")
        }
        return Pair(height, width) == usual.tile
            ? usual : try TiledNetwork(model, preprocessing, tile: Pair(height, width))
    }
}

extension ModelInput {
    /// Why an image, or a tile, cannot have this height and width; nil where it can.
    fileprivate func problem(withSide side: Int) -> String? {
        guard (1...InputSize.maximumLength).contains(side) else {
            return "a side must be 1 to \(InputSize.maximumLength) pixels"
        }
        var shape = shape(batch: 1).dimensions
        (shape[2], shape[3]) = (side, side)
        return problem(with: Shape(shape))
    }

    /// The smallest length of an axis that can be, from `least` on; nil where there is none within reach.
    fileprivate func least(_ axis: Int, _ least: Int) -> Int? {
        switch lengths[axis] {
        case .batch: nil
        case .fixed(let length): length >= least ? length : nil
        case .free(let rule):
            (max(least, rule.least)...max(least, rule.least) + 2 * rule.multipleOf).first(where: rule.allows)
        }
    }
}
