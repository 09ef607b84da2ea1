import Foundation
public import SaccadeModels
public import SaccadeSettings

/// A recipe in which everything is decided: what it says itself, what takes the place of that, and what both leave to
/// us.
public struct Recipe: Sendable {
    /// The network, and how pictures are prepared for it.
    public let architecture: Architecture
    /// How it is trained.
    public let settings: TrainingSettings
    /// The recipe as text, without the section `training`.
    public let network: String

    /// - Parameters:
    ///   - yaml: The recipe's text.
    ///   - source: What to call it in complaints: the file's path.
    ///   - stored: How a run that is resumed was trained, in place of the section `training`.
    ///   - overrides: What takes the place of these settings.
    /// - Throws: `RecipeError` at the line, or the option, that cannot be.
    public init(
        yaml: String, source: String, stored: TrainingSettings? = nil, overrides: [RecipeOverride] = []
    ) throws(RecipeError) {
        for override in overrides { try Self.check(override) }
        let ofTraining = overrides.filter { $0.path[0] == "training" }
        let ofNetwork = overrides.filter { $0.path[0] != "training" }
        let root = try Setting(yaml: yaml, source: source)
            .replacing(ofNetwork.filter { $0.path[0] == "network" }).withNetworkWrittenOut(source: source)
            .replacing(ofNetwork.filter { $0.path[0] != "network" })
        architecture = try Architecture(root, source: source)
        // A resumed run must have the same text as before.
        network = stored != nil && ofNetwork.isEmpty ? yaml : root.without("training").inOrder.yaml

        var settings: TrainingSettings
        if let stored { settings = stored } else { settings = try architecture.trainingSettings() }
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
        self.settings = settings
    }

    /// The whole as text, with all that was left to us spelled out. Read as a recipe it gives this one.
    public var yaml: String { Recipe.text(network: network, settings: settings) }

    /// A network's text with how it is trained.
    static func text(network: String, settings: TrainingSettings) -> String {
        var entries = (try? Setting(yaml: network, source: "recipe"))?.without("training").entries ?? []
        let place = Location(file: "recipe")
        if let training = try? settings.setting {
            entries.append(.init(key: "training", location: place, value: training))
        }
        return Setting(.section(entries), at: place).inOrder.yaml
    }

    /// Says which setting was meant by a first name that is none.
    private static func check(_ override: RecipeOverride) throws(RecipeError) {
        let name = override.path[0]
        guard !Architecture.keys.contains(name) else { return }
        let inner =
            TrainingSettings.keys.map { ("training", $0) } + PreprocessingSettings.keys.map { ("preprocessing", $0) }
        // Mostly the section was left out; or it is the section that is misspelt.
        let word = nearest(to: name, among: inner.map(\.1) + Architecture.keys)
        let section = inner.first { $0.1 == word }.map { "\($0.0)." } ?? ""
        let meant = word.map { ([section + $0] + (section.isEmpty ? override.path.dropFirst() : [])) }
        let remedy = meant.map { "did you mean \($0.joined(separator: "."))?" }
        throw RecipeError(
            "there is no setting \(name) in a recipe; "
                + (remedy ?? "there are \(Architecture.keys.joined(separator: ", "))"),
            at: Location(file: override.typed))
    }
}

extension TrainingSettings {
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
    public var recipe: String { Recipe.text(network: architecture, settings: settings) }

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
    fileprivate func without(_ key: String) -> Setting {
        entries.map { Setting(.section($0.filter { $0.key != key }), at: location) } ?? self
    }

    /// With the layers of a network in place of its name: a run must not change with the program's idea of it, and its
    /// layers can be changed like a recipe's own.
    fileprivate func withNetworkWrittenOut(source: String) throws(RecipeError) -> Setting {
        guard let entries, entries.contains(where: { $0.key == "network" }) else { return self }
        let text = try Architecture(self, source: source).yaml
        let written = try Setting(yaml: text, source: source).placed(at: Location(file: source)).entries ?? []
        // What the recipe says itself keeps its lines.
        let own = entries.filter { $0.key != "network" }
        return Setting(
            .section(own + written.filter { entry in !own.contains { $0.key == entry.key } }), at: location
        ).inOrder
    }

    /// A recipe's sections in the order in which one reads best.
    fileprivate var inOrder: Setting {
        func rank(_ entry: Entry) -> Int { Architecture.keys.firstIndex(of: entry.key) ?? 0 }
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
