import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages

/// Figures to draw, from usual to awkward.
enum Samples {
    /// Numbers short and long, tinted and plain, in panels that need a second row.
    static let panels = NumberPanels(
        title: "Numbers",
        panels: (0..<9).map { (index: Int) in
            .init(
                "panel \(index) with a name that is longer than its numbers",
                [
                    [.init("\(index).\(index)1", category: index), .init("-\(index)2345.6")],
                    [.init("\(index)7e-08"), .init("\(index)8", category: 2)],
                ])
        })

    /// Marks of every kind, some far outside, on numbered rows and columns.
    static let marks: NumberPanels = {
        var panel = NumberPanels.Panel(
            "marked",
            (0..<3).map { (row: Int) in
                (0..<4).map { (column: Int) in .init("\(row)\(column)", category: row) }
            })
        (panel.isNumbered, panel.cellSide) = (true, 30)
        panel.marks = [
            .init(.outline(Box(left: 0.5, top: 0.5, right: 2, bottom: 2), inset: 2), .blue, isDashed: true),
            .init(.outline(Box(left: 3, top: 3, right: 1, bottom: 1)), .orange),
            .init(.outline(Box(left: -1e30, top: 0, right: .infinity, bottom: .nan)), .ink),
            .init(.line(Point(0, 0), Point(900, 2)), .ink), .init(.dot(Point(-0.2, 1)), .vermillion),
            .init(.ringedDot(Point(2, 2.5)), .vermillion), .init(.dot(Point(.nan, 1)), .ink),
        ]
        return NumberPanels(title: "", panels: [panel, .init("plain", [[.init("1")]])])
    }()

    /// Numbers tinted by their sign, with names at rows and columns, more and fewer than there are.
    static let shaded: NumberPanels = {
        var panel = NumberPanels.Panel(
            "shaded",
            [-2.0, -0.3, 0, 0.7, .nan].map { (value: Double) in
                [.init("\(value)", shade: value), .init("both", category: 1, shade: -value)]
            })
        panel.rowNames = ["a name that is longer than its number", "b", "c"]
        panel.columnNames = ["“h”", "“e”", "none"]
        var numbered = panel
        (numbered.rowNames, numbered.isNumbered) = ([], true)
        return NumberPanels(title: "Shades", panels: [panel, numbered])
    }()

    /// A network on a word, forwards with inputs or backwards without, of so many steps and characters.
    static func unrolled(
        steps: Int = 4, vocabulary: [String] = ["h", "e", "l", "o"], state: [String] = ["0.31", "-0.52", "1"],
        isBackward: Bool = false, goesOn: Bool = false, title: String = "“hello” before training"
    ) -> UnrolledNetwork {
        let rows = vocabulary.enumerated().map { index, name in
            UnrolledNetwork.Row(
                [name, "-0.\(index)5", "0.\(index)"], [.plain, .wanted, .mistaken, .faint][index % 4])
        }
        return UnrolledNetwork(
            title: title,
            steps: (0..<steps).map { step in
                .init(
                    input: isBackward ? nil : .init(columns: ["", "x_t"], vocabulary.map { .init([$0, "1"]) }),
                    state: isBackward
                        ? .init(columns: ["from y_t", "from t+1", "∂L/∂h_t"], state.map { .init([$0, $0, $0]) })
                        : .init(state.map { .init([$0]) }),
                    output: .init(columns: ["", "y_t", "p_t"], rows), below: "“\(step)”",
                    above: ["“target \(step)”", "1.38\(step)"])
            },
            names: .init(
                input: "input layer", state: "hidden layer", output: "output layer", below: "fed",
                above: ["target", "loss L_t, nats"], inputWeights: isBackward ? "" : "W_xh", stateWeights: "W_hh",
                outputWeights: "W_hy", outside: "h_0 = 0"),
            isBackward: isBackward, goesOn: goesOn)
    }

    static let unrolledOnes = [
        unrolled(), unrolled(steps: 1), unrolled(isBackward: true), unrolled(steps: 1, isBackward: true, title: ""),
        unrolled(steps: 9, goesOn: true), unrolled(isBackward: true, goesOn: true),
        unrolled(
            steps: 2, vocabulary: (0..<40).map { "character \($0) of a large vocabulary, with a long name" },
            state: ["7"],
            title: "A title that is much longer than what stands below it, and stays on the page all the same"),
        unrolled(steps: 2, vocabulary: [""], state: [""], title: ""),
    ]

