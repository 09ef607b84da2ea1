import SaccadeGeometry
public import SaccadeImages
import SaccadeLayers
public import SaccadeModels
public import SaccadeTensors

/// One of the family of R-CNNs, ready to find objects on images, whatever their size.
///
/// An image is brought to the network as the model's preprocessing says, and what is found back to the image's own pixels.
public struct RegionDetector: Detector {
    public let preprocessing: Preprocessing
    /// By number.
    public let classNames: [String]
    let network: RegionCNN
    /// Who proposes regions; nil for the network itself.
    private let regions: RegionSource?
    private let regionLimit: Int
    let runner: @Sendable (Int, [Tensor]) throws -> [Tensor]

    /// - Parameters:
    ///   - model: One whose task is detection.
    ///   - options: How to compute.
    /// - Throws: ``RunError`` when it is for something else.
    public init(_ model: LoadedModel, options: Plan.Options = Plan.Options()) throws(RunError) {
        guard case .detect(let task) = model.description.task, let network = model.network as? RegionCNN else {
            throw RunError(
                .different,
                "\(model.name): this network has no regions to look at, it was made to \(model.description.task.name); name one "
                    + "of the R-CNNs.")
        }
        try model.requireFinite()
        (preprocessing, classNames, self.network) = (model.description.imagePreprocessing, task.classNames, network)
        regionLimit = task.proposals
        var options = options
        // Images come in ever other sizes, and none of them is worth timing kernels for; but the first is.
        if case .fit = preprocessing.resizing, options.tuning == .exact { options.tuning = .nearestOrExact }
        let plans = network.stages.map { [options] in Plans(of: $0.model, in: network, options: options) }
        runner = { try plans[$0].run($1) }
        do {
            regions = try task.regionSource(needsProposals: network.needsProposals)
        } catch {
            throw RunError(.different, "\(model.name): the network that proposes its regions cannot be had: \(error)")
        }
    }

    /// The network of a run, or of any recipe, for its proposals.
    init(proposing model: String) throws {
        var request = ModelRequest()
        request.model = model
        try self.init(LoadedModel(request))
        guard !network.needsProposals else {
            throw RunError(.different, "\(model): this network proposes no regions; name one of Faster R-CNN.")
        }
    }

    /// What is on an image, the surest first.
    ///
    /// - Parameter clock: Told how long the parts take.
    public func callAsFunction(_ image: Image, clock: DetectionClock?) throws -> [DetectedObject] {
        try objects(on: image, by: network, clock)
    }

    /// - Parameter network: The same network; what it keeps of its boxes may be otherwise.
    func objects(on image: Image, by network: RegionCNN, _ clock: DetectionClock? = nil) throws -> [DetectedObject] {
        try withTuning(.nearest) { try found(on: image, by: network, clock) }
    }

    private func found(on image: Image, by network: RegionCNN, _ clock: DetectionClock?) throws -> [DetectedObject] {
        let (input, size) = prepared(image)
        let own = (width: size.width, height: size.height)
        let whole = (width: image.width, height: image.height)
        let start = ContinuousClock.now
        let regions = try regions.map { [try $0.regions(of: image).first(regionLimit).resized(from: whole, to: own)] }
        if regions != nil { clock?.add(start.duration(to: .now), to: .proposals) }
        let answer = try network.detect(input, sizes: [size], proposals: regions, clock: clock, run: runner)[0]
        return try answer.objects(
            on: preprocessing.visiblePart(of: image.size), seenAs: size, of: image.size, classNames: classNames)
    }

    /// Where the network says that there may be objects, the likeliest first, in the image's pixels.
    func proposals(on image: Image) throws -> Boxes {
        let (input, size) = prepared(image)
        return try network.proposals(on: input, sizes: [size], run: runner)[0].resized(
            from: (width: size.width, height: size.height), to: (width: image.width, height: image.height))
    }

    /// The image's numbers, `[1, C, H, W]`, and how much of that is the image.
    func prepared(_ image: Image) -> (Tensor, ImageSize) {
        guard let fitted = preprocessing.fittedSize(of: image.size) else {
            return (
                Tensor(preprocessing(image), shape: Shape([1] + preprocessing.shape)),
                ImageSize(width: preprocessing.width, height: preprocessing.height)
            )
        }
        // Numbers first, then their size, as in torchvision: bytes in between would be rounded.
        let source = image.converted(toChannels: preprocessing.channels)
        let whole = Tensor(shape: [1, preprocessing.channels, source.height, source.width]) { buffer in
            preprocessing.normalize(source, x: 0, y: 0, source.size, into: buffer)
        }
        let resized = whole.resized(to: Pair(fitted.height, fitted.width))
        func rest(_ length: Int) -> Int { (32 - length % 32) % 32 }
        let padded = resized.padded(axis: 2, before: 0, after: rest(fitted.height))
            .padded(axis: 3, before: 0, after: rest(fitted.width))
        return (padded, ImageSize(width: fitted.width, height: fitted.height))
    }
}
