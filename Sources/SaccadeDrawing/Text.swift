import CSaccadeCairo

/// How a piece of text looks.
public struct TextStyle: Sendable, Hashable {
    /// Height of the font in points.
    public var size: Double
    public var color: Color
    public var isBold: Bool

    /// A style of the one font family that figures use.
    public init(size: Double = 9, color: Color = .ink, isBold: Bool = false) {
        self.size = size
        self.color = color
        self.isBold = isBold
    }

    /// Height of one line in points, descenders and a little air included.
    public var lineHeight: Double { size * 1.25 }
}

/// Where text stands in the width of its frame.
public enum TextAlignment: Sendable, Hashable {
    case left
    case center
    case right
}

/// Text as it is drawn: cut and shrunk until it fits.
public struct FittedText: Sendable, Hashable {
    /// One line, without line breaks and other control characters.
    public var text: String
    public var style: TextStyle
    /// Width of the drawn text in points.
    public var width: Double
}

/// Measures text without drawing it.
///
/// Hinting is off, so a text is as wide in a PNG as in a PDF.
public struct TextRuler: ~Copyable {
    private let surface: OpaquePointer
    private let context: OpaquePointer

    public init() {
        surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
        context = cairo_create(surface)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    /// Width of one line in points; what follows it would begin there.
    public func width(of text: String, _ style: TextStyle) -> Double {
        if text.isEmpty { return 0 }
        context.useFont(style)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        // Ink may stand out on either side of the advance.
        return max(extents.x_advance, extents.x_bearing + extents.width) - min(extents.x_bearing, 0)
    }

    /// The text on one line no wider than `width` points: as it is, else smaller, else cut with an ellipsis.
    ///
    /// - Parameter smallest: How far the font may shrink, as a part of its size in `0...1`.
    public func fit(_ text: String, _ style: TextStyle, width: Double, smallest: Double = 0.75) -> FittedText {
        let line = text.oneLine
        let natural = self.width(of: line, style)
        if natural <= width { return FittedText(text: line, style: style, width: natural) }
        var style = style
        // Width grows with the size exactly, but for rounding.
        let fitting = style.size * width / natural * 0.999
        let least = style.size * smallest
        style.size = max(fitting, least)
        if fitting >= least {
            return FittedText(text: line, style: style, width: self.width(of: line, style))
        }
        // The longest beginning that fits with an ellipsis, by bisection.
        let letters = Array(line)
        var (low, high) = (0, letters.count)
        while low < high {
            let middle = (low + high + 1) / 2
            if self.width(of: String(letters.prefix(middle)) + "…", style) <= width {
                low = middle
            } else {
                high = middle - 1
            }
        }
        let cut = String(letters.prefix(low)) + "…"
        let cutWidth = self.width(of: cut, style)
        return cutWidth <= width
            ? FittedText(text: cut, style: style, width: cutWidth) : FittedText(text: "", style: style, width: 0)
    }

    /// The text broken between words into lines no wider than `width` points, at most `lines` of them.
    ///
    /// What does not fit into the last line shrinks or is cut as in ``fit(_:_:width:smallest:)``.
    public func wrap(_ text: String, _ style: TextStyle, width: Double, lines: Int) -> [FittedText] {
        var rows: [String] = []
        for word in text.oneLine.split(separator: " ") {
            if let last = rows.last, self.width(of: last + " " + word, style) <= width || rows.count == lines {
                rows[rows.count - 1] = last + " " + word
            } else {
                rows.append(String(word))
            }
        }
        return rows.map { fit($0, style, width: width) }
    }
}

extension OpaquePointer {
    /// Selects the font on a Cairo context.
    func useFont(_ style: TextStyle) {
        cairo_select_font_face(
            self, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
            style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(self, style.size)
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_set_font_options(self, options)
        cairo_font_options_destroy(options)
    }
}

extension String {
    /// Without line breaks, tabs and control characters, which a one-line label cannot show; bounded in length.
    var oneLine: String {
        let letters = prefix(2000).map { letter in
            letter.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } ? " " : letter
        }
        return String(letters)
    }
}
