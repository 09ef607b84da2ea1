import SaccadePrelude

/// A line of text in which what follows an underscore is an index, smaller and lower: `h_t = tanh(W_xh x_t)`.
struct IndexedText {
    private let runs: [(text: String, isIndex: Bool)]
    private let style: TextStyle

    init(_ text: String, _ style: TextStyle) {
        var runs: [(text: String, isIndex: Bool)] = []
        var (current, isIndex) = ("", false)
        func end() { if !current.isEmpty { runs.append((current, isIndex)) } }
        for letter in text.oneLine {
            if letter == "_", !isIndex {
                end()
                (current, isIndex) = ("", true)
            } else if isIndex, !(letter.isLetter || letter.isNumber || "+−".contains(letter)) || letter == "ᵀ" {
                end()
                (current, isIndex) = (String(letter), false)
            } else {
                current.append(letter)
            }
        }
        end()
        (self.runs, self.style) = (runs, style)
    }

    private func style(_ isIndex: Bool, _ scale: Double) -> TextStyle {
        var style = style
        style.size *= scale * (isIndex ? 0.75 : 1)
        return style
    }

    /// Width in points.
    func width(_ ruler: borrowing TextRuler) -> Double {
        runs.reduce(0) { $0 + ruler.width(of: $1.text, style($1.isIndex, 1)) }
    }

    /// Draws it in a frame, smaller where the frame is narrower.
    func draw(in frame: Rectangle, _ alignment: TextAlignment = .center, on canvas: borrowing Canvas) {
        let natural = width(canvas.ruler)
        guard natural > 0, frame.width > 0 else { return }
        let scale = min(1, frame.width / natural * 0.999)
        let width = natural * scale
        var x =
            switch alignment {
            case .left: frame.x
            case .center: frame.x + (frame.width - width) / 2
            case .right: frame.right - width
            }
        for run in runs {
            let style = style(run.isIndex, scale)
            let advance = canvas.ruler.width(of: run.text, style)
            let lower = run.isIndex ? 0.3 * style.size : 0
            canvas.draw(
                FittedText(text: run.text, style: style, width: advance),
                in: Rectangle(x: x, y: frame.y + lower, width: advance, height: frame.height), .left)
            x += advance
        }
    }
}
