import Foundation
import SaccadeDatasets
import SaccadeFiles
public import SaccadeImages
import SaccadeInterchange
import SaccadeTensors

/// What a run is: everything that is decided before training begins. It is stored as `run.json`, and with the weights.
public struct RunDescription: Sendable, Equatable, Codable {
    public var settings: TrainingSettings
    /// The text of the architecture file.
    public var architecture: String
    /// The classes' names; a label is an index into them.
    public var classNames: [String]
    /// How pictures become numbers.
    public var preprocessing: Preprocessing
    /// Where the data were, as the user named them.
    public var data: String
    /// What computed: program, engine, processor, threads. With other ones the same seed gives slightly other numbers.
    public var versions: [String: String]

    /// - Parameters:
    ///   - settings: How to train.
    ///   - architecture: The text of the architecture file.
    ///   - classNames: The classes' names; a label is an index into them.
    ///   - preprocessing: How pictures become numbers.
    ///   - data: Where the data are, as the user named them.
    public init(
        settings: TrainingSettings, architecture: String, classNames: [String], preprocessing: Preprocessing,
        data: String
    ) {
        self.settings = settings
        self.architecture = architecture
        self.classNames = classNames
        self.preprocessing = preprocessing
        self.data = data
        versions = [
            "engine": Machine.engine, "processor": Machine.processor, "threads": String(Threads.count), "format": "1",
        ]
    }

    /// Reads the description of a run.
    ///
    /// - Parameter folder: The run's folder.
    /// - Throws: ``RunError`` when there is no run, or its description is damaged.
    public init(ofRunAt folder: String) throws(RunError) {
        let path = "\(folder)/run.json"
        guard Path(path).exists, let data = FileManager.default.contents(atPath: path) else {
            throw RunError(.missing, "\(folder): there is no run here (no readable run.json); check the name.")
        }
        do {
            self = try JSONDecoder().decode(RunDescription.self, from: data)
        } catch {
            throw RunError(.damaged, "\(path): this is no description of a run (\(error)); restore it or train anew.")
        }
        guard !classNames.isEmpty else {
            throw RunError(.damaged, "\(path): the run has no classes; restore the file or train anew.")
        }
    }

    /// Writes `run.json`, and `recipe.yaml` for people to read and to train anew with.
    func write(to folder: String) throws {
        try AtomicFile.write(recipe, to: "\(folder)/recipe.yaml")
        try AtomicFile.write(try json() + "\n", to: "\(folder)/run.json")
    }

    private func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The texts that go with the weights, so that one file is all that is needed to use them.
    func metadata() throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [
            "architecture": architecture,
            "classNames": String(decoding: try encoder.encode(classNames), as: UTF8.self),
            "preprocessing": String(decoding: try encoder.encode(preprocessing), as: UTF8.self),
        ]
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
        if architecture != other.architecture { found.append("the network") }
        compare("classes", classNames, other.classNames)
        if preprocessing != other.preprocessing { found.append("the preprocessing") }
        return found
    }
}
