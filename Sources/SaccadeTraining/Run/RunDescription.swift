import Foundation
import SaccadeFiles
import SaccadeTensors

/// What a run is: everything that is decided before training begins. It is stored as `run.json`.
public struct RunDescription: Sendable, Equatable {
    /// What is learnt, by which network.
    public var model: ModelDescription
    /// How.
    public var settings: TrainingSettings
    /// Where the data were, as the user named them.
    public var data: String
    /// What computed: engine, processor, threads. With other ones the same seed gives slightly other numbers.
    public var versions: [String: String]

    /// - Parameters:
    ///   - model: With what its answers are called.
    ///   - settings: How to train.
    ///   - data: Where the data are, as the user named them.
    public init(_ model: ModelDescription, settings: TrainingSettings, data: String) {
        self.model = model
        self.settings = settings
        self.data = data
        versions = ["engine": Machine.engine, "processor": Machine.processor, "threads": String(Threads.count)]
    }

    /// The metric by which epochs are compared.
    public var monitor: Monitor { settings.best.metric ?? model.task.monitor }

    /// Reads the description of a run.
    ///
    /// - Parameter folder: The run's folder.
    /// - Throws: ``RunError`` when there is no run, its description is damaged, or a newer program wrote it.
    public init(ofRunAt folder: String) throws(RunError) {
        let path = "\(folder)/run.json"
        guard Path(path).exists, let data = FileManager.default.contents(atPath: path) else {
            throw RunError(.missing, "\(folder): there is no run here (no readable run.json); check the name.")
        }
        do {
            self = try JSONDecoder().decode(RunDescription.self, from: data)
        } catch let error as RunError {
            throw RunError(error.code, "\(path): \(error.description)")
        } catch let error as DecodingError {
            throw RunError(
                .damaged, "\(path): this is no description of a run (\(error.reason)); restore it or train anew.")
        } catch {
            throw RunError(.damaged, "\(path): this is no description of a run (\(error)); restore it or train anew.")
        }
        guard !model.classNames.isEmpty else {
            throw RunError(.damaged, "\(path): the run has no classes; restore the file or train anew.")
        }
    }

    /// Writes `run.json`, and `recipe.yaml` for people to read and to train anew with.
    func write(to folder: String) throws {
        try AtomicFile.write(recipe, to: "\(folder)/recipe.yaml")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: "\(folder)/run.json")
    }

    /// What of another description makes it another run, in words.
    func differences(from other: RunDescription) -> [String] {
        // A run may be made longer, and checkpoints be kept otherwise, without becoming another.
        let free: Set = ["epochs", "patience", "checkpointMinutes", "keepLast"]
        let (mine, others) = (trainingSettings, other.trainingSettings)
        var found = Set(mine.keys).union(others.keys).subtracting(free).sorted().compactMap { name -> String? in
            guard mine[name] != others[name] else { return nil }
            return "\(name) (\(mine[name] ?? "none"), was \(others[name] ?? "none"))"
        }
        func compare<Value: Equatable>(_ name: String, _ a: Value, _ b: Value) {
            if a != b { found.append("\(name) (\(a), was \(b))") }
        }
        compare("task", model.task.name, other.model.task.name)
        if model.recipe != other.model.recipe { found.append("the network") }
        compare("classes", model.classNames, other.model.classNames)
        if model.preprocessing != other.model.preprocessing { found.append("the preprocessing") }
        return found
    }
}

extension RunDescription: Codable {
    /// How `run.json` is written.
    private static let version = 2

    private enum Keys: String, CodingKey { case version, model, settings, data, versions }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        guard let version = try values.decodeIfPresent(Int.self, forKey: .version) else {
            self = try FormerRun(from: decoder).description
            return
        }
        guard version == Self.version else {
            throw RunError(
                .different,
                "this run was written as version \(version), and this program knows \(Self.version) and 1; use the "
                    + "program that trained it, or train anew.")
        }
        model = try values.decode(ModelDescription.self, forKey: .model)
        settings = try values.decode(TrainingSettings.self, forKey: .settings)
        data = try values.decode(String.self, forKey: .data)
        versions = try values.decode([String: String].self, forKey: .versions)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(Self.version, forKey: .version)
        try values.encode(model, forKey: .model)
        try values.encode(settings, forKey: .settings)
        try values.encode(data, forKey: .data)
        try values.encode(versions, forKey: .versions)
    }
}
