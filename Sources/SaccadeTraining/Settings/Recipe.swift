import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeModels
public import SaccadeSettings

/// A recipe in which everything is decided: what it says itself, what takes the place of that, and what both leave to
/// us.
public struct Recipe: Sendable {
    /// The task, the network, and how images are prepared for it; what the classes are called is not known yet.
    public let model: ModelDescription
    /// How it is trained.
    public let settings: TrainingSettings

    /// - Parameters:
    ///   - yaml: The recipe's text.
    ///   - source: What to call it in complaints: the file's path.
    ///   - stored: How a run that is resumed was trained, in place of the section `training`.
    ///   - overrides: What takes the place of these settings.
    /// - Throws: `RecipeError` at the line, or the option, that cannot be.
    public init(
        yaml: String, source: String, stored: TrainingSettings? = nil, overrides: [RecipeOverride] = []
    ) throws(RecipeError) {
        let overrides = overrides.map(\.withTaskSettingsInTheirSection)
        for override in overrides { try Self.check(override) }
        let ofTraining = overrides.filter { $0.path[0] == "training" }
        let ofModel = overrides.filter { $0.path[0] != "training" }
        let root = try Setting(yaml: yaml, source: source).withTaskSettingsInTheirSection()
            .replacing(ofModel.filter { $0.path[0] == "network" }).withNetworkWrittenOut(source: source)
            .replacing(ofModel.filter { $0.path[0] != "network" })
        // Complains at the lines of the recipe as it was written.
        let parts = try RecipeParts(root, source: source)
        // A resumed run must have the same text as before.
        let text = stored != nil && ofModel.isEmpty ? yaml : root.without("training").inOrder.yaml
        model = try ModelDescription(recipe: text, parts: parts)

        var settings: TrainingSettings
        if let stored { settings = stored } else { settings = try parts.architecture.trainingSettings() }
        if !ofTraining.isEmpty {
            // Spelled out, so that there is something to replace. A mistake that concerns several settings may be the
            // fault of any of the options.
            let all = Location(file: ofTraining.map(\.typed).joined(separator: " "))
            let spelledOut = try settings.setting
            let base = Setting(.section([.init(key: "training", location: all, value: spelledOut)]), at: all)
            if let training = try base.replacing(ofTraining).entries?.first?.value {
                settings = try Setting(training.content, at: all).decoded(TrainingSettings.self)
            }
        }
        if settings.best.metric == nil { settings.best.metric = parts.task.monitor }
        self.settings = settings
        if let problem = settings.problem(with: type(of: parts.task.task)) ?? settings.problem(with: model) {
            let option = ofTraining.first { $0.path.dropFirst().first == problem.key }
            throw RecipeError(
                problem.text,
                at: option.map { Location(file: $0.typed) } ?? root.place(of: ["training", problem.key]))
        }
    }

    /// The text of a recipe from a file, of one that comes with the program, or of a network that is no list of layers.
    ///
    /// - Throws: `RecipeError` with the names there are.
    public static func text(fileOrName: String) throws(RecipeError) -> String {
        try Architecture.text(fileOrName: fileOrName, among: RunTask.networkNames) {
            RunTask.recipe(ofNetwork: $0)
        }
    }

    /// The whole as text, with all that was left to us spelled out. Read as a recipe it gives this one.
    public var yaml: String { Recipe.text(model: model.recipe, settings: settings) }

    /// A model's text with how it is trained.
    static func text(model: String, settings: TrainingSettings) -> String {
        var entries = (try? Setting(yaml: model, source: "recipe"))?.without("training").entries ?? []
        let place = Location(file: "recipe")
        if let training = try? settings.setting {
            entries.append(.init(key: "training", location: place, value: training))
        }
        return Setting(.section(entries), at: place).inOrder.yaml
    }

    /// Says which setting was meant by a first name that is none.
    private static func check(_ override: RecipeOverride) throws(RecipeError) {
        let name = override.path[0]
        guard !RecipeParts.keys.contains(name) else { return }
        let inner =
            TrainingSettings.keys.map { ("training", $0) } + PreprocessingSettings.keys.map { ("preprocessing", $0) }
        // Mostly the section was left out; or it is the section that is misspelt.
        let word = nearest(to: name, among: inner.map(\.1) + RecipeParts.keys)
        let section = inner.first { $0.1 == word }.map { "\($0.0)." } ?? ""
        let meant = word.map { ([section + $0] + (section.isEmpty ? override.path.dropFirst() : [])) }
        let remedy = meant.map { "did you mean \($0.joined(separator: "."))?" }
        throw RecipeError(
            "there is no setting \(name) in a recipe; "
                + (remedy ?? "there are \(RecipeParts.keys.joined(separator: ", "))"),
            at: Location(file: override.typed))
    }
}

extension TrainingSettings {
    /// What a task cannot do of these, and the setting to blame.
    fileprivate func problem(with task: any LearningTask.Type) -> (key: String, text: String)? {
        if let mixing = augmentation.first(where: \.isBatchLevel), !task.mixesBatches {
            return (
                "augmentation",
                "\(mixing.name) mixes images with their classes, and task: \(task.name) has no such; remove it"
            )
        }
        if let metric = best.metric, !task.monitors.contains(metric) {
            let known = task.monitors.map(\.name).joined(separator: ", ")
            return ("best", "task: \(task.name) does not measure \(metric.name); it measures \(known)")
        }
        return nil
    }

