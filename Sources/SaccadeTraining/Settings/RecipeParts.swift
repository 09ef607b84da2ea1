import SaccadeModels
import SaccadePrelude
import SaccadeSettings

/// A recipe taken apart: what is to be learnt, the network, how it is trained.
struct RecipeParts {
    var task: RunTask
    var architecture: Architecture

    /// The sections of a recipe, in the order in which one reads best.
    static let keys: [String] = {
        var keys = Architecture.keys
        let behind = keys.firstIndex(of: "task").map { $0 + 1 } ?? keys.count
        keys.insert(contentsOf: RunTask.names, at: behind)
        return keys
    }()

    /// - Parameter source: What to call the recipe in complaints.
    /// - Throws: `RecipeError` at the line that cannot be.
    init(_ root: Setting, source: String) throws(RecipeError) {
        let recipe = try root.section("a recipe", keys: Self.keys)
        var name = Classification.name
        if let word = recipe["task"] {
            name = try word.word("task", of: RunTask.names)
        }
        for other in RunTask.names where other != name {
            guard let section = recipe.entries.first(where: { $0.key == other }) else { continue }
            throw RecipeError(
                "\(other) is the section of another task, and this recipe’s is \(name); write task: \(other), or remove it",
                at: section.location)
        }
        guard let task = try RunTask(named: name, recipe[name]) else {
            preconditionFailure("task must be one of those that there are, got \(name)")
        }
        self.task = task
        try Self.checkName(recipe["network"], for: task)
        let entries = recipe.entries.filter { !RunTask.names.contains($0.key) }.map(Self.withSettings)
        architecture = try Architecture(Setting(.section(entries), at: root.location), source: source)
        guard let structure = architecture.structure, !Self.networks(of: task).contains(structure.key) else { return }
        throw Self.problem(with: structure, task)
    }

    /// With a network's settings, where a recipe has but the name of one that has settings: `network: unet`.
    private static func withSettings(_ entry: Setting.Entry) -> Setting.Entry {
        guard entry.key == "network", case .text(let word, _) = entry.value.content, RunTask.networkNames.contains(word)
        else { return entry }
        var entry = entry
        let place = entry.value.location
        let settings = Setting.Entry(key: word, location: place, value: Setting(.section([]), at: place))
        entry.value = Setting(.section([settings]), at: place)
        return entry
    }

    /// - Throws: `RecipeError` with the names that there are, where a network’s name is nobody’s.
    private static func checkName(_ network: Setting?, for task: RunTask) throws(RecipeError) {
        guard case .text(let name, _)? = network?.content, let network else { return }
        let all = BuiltInNetworks.names + RunTask.networkNames
        guard !all.contains(name), BuiltInNetworks.network(named: name) == nil else { return }
        let own = networks(of: task)
        let isNear = nearest(to: name, among: all) != nil
        throw network.error(
            unknown("network", name, in: "a recipe", known: isNear ? all : own.isEmpty ? BuiltInNetworks.names : own))
    }

    private static func networks(of task: RunTask) -> [String] { type(of: task.task).networks.map(\.name) }

    /// Why a task has no network of a name: it is another task's, or nobody's.
    private static func problem(with structure: Setting.Entry, _ task: RunTask) -> RecipeError {
        let name = structure.key
        if let other = RunTask.types.first(where: { $0.networks.contains { $0.name == name } }) {
            return RecipeError(
                "\(name) is a network for task: \(other.name), and this recipe’s task is \(task.name); change one of them",
                at: structure.location)
        }
        let known = networks(of: task)
        return RecipeError(
            known.isEmpty
                ? "task: \(task.name) has no network “\(name)” with settings; give layers, or a published network’s name"
                : unknown("network", name, in: "network", known: known), at: structure.location)
    }
}
