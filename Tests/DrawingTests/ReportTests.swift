import Foundation
import SaccadeDrawing
import SaccadeFiles
import SaccadeImages
import Testing

@Suite struct ReportTests {
    static let nasty = #"<script>alert("harm")</script> & 'x' </pre><img src=x onerror=y>"#

    static let full = Report(
        title: nasty, subtitle: nasty,
        sections: [
            .init(nasty, [.paragraph(nasty), .preformatted("a  b\n" + nasty), .paragraph("bell \u{7} ends")]),
            .init(
                "Numbers",
                [
                    .table(
                        .init(
                            columns: [.init(nasty), .init("value", isNumber: true)],
                            rows: [["a", "1.5"], [nasty], []])),
                    .drawing(Samples.chart(["one", nasty]), caption: nasty), .drawing(Samples.lecture, caption: ""),
                ]),
            .init(
                "",
                [
                    .figure(Samples.sheet([nasty]), caption: "sheet"),
                    .row([.image(Samples.image, caption: nasty), .drawing(Samples.lecture, caption: nasty)]),
                ]),
        ])

    @Test("text is shown as text wherever it stands")
    func escapes() throws {
        let html = try Self.full.html()
        #expect(!html.contains("<script") && !html.contains("<img src=x") && html.contains("&lt;script&gt;"))
        #expect(
            !html.contains("\"harm\"") && !html.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" })
        // Each tag is one of the page's own, and is closed.
        let tags = html.matches(of: #/<(/?)([a-z0-9]+)/#).map { (close: !$0.1.isEmpty, name: String($0.2)) }
        var open: [String] = []
        for tag in tags where !["meta", "img"].contains(tag.name) {
            if tag.close {
                #expect(open.popLast() == tag.name)
            } else if !Self.isEmpty(tag.name, html) {
                open.append(tag.name)
            }
        }
        #expect(open.isEmpty, "\(open)")
        #expect(tags.count { $0.name == "tr" && !$0.close } == 4 && tags.count { $0.name == "td" && !$0.close } == 6)
    }

    /// Cairo closes these within their tag.
    private static func isEmpty(_ name: String, _ html: String) -> Bool {
        ["path", "rect", "use", "image", "circle"].contains(name)
    }

    @Test("the page needs nothing from elsewhere, and names in it are unique")
    func selfContained() throws {
        let html = try Self.full.html()
        #expect(!html.contains("src=\"http") && !html.contains("href=\"http") && !html.contains("url(http"))
        let names = html.matches(of: #/\sid="([^"]+)"/#).map { String($0.1) }
        #expect(names.count > 50 && Set(names).count == names.count)
        for reference in html.matches(of: #/(?:href="|url\()#([^")]+)/#) {
            #expect(names.contains(String(reference.1)))
        }
        for png in html.matches(of: #/src="data:image/png;base64,([^"]+)"/#) {
            let bytes = try #require(Data(base64Encoded: String(png.1)))
            #expect(try Image(decoding: Array(bytes), name: "embedded").width > 30)
        }
        #expect(html.matches(of: #/<img /#).count == 2 && html.matches(of: #/<svg /#).count == 3)
    }

    @Test("a page renews itself only where that is wanted")
    func refresh() throws {
        var report = Report(title: "Run")
        #expect(try !report.html().contains("refresh"))
        report.refreshSeconds = 5
        #expect(try report.html().contains("\n<meta http-equiv=\"refresh\" content=\"5\">\n"))
    }

    @Test("an empty report is a page, and the same report the same text")
    func plain() throws {
        let html = try Report(title: "").html()
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
        #expect(try Self.full.html() == Self.full.html())
    }

    @Test("is written whole, or not at all")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "saccade-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.full.write(to: "\(folder)/report.html")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["report.html"])
        let bytes = try #require(FileManager.default.contents(atPath: "\(folder)/report.html"))
        #expect(try String(decoding: bytes, as: UTF8.self) == Self.full.html())
        do throws(FileError) {
            try Self.full.write(to: "\(folder)/no/report.html")
            Issue.record("written")
        } catch {
            #expect(error.code == .missingFolder)
        }
    }
}
