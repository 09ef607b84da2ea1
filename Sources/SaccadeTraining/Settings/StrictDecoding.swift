/// Settings are written by people: a key that is not known is a mistake to point out, not to pass over.
extension Decoder {
    /// Throws unless every key here is one of `known`.
    func refuseKeys(except known: [String]) throws {
        for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            let nearest = known.min { distance($0, key.stringValue) < distance($1, key.stringValue) }
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [key],
                    debugDescription: "there is no setting \(key.stringValue); did you mean \(nearest ?? "none")?"))
        }
    }

    /// The value of `kindKey`, which must be one of `kinds`, after a check that only its keys are there.
    func kind<Key: CodingKey>(_ kindKey: Key, among kinds: KeyValuePairs<String, [Key]>) throws -> String {
        let kind = try container(keyedBy: Key.self).decode(String.self, forKey: kindKey)
        guard let keys = kinds.first(where: { $0.key == kind })?.value else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [kindKey],
                    debugDescription:
                        "\(kind) is not known here; choose \(kinds.map(\.key).joined(separator: ", "))"))
        }
        try refuseKeys(except: [kindKey.stringValue] + keys.map(\.stringValue))
        return kind
    }

    /// Throws if there is a problem.
    func refuse(_ problem: String?) throws {
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

/// How many letters must be added, taken away or changed to make one word the other (Levenshtein, 1966).
private func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in b.enumerated() {
            let cost = diagonal + (letter == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
