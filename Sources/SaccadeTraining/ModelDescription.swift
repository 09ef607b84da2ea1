import Foundation
import SaccadeDatasets
public import SaccadeImages
public import SaccadeModels
public import SaccadeSettings

/// What a network is and what it is for: everything that, with its weights, answers.
public struct ModelDescription: Sendable, Equatable {
    /// The recipe's text, without how it was trained.
    public let recipe: String
    /// How images become numbers; nil where there are none.
    public var preprocessing: Preprocessing?
    /// What is to be answered; with what the classes are called, once that is known.
    public var task: RunTask
    /// The network, as the recipe has it.
    public let architecture: Architecture

    /// What the network's answers are called, by number.
    public var classNames: [String] { task.classNames }

    /// - Parameters:
    ///   - recipe: The recipe's text, without the section `training`.
    ///   - source: What to call it in complaints.
    ///   - classNames: What the network's answers are called; empty where nobody has said yet.
    ///   - preprocessing: How images become numbers; nil leaves it to the recipe.
    /// - Throws: `RecipeError` at the line that cannot be.
    public init(
        recipe: String, source: String, classNames: [String] = [], preprocessing: Preprocessing? = nil
    ) throws(RecipeError) {
        let root = try Setting(yaml: recipe, source: source).withTaskSettingsInTheirSection()
        try self.init(recipe: recipe, parts: RecipeParts(root, source: source), preprocessing: preprocessing)
        if !classNames.isEmpty { task.classNames = classNames }
    }

    init(recipe: String, parts: RecipeParts, preprocessing: Preprocessing? = nil) throws(RecipeError) {
        self.recipe = recipe
        (task, architecture) = (parts.task, parts.architecture)
        if let preprocessing {
            self.preprocessing = preprocessing
        } else if case .image = architecture.input {
            self.preprocessing = try architecture.preprocessing()
        }
        if self.preprocessing?.resizing == .tiles, !type(of: task.task).seesTiles {
            throw RecipeError(
                "resize: tiles is for networks that answer for every place, and task: \(task.name) wants one answer for an "
                    + "image; choose stretch or crop",
                at: architecture.preprocessingSection?.location ?? Location(file: architecture.source))
        }
    }

    /// The preprocessing of a network on images.
    ///
    /// - Precondition: There is one.
    var imagePreprocessing: Preprocessing {
        guard let preprocessing else { preconditionFailure("\(architecture.name): this network is not for images") }
        return preprocessing
    }

    /// The size that the network is given, where its images are prepared.
    var input: InputSize? { preprocessing.map { InputSize($0) } }

    public static func == (a: ModelDescription, b: ModelDescription) -> Bool {
        (a.recipe, a.preprocessing, a.task) == (b.recipe, b.preprocessing, b.task)
    }
}

// As texts beside weights, so that one file is all that is needed to use them.
extension ModelDescription {
    private static let recipeKey = "recipe"
    /// What the recipe was called while there were classifiers alone.
    private static let formerRecipeKey = "architecture"

    func metadata() throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        var texts = [Self.recipeKey: recipe, "classNames": try text(classNames)]
        if let preprocessing { texts["preprocessing"] = try text(preprocessing) }
        if !task.codings.isEmpty { texts["codings"] = try text(task.codings) }
        return texts
    }

    /// What weights say of themselves that a run has written.
    ///
    /// - Returns: `nil` where they say nothing, or it is not understood.
    init?(metadata: [String: String], source: String) {
        func value<Value: Decodable>(_ key: String) -> Value? {
            metadata[key].flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
        }
        guard let recipe = metadata[Self.recipeKey] ?? metadata[Self.formerRecipeKey],
            let classNames: [String] = value("classNames"), !classNames.isEmpty
        else { return nil }
        let preprocessing: Preprocessing? = value("preprocessing")
        let codings: [TextCoding]? = value("codings")
        guard (metadata["preprocessing"] == nil) == (preprocessing == nil),
            (metadata["codings"] == nil) == (codings == nil),
            var description = try? ModelDescription(
                recipe: recipe, source: source, classNames: classNames, preprocessing: preprocessing)
        else { return nil }
        description.task.codings = codings ?? []
        self = description
    }
}

extension ModelDescription: Codable {
    private enum Keys: String, CodingKey { case recipe, classNames, preprocessing, codings }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        try self.init(
            recipe: values.decode(String.self, forKey: .recipe), source: "the run's recipe",
            classNames: values.decode([String].self, forKey: .classNames),
            preprocessing: values.decodeIfPresent(Preprocessing.self, forKey: .preprocessing))
        task.codings = try values.decodeIfPresent([TextCoding].self, forKey: .codings) ?? []
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(recipe, forKey: .recipe)
        try values.encode(classNames, forKey: .classNames)
        try values.encodeIfPresent(preprocessing, forKey: .preprocessing)
        if !task.codings.isEmpty { try values.encode(task.codings, forKey: .codings) }
    }
}