    /// Boxes of every kind on an image and on blank ground, labels more than there is room for, and nothing at all.
    static let sketches: [BoxSketch] = [
        BoxSketch(
            title: "On an image", over: image,
            items: BoxSketch.Line.allCases.enumerated().map {
                .init(
                    Box(x: Double(6 * $0), y: 4, width: 14, height: 20), .category($0), $1, label: "box \($0)")
            }, dots: [.init(Point(3, 3), .orange), .init(Point(.nan, 3), .orange), .init(Point(1e9, 3), .orange)],
            legend: [(.orange, "a dot")]),
        BoxSketch(
            title: "Beyond it", over: image, view: Box(left: -20, top: -20, right: 60, bottom: 50),
            items: [
                .init(Box(left: -10, top: -1e30, right: 30, bottom: 1e30), .blue, label: "far"),
                .init(Box(left: 5, top: 5, right: 4, bottom: 9), .blue, label: "inverted"),
                .init(Box(left: .nan, top: 5, right: 4, bottom: 9), .blue, label: "no number"),
                .init(Box(left: 500, top: 500, right: 510, bottom: 510), .blue, label: "elsewhere"),
            ]),
        BoxSketch(
            title: "",
            items: (0..<300).map { _ in .init(Box(x: 0, y: 0, width: 9, height: 9), .ink, .thin, label: "crowded") },
            width: 120),
        BoxSketch(title: "Nothing", items: []),
        BoxSketch(title: "Flat", items: [.init(Box(x: 0, y: 0, width: 1e6, height: 1e-3), .ink, label: "flat")]),
    ]

    static func groups(_ names: [String]) -> GroupedBarChart {
        GroupedBarChart(
            title: "Scores", series: ["score", "linear", "Gaussian"],
            groups: names.enumerated().map { index, name in
                .init(
                    name, note: index.isMultiple(of: 2) ? "dropped by \(name)" : "", .category(index),
                    isGone: index.isMultiple(of: 2), values: [1 / Double(index + 1), 0.001, index == 1 ? nil : 0])
            })
    }

    static let lecture = Schematic(
        title: "Two classes",
        stages: [
            .volume(height: 240, width: 240, channels: 3, caption: "", role: .input),
            .volume(height: 234, width: 234, channels: 64, caption: "7×7 conv, ReLU"),
            .volume(height: 117, width: 117, channels: 64, caption: "2×2 max pool", role: .pooling),
            .volume(height: 113, width: 113, channels: 32, caption: "5×5 conv, ReLU"),
            .volume(height: 56, width: 56, channels: 32, caption: "2×2 max pool", role: .pooling),
            .volume(height: 54, width: 54, channels: 16, caption: "3×3 conv, ReLU"),
            .vector(count: 50, caption: "flatten, fully connected, ReLU"),
            .vector(count: 20, caption: "fully connected, ReLU"),
            .vector(count: 2, caption: "fully connected, softmax"),
        ])

