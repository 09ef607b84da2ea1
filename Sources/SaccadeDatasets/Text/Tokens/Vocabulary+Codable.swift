import SaccadeSettings

/// Written as `{"specials": ["padding", "unknown"], "words": ["the", "a"]}`, in the order of the numbers.
extension Vocabulary: Codable {
    private enum Keys: String, CodingKey, CaseIterable { case specials, words }

    /// - Throws: `DecodingError` where words are empty, too long, too many, or there twice, and so for special ones.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        let names = try values.decode([Special].self, forKey: .specials)
        let specials = Set(names)
        try decoder.refuse(
            names == Special.allCases.filter(specials.contains)
                ? nil
                : "the special words must be, in this order, some of "
                    + Special.allCases.map(\.rawValue).joined(separator: ", "))
        let list = try values.nestedUnkeyedContainer(forKey: .words)
        try decoder.refuse(
            list.count ?? 0 <= Self.sizeLimit
                ? nil : "there are \(list.count ?? 0) words where at most \(Self.sizeLimit) make sense")
        let words = try values.decode([String].self, forKey: .words)
        try decoder.refuse(Self.problem(words, names.count))
        self.init(words, names)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(specials, forKey: .specials)
        try values.encode(words, forKey: .words)
    }
}
