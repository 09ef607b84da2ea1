import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeMetrics
import SaccadeTensors

/// How far a training is: what a checkpoint holds beside tensors.
struct TrainingPosition: Codable, Equatable {
    /// The best epoch so far.
    struct Best: Codable, Equatable {
        var epoch: Int
        var loss: Double
        /// What epochs are compared by: larger is better.
        var score: Double

        func isBetter(than other: Best) -> Bool { (score, -loss) > (other.score, -other.loss) }

        init(epoch: Int, loss: Double, score: Double) { (self.epoch, self.loss, self.score) = (epoch, loss, score) }

        /// Older checkpoints compare by accuracy where they have no score.
        private enum Keys: String, CodingKey { case epoch, loss, score, accuracy }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Keys.self)
            epoch = try values.decode(Int.self, forKey: .epoch)
            loss = try values.decode(Double.self, forKey: .loss)
            score =
                try values.decodeIfPresent(Double.self, forKey: .score)
                ?? values.decode(Double.self, forKey: .accuracy)
        }
    }

    /// Training samples of each epoch.
    var samplesPerEpoch = 0
    /// Epochs that are over.
    var epoch = 0
    /// Batches of the next one that are done.
    var batch = 0
    /// Of those batches.
    var loss = RunningMean()
    /// What else was measured of them.
    var measures: [Metric: RunningMean] = [:]
    var skippedSteps = 0
    var best: Best?
    /// The learning rate's memory.
    var plateau = PlateauState()
    /// How long `metrics.jsonl` is.
    var metricsLength = 0
    /// Steps of the optimizer, by parameter.
    var optimizerSteps: [String: Int] = [:]
    /// Steps that went into the average of weights, where there is one.
    var averagedSteps: Int?
    /// States of the sources of random numbers, by name.
    var randomStates: [String: UInt64] = [:]

    /// Whether numbers from a file are such as a training leaves: further on they are added to.
    var isPlausible: Bool {
        let counts =
            [samplesPerEpoch, epoch, batch, loss.count, skippedSteps, metricsLength, averagedSteps ?? 0]
            + measures.values.map(\.count) + Array(optimizerSteps.values)
        return counts.allSatisfy((0..<1 << 48).contains) && plateau.isPlausible
    }
}

extension TrainingPosition {
    private enum Keys: String, CodingKey {
        case samplesPerEpoch, epoch, batch, loss, measures, skippedSteps, best, plateau, metricsLength, optimizerSteps
        case averagedSteps, randomStates
        /// How many samples of a classifier were right, while there were classifiers alone.
        case correct
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        samplesPerEpoch = try values.decode(Int.self, forKey: .samplesPerEpoch)
        epoch = try values.decode(Int.self, forKey: .epoch)
        batch = try values.decode(Int.self, forKey: .batch)
        loss = try values.decode(RunningMean.self, forKey: .loss)
        skippedSteps = try values.decode(Int.self, forKey: .skippedSteps)
        best = try values.decodeIfPresent(Best.self, forKey: .best)
        plateau = try values.decode(PlateauState.self, forKey: .plateau)
        metricsLength = try values.decode(Int.self, forKey: .metricsLength)
        optimizerSteps = try values.decode([String: Int].self, forKey: .optimizerSteps)
        averagedSteps = try values.decodeIfPresent(Int.self, forKey: .averagedSteps)
        randomStates = try values.decode([String: UInt64].self, forKey: .randomStates)
        if let correct = try values.decodeIfPresent(Int.self, forKey: .correct) {
            measures = [.accuracy: RunningMean(sum: Double(correct), count: loss.count)]
        } else {
            measures = try values.decode([Metric: RunningMean].self, forKey: .measures)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(samplesPerEpoch, forKey: .samplesPerEpoch)
        try values.encode(epoch, forKey: .epoch)
        try values.encode(batch, forKey: .batch)
        try values.encode(loss, forKey: .loss)
        try values.encode(measures, forKey: .measures)
        try values.encode(skippedSteps, forKey: .skippedSteps)
        try values.encodeIfPresent(best, forKey: .best)
        try values.encode(plateau, forKey: .plateau)
        try values.encode(metricsLength, forKey: .metricsLength)
        try values.encode(optimizerSteps, forKey: .optimizerSteps)
        try values.encodeIfPresent(averagedSteps, forKey: .averagedSteps)
        try values.encode(randomStates, forKey: .randomStates)
    }
}

/// `checkpoint.safetensors`: everything that is needed to go on as if nothing had happened.
struct Checkpoint {
    private static let format = "saccade-checkpoint-2"
    /// As they were written while there were classifiers alone.
    private static let formerFormat = "saccade-checkpoint-1"
    private static let networkPrefix = "network/"
    private static let optimizerPrefix = "optimizer/"
    private static let averagePrefix = "average/"
    private static let carriedPrefix = "carried/"

