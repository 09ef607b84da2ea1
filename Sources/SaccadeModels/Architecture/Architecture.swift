import SaccadeFiles
public import SaccadeSettings

/// A network as a recipe describes it.
///
///     name: Exercise 1
///     input: 240x240x3
///     layers:
///       - conv: {channels: 64, kernel: 7}
///       - relu
///       …
///     classes: 2
///
/// In place of `layers` a recipe may give the name of a published one, `network: resnet-18`, or a network that is no
/// list of layers with its settings, `network: {unet: {width: 32}}`; what those are, the task of the recipe knows.
///
/// It says nothing yet about whether the layers fit each other: that comes with
/// ``resolved(input:classes:padding:seed:)``.
public struct Architecture: Sendable {
    /// What tables and drawings call the network.
    public var name: String
    /// Where it was read from.
    public var source: String
    public var input: InputSize
    public var layers: [LayerSpecification]
    /// A network that is no list of layers: what it is called, and its settings.
    package var structure: Setting.Entry?
    /// Whether it is a list of layers.
    public var isChain: Bool { structure == nil }
    /// How many classes there are to tell apart; `nil` leaves it to the data.
    public var classes: Int?
    /// The section `preprocessing`, for whoever prepares images.
    package var preprocessingSection: Setting?
    /// The section `training`, for whoever trains the network.
    package var training: Setting?

    public init(
        name: String, source: String, input: InputSize, layers: [LayerSpecification], classes: Int? = nil
    ) {
        self.name = name
        self.source = source
        self.input = input
        self.layers = layers
        self.classes = classes
    }

    /// Reads a recipe from a file.
    ///
    /// - Throws: ``RecipeError`` with the file and the line.
    public init(contentsOf path: String) throws(RecipeError) {
        try self.init(yaml: RecipeFile.text(of: path), source: path)
    }

    /// Reads a recipe from a file, or one of those that come with the program. A file goes before a built-in recipe of
    /// the same name, a folder does not: `scenes` may be what the recipe of this name learns from.
    ///
    /// - Parameter fileOrName: A path such as `recipes/mnist.yaml`, or a name such as `mnist`.
    /// - Throws: ``RecipeError`` with the file and the line, or the names there are.
    public init(fileOrName: String) throws(RecipeError) {
        try self.init(yaml: Self.text(fileOrName: fileOrName), source: Self.place(of: fileOrName))
    }

    /// The names of all that comes with the program: recipes, then published networks, of which some have a recipe too.
    public static var builtInNames: [String] {
        let networks = BuiltInNetworks.names
        return BuiltInRecipes.names.filter { !networks.contains($0) } + networks
    }

    /// The text of a recipe from a file, or of one that comes with the program.
    ///
    /// - Throws: ``RecipeError`` with the names there are.
    public static func text(fileOrName: String) throws(RecipeError) -> String {
        try text(fileOrName: fileOrName, among: []) { _ in nil }
    }

    /// - Parameters:
    ///   - others: Names of recipes that come from elsewhere.
    ///   - other: The text of one of them.
    package static func text(
        fileOrName: String, among others: [String], _ other: (String) -> String?
    ) throws(RecipeError) -> String {
        if let text = builtInText(named: fileOrName) ?? other(fileOrName), !RegularFile.isPresent(at: fileOrName) {
            return text
        }
        guard RecipeFile.exists(fileOrName) || fileOrName.contains("/") || fileOrName.hasSuffix(".yaml") else {
            let names = builtInNames + others
            let guess = nearest(to: fileOrName, among: names).map { "did you mean \($0)? " } ?? ""
            throw RecipeError(
                "there is neither a file nor a built-in recipe or network of this name; "
                    + "\(guess)The built-in ones are \(names.joined(separator: ", "))",
                at: Location(file: fileOrName))
        }
        return try RecipeFile.text(of: fileOrName)
    }

    /// A recipe's text; that of a published network calls it by name.
    private static func builtInText(named name: String) -> String? {
        BuiltInRecipes.text(named: name) ?? BuiltInNetworks.network(named: name).map { "network: \($0.source)\n" }
    }

    /// What to call a recipe in complaints.
    public static func place(of fileOrName: String) -> String {
        if RegularFile.isPresent(at: fileOrName) { return fileOrName }
        if BuiltInRecipes.text(named: fileOrName) != nil { return "\(fileOrName).yaml" }
        return BuiltInNetworks.network(named: fileOrName)?.source ?? fileOrName
    }

    /// Reads a recipe.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - source: What to call it in complaints: the file's path.
    /// - Throws: ``RecipeError`` with the line.
    public init(yaml: String, source: String) throws(RecipeError) {
        try self.init(RecipeFile.setting(yaml, file: source), source: source)
    }

    /// The keys of a recipe, in the order in which one reads best.
    package static let keys = [
        "name", "task", "network", "input", "classes", "preprocessing", "layers", "training",
    ]

    /// Reads a recipe from its settings.
    ///
    /// - Parameters:
    ///   - root: All of them.
    ///   - source: What to call the recipe in complaints.
    /// - Throws: ``RecipeError`` with the line.
    package init(_ root: Setting, source: String) throws(RecipeError) {
        let recipe = try root.section("a recipe", keys: Self.keys)
        let isStructure = recipe["network"]?.entries != nil
        structure = try recipe["network"].flatMap(Self.structure)
        let network = isStructure ? nil : try recipe["network"].map(Self.network)
        if recipe["network"] != nil, let layers = recipe["layers"] {
            throw layers.error("a recipe has the layers of its network, or layers of its own; remove network or layers")
        }
        name = try recipe["name"]?.text("name") ?? network?.name ?? Self.stem(of: source)
        self.source = source
        classes = try recipe["classes"]?.integer("classes", 1...InputSize.maximumLength) ?? network?.classes
        preprocessingSection = recipe["preprocessing"] ?? network?.preprocessingSection
        training = recipe["training"]
        if let network {
            input = try recipe["input"].map(Self.inputSize) ?? network.input
            layers = network.layers
        } else {
            input = try Self.inputSize(recipe.required("input"))
            var reader = LayerReader()
            layers = isStructure ? [] : try reader.layers(recipe.required("layers"), "layers")
        }
    }

    /// The one entry of a section `network`; nil for a name.
    private static func structure(_ setting: Setting) throws(RecipeError) -> Setting.Entry? {
        guard let entries = setting.entries else { return nil }
        guard entries.count == 1 else {
            throw setting.error(
                "network must be a name, or one name with its settings, as in network: {unet: {width: 32}}; got "
                    + "\(entries.count) names")
        }
        return entries[0]
    }

    private static func inputSize(_ setting: Setting) throws(RecipeError) -> InputSize {
        guard let size = InputSize(try setting.text("input")) else {
            throw setting.error("input must be \(InputSize.hint); got \(setting.quoted)")
        }
        return size
    }

    /// The published network of a name.
    private static func network(_ setting: Setting) throws(RecipeError) -> Architecture {
        let name = try setting.text("network")
        guard let network = BuiltInNetworks.network(named: name) else {
            throw setting.error(unknown("network", name, in: "a recipe", known: BuiltInNetworks.names))
        }
        return network
    }

    /// `vgg-16` of `recipes/vgg-16.yaml`.
    private static func stem(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
    }
}
