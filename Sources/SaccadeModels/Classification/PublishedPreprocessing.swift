import SaccadeSettings

/// How the images were prepared that published weights were trained on: the section `preprocessing` of a recipe.
enum PublishedPreprocessing {
    /// The middle of the image, less the mean of ImageNet's images, over their standard deviation.
    case imageNet
    /// The middle of the image, with brightness from −1 to 1.
    case symmetric

    var section: Setting {
        let place = Location(file: "preprocessing")
        func entry(_ key: String, _ value: Setting.Content) -> Setting.Entry {
            Setting.Entry(key: key, location: place, value: Setting(value, at: place))
        }
        func numbers(_ texts: [String]) -> Setting.Content {
            .list(texts.map { Setting(.text($0, isPlain: true), at: place) })
        }
        let (mean, deviation) =
            switch self {
            case .imageNet: (["0.485", "0.456", "0.406"], ["0.229", "0.224", "0.225"])
            case .symmetric: (["0.5", "0.5", "0.5"], ["0.5", "0.5", "0.5"])
            }
        return Setting(
            .section([
                entry("resize", .text("crop", isPlain: true)), entry("mean", numbers(mean)),
                entry("std", numbers(deviation)),
            ]), at: place)
    }
}

extension Architecture {
    /// A published network.
    init(
        name: String, source: String, input: InputSize, layers: [LayerSpecification], classes: Int,
        preprocessing: PublishedPreprocessing
    ) {
        self.init(name: name, source: source, input: input, layers: layers, classes: classes)
        preprocessingSection = preprocessing.section
    }
}
