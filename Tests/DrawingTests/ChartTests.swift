import SaccadeGeometry
import SaccadeImages
import Testing

@testable import SaccadeDrawing

@Suite struct HeatMapTests {
    @Test("each value has its colour, and what is no number is white")
    func colors() throws {
        let map = HeatMap([0, 1, .nan, 0.5, .infinity, 1], width: 3, height: 2, side: 300)
        let image = try map.image(scale: 1)
        func pixel(_ column: Int, _ row: Int) -> [UInt8] {
            (0..<3).map { image[10 + column * 100 + 50, 10 + row * 100 + 20, $0] }
        }
        #expect(pixel(0, 0) == ColorMap.viridis.color(0).bytes && pixel(1, 0) == ColorMap.viridis.color(1).bytes)
        #expect(pixel(0, 1) == ColorMap.viridis.color(0.5).bytes)
        #expect(pixel(2, 0) == [255, 255, 255] && pixel(1, 1) == [255, 255, 255])
    }

    @Test("over an image it is mixed in by its opacity, and what is no number leaves the image bare")
    func blended() throws {
        let image = Image(width: 60, height: 40, filledWith: [200, 100, 50])
        func drawn(_ values: [Double], _ opacity: Double) throws -> Image {
            try HeatMap(values, width: 2, height: 1, range: 0...1, over: image, opacity: opacity).image(scale: 2)
        }
        let bare = try drawn([.nan, 1], 0.5)
        #expect((0..<3).map { bare[60, 100, $0] } == [200, 100, 50])
        let expected = zip([200, 100, 50], ColorMap.viridis.color(1).bytes).map { ($0 + Double($1)) / 2 }
        for c in 0..<3 { #expect(abs(Double(bare[600, 100, c]) - expected[c]) <= 1) }
        #expect((0..<3).map { try! drawn([0, 1], 0)[300, 100, $0] } == [200, 100, 50])
        // Halfway between the middles of both cells.
        let middle = try drawn([0, 1], 1)
        let wanted = ColorMap.viridis.color(0.5).bytes
        for c in 0..<3 { #expect(abs(Int(middle[20 + 320, 100, c]) - Int(wanted[c])) <= 3) }
    }

    @Test("the bar is labelled with values between its ends")
    func bar() throws {
        let texts = try labels(of: HeatMap([2, 8], width: 2, height: 1, label: "m/s")).labels.map(\.text)
        #expect(texts.contains("2") && texts.contains("8") && texts.contains("m/s") && !texts.contains("0"))
    }

    static let awkwardValues: [[Double]] = [
        [Double.nan], [.nan, .infinity, -Double.infinity], [0], [5, 5, 5], [-1e308, 1e308], [1e-300, 2e-300],
        [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude], [123_456_789, 123_456_790],
        [-1e12, 0, 1e-12], [Double.leastNonzeroMagnitude, 0],
    ]

    @Test(
        "awkward numbers are drawn, and no text leaves the page",
        arguments: awkwardValues)
    func awkward(values: [Double]) throws {
        for image in [nil, Samples.image] {
            let map = HeatMap(
                values, width: values.count, height: 1, title: String(repeating: "long ", count: 60),
                label: String(repeating: "unit ", count: 40), over: image)
            try expectTidy(map, "\(values)")
            #expect(try map.data(as: .png).count > 200)
        }
        if !values.contains(where: \.isFinite) {
            let texts = try labels(of: HeatMap(values, width: values.count, height: 1)).labels.map(\.text)
            #expect(texts == ["no data"])
        }
    }

    @Test("wrong sizes trap")
    func traps() async {
        await #expect(processExitsWith: .failure) { _ = HeatMap([1, 2, 3], width: 2, height: 2) }
        await #expect(processExitsWith: .failure) {
            _ = ClassMask(width: 2, height: 2, classes: [1, 2, 3])
        }
    }
}

@Suite struct BarChartTests {
    @Test("bars are as long as their values and stand on one line")
    func lengths() throws {
        let chart = BarChart(title: "", bars: [.init("a", 1), .init("b", 0.5), .init("c", -0.5)])
        let image = try chart.image(scale: 2)
        func length(_ row: Int) -> Int {
            (0..<image.width).count { x in
                (0..<3).allSatisfy { image[x, 20 + row * 32 + 16, $0] == Color.category(0).bytes[$0] }
            }
        }
        #expect(length(0) > 200)
        #expect(abs(length(0) - 2 * length(1)) <= 4 && abs(length(1) - length(2)) <= 4)
    }

