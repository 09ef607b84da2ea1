/// Words and punctuation marks of a sentence as mteval-v13a, NIST's program for machine translation, takes them apart,
/// and sacrebleu after it (`tok:13a`): what makes figures of BLEU comparable.
public enum ThirteenA {
    /// The words of a sentence.
    ///
    /// Four things of SGML are undone; the marks of ASCII other than `'`, `-`, `.` and `,` become words; full stops and
    /// commas do, unless between digits, and hyphens behind digits.
    public static func tokens(of sentence: String) -> [String] {
        var text = Array(sentence.unicodeScalars)
        while let last = text.last, isSpace(last) { text.removeLast() }
        text = replacing("<skipped>", in: text, by: "")
        text = replacing("-\n", in: text, by: "")
        text = replacing("\n", in: text, by: " ")
        // In this order: what `&amp;lt;` leaves behind is replaced again.
        for (entity, mark) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
            text = replacing(entity, in: text, by: mark)
        }
        text = [" "] + text + [" "]
        text = text.flatMap { isMark($0) ? [" ", $0, " "] : [$0] }
        text = spaced(text) { !isDigit($0) && isStop($1) ? [$0, " ", $1, " "] : nil }
        text = spaced(text) { isStop($0) && !isDigit($1) ? [" ", $0, " ", $1] : nil }
        text = spaced(text) { isDigit($0) && $1 == "-" ? [$0, " ", $1, " "] : nil }
        return text.split(whereSeparator: isSpace).map { word in
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: word)
            return String(scalars)
        }
    }

    /// Each two neighbours that a rule is about become what it makes of them; the search goes on behind both.
    private static func spaced(
        _ text: [Unicode.Scalar], _ rule: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count + text.count / 4)
        var index = 0
        while index < text.count {
            if index + 1 < text.count, let replacement = rule(text[index], text[index + 1]) {
                result += replacement
                index += 2
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func replacing(
        _ pattern: String, in text: [Unicode.Scalar], by replacement: String
    ) -> [Unicode.Scalar] {
        let pattern = Array(pattern.unicodeScalars)
        guard let first = pattern.first, text.contains(first) else { return text }
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == first, text[index...].starts(with: pattern) {
                result += replacement.unicodeScalars
                index += pattern.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    /// All marks of ASCII that always stand for themselves; the space among them changes nothing.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " "..."&", "("..."+", "/", ":"..."@", "["..."`", "{"..."~": true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isStop(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

    /// What Python calls space: Unicode's, and four separators of ASCII.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? (9...13).contains(scalar.value) || (28...32).contains(scalar.value) : scalar.properties.isWhitespace
    }
}

/// Small letters in place of capitals, a Σ at the end of a word becoming ς: Unicode's rules for any language, which
/// Python follows to the end, and Swift but for that letter.
enum LowercasedText {
    static func text(of text: String) -> String {
        guard text.unicodeScalars.contains("Σ") else { return text.lowercased() }
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            result += scalar == "Σ" && isFinal(index, scalars) ? "ς" : scalar.properties.lowercaseMapping
        }
        return result
    }

    /// Behind a letter that has a case and not before one, whatever has none lying between.
    private static func isFinal(_ index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let behind = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && behind?.properties.isCased != true
    }
}
