public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
public import SaccadeSettings
import SaccadeTensors

/// Images in black and white, drawn step by step: `task: draw`, which DRAW learns.
///
/// What is minimised is a bound in nats from above on how unlikely an image is to the network: what it costs to say each pixel
/// when the canvas is known, and by how much the encoder's latent numbers differ from chance (Gregor et al., 2015, equation
/// 12). Each image is judged by one sample of its latent numbers, which does not change from epoch to epoch.
public struct ImageDrawing: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable { case pixels }

    public static let name = "draw"
    public static let command = "explain draw"
    public static let monitor = Monitor(.validation, .loss)
    public static let monitors = Monitor.Part.allCases.flatMap { part in
        [Metric.loss, .reconstructionLoss, .latentLoss].map { Monitor(part, $0) }
    }
    public static let networks = [(name: DRAW.name, recipe: DRAW.recipe)]

    /// How grey becomes black or white: `sampled`, anew in each epoch, or `threshold`.
    public var pixels = Binarization.sampled
    /// What a number says that the network gives for each pixel: how likely it is white.
    public var classNames = ["white"]

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        pixels = try decoder.choice(values, CodingKeys.pixels) ?? pixels
    }

    // MARK: Data

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] {
        try ClassificationDataset.splits(at: data)
    }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> ClassificationDataset {
        try ClassificationDataset(at: data, split: split, unusableFraction: fraction)
    }

    public func classNames(of samples: ClassificationDataset) -> [String] { classNames }

    public func matched(
        _ samples: ClassificationDataset, hasNames: Bool, note: (String) -> Void
    ) -> ClassificationDataset {
        samples
    }

    public func source(
        of samples: ClassificationDataset, for model: ModelDescription, augmentation: [Augmentation]
    ) -> BinarizedImages {
        BinarizedImages(samples, model.imagePreprocessing, pixels, augmentation)
    }

    public func batch(of samples: LoadedSamples<BinarizedImage>, from source: BinarizedImages) -> DrawingBatch {
        DrawingBatch(
            images: source.tensor(of: samples.samples), seeds: samples.samples.map(\.seed), names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        model.imagePreprocessing.count * MemoryLayout<Float>.stride
    }

    public func judgedAtOnce(by model: ModelDescription) -> Int { 250 }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> DRAW {
        let image = try architecture.imageShape(input)
        guard let structure = architecture.structure, structure.key == DRAW.name else {
            throw RecipeError(
                "a network that draws is no list of layers; say network: draw",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        return try DRAW(structure, image: image, seed: seed)
    }

    public func problem(with model: DRAW) -> String? { nil }

    // MARK: Learning and judging

    public func losses(of model: DRAW, on batch: DrawingBatch) -> Losses {
        let stages = model.stages.map(\.model)
        let (canvas, divergence) = model.drawn(batch) { stages[$0]($1) }
        let count = Float(batch.count)
        let reconstruction =
            binaryCrossEntropyWithLogits(canvas, batch.images, reduction: .sum) / count
        let latent = sum(divergence) / count
        return Losses(
            reconstruction + latent, parts: [(.reconstructionLoss, reconstruction), (.latentLoss, latent)])
    }

    public var noScore: DrawingScore { DrawingScore() }

    public func judge(_ model: Runner<DRAW>, by batch: DrawingBatch, into score: inout DrawingScore) throws {
        let (canvas, divergence) = try model.model.drawn(batch) { try model($1, stage: $0) }
        let reconstruction = binaryCrossEntropyWithLogits(canvas, batch.images, reduction: .sum)
        score.add(
            reconstruction: Double(reconstruction.item), latent: Double(sum(divergence).item), count: batch.count,
            numbers: batch.images.shape.elementCount / batch.count)
    }

    public func report(_ score: DrawingScore) -> TaskReport { score.report }
}

extension DRAW {
    /// The canvas after all steps, and the divergences of all of them together, `[N]`.
    fileprivate func drawn(
        _ batch: DrawingBatch, run: (_ stage: Int, _ inputs: [Tensor]) throws -> [Tensor]
    ) rethrows -> (canvas: Tensor, divergence: Tensor) {
        var state = initialState(count: batch.count)
        var divergence = Tensor(filledWith: 0, shape: [batch.count])
        for noise in noise(seeds: batch.seeds) {
            divergence = divergence + (try step(&state, batch.images, noise: noise, run: run))
        }
        return (state.canvas, divergence)
    }
}
