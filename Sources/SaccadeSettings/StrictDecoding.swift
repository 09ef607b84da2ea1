/// Settings are written by people: a key that is not known is a mistake to point out, not to pass over.
extension Decoder {
    /// Throws unless every key here is one of `known`.
    package func refuseKeys(except known: [String]) throws {
        for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            let guess = nearest(to: key.stringValue, among: known).map { "did you mean \($0)?" }
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [key],
                    debugDescription:
                        "there is no setting \(key.stringValue); \(guess ?? "there are \(known.joined(separator: ", "))")"
                ))
        }
    }

    /// The value of `kindKey`, which must be one of `kinds`, after a check that only its keys are there, and `others`.
    package func kind<Key: CodingKey>(
        _ kindKey: Key, among kinds: KeyValuePairs<String, [Key]>, allowing others: [Key] = []
    ) throws -> String {
        let kind = try container(keyedBy: Key.self).decode(String.self, forKey: kindKey)
        guard let keys = kinds.first(where: { $0.key == kind })?.value else {
            throw unknown(kind, kindKey, among: kinds.map(\.key))
        }
        try refuseKeys(except: [kindKey.stringValue] + (keys + others).map(\.stringValue))
        return kind
    }

    /// The error that says that the value of a key is none of those there are, and which one was meant.
    package func unknown(_ value: String, _ key: any CodingKey, among known: [String]) -> DecodingError {
        let guess = nearest(to: value, among: known).map { "did you mean \($0)? If not, " } ?? ""
        return .dataCorrupted(
            .init(
                codingPath: codingPath + [key],
                debugDescription:
                    "\(key.stringValue) cannot be \(value); \(guess)choose \(known.joined(separator: ", "))"))
    }

    /// One of the values of a list, by its name; nil where nothing is said.
    package func choice<Choice: RawRepresentable & CaseIterable, Key>(
        _ values: KeyedDecodingContainer<Key>, _ key: Key
    ) throws -> Choice? where Choice.RawValue == String {
        guard let word = try values.decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            throw unknown(word, key, among: Choice.allCases.map(\.rawValue))
        }
        return choice
    }

    /// Throws if there is a problem.
    package func refuse(_ problem: String?) throws {
        guard let problem else { return }
        throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: problem))
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
