import SaccadeDrawing
import SaccadeImages
import Testing

@Suite struct TextTests {
    @Test("fitted text is never wider than its frame", arguments: 1...8)
    func fits(seed: Int) {
        let ruler = TextRuler()
        for text in Samples.names(60, longest: 200, seed: UInt64(seed)) {
            for width in [0.0, 3, 17, 60, 400] {
                let style = TextStyle(size: Double(5 + seed), isBold: seed % 2 == 0)
                let fitted = ruler.fit(text, style, width: width)
                #expect(fitted.width <= width)
                #expect(ruler.width(of: fitted.text, fitted.style) <= width)
                #expect(fitted.style.size >= style.size * 0.75 - 1e-9)
            }
        }
    }

    @Test("text that fits is left alone; a little too long shrinks; far too long is cut")
    func steps() {
        let ruler = TextRuler()
        let style = TextStyle(size: 10)
        let natural = ruler.width(of: "convolution", style)
        #expect(natural > 30)
        #expect(ruler.fit("convolution", style, width: natural).style.size == 10)
        let shrunk = ruler.fit("convolution", style, width: natural * 0.8)
        #expect(shrunk.text == "convolution" && shrunk.style.size < 10)
        let cut = ruler.fit("convolution", style, width: natural * 0.5)
        #expect(cut.text.hasPrefix("con") && cut.text.hasSuffix("…"))
        #expect(ruler.fit("convolution", style, width: 0.5).text.isEmpty)
    }

    @Test("wrapped text stays within its lines")
    func wraps() {
        let ruler = TextRuler()
        let lines = ruler.wrap("fully connected with a very long explanation", TextStyle(size: 9), width: 70, lines: 2)
        #expect(lines.count == 2 && lines.allSatisfy { $0.width <= 70 })
        #expect(ruler.wrap("", TextStyle(), width: 70, lines: 2).isEmpty)
    }
}

/// Draws and says what text stood where.
func labels(of figure: some Figure) throws -> (page: Rectangle, labels: [Canvas.Label]) {
    let (width, height) = figure.size
    let canvas = try Canvas(width: width, height: height, format: .pdf)
    figure.draw(on: canvas)
    return (Rectangle(x: 0, y: 0, width: width, height: height), canvas.labels)
}

/// No text leaves the page or touches another.
func expectTidy(_ figure: some Figure, _ name: String) throws {
    let (page, labels) = try labels(of: figure)
    for (i, label) in labels.enumerated() {
        #expect(page.contains(label.box), "\(name): “\(label.text)” leaves the page")
        for other in labels[..<i] where label.box.overlaps(other.box) {
            Issue.record("\(name): “\(label.text)” overlaps “\(other.text)”")
        }
    }
}

@Suite struct LayoutTests {
    @Test("no label of a schematic leaves the page or touches another")
    func schematics() throws {
        try expectTidy(Samples.lecture, "lecture")
        try expectTidy(Samples.vgg16, "VGG-16")
        try expectTidy(Samples.resNet50, "ResNet-50")
        for (i, schematic) in Samples.awkward.enumerated() { try expectTidy(schematic, "awkward \(i)") }
    }

    @Test("no label of a chart leaves the page or touches another", arguments: 1...6)
    func charts(seed: Int) throws {
        let names = Samples.names(3 + seed * 2, longest: 12 * seed, seed: UInt64(seed))
        try expectTidy(Samples.chart(names), "chart")
        try expectTidy(Samples.chart(names, isLogY: true), "logarithmic chart")
        try expectTidy(Samples.matrix(names), "confusion matrix")
        try expectTidy(Samples.sheet(names), "contact sheet")
    }

    @Test("a schematic shows every size and caption")
    func contents() throws {
        let texts = try labels(of: Samples.lecture).labels.map(\.text)
        for expected in ["234×234×64", "54×54×16", "7×7 conv", "2×2 max pool", "50", "20", "2", "Two classes"] {
            #expect(texts.contains(expected), "\(expected)")
        }
        #expect(texts.filter { $0 == "ReLU" }.count == 5)
        let stages = try labels(of: Samples.resNet50).labels.filter {
            $0.text.contains("×") && !$0.text.contains("conv")
        }
        #expect(stages.count >= 51)
    }

    @Test("a long network is broken into rows no wider than asked")
    func rows() {
        #expect(Samples.lecture.size.width <= 1140)
        #expect(Samples.resNet50.size.width <= 1140)
        #expect(Samples.resNet50.size.height > 3 * Samples.lecture.size.height / 2)
    }
}
