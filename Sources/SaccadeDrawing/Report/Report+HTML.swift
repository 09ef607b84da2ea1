import Foundation
public import SaccadeFiles
import SaccadeImages

extension Report {
    /// The page. The same report gives the same text.
    ///
    /// - Throws: ``FileError`` when a figure cannot be drawn.
    public func html() throws(FileError) -> String {
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">\(refresh)
            <title>\(title.escapedForHTML)</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <header>
            <h1>\(title.escapedForHTML)</h1>

            """
        if !subtitle.isEmpty { page += "<p class=\"subtitle\">\(subtitle.escapedForHTML)</p>\n" }
        page += "</header>\n<main>\n"
        var drawings = 0
        for section in sections {
            page += "<section>\n"
            if !section.title.isEmpty { page += "<h2>\(section.title.escapedForHTML)</h2>\n" }
            for block in section.blocks { page += try Self.html(block, &drawings) }
            page += "</section>\n"
        }
        return page + "</main>\n</body>\n</html>\n"
    }

    private var refresh: String {
        refreshSeconds.map { "\n<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
    }

    /// - Parameter drawings: How many drawings the page has so far.
    private static func html(_ block: Block, _ drawings: inout Int) throws(FileError) -> String {
        switch block {
        case .paragraph(let text): return "<p>\(text.escapedForHTML)</p>\n"
        case .preformatted(let text): return "<pre>\(text.escapedForHTML)</pre>\n"
        case .table(let table): return html(table)
        case .drawing(let figure, let caption):
            drawings += 1
            let svg = try figure.data(as: .svg)
            return html(inlined(svg, number: drawings, caption: caption), caption)
        case .figure(let figure, let caption):
            let png = try figure.data(as: .png)
            return html(image(png, width: Int(figure.size.width * 4 / 3), caption, isSharp: false), caption)
        case .image(let bitmap, let caption):
            // CSS pixels; as many as a page is wide at most.
            let factor = max(1, 160 / max(bitmap.width, bitmap.height))
            let width = bitmap.width * factor
            return html(image(try bitmap.pngData(), width: width, caption, isSharp: factor > 1), caption)
        case .row(let blocks):
            var row = "<div class=\"row\">\n"
            for block in blocks { row += try html(block, &drawings) }
            return row + "</div>\n"
        }
    }

    private static func html(_ content: String, _ caption: String) -> String {
        let below = caption.isEmpty ? "" : "<figcaption>\(caption.escapedForHTML)</figcaption>\n"
        return "<figure>\n\(content)\n\(below)</figure>\n"
    }

    private static func image(_ png: [UInt8], width: Int, _ caption: String, isSharp: Bool) -> String {
        let sharp = isSharp ? " class=\"sharp\"" : ""
        return
            "<img\(sharp) width=\"\(width)\" alt=\"\(caption.escapedForHTML)\" src=\"data:image/png;base64,\(base64(png))\">"
    }

    private static func html(_ table: Table) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            let padded = cells + Array(repeating: "", count: table.columns.count - cells.count)
            return zip(padded, table.columns).reduce("<tr>") { text, cell in
                text + "<\(tag)\(cell.1.isNumber ? " class=\"number\"" : "")>\(cell.0.escapedForHTML)</\(tag)>"
            } + "</tr>\n"
        }
        let head = row(table.columns.map(\.name), "th")
        let body = table.rows.map { row($0, "td") }.joined()
        return "<div class=\"wide\"><table>\n<thead>\n\(head)</thead>\n<tbody>\n\(body)</tbody>\n</table></div>\n"
    }

    /// A drawing as part of the page: without its XML declaration, and with names of its own, for a page has one space of
    /// names and each drawing's letters are called alike.
    private static func inlined(_ svg: [UInt8], number: Int, caption: String) -> String {
        let text = String(decoding: svg, as: UTF8.self)
        guard let start = text.range(of: "<svg ") else { return "" }
        // Embedded images are base64, which has neither quotes nor hashes.
        let named = text[start.upperBound...]
            .replacing(" id=\"", with: " id=\"d\(number)-")
            .replacing("url(#", with: "url(#d\(number)-")
            .replacing("href=\"#", with: "href=\"#d\(number)-")
        return "<svg role=\"img\" aria-label=\"\(caption.escapedForHTML)\" \(named)"
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Figures are drawn on white, so they keep a white sheet below them in the dark.
    private static let style = """
        :root { color-scheme: light dark; --ink: #222; --faint: #666; --page: #fff; --line: #ddd; --plate: #f5f5f5; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e4e4; --faint: #a0a0a0; --page: #17191c; --line: #3a3d42; --plate: #23262a; }
        }
        body { margin: 2rem auto; padding: 0 1rem; max-width: 64rem; background: var(--page); color: var(--ink);
          font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
        h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; }
        h2 { margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); font-size: 1.25rem; }
        .subtitle, figcaption { color: var(--faint); }
        figure { margin: 1rem 0; break-inside: avoid; }
        figure > svg, figure > img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
        figure > img.sharp { image-rendering: pixelated; }
        .row { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 0 1.5rem; }
        .row > figure { flex: 0 1 auto; max-width: 100%; }
        .row > figure > figcaption { max-width: 28rem; }
        figcaption { margin-top: .3rem; font-size: .9rem; }
        pre { padding: .8rem; overflow-x: auto; border-radius: 4px; background: var(--plate); font-size: .85rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .92rem; }
        th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        tr { break-inside: avoid; }
        @media print {
          :root { --ink: #000; --faint: #444; --page: #fff; --line: #bbb; --plate: #f5f5f5; }
          body { margin: 0; max-width: none; font-size: 10.5pt; }
          h2 { break-after: avoid; }
          pre { white-space: pre-wrap; }
        }
        """
}

extension String {
    /// As text of an HTML page or of an attribute in double quotes.
    ///
    /// Control characters, which no page may hold, become U+FFFD.
    var escapedForHTML: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 32 || (127..<160).contains(scalar.value): result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
