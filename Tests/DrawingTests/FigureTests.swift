import Foundation
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import Testing

@Suite struct FigureTests {
    static let figures: [any Figure] =
        [
            Samples.lecture, Samples.vgg16, Samples.resNet50, Samples.chart(["training", "validation"]),
            Samples.matrix(["cat", "dog", "horse"]), Samples.sheet(["cat, 98 %", "dog", "ship\nis a horse", ""]),
            Samples.sheet([]), LineChart(title: "", xLabel: "", yLabel: "", series: []),
        ] + Samples.awkward + Samples.planeSheets
        + [Samples.uNet([64, 128, 256, 512, 1024], side: 512), Samples.panels] + Samples.awkwardLevels
        + RegionSheetTests.sheets
        + [Samples.marks, Samples.groups(["1 cat", "2 dog"]), Samples.groups([])] + Samples.sketches + [Samples.shaded]
        + Samples.unrolledOnes

    @Test("stacked figures stand one above the other, each as it is alone")
    func stacked() throws {
        let (first, second) = (Samples.chart(["training"]), Samples.chart(["validation"]))
        let stack = FigureStack([first, second])
        #expect(stack.size.width == first.size.width && stack.size.height == first.size.height + second.size.height)
        let (whole, top, bottom) = (
            try stack.image(scale: 1), try first.image(scale: 1), try second.image(scale: 1)
        )
        #expect(whole.pixels == top.pixels + bottom.pixels)
        let canvas = try Canvas(width: stack.size.width, height: stack.size.height, format: .png)
        stack.draw(on: canvas)
        let legend = try #require(canvas.labels.first { $0.text == "validation" })
        #expect(legend.box.y > first.size.height && legend.box.bottom < stack.size.height)
    }

    @Test("figures in a row stand side by side, each as it is alone")
    func inRow() throws {
        let (first, second) = (Samples.groups(["1 cat"]), Samples.sketches[0])
        let row = FigureRow([first, second])
        #expect(row.size.width == first.size.width + second.size.width)
        #expect(row.size.height == max(first.size.height, second.size.height))
        let whole = try row.image(scale: 1)
        for (figure, left) in [(first as any Figure, 0), (second, Int(first.size.width))] {
            // Widths that are no whole pixels would blur what stands behind them.
            guard Double(left) == (left == 0 ? 0 : first.size.width) else { continue }
            let alone = try figure.image(scale: 1)
            for y in stride(from: 0, to: alone.height, by: 3) {
                for x in stride(from: 0, to: alone.width, by: 3) where whole[x + left, y, 0] != alone[x, y, 0] {
                    Issue.record("\(x), \(y)")
                    return
                }
            }
        }
    }

    @Test("each figure becomes a PNG, an SVG and a PDF", arguments: figures.indices)
    func formats(index: Int) throws {
        let figure = Self.figures[index]
        let png = try figure.data(as: .png)
        let header = try ImageHeader(decoding: png, name: "figure")
        #expect(header.format == .png)
        #expect(header.width == Int((figure.size.width * 2).rounded(.up)))
        #expect(header.height == Int((figure.size.height * 2).rounded(.up)))

        let svg = String(decoding: try figure.data(as: .svg), as: UTF8.self)
        #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("width=\"\(Int(figure.size.width))"))

        let pdf = try figure.data(as: .pdf)
        #expect(pdf.starts(with: "%PDF-1.".utf8))
        #expect(String(decoding: pdf.suffix(8), as: UTF8.self).contains("%%EOF"))
    }

    @Test("the same figure gives the same bytes", arguments: figures.indices)
    func deterministic(index: Int) throws {
        let figure = Self.figures[index]
        for format in FigureFormat.allCases {
            #expect(try figure.data(as: format) == figure.data(as: format), "\(format)")
        }
    }

