extension WordRules {
    /// A sentence of words and marks, with spaces where English and German have them.
    ///
    /// No space before `. , ; : ! ? … % ) ] }` and before what begins with an apostrophe; none behind `( [ { $ £ # @ ¿
    /// ¡`; none around `/`. Quotation marks open and close in turn: `"` and `'`, `„` and `“` or `”`, `“` and `”`, `‚`
    /// and `‘`; a single `'` behind an s is a possessive. What was typeset in this way comes out as it was; other
    /// spaces are lost.
    public static func text(from tokens: some Sequence<String>) -> String {
        var joiner = Joiner()
        for token in tokens where !token.isEmpty { joiner.append(token) }
        return joiner.text
    }

    private struct Joiner {
        private(set) var text = ""
        /// The marks that close the quotations that are open, the innermost last.
        private var closing: [[String]] = []
        private var gluesNext = true
        /// Whether a quotation or a parenthesis ended just now.
        private var closedLast = false

        mutating func append(_ token: String) {
            let (gluesLeft, gluesRight, closes) = manner(of: token)
            if !gluesNext, !gluesLeft { text += " " }
            text += token
            (gluesNext, closedLast) = (gluesRight, closes)
        }

        /// Whether there is no space before a token, none behind it, and whether it closes something.
        private mutating func manner(of token: String) -> (gluesLeft: Bool, gluesRight: Bool, closes: Bool) {
            if let index = closing.lastIndex(where: { $0.contains(token) }) {
                closing.removeSubrange(index...)
                return (true, false, true)
            }
            switch token {
            case "'" where text.hasSuffix("s") || text.hasSuffix("S"): return (true, false, false)
            case "\u{2019}", "\u{201D}": return (true, false, true)
            case "\"", "'": return opens([token])
            case "\u{201E}": return opens(["\u{201C}", "\u{201D}"])
            case "\u{201C}": return opens(["\u{201D}"])
            case "\u{201A}": return opens(["\u{2018}", "\u{2019}"])
            case "\u{2018}": return opens(["\u{2019}"])
            case "(", "[", "{", "$", "£", "#", "@", "¿", "¡": return (false, true, false)
            case ")", "]", "}": return (true, false, true)
            case "/": return (true, true, false)
            case ",", ";", ":", "!", "?", "…", "%": return (true, false, false)
            default: break
            }
            guard let first = token.unicodeScalars.first else { return (false, false, false) }
            if token.unicodeScalars.allSatisfy({ $0 == "." }) { return (true, false, false) }
            // „Blaue Reiter“-Ausstellung
            let continues = WordRules.isApostrophe(first) || closedLast && WordRules.isHyphen(first) && token.count > 1
            return (continues, false, false)
        }

        private mutating func opens(_ marks: [String]) -> (gluesLeft: Bool, gluesRight: Bool, closes: Bool) {
            closing.append(marks)
            return (false, true, false)
        }
    }
}
