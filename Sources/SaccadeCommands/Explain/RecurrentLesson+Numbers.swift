import Foundation

extension RecurrentLesson {
    /// So that small numbers can be read: thousandths or millionths, where the largest is below 0.1.
    struct Scale {
        /// Says so; empty where numbers are as they are.
        let note: String
        private let factor: Double

        init(of numbers: [Double]) {
            let largest = numbers.map(abs).max() ?? 0
            (note, factor) =
                largest >= 0.1 || largest == 0 ? ("", 1) : largest >= 1e-4 ? (" (× 10⁻³)", 1e3) : (" (× 10⁻⁶)", 1e6)
        }

        func text(_ number: Double) -> String { (number * factor).fixed(factor == 1 ? 3 : 2) }
    }

    /// A character as it can be seen: signs for blanks, and the number of what has no shape.
    static func name(_ character: Character) -> String {
        switch character {
        case " ": return "␣"
        case "\n", "\r\n": return "↵"
        case "\t": return "⇥"
        default:
            let hasShape = character.unicodeScalars.contains { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .unassigned:
                    false
                default: true
                }
            }
            guard !hasShape, let scalar = character.unicodeScalars.first else { return String(character) }
            return "U+" + String(format: "%04X", scalar.value)
        }
    }
}

extension Double {
    /// With so many digits behind the point, all of them written.
    func fixed(_ digits: Int) -> String {
        let text = String(format: "%.\(digits)f", self)
        return text.hasPrefix("-") && text.dropFirst().allSatisfy("0.".contains) ? String(text.dropFirst()) : text
    }
}

extension String {
    /// With blanks behind it, or before it where it stands at the right.
    func padded(to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - count))
        return right ? space + self : self + space
    }

    /// Without the blanks at its end.
    var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
