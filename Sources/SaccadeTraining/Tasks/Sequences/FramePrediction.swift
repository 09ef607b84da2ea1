import Foundation
public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
import SaccadeLayers
public import SaccadeLoading
public import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
import SaccadeTensors

/// How the next frame of a clip will look: `task: predict-frames`.
public struct FramePrediction: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable { case frames }

    public static let name = "predict-frames"
    public static let command = "generate"
    public static let arguments = "--clip CLIP"
    public static let answers = "kinds of clips"
    public static let monitor = Monitor(.validation, .errorBelowCopying)
    public static let monitors =
        [.errorBelowCopying, .loss].map { Monitor(.validation, $0) } + [Monitor(.training, .loss)]
    public static let networks = [(name: networkName, recipe: recipe)]

    private static let networkName = "conv-lstm"
    private static let recipe =
        "name: Next frame\ntask: predict-frames\nnetwork: {\(networkName): {}}\ninput: 64x64x3\nclasses: 1\n"

    /// Frames that are seen before a prediction is judged: one shows nothing of how things move.
    static let framesBefore = 2

    /// Frames of a clip at most, from its first on; 3 to 1024.
    public var frames = 16
    public var classNames: [String] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        frames = try values.decodeIfPresent(Int.self, forKey: .frames) ?? frames
    }

    public var problem: String? {
        (3...1024).contains(frames) ? nil : "frames must be 3 to 1024, not \(frames)"
    }

    // MARK: Data

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] { try LabelledClips(at: data).splits }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> LabelledClips {
        try LabelledClips(at: data).clips(of: split)
    }

    /// There is one kind of answer: a frame.
    public func classNames(of samples: LabelledClips) -> [String] { ["frame"] }

    public func matched(_ samples: LabelledClips, hasNames: Bool, note: (String) -> Void) -> LabelledClips { samples }

    public func source(
        of samples: LabelledClips, for model: ModelDescription, augmentation: [Augmentation]
    ) -> PreparedClips<LabelledClips> {
        PreparedClips(samples, model.imagePreprocessing, augmentation)
    }

    public func batch(
        of samples: LoadedSamples<PreparedClip>, from source: PreparedClips<LabelledClips>
    ) -> ClipBatch {
        // All as long as the shortest: what comes after a clip's end nobody knows.
        let shortest = min(samples.samples.map(\.frames.count).min() ?? 1, frames)
        return ClipBatch(
            samples.samples.map { source.tensor(of: $0).sliced(axis: 0, 0..<shortest) },
            labels: samples.samples.map { _ in [] }, isEach: false, names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        frames * model.imagePreprocessing.count * MemoryLayout<Float>.stride
    }

    public func judgedAtOnce(by model: ModelDescription) -> Int { 8 }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> FramePredictor {
        guard let structure = architecture.structure, structure.key == Self.networkName else {
            throw RecipeError(
                "a network that predicts frames is no list of layers; say network: {\(Self.networkName): {hidden: 64}}",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        guard case .image(let height, let width, let channels) = input ?? architecture.input, height % 4 == 0,
            width % 4 == 0
        else {
            throw RecipeError(
                "input must be height x width x channels of a frame, both sides multiples of 4, not \(architecture.input)",
                at: Location(file: architecture.source))
        }
        let configuration =
            structure.value.isEmpty
            ? FramePredictor.Configuration() : try structure.value.decoded() as FramePredictor.Configuration
        var generator = SplitMix64(seed: seed)
        return FramePredictor(
            configuration, image: ImageShape(channels: channels, height: height, width: width), length: frames - 1,
            using: &generator)
    }

    public func problem(with model: FramePredictor) -> String? { nil }

    public func problem(with model: FramePredictor, learningFrom samples: LabelledClips) -> String? { nil }

    // MARK: Learning and judging

    /// The mean squared error of all frames behind the first two.
    public func losses(of model: FramePredictor, on batch: ClipBatch) -> Losses {
        let (seen, next) = Self.parts(of: batch.inputs[0])
        let error = model([seen])[0] - next
        return Losses(mean(Self.judged(error * error), axes: [0, 1, 2, 3, 4]))
    }

    /// The frames that are seen, and what follows each.
    private static func parts(of frames: Tensor) -> (seen: Tensor, next: Tensor) {
        let steps = frames.shape[0]
        return (frames.sliced(axis: 0, 0..<max(steps - 1, 1)), frames.sliced(axis: 0, min(1, steps - 1)..<steps))
    }

    /// Those of the predictions that had two frames to go by; of clips of two frames all.
    private static func judged(_ errors: Tensor) -> Tensor {
        let steps = errors.shape[0]
        return errors.sliced(axis: 0, min(framesBefore - 1, steps - 1)..<steps)
    }

    public var noScore: FrameScore { FrameScore() }

    public func judge(_ model: Runner<FramePredictor>, by batch: ClipBatch, into score: inout FrameScore) throws {
        let (seen, next) = Self.parts(of: batch.inputs[0])
        let error = try model([seen])[0] - next
        let change = seen - next
        func sumOfSquares(_ x: Tensor) -> Double {
            Self.judged(x).scalars.reduce(0) { $0 + Double($1) * Double($1) }
        }
        score.add(
            error: sumOfSquares(error), ofCopying: sumOfSquares(change),
            elements: Self.judged(error).shape.elementCount, clips: batch.count)
    }

    public func report(_ score: FrameScore) -> TaskReport {
        TaskReport(
            count: score.count, metrics: score.metrics, columns: [], rows: [], confusions: nil, json: score.metrics)
    }
}

/// How near predicted frames come to true ones, against the last frame once more.
public struct FrameScore: TaskScore {
    private var error = 0.0
    private var copying = 0.0
    private var elements = 0
    public private(set) var count = 0

    mutating func add(error: Double, ofCopying copying: Double, elements: Int, clips: Int) {
        self.error += error
        self.copying += copying
        self.elements += elements
        count += clips
    }

    public var metrics: [Metric: Double] {
        [
            .loss: error / Double(max(elements, 1)),
            // Nothing moves: nothing can be won.
            .errorBelowCopying: copying > 0 ? 1 - error / copying : 0,
        ]
    }
}
