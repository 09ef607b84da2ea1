import SaccadeCommandSupport
import SaccadeGeometry
import SaccadeModels
import SaccadeTensors

/// RoI pooling and RoIAlign of the same region, in words and as JSON.
struct RoIPoolLesson {
    let pooling: RegionPoolingExample
    let alignment: RegionAlignExample

    /// The sample that is taken apart: the first between elements of the map, or else the first that it reaches.
    var explained: (bin: RegionAlignExample.Bin, sample: RegionAlignExample.Sample)? {
        let (height, width) = (Double(alignment.input.height), Double(alignment.input.width))
        let all = alignment.bins.flatMap { bin in bin.samples.map { (bin: bin, sample: $0) } }
        return all.first { (0...height - 1).contains($0.sample.row) && (0...width - 1).contains($0.sample.column) }
            ?? all.first { !$0.sample.neighbours.isEmpty }
    }

    /// `1/16`, or a number.
    var scale: String {
        let inverse = 1 / pooling.region.scale
        return inverse >= 2 && inverse == inverse.rounded() && inverse < 1e6
            ? "1/\(Int(inverse))" : pooling.region.scale.plain
    }

    // MARK: Text

    var text: String {
        let region = pooling.region
        var parts = [
            "Map, \(pooling.input.height)×\(pooling.input.width):\n\(pooling.input.text)",
            """
            Region in pixels (left, top, right, bottom): \(Self.list(region.box))
            times \(scale): \(Self.list(region.scaled))
            """,
        ]
        parts += remarks
        parts += [poolingText, alignmentText]
        return parts.joined(separator: "\n\n")
    }

    private static func list(_ box: Box) -> String { box.edges.map(\.plain).joined(separator: ", ") }

    /// What is out of the ordinary.
    private var remarks: [String] {
        let region = pooling.region
        let least = alignment.isAligned ? "as it is" : "for at least one element wide and high"
        if region.isInverted {
            return [
                "The region is inverted: an edge lies on the wrong side of its opposite. RoI pooling takes it for one element "
                    + "there, RoIAlign takes it \(alignment.isAligned ? "backwards" : least)."
            ]
        }
        if region.isEmpty {
            return [
                "The region is empty. RoI pooling takes the element that it falls on, RoIAlign takes it \(least)."
            ]
        }
        return []
    }

    private var poolingText: String {
        let (rows, columns) = (pooling.rows, pooling.columns)
        let size = (max(rows.last - rows.first + 1, 1), max(columns.last - columns.first + 1, 1))
        var table = TextTable([
            .init("bin"), .init("rows"), .init("columns"), .init("largest", .right), .init("at row, column"),
        ])
        for bin in pooling.bins {
            table.append([
                Self.name(bin.place), Self.range(bin.rows), Self.range(bin.columns),
                bin.largest.map { pooling.input[$0].plain } ?? "0",
                bin.largest.map { "\($0.row), \($0.column)" } ?? "outside the map",
            ])
        }
        var lines = [
            "RoI pooling (rows and columns are counted from 0)",
            "rounded to elements: rows \(rows.first) to \(rows.last), columns \(columns.first) to \(columns.last), the last "
                + "included: \(size.0)×\(size.1)",
            "into \(pooling.size.height)×\(pooling.size.width) bins of \(pooling.binSize.height.plain) × "
                + "\(pooling.binSize.width.plain), from their floor to their ceiling\(overlap):",
            "", table.text, "", "The largest of each bin:", pooling.output.text,
        ]
        let outside = pooling.bins.count { $0.largest == nil }
        if outside > 0 {
            lines.append(
                "\(outside) of \(pooling.bins.count) bins lie\(outside == 1 ? "s" : "") outside the map and "
                    + "give\(outside == 1 ? "s" : "") 0.")
        }
        return (lines + [engineSentence(pooling.engineDifference)]).joined(separator: "\n")
    }

    /// Which rows and columns two bins have in common.
    private var overlap: String {
        func common(_ ranges: [Range<Int>]) -> [String] {
            zip(ranges, ranges.dropFirst()).flatMap { a, b in
                a.overlaps(b) && a != b ? a.clamped(to: b).map(String.init) : []
            }
        }
        let rows = common((0..<pooling.size.height).map { pooling.bins[$0 * pooling.size.width].rows })
        let columns = common(pooling.bins.prefix(pooling.size.width).map(\.columns))
        func said(_ what: String, _ numbers: [String]) -> String? {
            numbers.isEmpty ? nil : "\(what)\(numbers.count == 1 ? "" : "s") \(numbers.joined(separator: ", "))"
        }
        let both = [said("row", rows), said("column", columns)].compactMap { $0 }
        return both.isEmpty ? "" : "; neighbours share \(both.joined(separator: " and "))"
    }

