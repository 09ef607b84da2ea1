import Foundation
public import SaccadeDatasets
public import SaccadeFiles
import SaccadeImages
import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadePrelude
public import SaccadeSettings
import SaccadeTensors

/// What happens in a clip, or in each of its frames: `task: label-clips`.
public struct ClipLabelling: LearningTask {
    private enum CodingKeys: String, CodingKey, CaseIterable { case each, frames }

    public static let name = "label-clips"
    public static let command = "label"
    public static let arguments = "CLIP"
    public static let answers = "labels"
    public static let monitor = Monitor(.validation, .accuracy)
    public static let monitors =
        [.accuracy, .loss].map { Monitor(.validation, $0) } + [.loss, .accuracy].map { Monitor(.training, $0) }
    public static let networks = [(name: networkName, recipe: recipe)]

    private static let networkName = "conv-rnn"
    private static let recipe =
        "name: Clips\ntask: label-clips\nnetwork: {\(networkName): {}}\ninput: 64x64x3\nclasses: 8\n"

    /// Whether each frame has a label; otherwise the whole clip has one.
    public var each = false
    /// Frames of a clip at most, evenly spaced in time; 2 to 1024.
    public var frames = 16
    public var classNames: [String] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        each = try values.decodeIfPresent(Bool.self, forKey: .each) ?? each
        frames = try values.decodeIfPresent(Int.self, forKey: .frames) ?? frames
    }

    public var problem: String? {
        (2...1024).contains(frames) ? nil : "frames must be 2 to 1024, not \(frames)"
    }

    // MARK: Data

    public func splits(at data: String) throws(FileError) -> [DatasetSplit] { try LabelledClips(at: data).splits }

    public func open(
        _ data: String, split: DatasetSplit, unusableFraction fraction: Double
    ) throws(FileError) -> LabelledClips {
        let clips = try LabelledClips(at: data).clips(of: split)
        guard (each ? clips.frameClassNames : clips.classNames).isEmpty else { return clips }
        throw FileError(
            .malformed, path: data, reason: each ? "frames have no labels" : "clips have no labels",
            remedy: each ? "say each: false, for a label of each clip" : "say each: true, for a label of each frame")
    }

    public func classNames(of samples: LabelledClips) -> [String] {
        each ? samples.frameClassNames : samples.classNames
    }

    public func matched(_ samples: LabelledClips, hasNames: Bool, note: (String) -> Void) throws -> LabelledClips {
        guard classNames(of: samples) != classNames else { return samples }
        throw RunError(
            .different,
            "the model knows the labels \(classNames.joined(separator: ", ")), and the data have "
                + "\(classNames(of: samples).joined(separator: ", ")); give the data set that belongs to it")
    }

    public func source(
        of samples: LabelledClips, for model: ModelDescription, augmentation: [Augmentation]
    ) -> PreparedClips<LabelledClips> {
        PreparedClips(samples, model.imagePreprocessing, augmentation, frames: frames)
    }

    public func batch(
        of samples: LoadedSamples<PreparedClip>, from source: PreparedClips<LabelledClips>
    ) -> ClipBatch {
        ClipBatch(
            samples.samples.map(source.tensor(of:)),
            labels: samples.samples.map { sample in
                let clip = source.dataset.clips[sample.index]
                guard each else { return [clip.label ?? ClipBatch.ignored] }
                let labels = clip.frameLabels ?? []
                return sample.numbers.map { labels.indices.contains($0) ? labels[$0] : ClipBatch.ignored }
            }, isEach: each, names: samples.names)
    }

    public func sampleBytes(for model: ModelDescription) -> Int {
        frames * model.imagePreprocessing.count * MemoryLayout<Float>.stride
    }

    public func judgedAtOnce(by model: ModelDescription) -> Int { 8 }

    // MARK: Network

    public func model(
        _ architecture: Architecture, input: InputSize?, seed: UInt64
    ) throws(RecipeError) -> ClipLabeller {
        guard let structure = architecture.structure, structure.key == Self.networkName else {
            throw RecipeError(
                "a network that labels clips is no list of layers; say network: {\(Self.networkName): {hidden: 128}}",
                at: architecture.structure?.location ?? Location(file: architecture.source))
        }
        guard case .image(let height, let width, let channels) = input ?? architecture.input, min(height, width) >= 16
        else {
            throw RecipeError(
                "input must be height x width x channels of a frame, at least 16x16, not \(architecture.input)",
                at: Location(file: architecture.source))
        }
        let configuration =
            structure.value.isEmpty
            ? ClipLabeller.Configuration() : try structure.value.decoded() as ClipLabeller.Configuration
        var generator = SplitMix64(seed: seed)
        return ClipLabeller(
            configuration, image: ImageShape(channels: channels, height: height, width: width),
            labels: classNames.isEmpty ? architecture.classes ?? 8 : classNames.count, labelsEach: each, length: frames,
            using: &generator)
    }

    public func problem(with model: ClipLabeller) -> String? {
        guard model.labels != classNames.count else { return nil }
        return "there are \(classNames.count) labels, and the network knows \(model.labels); train it anew"
    }

    // MARK: Learning and judging

    /// The mean cross entropy of the labels.
    public func losses(of model: ClipLabeller, on batch: ClipBatch) -> Losses {
        let scores = model(batch.inputs)[0].rows
        return Losses(crossEntropy(scores, batch.labels, ignoredLabel: ClipBatch.ignored)) {
            var seen = ClassificationScore(classes: classNames.count)
            seen.add(scores.detached, knownLabels: batch.labels, ignoring: ClipBatch.ignored)
            return [.accuracy: RunningMean(sum: seen.top1 * Double(seen.count), count: seen.count)]
        }
    }

    public var noScore: ClassificationScore { ClassificationScore(classes: classNames.count) }

    public func judge(
        _ model: Runner<ClipLabeller>, by batch: ClipBatch, into score: inout ClassificationScore
    ) throws {
        let scores = try model(batch.inputs)[0].rows
        let loss = Double(crossEntropy(scores, batch.labels, ignoredLabel: ClipBatch.ignored).item)
        score.add(scores, knownLabels: batch.labels, ignoring: ClipBatch.ignored, loss: loss)
    }

    public func report(_ score: ClassificationScore) -> TaskReport {
        TaskReport(of: score, classNames: classNames, counted: each ? "frames" : "clips")
    }
}
