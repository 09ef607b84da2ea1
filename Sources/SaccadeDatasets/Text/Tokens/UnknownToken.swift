public import SaccadeFiles

/// A word or character that a vocabulary does not have, and no other stands for.
public struct UnknownToken: Error, Sendable, Equatable, CustomStringConvertible {
    /// The word or character.
    public let token: String
    /// Which of the tokens it is, from 0.
    public let position: Int
    /// What the vocabulary has, in words.
    public let known: String
    private let isCharacter: Bool

    init(_ token: String, position: Int, vocabulary: Vocabulary) {
        (self.token, self.position) = (token, position)
        isCharacter = vocabulary.isOfCharacters
        known = vocabulary.summary
    }

    /// What is unknown and what is known: `the character “ß” (U+00DF), number 4, is unknown; known are the 65
    /// characters …`.
    public var description: String { "\(reason(at: "number \(position + 1)")); known are the \(known)" }

    /// As an error of the file that the token stands in.
    ///
    /// - Parameter line: From 1.
    public func inFile(_ path: String, line: Int) -> FileError {
        FileError(
            .malformed, path: path, reason: reason(at: "in line \(line)"),
            remedy: "leave it out, or learn from texts that have it; known are the \(known)")
    }

    private func reason(at place: String) -> String {
        let kind = isCharacter && token.unicodeScalars.count == 1 ? "character" : "word"
        return "the \(kind) \(Self.named(String(token.prefix(80)))), \(place), is unknown"
    }

    /// A token in quotation marks; a single scalar with its number in Unicode.
    private static func named(_ token: String) -> String {
        guard token.unicodeScalars.count == 1, let scalar = token.unicodeScalars.first else { return "“\(token)”" }
        return "“\(Vocabulary.visible(scalar))” (\(Vocabulary.code(of: scalar)))"
    }
}

extension Vocabulary {
    /// Whether all words are single scalars.
    var isOfCharacters: Bool { words.allSatisfy { $0.unicodeScalars.count == 1 } }

    /// What there is, in words that follow "the".
    var summary: String {
        let shown = 120
        let kind = isOfCharacters ? "characters" : "words"
        let names = words.prefix(shown).map { word in
            guard isOfCharacters, let scalar = word.unicodeScalars.first else { return String(word.prefix(80)) }
            return Self.visible(scalar)
        }
        let list = names.joined(separator: isOfCharacters ? " " : ", ")
        return "\(words.count) \(kind) \(list)" + (words.count > shown ? " …" : "")
    }

    /// A scalar as it can be read: space and line ends by name, others that have no picture by number.
    static func visible(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case " ": return "space"
        case "\n": return "newline"
        case "\t": return "tab"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
            return code(of: scalar)
        default: return String(scalar)
        }
    }

    /// `U+00DF`.
    static func code(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
}
