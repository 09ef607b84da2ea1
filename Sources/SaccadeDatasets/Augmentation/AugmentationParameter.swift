/// The key of a parameter in a recipe.
struct AugmentationKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    static let kind = AugmentationKey(stringValue: "kind")
}

typealias AugmentationValues = KeyedDecodingContainer<AugmentationKey>

/// A parameter of a kind of augmentation: what recipes call it, how it is read and written, and which values make sense.
struct AugmentationParameter<Kind: AugmentationKind> {
    let name: String
    let decode: (AugmentationValues, inout Kind) throws -> Void
    let encode: (Kind, inout KeyedEncodingContainer<AugmentationKey>) throws -> Void
    let problem: (Kind) -> String?

    private init<Value: Codable>(
        _ name: String, _ path: WritableKeyPath<Kind, Value>, isRequired: Bool, problem: @escaping (Value) -> String?
    ) {
        self.name = name
        let key = AugmentationKey(stringValue: name)
        decode = { values, kind in
            if isRequired {
                kind[keyPath: path] = try values.decode(Value.self, forKey: key)
            } else if let value = try values.decodeIfPresent(Value.self, forKey: key) {
                kind[keyPath: path] = value
            }
        }
        encode = { kind, values in try values.encode(kind[keyPath: path], forKey: key) }
        self.problem = { kind in problem(kind[keyPath: path]).map { "\(name) of \(Kind.name) must be \($0)" } }
    }

    /// A number.
    static func number(
        _ name: String, _ path: WritableKeyPath<Kind, Double>, _ range: ClosedRange<Double>, isRequired: Bool = false
    ) -> Self {
        Self(name, path, isRequired: isRequired) {
            range.contains($0) ? nil : "from \(text(range.lowerBound)) to \(text(range.upperBound)), not \(text($0))"
        }
    }

    /// A whole number.
    static func whole(
        _ name: String, _ path: WritableKeyPath<Kind, Int>, _ range: ClosedRange<Int>, isRequired: Bool = false
    ) -> Self {
        Self(name, path, isRequired: isRequired) {
            range.contains($0) ? nil : "from \(range.lowerBound) to \(range.upperBound), not \($0)"
        }
    }

    /// Two numbers, the least and the most.
    static func interval(
        _ name: String, _ path: WritableKeyPath<Kind, Interval>, _ range: ClosedRange<Double>
    ) -> Self {
        Self(name, path, isRequired: false) {
            $0.least <= $0.most && range.contains($0.least) && range.contains($0.most)
                ? nil
                : "the least and the most from \(text(range.lowerBound)) to \(text(range.upperBound)), not "
                    + "[\(text($0.least)), \(text($0.most))]"
        }
    }

    /// One of a few names.
    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: WritableKeyPath<Kind, Value>
    ) -> Self {
        let key = AugmentationKey(stringValue: name)
        return Self(
            name: name,
            decode: { values, kind in
                guard let text = try values.decodeIfPresent(String.self, forKey: key) else { return }
                guard let value = Value(rawValue: text) else {
                    let known = Value.allCases.map(\.rawValue)
                    let list = known.dropLast().joined(separator: ", ") + " or \(known.last ?? "")"
                    throw DecodingError.dataCorruptedError(
                        forKey: key, in: values, debugDescription: "\(name) must be \(list), got “\(text)”")
                }
                kind[keyPath: path] = value
            },
            encode: { kind, values in try values.encode(kind[keyPath: path].rawValue, forKey: key) },
            problem: { _ in nil })
    }

    private init(
        name: String, decode: @escaping (AugmentationValues, inout Kind) throws -> Void,
        encode: @escaping (Kind, inout KeyedEncodingContainer<AugmentationKey>) throws -> Void,
        problem: @escaping (Kind) -> String?
    ) {
        (self.name, self.decode, self.encode, self.problem) = (name, decode, encode, problem)
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}

/// The least and the most of something; in a recipe a list of the two, as in `scale: [0.5, 1]`.
///
/// Unlike a range it can hold what makes no sense, so that it can be complained about.
struct Interval: Sendable, Equatable, Codable {
    var least: Double
    var most: Double

    init(_ least: Double, _ most: Double) { (self.least, self.most) = (least, most) }

    init(_ range: ClosedRange<Double>) { self.init(range.lowerBound, range.upperBound) }

    init(from decoder: any Decoder) throws {
        guard let numbers = try? decoder.singleValueContainer().decode([Double].self), numbers.count == 2 else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "expected two numbers, the least and the most, as in [0.5, 1]"))
        }
        self.init(numbers[0], numbers[1])
    }

    func encode(to encoder: any Encoder) throws {
        var list = encoder.singleValueContainer()
        try list.encode([least, most])
    }

    /// As a range.
    ///
    /// - Precondition: The least is not more than the most.
    var range: ClosedRange<Double> { least...most }
}