    private var alignmentText: String {
        let each = alignment.samples
        var lines = [
            "RoIAlign (the middle of element i is at i)",
            "from row \(alignment.start.row.plain), column \(alignment.start.column.plain) in bins of "
                + "\(alignment.binSize.height.plain) × \(alignment.binSize.width.plain), \(each)×\(each) "
                + "sample\(each == 1 ? "" : "s") in each:",
            "",
        ]
        if let (bin, sample) = explained {
            var table = TextTable([
                .init("element"), .init("number", .right), .init("weight", .right), .init("product", .right),
            ])
            for neighbour in sample.neighbours {
                let number = alignment.input[neighbour.place]
                table.append([
                    "row \(neighbour.place.row), column \(neighbour.place.column)", number.plain,
                    neighbour.weight.plain,
                    (number * neighbour.weight).plain,
                ])
            }
            lines += [
                "A sample of bin \(Self.name(bin.place)) at row \(sample.row.plain), column \(sample.column.plain) lies "
                    + "between", table.text, "and is their sum: \(sample.value.plain)", "",
            ]
        }
        lines.append("Each bin is the mean of its samples:")
        for bin in alignment.bins {
            let numbers = bin.samples.map(\.value.plain).joined(separator: ", ")
            lines.append("bin \(Self.name(bin.place)): \(numbers) → \(bin.mean.plain)")
        }
        lines += ["", alignment.output.text]
        let samples = alignment.bins.flatMap(\.samples)
        let outside = samples.count { $0.neighbours.isEmpty }
        if outside > 0 {
            lines.append(
                "\(outside) of \(samples.count) samples lie more than one element outside the map and count as 0.")
        }
        return (lines + [engineSentence(alignment.engineDifference)]).joined(separator: "\n")
    }

    private static func name(_ place: NumberGrid.Place) -> String { "\(place.row), \(place.column)" }

    private static func range(_ range: Range<Int>) -> String {
        range.isEmpty
            ? "none" : range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound - 1)"
    }

    // MARK: JSON

    var shown: Shown { Shown(self) }

    struct Shown: Encodable {
        struct Pooling: Encodable {
            struct Bin: Encodable {
                let row, column: Int
                /// First, and behind the last.
                let rows, columns: [Int]
                let largest: NumberGrid.Place?
            }
            /// First and last row and column of the region.
            let rows, columns: [Int]
            let bins: [Bin]
            let output: NumberGrid
            let engineDifference: Double
        }
        struct Alignment: Encodable {
            struct Sample: Encodable {
                let row, column, value: Double
                let neighbours: [Neighbour]
            }
            struct Neighbour: Encodable {
                let row, column: Int
                let weight: Double
            }
            struct Bin: Encodable {
                let row, column: Int
                let samples: [Sample]
                let mean: Double
            }
            let samples: Int
            let aligned: Bool
            let bins: [Bin]
            let output: NumberGrid
            let engineDifference: Double
        }
        let input: NumberGrid
        let box, scaled: [Double]
        let scale: Double
        let size: [Int]
        let roiPool: Pooling
        let roiAlign: Alignment

        init(_ lesson: RoIPoolLesson) {
            let (pooling, alignment) = (lesson.pooling, lesson.alignment)
            input = pooling.input
            (box, scaled) = (pooling.region.box.edges, pooling.region.scaled.edges)
            (scale, size) = (pooling.region.scale, [pooling.size.height, pooling.size.width])
            roiPool = Pooling(
                rows: [pooling.rows.first, pooling.rows.last], columns: [pooling.columns.first, pooling.columns.last],
                bins: pooling.bins.map {
                    Pooling.Bin(
                        row: $0.place.row, column: $0.place.column, rows: [$0.rows.lowerBound, $0.rows.upperBound],
                        columns: [$0.columns.lowerBound, $0.columns.upperBound], largest: $0.largest)
                }, output: pooling.output, engineDifference: pooling.engineDifference)
            roiAlign = Alignment(
                samples: alignment.samples, aligned: alignment.isAligned,
                bins: alignment.bins.map { bin in
                    Alignment.Bin(
                        row: bin.place.row, column: bin.place.column,
                        samples: bin.samples.map { sample in
                            Alignment.Sample(
                                row: sample.row, column: sample.column, value: sample.value,
                                neighbours: sample.neighbours.map {
                                    Alignment.Neighbour(row: $0.place.row, column: $0.place.column, weight: $0.weight)
                                })
                        }, mean: bin.mean)
                }, output: alignment.output, engineDifference: alignment.engineDifference)
        }
    }
}