    /// What does not go with how images are prepared, and the setting to blame.
    fileprivate func problem(with model: ModelDescription) -> (key: String, text: String)? {
        guard model.preprocessing?.resizing == .tiles, !(augmentation.first?.resizes ?? false) else { return nil }
        return (
            "augmentation",
            "images that are cut into tiles (preprocessing.resize) are learnt from in parts of one size; begin the "
                + "augmentation with one that gives them that, such as {kind: tile}"
        )
    }

    /// All settings, spelled out, in the order in which they are declared.
    var setting: Setting {
        get throws(RecipeError) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // Numbers that JSON does not know were refused when the settings were read.
            let json = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
            let setting = try Setting(yaml: json, source: "settings")
            let entries = (setting.entries ?? []).map {
                Setting.Entry(key: $0.key, location: $0.location, value: $0.value.withKindFirst)
            }
            func rank(_ entry: Setting.Entry) -> Int { TrainingSettings.keys.firstIndex(of: entry.key) ?? 0 }
            return Setting(.section(entries.sorted { rank($0) < rank($1) }), at: setting.location)
        }
    }
}

extension RunDescription {
    /// The resolved recipe: what `recipe.yaml` holds.
    public var recipe: String { Recipe.text(model: model.recipe, settings: settings) }

    /// The settings of the training by dotted name.
    var trainingSettings: [String: String] {
        let settings = (try? settings.setting)?.flattened ?? []
        return Dictionary(settings.map { ($0.name, $0.text) }) { first, _ in first }
    }

    /// Every setting of the recipe with its dotted name, such as `training.optimizer.kind`.
    public var recipeSettings: [(name: String, text: String)] {
        (try? Setting(yaml: recipe, source: "recipe"))?.flattened ?? []
    }
}

extension Setting {
    /// The line of a setting, or of the innermost section on the way to it that there is.
    fileprivate func place(of path: [String]) -> Location {
        var (setting, place) = (self, location)
        for key in path {
            guard let entry = setting.entries?.first(where: { $0.key == key }) else { return place }
            (setting, place) = (entry.value, entry.location)
        }
        return place
    }

    fileprivate func without(_ key: String) -> Setting {
        entries.map { Setting(.section($0.filter { $0.key != key }), at: location) } ?? self
    }

    /// With the layers of a network in place of its name: a run must not change with the program's idea of it, and its
    /// layers can be changed like a recipe's own.
    fileprivate func withNetworkWrittenOut(source: String) throws(RecipeError) -> Setting {
        guard let entries, let network = entries.first(where: { $0.key == "network" }),
            network.value.entries == nil
        else { return self }
        let text = try RecipeParts(self, source: source).architecture.yaml
        let written = try Setting(yaml: text, source: source).placed(at: Location(file: source)).entries ?? []
        // What the recipe says itself keeps its lines.
        let own = entries.filter { $0.key != "network" }
        return Setting(
            .section(own + written.filter { entry in !own.contains { $0.key == entry.key } }), at: location
        ).inOrder
    }

    /// A recipe's sections in the order in which one reads best.
    fileprivate var inOrder: Setting {
        func rank(_ entry: Entry) -> Int { RecipeParts.keys.firstIndex(of: entry.key) ?? 0 }
        return entries.map { Setting(.section($0.sorted { rank($0) < rank($1) }), at: location) } ?? self
    }

    fileprivate var withKindFirst: Setting {
        switch content {
        case .text: self
        case .list(let list): Setting(.list(list.map(\.withKindFirst)), at: location)
        case .section(let entries):
            Setting(
                .section(
                    (entries.filter { $0.key == "kind" } + entries.filter { $0.key != "kind" }).map {
                        Entry(key: $0.key, location: $0.location, value: $0.value.withKindFirst)
                    }), at: location)
        }
    }
}

// Settings of a task that stood in the section `training` while there were classifiers alone.
extension Setting {
    private static let moved = ["labelSmoothing"]

    /// With settings of the task in the task's section, wherever the recipe has them.
    ///
    /// - Throws: `RecipeError` where both sections have one.
    func withTaskSettingsInTheirSection() throws(RecipeError) -> Setting {
        guard var entries, let index = entries.firstIndex(where: { $0.key == "training" }),
            let training = entries[index].value.entries
        else { return self }
        let moved = training.filter { Self.moved.contains($0.key) }
        guard let first = moved.first else { return self }
        let kept = training.filter { !Self.moved.contains($0.key) }
        entries[index].value = Setting(.section(kept), at: entries[index].value.location)
        let own = entries.firstIndex { $0.key == Classification.name }
        let present = own.flatMap { entries[$0].value.entries } ?? []
        if let twice = present.first(where: { entry in moved.contains { $0.key == entry.key } }) {
            throw RecipeError(
                "\(twice.key) stands here and in training; remove one of them", at: twice.location)
        }
        let section = Entry(
            key: Classification.name, location: first.location,
            value: Setting(.section(present + moved), at: first.location))
        if let own { entries[own] = section } else { entries.append(section) }
        return Setting(.section(entries), at: location)
    }
}

extension RecipeOverride {
    /// `classify.labelSmoothing` for `training.labelSmoothing`.
    fileprivate var withTaskSettingsInTheirSection: RecipeOverride {
        path.count == 2 && path[0] == "training" && path[1] == "labelSmoothing"
            ? replacing(path: [Classification.name, path[1]]) : self
    }
}