    static let vgg16: Schematic = {
        var stages: [Schematic.Stage] = [.volume(height: 224, width: 224, channels: 3, caption: "", role: .input)]
        var side = 224
        for (layers, channels) in [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)] {
            for _ in 0..<layers {
                stages.append(.volume(height: side, width: side, channels: channels, caption: "3×3 conv, ReLU"))
            }
            side /= 2
            stages.append(
                .volume(height: side, width: side, channels: channels, caption: "2×2 max pool", role: .pooling))
        }
        for count in [4096, 4096, 1000] { stages.append(.vector(count: count, caption: "fully connected, ReLU")) }
        return Schematic(title: "VGG-16", stages: stages)
    }()

    static let resNet50: Schematic = {
        var stages: [Schematic.Stage] = [
            .volume(height: 224, width: 224, channels: 3, caption: "", role: .input),
            .volume(height: 112, width: 112, channels: 64, caption: "7×7 conv / 2, BN, ReLU"),
            .volume(height: 56, width: 56, channels: 64, caption: "3×3 max pool / 2", role: .pooling),
        ]
        for (blocks, side, channels) in [(3, 56, 64), (4, 28, 128), (6, 14, 256), (3, 7, 512)] {
            for _ in 0..<blocks {
                for (kernel, depth) in [(1, channels), (3, channels), (1, 4 * channels)] {
                    stages.append(
                        .volume(
                            height: side, width: side, channels: depth, caption: "\(kernel)×\(kernel) conv, BN, ReLU"))
                }
            }
        }
        stages.append(.vector(count: 1000, caption: "global average pool, fully connected"))
        return Schematic(title: "ResNet-50", stages: stages)
    }()

    /// A U-Net of as many levels as widths: two 3×3 convolutions on each, padded so that sizes stay.
    static func uNet(_ widths: [Int], side: Int, title: String = "U-Net") -> Schematic {
        var maps = [Schematic.FeatureMap(height: side, width: side, channels: 1, caption: "input")]
        var flows: [Schematic.Flow] = []
        func add(_ side: Int, _ channels: Int, copied: Int = 0, _ kind: Schematic.Flow.Kind, _ caption: String) {
            maps.append(.init(height: side, width: side, channels: channels, copied: copied))
            flows.append(.init(from: maps.count - 2, to: maps.count - 1, kind: kind, caption: caption))
        }
        var skips: [Int] = []
        for (level, width) in widths.enumerated() {
            if level > 0 { add(side >> level, widths[level - 1], .pooling, "2×2 max pool") }
            for _ in 0..<2 { add(side >> level, width, .convolution, "3×3 conv, ReLU") }
            skips.append(maps.count - 1)
        }
        for (level, width) in widths.enumerated().dropLast().reversed() {
            add(side >> level, 2 * width, copied: width, .upsampling, "2×2 up-conv")
            flows.append(.init(from: skips[level], to: maps.count - 1, kind: .skip, caption: "copy"))
            for _ in 0..<2 { add(side >> level, width, .convolution, "3×3 conv, ReLU") }
        }
        add(side, 2, .convolution, "1×1 conv")
        maps[maps.count - 1].caption = "output"
        return Schematic(title: title, maps: maps, flows: flows)
    }

    /// Levels as no network has them.
    static let awkwardLevels: [Schematic] = [
        Schematic(title: "", maps: [], flows: []),
        Schematic(title: "One", maps: [.init(height: 1, width: 1, channels: 1)], flows: []),
        // Everything leads to everything, with many meanings.
        Schematic(
            title: "All", maps: (0..<6).map { .init(height: 1 << $0, width: 900, channels: 1 + $0, caption: "c\($0)") },
            flows: (0..<6).flatMap { to in
                (0..<to).map { from in
                    .init(
                        from: from, to: to, kind: Schematic.Flow.Kind.allCases[(from + to) % 5],
                        caption: "from \(from) to \(to)")
                }
            }),
        // Past others on the same level.
        Schematic(
            title: String(repeating: "long ", count: 90),
            maps: (0..<30).map { _ in .init(height: 100_000, width: 1, channels: 1_000_000) },
            flows: (1..<30).map { .init(from: $0 - 1, to: $0, kind: .convolution, caption: "") }
                + [.init(from: 2, to: 9, kind: .skip, caption: "copy")], maximumWidth: 300),
    ]

    /// Sizes and captions that no drawing was made for.
    static let awkward: [Schematic] = [
        Schematic(title: "", stages: []),
        Schematic(
            title: String(repeating: "A title without an end ", count: 40), stages: [.vector(count: 1, caption: "")]),
        Schematic(
            title: "Lines",
            stages: [
                .volume(height: 1, width: 1, channels: 1, caption: "x", role: .input),
                .volume(height: 1, width: 100_000, channels: 1, caption: String(repeating: "verylongword", count: 30)),
                .volume(height: 100_000, width: 1, channels: 1_000_000, caption: "a, b, c, d, e, f, g, h, i"),
                .vector(count: 123_456_789, caption: "line\nbreak\tand \u{1} control"),
            ]),
        Schematic(
            title: "Narrow",
            stages: (1...40).map { .volume(height: $0, width: 7, channels: 4096 / $0, caption: "step \($0), again") },
            maximumWidth: 300),
    ]

    /// Maps of a layer, a vector in rows, maps that are all alike, and maps without a number.
    static let planeSheets: [any Figure] = [
        PlaneSheet(
            (0..<37).map { map in (0..<48).map { Float(map * $0 % 13) - 2 } }, width: 8, height: 6,
            title: "conv1 (conv)"),
        PlaneSheet([(0..<128).map { $0 < 120 ? Float($0) * 1e-6 : .nan }], width: 32, height: 4),
        PlaneSheet(
            [[Float](repeating: 3, count: 4)], width: 2, height: 2, title: String(repeating: "long ", count: 60)),
        PlaneSheet([[.nan, .infinity]], width: 1, height: 2, title: "none"),
        PlaneSheet([[0, 1e30]], width: 1, height: 2), PlaneSheet([(0..<900).map(Float.init)], width: 900, height: 1),
    ]

    static let image: Image = {
        let bytes = (0..<(40 * 30 * 3)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        return Image(width: 40, height: 30, channels: 3, pixels: bytes)
    }()

    static func matrix(_ names: [String]) -> ConfusionMatrix {
        let counts = names.indices.map { i in names.indices.map { j in i == j ? 900 + i : (i * 7 + j * 3) % 20 } }
        return ConfusionMatrix(title: "Test set", classes: names, counts: counts)
    }

    static func chart(_ names: [String], isLogY: Bool = false) -> LineChart {
        let series = names.enumerated().map { k, name in
            LineChart.Series(name, values: (1...20).map { Double(k + 1) / Double($0) })
        }
        return LineChart(title: "Loss", xLabel: "epoch", yLabel: "loss", series: series, isLogY: isLogY)
    }

    static func sheet(_ captions: [String]) -> ContactSheet {
        ContactSheet(
            title: "Held-out images",
            items: captions.enumerated().map { i, caption in
                ContactSheet.Item(image, caption: caption, verdict: [.right, .wrong, nil][i % 3])
            })
    }

    /// Names of every length and of letters wide and narrow, from a seed.
    static func names(_ count: Int, longest: Int, seed: UInt64) -> [String] {
        var state = seed
        func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let letters = Array("iilWWM mea—×é漢😀…\n")
        return (0..<count).map { _ in String((0...next(longest)).map { _ in letters[next(letters.count)] }) }
    }
}