    @Test("no text leaves the page or touches another", arguments: 1...6)
    func tidy(seed: Int) throws {
        let names = Samples.names(seed * 6, longest: 10 * seed, seed: UInt64(seed))
        let values = [1, 0.03, 1e9, -4, .nan, .infinity, 0, 1e-9, -1e300, 1e300]
        for isLog in [false, true] {
            let bars = names.enumerated().map { BarChart.Bar($1, values[$0 % (4 + seed)], category: $0) }
            try expectTidy(BarChart(title: "Bars", valueLabel: "ms", bars: bars, isLog: isLog), "bars \(isLog)")
            let captioned = names.map { BarChart.Bar($0, 2, caption: $0 + $0) }
            try expectTidy(BarChart(title: "", bars: captioned, isLog: isLog, width: 200), "captions")
        }
        try expectTidy(BarChart(title: "None", bars: []), "no bars")
    }

    @Test("what is no number has a dash and no bar")
    func gaps() throws {
        let texts = try labels(of: BarChart(title: "", bars: [.init("a", .nan), .init("b", 12.34)])).labels.map(\.text)
        #expect(texts.contains("–") && texts.contains("12.3"))
    }
}

@Suite struct AxisRangeTests {
    @Test("an axis shows the range that is asked for, whatever the points are")
    func ranges() throws {
        func texts(_ range: ClosedRange<Double>?) throws -> Set<String> {
            let points = [Point(20, 90), Point(40, 99)]
            return Set(
                try labels(
                    of: LineChart(
                        title: "", xLabel: "", yLabel: "", series: [.init("", points)], xRange: range, yRange: range)
                ).labels.map(\.text))
        }
        #expect(try texts(0...100).isSuperset(of: ["0", "20", "100"]))
        #expect(try texts(nil).isDisjoint(with: ["0", "60"]))
        let empty = LineChart(title: "", xLabel: "", yLabel: "", series: [], xRange: 0...100, yRange: 0...100)
        #expect(try labels(of: empty).labels.contains { $0.text == "no data" })
        try expectTidy(empty, "ranges without points")
    }
}

@Suite struct LogAxisTests {
    @Test("equal ratios are equal widths")
    func widths() throws {
        let points = [1.0, 10, 100, 1000].map { Point($0, $0) }
        let chart = LineChart(
            title: "", xLabel: "n", yLabel: "t", series: [.init("", points)], isLogX: true, isLogY: true)
        let ticks = try labels(of: chart).labels.filter { ["1", "10", "100", "1000"].contains($0.text) }
        #expect(ticks.count == 8)
        // The four lowest are those below the plot.
        let across = ticks.sorted { $0.box.y > $1.box.y }.prefix(4).map(\.box.center.x).sorted()
        let steps = zip(across, across.dropFirst()).map { $1 - $0 }
        for step in steps { #expect(abs(step - steps[0]) < 0.5) }
    }

    @Test(
        "what has no logarithm is a gap",
        arguments: [[0.0], [-1, 0], [.nan, .infinity], [Double.leastNonzeroMagnitude], []])
    func gaps(xs: [Double]) throws {
        let chart = LineChart(
            title: "", xLabel: "", yLabel: "", series: [.init("a", xs.map { Point($0, 1) })], isLogX: true)
        #expect(try labels(of: chart).labels.contains { $0.text == "no data" })
        try expectTidy(chart, "\(xs)")
    }
}

@Suite struct NumberPanelTests {
    @Test("every number is in a cell of its panel, panels go on in the next row, and no text touches another")
    func places() throws {
        let panels = Samples.panels
        let canvas = try Canvas(width: panels.size.width, height: panels.size.height, format: .png)
        panels.draw(on: canvas)
        let labels = canvas.labels
        for panel in panels.panels {
            for cell in panel.rows.joined() { #expect(labels.contains { $0.text == cell.text }, "\(cell.text)") }
            #expect(labels.contains { $0.text == panel.title })
        }
        #expect(Set(labels.filter { $0.text.hasPrefix("panel") }.map(\.box.y)).count > 1)
        for (index, a) in labels.enumerated() {
            #expect(a.box.x >= 0 && a.box.right <= panels.size.width && a.box.bottom <= panels.size.height)
            for b in labels[..<index] { #expect(!a.box.overlaps(b.box), "\(a.text) and \(b.text)") }
        }
    }

    @Test("marks lie where the grid’s coordinates say, stay near it, and rows and columns are numbered")
    func marks() throws {
        try expectTidy(Samples.marks, "marks")
        let texts = try labels(of: Samples.marks).labels.map(\.text)
        for number in ["0", "1", "2", "3"] { #expect(texts.contains(number)) }
        var panel = NumberPanels.Panel("", [[.init(""), .init("")], [.init(""), .init("")]])
        panel.cellSide = 40
        panel.marks = [.init(.dot(Point(1.5, 0.5)), .vermillion, width: 4)]
        let figure = NumberPanels(title: "", panels: [panel])
        let image = try figure.image(scale: 1)
        func isMarked(_ x: Int, _ y: Int) -> Bool {
            (0..<3).allSatisfy { image[x, y, $0] == Color.vermillion.bytes[$0] }
        }
        // The panel begins 12 points from the edges, its cells below a title of 17.
        #expect(isMarked(12 + 60, 12 + 17 + 20) && !isMarked(12 + 20, 12 + 17 + 20))
        // A line that leaves the grid ends beside it.
        panel.marks = [.init(.line(Point(1, 1), Point(9, 1)), .vermillion, width: 4)]
        let wide = try NumberPanels(title: "", panels: [panel, panel]).image(scale: 1)
        let y = 12 + 17 + 40
        let between = (12 + 80 + 12..<12 + 80 + 20).filter { wide[$0, y, 1] != 255 }
        #expect(between.isEmpty && wide[12 + 80 + 4, y, 1] != 255)
    }

    @Test("a panel without cells, and none at all, trap")
    func wrong() async {
        await #expect(processExitsWith: .failure) { _ = NumberPanels(title: "", panels: []) }
        await #expect(processExitsWith: .failure) { _ = NumberPanels(title: "", panels: [.init("", [])]) }
        await #expect(processExitsWith: .failure) {
            _ = NumberPanels(title: "", panels: [.init("", [[.init("1")], [.init("1"), .init("2")]])])
        }
    }
}

@Suite struct GroupedBarChartTests {
    @Test("bars are as long as their values, of each group below each other and ever paler")
    func lengths() throws {
        let chart = GroupedBarChart(
            title: "", series: ["a", "b"], groups: [.init("", .vermillion, values: [1, 0.5])], plotWidth: 200)
        let image = try chart.image(scale: 1)
        // Rows of the two bars; the plot begins behind a margin of 10 and 8 points for no name.
        let lengths = [14 + 4, 14 + 13].map { y in
            (0..<image.width).count { Int(image[$0, y, 0]) - Int(image[$0, y, 2]) > 60 }
        }
        #expect(abs(lengths[0] - 2 * lengths[1]) <= 6 && lengths[0] > 190, "\(lengths)")
        #expect(image[40, 18, 2] < image[40, 27, 2])
    }

    @Test("no text leaves the page or touches another; what is nothing has a dash", arguments: 1...5)
    func tidy(seed: Int) throws {
        try expectTidy(Samples.groups(Samples.names(3 * seed, longest: 9 * seed, seed: UInt64(seed))), "groups")
        let texts = try labels(of: Samples.groups(["a", "b"])).labels.map(\.text)
        #expect(texts.contains("–") && texts.contains("<0.01") && texts.contains("0.50"))
    }

    @Test("values outside 0...1, or more than there are series, trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = GroupedBarChart(title: "", series: ["a"], groups: [.init("", .ink, values: [1.5])])
        }
        await #expect(processExitsWith: .failure) {
            _ = GroupedBarChart(title: "", series: ["a"], groups: [.init("", .ink, values: [0.5, 0.5])])
        }
    }
}

@Suite struct BoxSketchTests {
    @Test(
        "no label leaves the picture or touches another; those without room are counted",
        arguments: Samples.sketches.indices)
    func tidy(index: Int) throws { try expectTidy(Samples.sketches[index], "sketch \(index)") }

