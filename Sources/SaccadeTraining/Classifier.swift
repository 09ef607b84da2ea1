import Foundation
import SaccadeFiles
public import SaccadeImages
public import SaccadeLayers
import SaccadeMetrics
public import SaccadeONNX
public import SaccadeTensors

/// A classifier that is ready to name what is on images, wherever it comes from.
public struct Classifier: Sendable {
    public let preprocessing: Preprocessing
    /// By number.
    public let classNames: [String]
    private let logits: @Sendable (Tensor) throws -> Tensor

    /// A network of ours, computed by a plan.
    ///
    /// - Parameters:
    ///   - options: How to compute.
    ///   - releasesWeights: Whether the plan takes the weights for itself, so that they are not in memory twice. The
    ///     model is of no use beside it then.
    /// - Throws: ``RunError`` when it is for vectors, no classifier, or has not as many outputs as there are names.
    public init(
        _ model: LoadedModel, options: Plan.Options = Plan.Options(), releasesWeights: Bool = false
    ) throws(RunError) {
        let network = try model.classifier()
        (preprocessing, classNames) = (model.description.imagePreprocessing, model.description.classNames)
        let shape = Shape([1] + preprocessing.shape)
        let plan = Plan(for: shape, options: options, releasesWeights: releasesWeights) { network([$0])[0] }
        logits = { plan($0) }
    }

    /// A network from an ONNX file that says how its images are prepared and what its classes are called.
    ///
    /// - Parameters:
    ///   - model: Takes one tensor of images and gives a number for each class, as ``LoadedModel/onnx()`` writes.
    ///   - classNames: In place of those in the file.
    ///   - options: How to compute.
    /// - Throws: `FileError` where the file does not say enough, or the network is no classifier.
    public init(_ model: ONNXModel, classNames: [String]? = nil, options: Plan.Options = Plan.Options()) throws {
        func lacking(_ what: String, _ remedy: String) -> FileError {
            FileError(.unsupported, path: model.path, reason: what, remedy: remedy)
        }
        guard let text = model.metadata["preprocessing"],
            let preprocessing = try? JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
        else {
            throw lacking(
                "it does not say how images are prepared for it",
                "prepare them yourself and give the numbers to saccade run, or export the network by saccade convert")
        }
        let plan = try model.plan(for: [Shape([1] + preprocessing.shape)], options: options)
        guard let output = plan.outputShapes.first, output.rank == 2, output[0] == 1 else {
            throw lacking("its output is not a number for each class", "use saccade run")
        }
        let stored = model.metadata["classNames"].flatMap {
            try? JSONDecoder().decode([String].self, from: Data($0.utf8))
        }
        let names = classNames ?? stored ?? (0..<output[1]).map { "class \($0)" }
        guard names.count == output[1] else {
            throw lacking("it has \(output[1]) classes, and there are \(names.count) names", "give other names")
        }
        (self.preprocessing, self.classNames) = (preprocessing, names)
        logits = { try plan.run([$0])[0] }
    }

    /// The most probable classes of an image, the first one first.
    ///
    /// - Parameter count: How many; fewer if there are not so many classes.
    public func predictions(for image: Image, top count: Int) throws -> [Prediction] {
        let logits = try logits(Tensor(preprocessing(image), shape: Shape([1] + preprocessing.shape)))
        let probabilities = softmax(logits, axis: 1).scalars
        return topClasses(count, of: probabilities).map {
            Prediction(label: classNames[$0], probability: probabilities[$0])
        }
    }

    public struct Prediction: Sendable, Codable, Equatable {
        public let label: String
        /// In `0...1`; those of all classes add up to 1.
        public let probability: Float
    }
}

extension LoadedModel {
    /// The network as a classifier of images.
    ///
    /// - Throws: ``RunError`` when it is for vectors, no classifier, or has not as many outputs as there are names.
    public func classifier() throws(RunError) -> AnyModel {
        guard preprocessing != nil else {
            throw RunError(.different, "\(name): this network is for vectors, not for images.")
        }
        guard case .classify(let task) = description.task, let model = network as? AnyModel else {
            throw RunError(
                .different,
                "\(name): this network was made to \(description.task.name), not to classify; use the command of its task."
            )
        }
        if let problem = task.problem(with: model) {
            throw RunError(.different, "\(name): \(problem), or give other names.")
        }
        return model
    }
}