    /// - Throws: `FileError` when it cannot be written; the one before is untouched then.
    static func write(
        _ position: TrainingPosition, network: any Module, optimizer: any Optimizer, average: WeightEMA?,
        to path: String
    ) throws {
        var position = position
        let state = optimizer.state
        position.optimizerSteps = state.steps
        position.averagedSteps = average?.steps
        position.randomStates = Dictionary(
            uniqueKeysWithValues: network.randomSources.map { ($0.name, $0.source.state) })
        let tensors =
            network.storedTensors.map { (name: networkPrefix + $0.name, tensor: $0.tensor) }
            + state.tensors.map { (name: optimizerPrefix + $0.name, tensor: $0.tensor) }
            + (average?.tensors ?? []).map { (name: averagePrefix + $0.name, tensor: $0.tensor) }
            + network.carriedStates.flatMap { carried in
                carried.state.tensors.enumerated().map {
                    (name: "\(carriedPrefix)\(carried.name)/\($0.offset)", tensor: $0.element)
                }
            }
        try SafetensorsFile.write(
            tensors,
            metadata: [
                "format": format, "position": String(decoding: try JSONEncoder.ofRuns.encode(position), as: UTF8.self),
            ],
            to: path)
    }

    /// Restores network, optimizer and the average of weights.
    ///
    /// - Throws: `FileError` when the file is damaged, `LoadingError` when it is of another network,
    ///   ``RunError`` when it is no checkpoint of this program or of another optimizer.
    static func restore(
        from path: String, network: any Module, optimizer: any Optimizer, average: WeightEMA?
    ) throws -> TrainingPosition {
        let file = try SafetensorsFile(at: path)
        guard [format, formerFormat].contains(file.metadata["format"]), let text = file.metadata["position"],
            let position = try? JSONDecoder.ofRuns.decode(TrainingPosition.self, from: Data(text.utf8)),
            position.isPlausible
        else {
            throw RunError(
                .damaged,
                "\(path): this is not a checkpoint of a training, or a newer program wrote it; restore the file or train anew."
            )
        }
        let sources = network.randomSources
        guard Set(sources.map(\.name)) == Set(position.randomStates.keys) else {
            throw RunError(
                .different, "\(path): this is a checkpoint of another network; use the one that it was saved from.")
        }
        guard (position.averagedSteps == nil) == (average == nil) else {
            throw RunError(
                .different,
                "\(path): this checkpoint was saved \(average == nil ? "with" : "without") an average of "
                    + "weights; resume with the settings that the run was begun with.")
        }
        try network.load(file, prefix: networkPrefix)
        try average?.restore(file, prefix: averagePrefix, steps: position.averagedSteps ?? 0)
        let wanted = try optimizerTensors(in: file, position, optimizer)
        optimizer.state = OptimizerState(
            steps: position.optimizerSteps,
            tensors: try wanted.map { ($0, try file.tensor(optimizerPrefix + $0)) })
        for (name, state) in network.carriedStates {
            let prefix = "\(carriedPrefix)\(name)/"
            let count = file.shapes.keys.count { $0.hasPrefix(prefix) }
            state.tensors = try (0..<count).map { try file.tensor("\(prefix)\($0)") }
        }
        for (name, source) in sources {
            if let state = position.randomStates[name] { source.restore(state) }
        }
        return position
    }

    /// The names of what the optimizer kept, checked against what it will ask for.
    private static func optimizerTensors(
        in file: SafetensorsFile, _ position: TrainingPosition, _ optimizer: any Optimizer
    ) throws -> [String] {
        let parameters = Dictionary(uniqueKeysWithValues: optimizer.parameters.map { ($0.name, $0.parameter) })
        let expected = Set(
            optimizer.quantities.flatMap { quantity in position.optimizerSteps.keys.map { "\(quantity)/\($0)" } })
        let shapes = file.shapes.filter { $0.key.hasPrefix(optimizerPrefix) }
        let found = Set(shapes.keys.map { String($0.dropFirst(optimizerPrefix.count)) })
        let fits = shapes.allSatisfy { name, shape in
            let parameter = name.dropFirst(optimizerPrefix.count).drop { $0 != "/" }.dropFirst()
            return parameters[String(parameter)]?.shape == shape
        }
        guard expected == found, fits, position.optimizerSteps.keys.allSatisfy({ parameters[$0] != nil }) else {
            throw RunError(
                .different,
                "\(file.path): this checkpoint was saved by another optimizer or for another network; "
                    + "resume with the settings that the run was begun with.")
        }
        return found.sorted()
    }
}
