import SaccadeDatasets
public import SaccadeImages
public import SaccadeModels
public import SaccadeSettings

/// The section `preprocessing` of a recipe: what becomes of an image before the network sees it. The size is that of
/// the recipe's input.
struct PreprocessingSettings: Decodable {
    private enum Keys: String, CodingKey, CaseIterable {
        case resize, shortSide, longSide, filter, mean, std, decodesReduced
    }

    /// The keys that are known.
    static var keys: [String] { Keys.allCases.map(\.rawValue) }

    enum Resize: String, Decodable, CaseIterable { case stretch, crop, fit, tiles }

    var resize = Resize.stretch
    var shortSide: Int?
    var longSide: Int?
    var filter = ResizeFilter.bilinear
    var mean: [Float]?
    var std: [Float]?
    var decodesReduced = false

    init() {}

    init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: PreprocessingSettings.keys)
        let values = try decoder.container(keyedBy: Keys.self)
        if let word = try values.decodeIfPresent(String.self, forKey: .resize) {
            guard let known = Resize(rawValue: word) else {
                throw decoder.unknown(word, Keys.resize, among: Resize.allCases.map(\.rawValue))
            }
            resize = known
        }
        shortSide = try values.decodeIfPresent(Int.self, forKey: .shortSide)
        longSide = try values.decodeIfPresent(Int.self, forKey: .longSide)
        if let name = try values.decodeIfPresent(String.self, forKey: .filter) {
            guard let filter = ResizeFilter(rawValue: name) else {
                let known = ResizeFilter.allCases.map(\.rawValue).joined(separator: ", ")
                throw DecodingError.dataCorruptedError(
                    forKey: .filter, in: values, debugDescription: "filter must be one of \(known), got “\(name)”")
            }
            self.filter = filter
        }
        mean = try values.decodeIfPresent([Float].self, forKey: .mean)
        std = try values.decodeIfPresent([Float].self, forKey: .std)
        decodesReduced = try values.decodeIfPresent(Bool.self, forKey: .decodesReduced) ?? decodesReduced
    }
}

extension Architecture {
    /// How images are prepared for this network. Unless the recipe says otherwise they are stretched to its input's
    /// size, and brightness goes from -1 to 1.
    ///
    /// - Throws: ``RecipeError`` at the line that cannot be.
    public func preprocessing() throws(RecipeError) -> Preprocessing {
        let place = preprocessingSection?.location ?? Location(file: source)
        guard case .image(let height, let width, let channels) = input else {
            throw RecipeError(
                "input must be height x width x channels to train on images, not \(input)", at: place)
        }
        let settings = try preprocessingSection?.decoded(PreprocessingSettings.self) ?? PreprocessingSettings()
        let resizing: Preprocessing.Resizing =
            switch settings.resize {
            case .stretch: .stretch
            case .crop: .centerCrop(shortSide: settings.shortSide ?? max(height, width))
            case .fit:
                .fit(
                    shortSide: settings.shortSide ?? min(height, width),
                    longSide: settings.longSide ?? max(height, width))
            case .tiles: .tiles
            }
        let mean = settings.mean ?? Array(repeating: 0.5, count: channels)
        let deviation = settings.std ?? Array(repeating: 0.5, count: channels)
        if let problem = Preprocessing.problem(
            height: height, width: width, channels: channels, resizing: resizing, mean: mean,
            standardDeviation: deviation)
        {
            throw RecipeError(problem, at: place)
        }
        return Preprocessing(
            height: height, width: width, channels: channels, resizing: resizing, filter: settings.filter, mean: mean,
            standardDeviation: deviation, decodesReduced: settings.decodesReduced)
    }

    /// The section `training`, or what it leaves to us.
    ///
    /// - Throws: ``RecipeError`` at the line that cannot be.
    public func trainingSettings() throws(RecipeError) -> TrainingSettings {
        try training?.decoded(TrainingSettings.self) ?? TrainingSettings()
    }
}

extension InputSize {
    /// The size that images have after `preprocessing`.
    init(_ preprocessing: Preprocessing) {
        self = .image(height: preprocessing.height, width: preprocessing.width, channels: preprocessing.channels)
    }
}
