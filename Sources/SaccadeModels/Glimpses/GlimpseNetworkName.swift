import SaccadePrelude
package import SaccadeSettings

/// The networks that look in glimpses, by the names that recipes have for them.
public enum GlimpseNetworkName: String, Sendable, CaseIterable {
    case ram, dram

    /// The recipe that a bare name stands for.
    public var recipe: String {
        let (name, input) = self == .ram ? ("RAM", "28x28x1") : ("DRAM", "100x100x1")
        return "name: \(name)\ntask: glimpse\nnetwork: {\(rawValue): {}}\ninput: \(input)\nclasses: 10\n"
            + "preprocessing: {mean: [0], std: [1]}\n"
    }

    /// The network with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: What the recipe says behind the name.
    ///   - image: The images' shape.
    ///   - classes: At least 1.
    ///   - answers: Classes to name for an image, at least 1.
    ///   - seed: Where the sequence of random first weights starts.
    /// - Throws: `RecipeError` at the setting that cannot be.
    package func model(
        _ settings: Setting.Entry, image: ImageShape, classes: Int, answers: Int, seed: UInt64
    ) throws(RecipeError) -> AnyGlimpseNetwork {
        var generator = SplitMix64(seed: seed)
        switch self {
        case .ram:
            let configuration: RecurrentAttention.Configuration =
                try settings.value.isEmpty ? RecurrentAttention.Configuration() : settings.value.decoded()
            guard answers == 1 else {
                throw RecipeError(
                    "ram names one class, and canvases have \(answers) digits; take dram, or say digits: 1",
                    at: settings.location)
            }
            return AnyGlimpseNetwork(
                RecurrentAttention(configuration, channels: image.channels, classes: classes, using: &generator))
        case .dram:
            let configuration: MultipleObjectRecognition.Configuration =
                try settings.value.isEmpty ? MultipleObjectRecognition.Configuration() : settings.value.decoded()
            return AnyGlimpseNetwork(
                MultipleObjectRecognition(
                    configuration, image: image, classes: classes, answers: answers, using: &generator))
        }
    }
}
