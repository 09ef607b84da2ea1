import Foundation
import SaccadeFiles
import SaccadeInterchange
public import SaccadeModels
import SaccadeSettings
import SaccadeWeights

/// Which network with which weights somebody asks for: the same words in every command.
public struct ModelRequest: Sendable {
    /// A run's name or folder, a file of weights that says its network, or a built-in network or recipe, whose
    /// published weights are taken.
    public var model: String?
    /// The network of ``weights``: a built-in one, or a recipe.
    public var architecture: String?
    /// A file of weights.
    public var weights: String?
    /// How many classes the network tells apart; else what the file says, or the recipe.
    public var classes: Int?
    /// Their names.
    public var classNames: [String]?
    /// What the network is to be given, in place of what its recipe says.
    public var input: InputSize?
    /// Whether weights that do not fit are passed over.
    public var loadsPart = false
    /// Where fresh random weights begin, in place of any file.
    public var seed: UInt64?
    /// Of a detector: the ranks to which the fully connected layers over its regions are cut, one for each or one for all; see
    /// `RegionCNN.withTruncatedSVD(ranks:)`. Nil leaves them as they were learnt.
    public var truncatedSVD: [Int]?

    public init(model: String? = nil) { self.model = model }
}

/// Where the weights of a request are, and the recipe of their network.
struct ModelSource {
    /// The recipe's text.
    var recipe: String
    /// What to call the recipe in complaints.
    var recipeName: String
    /// The file; `nil` for fresh weights.
    var weights: WeightsFile?
    var card: WeightsCard?
    /// What the weights say of themselves, or their run.
    var model: ModelDescription?
    /// The run, where there was one.
    var run: RunDescription?

    /// What the network is for.
    ///
    /// - Throws: `RecipeError` at the line of the recipe that cannot be.
    func description() throws(RecipeError) -> ModelDescription {
        if let model, recipe == model.recipe { return model }
        return try ModelDescription(
            recipe: recipe, source: recipeName, classNames: model?.classNames ?? [],
            preprocessing: model?.preprocessing)
    }

    /// - Throws: ``RunError``, `RecipeError` or `FileError` with what is missing and how to get it.
    init(_ request: ModelRequest, cache: WeightsCache) throws {
        if let model = request.model, model.lowercased().hasSuffix(".onnx"), Path(model).exists {
            throw RunError(
                .different,
                "\(model): a network in ONNX is run by saccade classify and saccade run alone; give a run, a file of "
                    + "weights or a built-in network.")
        }
        if let weights = request.weights {
            try self.init(file: weights, architecture: request.architecture)
        } else if request.seed == nil, let name = request.architecture ?? Self.builtIn(request.model),
            let shipped = ShippedWeights(rawValue: name)
        {
            try self.init(file: shipped.file(in: cache), architecture: nil)
        } else if let name = request.architecture ?? Self.builtIn(request.model) {
            try self.init(network: name, isFresh: request.seed != nil, cache: cache)
        } else if let model = request.model, WeightsFormat.isRecognised(at: model) {
            try self.init(file: model, architecture: nil)
        } else if let model = request.model {
            try self.init(run: model)
        } else {
            throw RunError(.missing, "no model is named; give a run, a built-in network, or --arch and --weights.")
        }
    }

    /// A network with its published weights, or without any.
    private init(network name: String, isFresh: Bool, cache: WeightsCache) throws {
        let card = WeightsCard.named(name)
        self.card = card
        recipeName = card?.architecture ?? name
        recipe = try Recipe.text(fileOrName: recipeName)
        if isFresh { return }
        recipe = try Self.recipe(recipe, for: card, called: recipeName)
        guard let card else {
            throw RunError(
                .missing,
                "\(name): no weights are published for this network; give --weights FILE, or --seed N for fresh "
                    + "random ones.")
        }
        guard let file = cache.file(of: card) else {
            throw RunError(
                .missing,
                "\(name): its weights are not here yet; run saccade fetch \(card.name), or give --weights FILE.")
        }
        weights = try WeightsFile(at: file)
    }

    /// The best weights of a run.
    private init(run name: String) throws {
        let folder = RunFolder.folder(of: name)
        if !Path(folder).exists,
            let guess = nearest(to: name, among: BuiltInRecipes.names + WeightsCard.all.map(\.name))
        {
            throw RunError(
                .missing, "\(folder): there is no run here, nor a network of this name; did you mean \(guess)?")
        }
        let run = try RunDescription(ofRunAt: folder)
        self.run = run
        model = run.model
        recipe = run.model.recipe
        recipeName = "the run's network"
        guard let path = RunFolder.weights(ofRun: name) else {
            throw RunError(.missing, "\(folder): this run has no weights yet; let its first epoch end.")
        }
        weights = try WeightsFile(at: path)
    }

    /// Weights in a file, which may say themselves what network they are of.
    private init(file path: String, architecture: String?) throws {
        let file = try WeightsFile(at: path)
        weights = file
        card = WeightsCard.of(file: path)
        model = ModelDescription(metadata: file.metadata, source: path)
        let published = card
        if let architecture {
            card = card ?? WeightsCard.named(architecture)
            recipeName = WeightsCard.named(architecture)?.architecture ?? architecture
            recipe = try Self.recipe(Recipe.text(fileOrName: recipeName), for: published, called: recipeName)
        } else if let model {
            recipe = model.recipe
            recipeName = path
        } else if let card {
            recipeName = card.architecture
            recipe = try Self.recipe(Recipe.text(fileOrName: recipeName), for: published, called: recipeName)
        } else {
            throw RunError(
                .missing,
                "\(path): the file does not say what network its weights are of; give its name, as in "
                    + "--arch resnet-18 --weights \(path).")
        }
    }

    /// A network's recipe with what is peculiar to a published file of its weights: a file says numbers, and not all that the
    /// network did with them.
    ///
    /// - Parameters:
    ///   - card: Of the very file; nil where it is none that was published.
    ///   - name: Of the network, or of a recipe, which says for itself what it means.
    private static func recipe(
        _ text: String, for card: WeightsCard?, called name: String
    ) throws(RecipeError) -> String {
        guard let card, let epsilon = card.frozenEpsilon, card.architecture == name, !RegularFile.isPresent(at: name)
        else { return text }
        let setting = try RecipeOverride(
            key: "network.\(name).frozenEpsilon", value: "\(epsilon)", typed: "the card of \(card.file)")
        return try Setting(yaml: text, source: name).replacing([setting]).yaml
    }

    /// The word, if a network or published weights are called so, and no run is.
    private static func builtIn(_ word: String?) -> String? {
        guard let word, !Path("\(RunFolder.folder(of: word))/run.json").exists else {
            return nil
        }
        if WeightsCard.named(word) != nil, !RegularFile.isPresent(at: word) { return word }
        guard !WeightsFormat.isRecognised(at: word), (try? Recipe.text(fileOrName: word)) != nil else {
            return nil
        }
        return word
    }
}
