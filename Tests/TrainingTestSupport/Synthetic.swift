package import Foundation
import SaccadeDatasets
package import SaccadeImages
package import SaccadeLayers
package import SaccadeLoading
import SaccadePrelude
import SaccadeTensors
package import SaccadeTraining

/// Small images that show, under noise, which of three classes they are of.
package struct SyntheticBatches: BatchSource {
    package var samplesPerEpoch = 24
    package var batchSize = 8
    package var seed: UInt64 = 1
    /// A sample whose pixels are replaced.
    package var poisoned: (sample: Int, value: Float)?
    /// The epoch from which on it is.
    package var poisonedFrom = 0

    package init(
        samplesPerEpoch: Int = 24, batchSize: Int = 8, seed: UInt64 = 1,
        poisoned: (sample: Int, value: Float)? = nil, poisonedFrom: Int = 0
    ) {
        self.samplesPerEpoch = samplesPerEpoch
        self.batchSize = batchSize
        self.seed = seed
        self.poisoned = poisoned
        self.poisonedFrom = poisonedFrom
    }

    package static let classes = 3
    package static let shape = [1, 8, 8]

    package var batchesPerEpoch: Int { (samplesPerEpoch + batchSize - 1) / batchSize }

    package func image(_ sample: Int, epoch: Int) -> [Float] {
        if let poisoned, poisoned.sample == sample, epoch >= poisonedFrom {
            return [Float](repeating: poisoned.value, count: 64)
        }
        var generator = SplitMix64(seed: seed, stream: sample)
        let label = sample % SyntheticBatches.classes
        return (0..<64).map { place in
            let (row, column) = (place / 8, place % 8)
            let pattern = label == 0 ? row % 2 : label == 1 ? column % 2 : (row + column) % 2
            return Float(pattern) + Float.random(in: -0.4...0.4, using: &generator)
        }
    }

    package func batches(ofEpoch epoch: Int, from first: Int) -> BatchStream<LabelledBatch> {
        var index = first
        var order = Array(0..<samplesPerEpoch)
        var generator = SplitMix64(seed: seed, stream: epoch, -1)
        order.shuffle(using: &generator)
        return BatchStream {
            guard index < batchesPerEpoch else { return nil }
            let samples = Array(order[index * batchSize..<min((index + 1) * batchSize, samplesPerEpoch)])
            index += 1
            return LabelledBatch(
                images: Tensor(samples.flatMap { image($0, epoch: epoch) }, shape: Shape([samples.count] + Self.shape)),
                labels: samples.map { $0 % Self.classes }, names: { samples.map { "image-\($0).png" } })
        }
    }
}

/// A network that has everything that a checkpoint must hold: weights, buffers and random numbers.
package func smallNetwork(seed: UInt64 = 5, width: Int = 6, classes: Int = SyntheticBatches.classes) -> Sequential {
    var generator = SplitMix64(seed: seed)
    return Sequential {
        Conv2D(in: 1, out: width, kernel: 3, padding: 1, bias: false, using: &generator)
        BatchNorm2D(width)
        ReLU()
        MaxPool2D(kernel: 2)
        Flatten()
        Dropout(probability: 0.2, using: &generator)
        Linear(in: width * 16, out: classes, using: &generator)
    }
}

/// A folder that goes with the test.
package final class TemporaryFolder {
    package let path: String

    package init() throws {
        path = NSTemporaryDirectory() + "saccade-training-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A recipe of a classifier, as far as a description needs one.
package let syntheticRecipe = "name: synthetic\ninput: 8x8x1\nlayers: [flatten, {linear: classes}]\n"

package func description(
    classNames: [String] = ["rows", "columns", "checks"],
    preprocessing: Preprocessing = Preprocessing(height: 8, width: 8, channels: 1),
    _ change: (inout TrainingSettings) -> Void = { _ in }
) throws -> RunDescription {
    var settings = TrainingSettings()
    settings.epochs = 3
    settings.batchSize = 8
    settings.learningRate = 0.05
    settings.schedule = .warmUp(over: 1, next: .cosine())
    settings.weightDecay = 1e-4
    change(&settings)
    let model = try ModelDescription(
        recipe: syntheticRecipe, source: "synthetic", classNames: classNames, preprocessing: preprocessing)
    return RunDescription(model, settings: settings, data: "synthetic")
}

/// A trainer of a classifier.
package func trainer(
    of network: some Layer, training: some BatchSource<LabelledBatch>,
    validation: (any BatchSource<LabelledBatch>)? = nil, run: RunFolder, observer: (any TrainingObserver)? = nil
) throws -> Trainer<Classification> {
    try Trainer(
        classification(run.description.model.classNames), model(network), training: training, validation: validation,
        run: run, observer: observer)
}

package func classification(_ classNames: [String] = ["rows", "columns", "checks"]) -> Classification {
    var task = Classification()
    task.classNames = classNames
    return task
}

/// A layer as a model of synthetic images.
package func model(_ layer: some Layer) -> AnyModel {
    AnyModel(LayerModel(layer, input: Shape(SyntheticBatches.shape)))
}

/// Trains the small network in a folder, from its beginning or from its checkpoint.
@discardableResult
package func trainSmall(
    at folder: String, resuming: Bool = false, training: SyntheticBatches = SyntheticBatches(),
    validation: SyntheticBatches? = SyntheticBatches(samplesPerEpoch: 9, seed: 2),
    network: Sequential = smallNetwork(), observer: (any TrainingObserver)? = nil,
    _ change: (inout TrainingSettings) -> Void = { _ in }
) throws -> [EpochRecord] {
    let run = try RunFolder(at: folder, description(change), resuming: resuming)
    return try trainer(of: network, training: training, validation: validation, run: run, observer: observer).train()
}

/// The files of a run that depend on the run alone: timings, report and TensorBoard's events depend on the clock, and
/// the tuning holds what the whole process computed with, other tests that run beside this one included.
package func comparedFiles(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        if ["timings.jsonl", "tuning.json", "report.html", "stopped.txt"].contains(name) { continue }
        if name.hasPrefix("events.out.tfevents.") { continue }
        files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    return files
}