    @Test("what cannot be seen has no label")
    func hidden() throws {
        let texts = try labels(of: Samples.sketches[1]).labels.map(\.text)
        #expect(texts.contains("far"))
        #expect(!texts.contains("inverted") && !texts.contains("no number") && !texts.contains("elsewhere"))
        #expect(try labels(of: Samples.sketches[2]).labels.contains { $0.text.hasPrefix("no room for") })
    }

    @Test("a box’s edge is where its coordinates are, on blank ground")
    func edges() throws {
        let sketch = BoxSketch(
            title: "", view: Box(left: 0, top: 0, right: 200, bottom: 100),
            items: [.init(Box(left: 50, top: 20, right: 150, bottom: 80), .vermillion, .bold)], width: 200)
        let image = try sketch.image(scale: 1)
        func isRed(_ x: Int, _ y: Int) -> Bool { image[x, y, 0] > 150 && image[x, y, 2] < 120 }
        // The picture begins 10 points from the page's edges.
        #expect(
            isRed(10 + 50, 10 + 50) && isRed(10 + 150, 10 + 50) && isRed(10 + 100, 10 + 20) && isRed(10 + 100, 10 + 80))
        #expect(!isRed(10 + 100, 10 + 50) && !isRed(10 + 20, 10 + 50))
    }
}