    @Test("a figure is not blank, and white at its corners", arguments: figures.indices)
    func drawn(index: Int) throws {
        let image = try Self.figures[index].image(scale: 1)
        #expect(image[0, 0, 0] == 255 && image[image.width - 1, image.height - 1, 2] == 255)
        if index < 6 { #expect(image.pixels.contains { $0 < 100 }) }
    }

    @Test("files are whole, take their format from the name, and replace older ones")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "saccade-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let figure = Samples.matrix(["a", "b"])
        for name in ["a.png", "a.svg", "a.PDF", "a.png"] { try figure.write(to: "\(folder)/\(name)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.PDF", "a.png", "a.svg"])
        let bytes = FileManager.default.contents(atPath: "\(folder)/a.png")
        #expect(try bytes.map(Array.init) == figure.data(as: .png))
    }

    @Test(
        "a name that cannot be written is an error",
        arguments: [
            ("figure.jpg", FileError.Code.unknownFormat), ("figure", .unknownFormat), ("", .unknownFormat),
            ("a.png/figure", .unknownFormat), ("no/such/folder/figure.png", .missingFolder),
        ])
    func badPaths(path: String, code: FileError.Code) {
        do throws(FileError) {
            try Samples.matrix(["a"]).write(to: path)
            Issue.record("wrote \(path)")
        } catch {
            #expect(error.code == code && error.path == path)
            #expect("\(error)".hasSuffix("."))
        }
    }

    @Test("a figure of too many pixels is an error")
    func tooLarge() {
        do throws(FileError) {
            _ = try Samples.lecture.data(as: .png, scale: 100)
            Issue.record("drawn")
        } catch {
            #expect(error.code == .tooLarge)
        }
    }

    @Test("values that are not finite leave gaps")
    func gaps() throws {
        let values = [1, .nan, 2, .infinity, -.infinity, 3, 0, -1, 1e308, .leastNonzeroMagnitude]
        for isLogY in [false, true] {
            let chart = LineChart(
                title: "Gaps", xLabel: "x", yLabel: "y",
                series: [.init("a", values: values), .init("b", [Point(.nan, 1)]), .init("c", [])], isLogY: isLogY)
            #expect(try chart.data(as: .png).count > 1000)
        }
        for value in [0, 1e-12, -5, 1e12, 123_456] {
            let flat = LineChart(title: "", xLabel: "", yLabel: "", series: [.init("", values: [value, value])])
            #expect(try flat.data(as: .png).count > 1000)
        }
    }

    @Test("a confusion matrix of a thousand classes is still a small file")
    func thousandClasses() throws {
        let figure = Samples.matrix((0..<1000).map { "class \($0)" })
        #expect(try figure.data(as: .svg).count < 4_000_000)
    }

    @Test("a right frame is green and a wrong one vermillion")
    func verdicts() throws {
        let sheet = ContactSheet(
            title: "",
            items: [
                .init(Samples.image, caption: "", verdict: .right), .init(Samples.image, caption: "", verdict: .wrong),
            ],
            columns: 2, side: 80)
        let image = try sheet.image(scale: 1)
        #expect([image[15, 50, 0], image[15, 50, 1], image[15, 50, 2]] == [0x00, 0x9E, 0x73])
        #expect([image[107, 50, 0], image[107, 50, 1], image[107, 50, 2]] == [0xD5, 0x5E, 0x00])
    }

    @Test("wrong programs trap")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            _ = Schematic(title: "", stages: [.volume(height: 0, width: 1, channels: 1, caption: "")])
        }
        await #expect(processExitsWith: .failure) {
            _ = Schematic(
                title: "", maps: [.init(height: 1, width: 1, channels: 1)],
                flows: [.init(from: 0, to: 0, kind: .skip, caption: "")])
        }
        await #expect(processExitsWith: .failure) {
            _ = Schematic(title: "", maps: [.init(height: 1, width: 0, channels: 1)], flows: [])
        }
        await #expect(processExitsWith: .failure) {
            _ = ConfusionMatrix(title: "", classes: ["a", "b"], counts: [[1, 2]])
        }
    }
}
