import SaccadePrelude
package import SaccadeSettings

extension DRAW {
    /// What recipes call it.
    public static let name = "draw"

    /// The recipe that a bare name stands for.
    public static let recipe =
        "name: DRAW\ntask: draw\nnetwork: {draw: {}}\ninput: 28x28x1\npreprocessing: {mean: [0], std: [1]}\n"

    /// The network of a recipe with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: What the recipe says behind the name.
    ///   - image: The images' shape.
    ///   - seed: Where the sequence of random first weights starts.
    /// - Throws: `RecipeError` at the setting that cannot be.
    package init(_ settings: Setting.Entry, image: ImageShape, seed: UInt64) throws(RecipeError) {
        let configuration: Configuration = try settings.value.isEmpty ? Configuration() : settings.value.decoded()
        guard image.elementCount <= Self.mostNumbers else {
            throw RecipeError(
                "images of \(image.height)x\(image.width)x\(image.channels) are too large to be drawn: at most "
                    + "\(Self.mostNumbers) numbers; give a smaller input", at: settings.location)
        }
        var generator = SplitMix64(seed: seed)
        self.init(configuration, image: image, using: &generator)
    }

    /// Of an image: without attention each is connected to every number that is remembered.
    private static let mostNumbers = 1 << 16
}

extension DRAW.Configuration {
    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        let counts: KeyValuePairs = [
            "steps": (steps, 1...256), "hidden": (hidden, 8...2048), "latents": (latents, 1...1024),
            "read": (read, 2...64), "write": (write, 2...64),
        ]
        for (name, (count, range)) in counts where !range.contains(count) {
            return "\(name) must be \(range.lowerBound) to \(range.upperBound), not \(count)"
        }
        return nil
    }
}

/// As an object with the names of the properties; a key that is not known, or an invalid value, is refused.
extension DRAW.Configuration: Decodable {
    private enum Keys: String, CodingKey, CaseIterable { case steps, hidden, latents, read, write, attention }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        self.init()
        steps = try values.decodeIfPresent(Int.self, forKey: .steps) ?? steps
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        latents = try values.decodeIfPresent(Int.self, forKey: .latents) ?? latents
        attention = try values.decodeIfPresent(Bool.self, forKey: .attention) ?? attention
        let windows = [(Keys.read, \Self.read), (.write, \.write)]
        for (key, path) in windows {
            guard let side = try values.decodeIfPresent(Int.self, forKey: key) else { continue }
            try decoder.refuse(attention ? nil : "\(key.rawValue) is of a window, and attention is false; remove one")
            self[keyPath: path] = side
        }
        try decoder.refuse(problem)
    }
}
