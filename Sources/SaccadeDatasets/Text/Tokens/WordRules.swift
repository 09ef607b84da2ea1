/// Where a sentence is taken apart into words and punctuation marks, for languages that put spaces between words.
///
/// - Words are runs of letters, digits, marks, and `_`.
/// - An apostrophe between letters begins a token of its own: `man's` is `man` `'s`, `geht's` is `geht` `'s`.
/// - A hyphen beside a letter belongs to its word: `T-Shirt`, `Haupt-`, `-5`; two or more are a dash: `--`.
/// - A full stop between letters or digits belongs to the word (`U.S`, `3.5`), a comma or colon between digits too
///   (`1,000`, `3:30`). Full stops in a row are one token: `...`.
/// - Every other mark is a token; what joins it to the next (emoji of several scalars) stays with it.
///
/// Which scalars are letters and so on is Unicode's matter; nothing depends on a language or the system's settings.
/// ``WordRules/text(from:)`` puts sentences together again.
public enum WordRules {
    /// The words and marks of a sentence. Together they have all of its scalars but the spaces.
    public static func tokens(of sentence: String) -> [String] {
        var scanner = Scanner(sentence)
        return scanner.tokens()
    }

    static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool { scalar == "'" || scalar == "\u{2019}" }

    static func isHyphen(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "-" || scalar == "\u{2010}" || scalar == "\u{2011}"
    }

    /// Whether a scalar can be in a word: a letter, digit or mark, or one that is not seen.
    static func isInWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || isDigit(scalar) || scalar == "_"
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark, .format:
            return true
        default: return false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private struct Scanner {
        private let scalars: [Unicode.Scalar]
        private var position = 0

        init(_ sentence: String) { scalars = Array(sentence.unicodeScalars) }

        mutating func tokens() -> [String] {
            var tokens: [String] = []
            while position < scalars.count {
                let start = position
                let scalar = scalars[start]
                if scalar.properties.isWhitespace {
                    position += 1
                    continue
                }
                if WordRules.isInWord(scalar) || isHyphenOfWord(start) || isApostropheOfWord(start) {
                    position += 1
                    skipWord()
                } else if scalar == "." || WordRules.isHyphen(scalar) {
                    while position < scalars.count, scalars[position] == scalar { position += 1 }
                } else {
                    skipMark()
                }
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars[start..<position])
                tokens.append(String(view))
            }
            return tokens
        }

        /// Goes on to the end of a word that has begun.
        private mutating func skipWord() {
            while position < scalars.count {
                switch scalars[position] {
                case "." where isBetween(WordRules.isInWord): position += 1
                case ",", ":": if isBetween(WordRules.isDigit) { position += 1 } else { return }
                case let scalar where WordRules.isInWord(scalar) || isHyphenOfWord(position): position += 1
                default: return
                }
            }
        }

        /// Goes on behind a mark, and what changes or continues it.
        private mutating func skipMark() {
            position += 1
            while position < scalars.count {
                let properties = scalars[position].properties
                switch properties.generalCategory {
                case .nonspacingMark, .spacingMark, .enclosingMark, .format: position += 1
                default:
                    let isJoined = scalars[position - 1] == "\u{200D}" && !properties.isWhitespace
                    guard isJoined || properties.isEmojiModifier else { return }
                    position += 1
                }
            }
        }

        private func isBetween(_ kind: (Unicode.Scalar) -> Bool) -> Bool {
            position > 0 && position + 1 < scalars.count && kind(scalars[position - 1]) && kind(scalars[position + 1])
        }

        private func isHyphenOfWord(_ index: Int) -> Bool {
            guard WordRules.isHyphen(scalars[index]) else { return false }
            let before = index > 0 ? scalars[index - 1] : " "
            let behind = index + 1 < scalars.count ? scalars[index + 1] : " "
            return !WordRules.isHyphen(before) && !WordRules.isHyphen(behind)
                && (WordRules.isInWord(before) || WordRules.isInWord(behind))
        }

        private func isApostropheOfWord(_ index: Int) -> Bool {
            WordRules.isApostrophe(scalars[index]) && index > 0 && index + 1 < scalars.count
                && WordRules.isInWord(scalars[index - 1]) && WordRules.isInWord(scalars[index + 1])
        }
    }
}
