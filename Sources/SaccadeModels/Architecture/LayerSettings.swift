import SaccadeSettings
import SaccadeTensors

// The settings that several kinds of layers have in common.
extension LayerReader {
    static let activations: KeyValuePairs<String, ActivationSpecification> = [
        "relu": .relu, "leaky-relu": .leakyReLU(slope: 0.01), "sigmoid": .sigmoid, "tanh": .tanh, "gelu": .gelu,
        "softmax": .softmax,
    ]

    static func channels(_ section: Section) throws(RecipeError) -> Int {
        try section.required("channels").integer("channels", 1...InputSize.maximumLength)
    }

    /// A number of outputs, or the word `classes`.
    static func outputs(
        _ section: Section, _ key: String, _ range: ClosedRange<Int> = 1...InputSize.maximumLength
    ) throws(RecipeError) -> OutputCount {
        let setting = try section.required(key)
        switch setting.content {
        case .text("classes", _): return .classes
        case .text(let text, true) where Int(text) == nil:
            throw setting.error("\(key) must be a whole number, or the word classes, got \(setting.quoted)")
        default: return .count(try setting.integer(key, range))
        }
    }

    static func kernel(_ section: Section) throws(RecipeError) -> Pair {
        try pair(try section.required("kernel"), "kernel", 1)
    }

    static func activation(_ section: Section) throws(RecipeError) -> ActivationSpecification? {
        try section["activation"].map { setting throws(RecipeError) in
            try setting.choice("activation", activations)
        }
    }

    static func pair(_ section: Section, _ key: String, _ minimum: Int) throws(RecipeError) -> Pair? {
        try section[key].map { setting throws(RecipeError) in try pair(setting, key, minimum) }
    }

    /// `7`, or `[5, 3]` for height and width.
    static func pair(_ setting: Setting, _ name: String, _ minimum: Int) throws(RecipeError) -> Pair {
        let range = minimum...maximumExtent
        guard case .list(let list) = setting.content else {
            guard case .text(let text, true) = setting.content, Int(text) != nil else {
                throw setting.error(
                    "\(name) must be a whole number, or [height, width], got \(setting.quoted)")
            }
            return Pair(try setting.integer(name, range))
        }
        guard list.count == 2 else {
            throw setting.error("\(name) must be one number or [height, width], got \(list.count) values")
        }
        return Pair(try list[0].integer("\(name)’s height", range), try list[1].integer("\(name)’s width", range))
    }

    static func padding(_ section: Section) throws(RecipeError) -> Padding? {
        guard let setting = section["padding"] else { return nil }
        switch setting.content {
        case .text("valid", _): return .valid
        case .text("same", _): return .same
        case .text(let text, _) where Int(text) == nil:
            let guess = nearest(to: text, among: ["valid", "same"]).map { "; did you mean \($0)?" } ?? ""
            throw setting.error(
                "padding must be valid, same, a whole number or [height, width], got \(setting.quoted)\(guess)")
        default: return .pixels(try pair(setting, "padding", 0))
        }
    }

    /// A name that checkpoints can use.
    static func name(_ setting: Setting) throws(RecipeError) -> String {
        let text = try setting.text("name")
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "_-.".unicodeScalars.contains($0))
        }
        guard isPlain, text.utf8.count <= 100, !text.hasPrefix("."), !text.hasSuffix("."), !text.contains("..") else {
            throw setting.error("a name is at most 100 letters, digits, dots, - and _, got \(setting.quoted)")
        }
        return text
    }
}

extension LayerSpecification {
    /// The layer as a part of something called `prefix`.
    ///
    /// - Parameter alone: Whether it is the only part, so that it needs no name of its own.
    func named(within prefix: String?, alone: Bool) -> LayerSpecification {
        guard let prefix else { return self }
        var layer = self
        switch name {
        case let name?: layer.name = "\(prefix).\(name)"
        // Parts of which each repetition has several are numbered when everything is named.
        case nil: layer.name = alone ? prefix : nil
        }
        return layer
    }
}
