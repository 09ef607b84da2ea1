import Foundation
public import SaccadeDatasets
import SaccadeFiles
public import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeMetrics
public import SaccadeModels
public import SaccadeTensors

/// A classifier that a run has trained, or that others have: its network with the best weights, and all that turns a
/// picture into a label.
public struct TrainedClassifier: Sendable {
    /// The run; for weights that no run here has made, what would be one, learnt from no data.
    public let description: RunDescription
    /// The network taken apart, with the same parameters.
    public let layers: LayerByLayer
    private let network: Network

    /// The folder in which runs are kept unless somebody says otherwise.
    public static let runs = "runs"

    /// Where a run is: `runs/NAME`, or the folder itself.
    public static func folder(of nameOrPath: String) -> String {
        let isPath = nameOrPath.contains("/") || Path("\(nameOrPath)/run.json").exists
        return isPath ? nameOrPath : "\(runs)/\(nameOrPath)"
    }

    /// The file with the best weights of a run; `nil` where there is no such run, or it has none yet.
    public static func weights(ofRun nameOrPath: String) -> String? {
        let path = "\(folder(of: nameOrPath))/best.safetensors"
        return Path(path).exists ? path : nil
    }

    /// Reads the best weights of a run.
    ///
    /// - Parameter nameOrPath: A run's name, or its folder.
    /// - Throws: ``RunError`` when there is no such run or it has no weights yet; `FileError` when the weights are
    ///   damaged or those of another network.
    public init(run nameOrPath: String) throws {
        let folder = TrainedClassifier.folder(of: nameOrPath)
        description = try RunDescription(ofRunAt: folder)
        let resolved = try description.resolved()
        (network, layers) = (Network(resolved), LayerByLayer(resolved))
        guard let weights = TrainedClassifier.weights(ofRun: nameOrPath) else {
            throw RunError(.missing, "\(folder): this run has no weights yet; let its first epoch end.")
        }
        try network.load(SafetensorsFile(at: weights))
    }

    /// Takes a model of any origin. Classes that nobody has named are called by their numbers.
    ///
    /// - Throws: ``RunError`` when it is for vectors, or has not as many outputs as there are names.
    public init(_ model: LoadedModel) throws {
        description = try model.description()
        (network, layers) = (model.network, model.layers)
    }

    /// Logits `[N, classes]` for preprocessed pictures `[N, C, H, W]`, computed eagerly.
    public func logits(_ images: Tensor) -> Tensor { network(images) }

    /// A plan for `batch` pictures at once.
    ///
    /// - Parameter releasesWeights: Whether the plan takes the weights for itself, so that they are not in memory twice.
    ///   The classifier is of no use beside it then.
    public func plan(batch: Int, options: Plan.Options = Plan.Options(), releasesWeights: Bool = false) -> Plan {
        Plan(
            for: Shape([batch] + description.preprocessing.shape), options: options, releasesWeights: releasesWeights
        ) { network($0) }
    }

    /// The most probable classes of a picture, the first one first.
    ///
    /// - Parameters:
    ///   - count: How many; fewer if there are not so many classes.
    ///   - plan: One for a single picture.
    public func predictions(for image: Image, top count: Int, plan: Plan) -> [Prediction] {
        let shape = Shape([1] + description.preprocessing.shape)
        let logits = plan(Tensor(description.preprocessing(image), shape: shape))
        let probabilities = softmax(logits, axis: 1).scalars
        return topClasses(count, of: probabilities).map {
            Prediction(label: description.classNames[$0], probability: probabilities[$0])
        }
    }

    public struct Prediction: Sendable, Codable, Equatable {
        public let label: String
        /// In `0...1`; those of all classes add up to 1.
        public let probability: Float
    }
}

extension RunDescription {
    /// The run's network with fresh weights.
    public func network() throws -> Network { Network(try resolved()) }

    /// The layers of the run's network, with fresh weights.
    public func resolved() throws -> ResolvedNetwork {
        let architecture = try Architecture(yaml: architecture, source: "the run's network")
        return try architecture.resolved(
            input: InputSize(preprocessing), classes: classNames.count, seed: settings.seed
        ).freezing(settings.freeze)
    }
}

extension TrainedClassifier {
    /// Shows the classifier every picture of a data set once.
    ///
    /// - Parameters:
    ///   - batch: Pictures at once.
    ///   - options: How to compute.
    /// - Throws: `FileError` at the first picture that cannot be read.
    public func score(
        over dataset: ClassificationDataset, batch: Int, options: Plan.Options = Plan.Options()
    ) throws -> ClassificationScore {
        let loader = BatchLoader(
            dataset, preprocessing: description.preprocessing, batchSize: batch, seed: description.settings.seed)
        let plans = Plans(options: options) { [network($0[0])] }
        return try evaluate(over: LoadedBatches(loader), classes: description.classNames.count) { _ in
        } _: { images in
            try plans(images)
        }
    }
}
