import SaccadeSettings

/// In a recipe an object with the kind and its parameters, such as `{kind: rotate, degrees: 10}`; what is left out is as
/// in the functions that make them. Which parameters there are stands in each kind's own file.
extension Augmentation: Codable {
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: AugmentationKey.self)
        let name = try values.decode(String.self, forKey: .kind)
        guard let kind = Self.kinds.first(where: { $0.name == name }) else {
            throw decoder.unknown(name, AugmentationKey.kind, among: Self.kinds.map { $0.name })
        }
        self = try Augmentation.decoded(kind, values, decoder)
        try decoder.refuse(problem)
    }

    private static func decoded<Kind: AugmentationKind>(
        _: Kind.Type, _ values: AugmentationValues, _ decoder: any Decoder
    ) throws -> Augmentation {
        try decoder.refuseKeys(except: ["kind"] + Kind.parameters.map(\.name))
        var kind = Kind()
        for parameter in Kind.parameters { try parameter.decode(values, &kind) }
        return Augmentation(kind)
    }

    public func encode(to encoder: any Encoder) throws { try Self.encode(kind, to: encoder) }

    private static func encode<Kind: AugmentationKind>(_ kind: Kind, to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: AugmentationKey.self)
        try values.encode(Kind.name, forKey: .kind)
        for parameter in Kind.parameters { try parameter.encode(kind, &values) }
    }
}
