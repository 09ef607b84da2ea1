import Foundation
import SaccadeDatasets
import SaccadeFiles
public import SaccadeImages
import SaccadeMetrics
public import SaccadeONNX
public import SaccadeTensors

/// A classifier from an ONNX file that says how its pictures are prepared and what its classes are called.
public struct ONNXClassifier: Sendable {
    public let preprocessing: Preprocessing
    public let classNames: [String]
    private let plan: ONNXPlan

    /// - Parameters:
    ///   - model: Takes one tensor of pictures and gives a number for each class, as ``LoadedModel/onnx()`` writes.
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
                "it does not say how pictures are prepared for it",
                "prepare them yourself and give the numbers to saccade run, or export the network by saccade convert")
        }
        self.preprocessing = preprocessing
        plan = try model.plan(for: [Shape([1] + preprocessing.shape)], options: options)
        guard let output = plan.outputShapes.first, output.rank == 2, output[0] == 1 else {
            throw lacking("its output is not a number for each class", "use saccade run")
        }
        let stored = model.metadata["classNames"].flatMap {
            try? JSONDecoder().decode([String].self, from: Data($0.utf8))
        }
        let names = classNames ?? stored ?? (0..<output[1]).map { "class \($0)" }
        guard names.count == output[1] else {
            throw lacking("it tells \(output[1]) classes apart, and there are \(names.count) names", "give other names")
        }
        self.classNames = names
    }

    /// The most probable classes of a picture, the first one first.
    ///
    /// - Parameter count: How many; fewer if there are not so many classes.
    public func predictions(for image: Image, top count: Int) throws -> [TrainedClassifier.Prediction] {
        let shape = Shape([1] + preprocessing.shape)
        let logits = try plan.run([Tensor(preprocessing(image), shape: shape)])[0]
        let probabilities = softmax(logits, axis: 1).scalars
        return topClasses(count, of: probabilities).map {
            TrainedClassifier.Prediction(label: classNames[$0], probability: probabilities[$0])
        }
    }
}
