import SaccadeGeometry
import SaccadeImages
import Testing

@testable import SaccadeDrawing

@Suite struct RegionSheetTests {
    /// Left half dark red, right half light grey, with one pixel of the other kind in each.
    static let halves = Image(
        width: 40, height: 20, channels: 3,
        pixels: (0..<800).flatMap { $0 == 85 ? [200, 210, 220] : $0 % 40 < 20 ? [120, 10, 20] : [200, 210, 220] })

    static let labels = (0..<800).map { Int32($0 % 40 < 20 ? 3 : 0) }

    /// As usual, and as no search gives them.
    static let sheets: [any Figure] = [
        RegionSheet(
            halves, title: "Halves",
            rows: [
                [.init("image", .image), .init("2 regions", .regions(labels))],
                [.init("", .boxes([])), .init("boxes", .boxes([Box(x: 0, y: 0, width: 20, height: 20)]))],
            ]),
        RegionSheet(
            Image(width: 1, height: 1, filledWith: [7]), title: String(repeating: "long ", count: 90),
            rows: [[.init(String(repeating: "long ", count: 90), .regions([9]))], []]),
        RegionSheet(
            Image(width: 3000, height: 1, filledWith: [7]),
            rows: [[.init("wide", .boxes([.init(x: 0, y: 0, width: 9, height: 1)]))]]),
        RegionSheet(
            Image(width: 1, height: 3000, filledWith: [1, 2, 3]),
            rows: [(0..<30).map { .init("\($0)", .regions([Int32](repeating: 0, count: 3000))) }], width: 240),
        RegionSheet(
            halves,
            rows: [
                [
                    .init(
                        "bad",
                        .boxes([
                            Box(left: .nan, top: 0, right: 5, bottom: 5), Box(left: 9, top: 9, right: 2, bottom: 2),
                            Box(left: -1e300, top: -1e9, right: 1e300, bottom: .infinity),
                            Box(left: -1e12, top: -1e12, right: 1e12, bottom: 1e12),
                        ]))
                ]
            ]),
    ]

    @Test("regions have their mean colours and a white line between them")
    func regions() {
        let painting = RegionPainting(Self.halves, filling: Rectangle(x: 0, y: 0, width: 40, height: 20))
        let image = painting.regions(Self.labels)
        #expect(image.width == 80 && image.height == 40)
        func pixel(_ x: Int, _ y: Int) -> [UInt8] { (0..<3).map { image[x, y, $0] } }
        // One of 400 pixels is lighter by 80, 200 and 200.
        #expect(pixel(0, 0) == [120, 10, 20] && pixel(10, 4) == pixel(0, 0) && pixel(38, 39) == pixel(0, 0))
        #expect(pixel(40, 0) == [200, 210, 220] && pixel(79, 39) == [200, 210, 220])
        #expect(pixel(39, 20) == [221, 193, 196])
    }

    @Test("boxes lie where they are on the image, in colours of their own, and small ones on top")
    func boxes() throws {
        let all = Box(x: 0, y: 0, width: 40, height: 20)
        let sheet = RegionSheet(
            Self.halves, rows: [[.init("", .boxes([Box(x: 10, y: 0, width: 20, height: 20), all]))]], width: 240)
        let image = try sheet.image(scale: 2)
        // 216 points for 40 pixels, behind a margin of 12 and a caption of 15.
        func color(_ x: Int, _ y: Int) -> [UInt8] {
            (0..<3).map { image[24 + Int(Double(x) * 10.8), 54 + Int(Double(y) * 10.8), $0] }
        }
        func isClose(_ color: [UInt8], _ other: Color) -> Bool {
            zip(color, other.bytes).allSatisfy { abs(Int($0) - Int($1)) < 40 }
        }
        func edge(_ x: Int, _ y: Int) -> [UInt8] { (0..<3).map { image[x, y, $0] } }
        let left = 24 + 108 + 1
        #expect(isClose(edge(left, 54 + 100), .category(0)))
        #expect(isClose(edge(24 + 1, 54 + 100), .category(1)))
        // Along the upper edge both have a line.
        #expect(isClose(edge(left + 100, 54 + 1), .category(0)))
        let inside = color(20, 10)
        #expect(Set(inside).count == 1 && inside[0] >= 110)
    }

    @Test("captions stay within their copies, which stay on the sheet", arguments: sheets.indices)
    func captions(_ index: Int) throws {
        let sheet = Self.sheets[index]
        let canvas = try Canvas(width: sheet.size.width, height: sheet.size.height, format: .png)
        sheet.draw(on: canvas)
        let page = Rectangle(x: 0, y: 0, width: sheet.size.width, height: sheet.size.height)
        #expect(canvas.labels.allSatisfy { page.contains($0.box) })
        for (i, label) in canvas.labels.enumerated() {
            #expect(!canvas.labels[..<i].contains { $0.box.overlaps(label.box) })
        }
    }

    @Test("wrong programs trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = RegionSheet(RegionSheetTests.halves, rows: [[.init("", .regions([1, 2]))]])
        }
        await #expect(processExitsWith: .failure) {
            _ = RegionSheet(
                RegionSheetTests.halves, rows: [[.init("", .regions([Int32](repeating: -1, count: 800)))]])
        }
        await #expect(processExitsWith: .failure) { _ = RegionSheet(RegionSheetTests.halves, rows: [[]]) }
    }
}
