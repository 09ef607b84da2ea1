import SaccadeSettings

/// In a recipe: `{kind: horizontalFlip, probability: 0.5}`, `{kind: randomCrop, padding: 4, fill: black}` or
/// `{kind: shift, fraction: 0.1, fill: edge}`; what is left out is as in the cases.
extension Augmentation: Codable {
    private enum Keys: String, CodingKey {
        case kind, probability, padding, fraction, fill
    }

    public init(from decoder: any Decoder) throws {
        let kind = try decoder.kind(
            Keys.kind,
            among: ["horizontalFlip": [.probability], "randomCrop": [.padding, .fill], "shift": [.fraction, .fill]])
        let values = try decoder.container(keyedBy: Keys.self)
        func fill(_ usual: Fill) throws -> Fill {
            guard let name = try values.decodeIfPresent(String.self, forKey: .fill) else { return usual }
            guard let fill = Fill(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .fill, in: values,
                    debugDescription:
                        "fill must be \(Fill.allCases.map(\.rawValue).joined(separator: " or ")), got “\(name)”")
            }
            return fill
        }
        switch kind {
        case "horizontalFlip":
            self = .horizontalFlip(probability: try values.decodeIfPresent(Double.self, forKey: .probability) ?? 0.5)
        case "randomCrop":
            self = .randomCrop(padding: try values.decode(Int.self, forKey: .padding), fill: try fill(.black))
        default: self = .shift(fraction: try values.decode(Double.self, forKey: .fraction), fill: try fill(.edge))
        }
        try decoder.refuse(problem)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        switch self {
        case .horizontalFlip(let probability):
            try values.encode("horizontalFlip", forKey: .kind)
            try values.encode(probability, forKey: .probability)
        case .randomCrop(let padding, let fill):
            try values.encode("randomCrop", forKey: .kind)
            try values.encode(padding, forKey: .padding)
            try values.encode(fill, forKey: .fill)
        case .shift(let fraction, let fill):
            try values.encode("shift", forKey: .kind)
            try values.encode(fraction, forKey: .fraction)
            try values.encode(fill, forKey: .fill)
        }
    }
}
