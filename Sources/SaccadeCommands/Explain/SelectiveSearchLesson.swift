import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages
import SaccadeModels
import SaccadeProposals

/// A selective search, and one of its hierarchies step by step: as text, as JSON and as a picture.
struct SelectiveSearchLesson {
    let image: Image
    let name: String
    let search: SelectiveSearch
    let proposals: Proposals
    /// The number of the strategy that is shown, from 0.
    let shown: Int
    let hierarchy: RegionHierarchy
    /// Pixels of each region of that hierarchy.
    let sizes: [Int]
    let levels: [RegionHierarchy.Level]
    /// What each strategy found.
    let strategies: [Found]

    struct Found: Encodable {
        let colorSpace: String
        let scale: Double
        let similarity: String
        /// In the beginning.
        let regions: Int
        /// Large enough to be proposed, and different.
        let boxes: Int
        /// Those that no strategy before has found.
        let newBoxes: Int
    }

    private static let levelCount = 4
    /// Regions of the last level.
    private static let lastCount = 8
    /// Points of each curve.
    private static let chartPoints = 100
    /// Proposals in the picture.
    private static let firstCount = 12

    /// - Precondition: The proposals have kept their hierarchies.
    init(_ proposals: Proposals, of image: Image, named name: String, by search: SelectiveSearch, shown: Int) {
        (self.image, self.name, self.search) = (image, name, search)
        (self.proposals, self.shown) = (proposals, shown)
        hierarchy = proposals.hierarchies[shown]
        sizes = hierarchy.sizes
        levels = hierarchy.levels(Self.levelCount, last: Self.lastCount)
        var known: Set<Box> = []
        strategies = proposals.hierarchies.map { hierarchy in
            let boxes = Set(hierarchy.boxes.filter { Self.isProposed($0, by: search) })
            let before = known.count
            known.formUnion(boxes)
            return Found(
                colorSpace: hierarchy.strategy.colorSpace.rawValue, scale: hierarchy.strategy.scale,
                similarity: "\(hierarchy.strategy.measures)", regions: hierarchy.segmentation.count,
                boxes: boxes.count, newBoxes: known.count - before)
        }
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(grouped(number)) \(number == 1 ? one : many)"
    }

    private static func isProposed(_ box: Box, by search: SelectiveSearch) -> Bool {
        min(box.width, box.height) >= Double(search.minimumSide)
    }

    /// The different boxes of a level that are large enough to be proposed, the largest first.
    private func boxes(of level: RegionHierarchy.Level) -> [Box] {
        var seen: Set<Box> = []
        return level.regions.map { hierarchy.boxes[$0] }
            .filter { Self.isProposed($0, by: search) && seen.insert($0).inserted }
            .sorted { ($0.area, $1.top, $1.left) > ($1.area, $0.top, $0.left) }
    }
}

// MARK: Text

extension SelectiveSearchLesson {
    var text: String {
        ([
            "\(name), \(image.width)×\(image.height) pixels: selective search with \(strategies.count) strategies.",
            strategyTable,
            """
            Together \(Self.count(proposals.boxes.count, "box", "boxes"))\(search.limit.map { " of at most \(grouped($0))" } ?? ""), \
            none with a side below \(search.minimumSide) pixels; near-duplicates (IoU above \
            \(search.iouThreshold.plain)) come last.
            """,
        ] + steps).joined(separator: "\n\n")
    }

    /// The hierarchy that is shown.
    private var steps: [String] {
        let strategy = hierarchy.strategy
        let regions = hierarchy.segmentation.count
        let first = sizes.prefix(regions)
        let beginning = """
            Strategy \(shown + 1) step by step: colours in \(strategy.colorSpace.rawValue), k = \(strategy.scale.plain), \
            similarity \(strategy.measures) (C colour, T texture, S size, F fill).

            """
        if regions == 1 {
            return [beginning + "The graph segmentation leaves the image whole: there is nothing to merge."]
        }
        return [
            beginning + """
                The graph segmentation cuts the image into \(grouped(regions)) regions of \(grouped(first.min() ?? 0)) to \
                \(grouped(first.max() ?? 0)) pixels.
                The two most similar neighbours are merged, again and again:
                """, mergeTable,
            "Levels on the way, and the boxes of at least \(search.minimumSide) pixels around their regions:",
            levelTable,
        ]
    }

    private var strategyTable: String {
        var table = TextTable([
            .init("strategy", .right), .init("colours"), .init("k", .right), .init("similarity"),
            .init("regions", .right), .init("boxes", .right), .init("new", .right),
        ])
        for (index, found) in strategies.enumerated() {
            table.append([
                "\(index + 1)", found.colorSpace, found.scale.plain, found.similarity, grouped(found.regions),
                grouped(found.boxes), grouped(found.newBoxes),
            ])
        }
        return table.text
    }

    /// The first merges and the last.
    private var mergeTable: String {
        var table = TextTable([
            .init("merge", .right), .init("regions", .right), .init("become", .right), .init("colour", .right),
            .init("texture", .right), .init("size", .right), .init("fill", .right), .init("sum", .right),
            .init("pixels", .right), .init("box", .right),
        ])
        let count = hierarchy.merges.count
        for (index, merge) in hierarchy.merges.enumerated() {
            if count > 16, (6..<count - 10).contains(index) {
                if index == 6 { table.append(["…"]) }
                continue
            }
            let region = hierarchy.segmentation.count + index
            let similarity = merge.similarity
            let parts = [similarity.color, similarity.texture, similarity.size, similarity.fill]
            let sum = similarity.sum(of: hierarchy.strategy.measures)
            table.append(
                ["\(index + 1)", "\(merge.first) + \(merge.second)", "\(region)"]
                    + (parts + [sum]).map { String(format: "%.3f", $0) }
                    + [grouped(sizes[region]), Self.text(hierarchy.boxes[region])])
        }
        return table.text
    }

    private var levelTable: String {
        var table = TextTable([
            .init("merges", .right), .init("regions", .right), .init("median size", .right),
            .init("largest", .right), .init("boxes", .right), .init("largest box", .right),
        ])
        for level in levels {
            let sorted = level.regions.map { sizes[$0] }.sorted()
            let boxes = boxes(of: level)
            table.append([
                grouped(level.merges), grouped(level.regions.count), grouped(sorted[sorted.count / 2]),
                grouped(sorted.last ?? 0), grouped(boxes.count), boxes.first.map(Self.text) ?? "",
            ])
        }
        return table.text
    }

    /// Width and height, and where the upper left corner is.
    private static func text(_ box: Box) -> String {
        "\(Int(box.width))×\(Int(box.height)) at \(Int(box.left)),\(Int(box.top))"
    }
}

// MARK: Picture

extension SelectiveSearchLesson {
    /// The regions of each level and the boxes around them, and how alike the merged ones were.
    var figure: any Figure {
        hierarchy.merges.isEmpty ? sheet : FigureStack([sheet, chart])
    }

    private var sheet: RegionSheet {
        let pairs = [(imageCell, proposalCell)] + levels.map { (regionCell($0), boxCell($0)) }
        // Wide images have both side by side.
        let rows = image.width > 2 * image.height ? pairs.map { [$0.0, $0.1] } : [pairs.map(\.0), pairs.map(\.1)]
        let strategy = hierarchy.strategy
        return RegionSheet(
            image,
            title: "Selective search: colours in \(strategy.colorSpace.rawValue), k = \(strategy.scale.plain), "
                + "similarity \(strategy.measures)", rows: rows)
    }

    private var imageCell: RegionSheet.Cell { .init("\(image.width)×\(image.height) pixels", .image) }

    private var proposalCell: RegionSheet.Cell {
        let first = Array(proposals.boxes.prefix(Self.firstCount))
        return .init(
            first.count == proposals.boxes.count
                ? "all proposals" : "the first \(first.count) of \(grouped(proposals.boxes.count)) proposals",
            .boxes(first))
    }

    private func regionCell(_ level: RegionHierarchy.Level) -> RegionSheet.Cell {
        let count = level.regions.count
        return .init(
            Self.count(count, "region", "regions")
                + (level.merges == 0 ? " in the beginning" : " after \(grouped(level.merges)) merges"),
            .regions(hierarchy.labels(afterMerges: level.merges)))
    }

    private func boxCell(_ level: RegionHierarchy.Level) -> RegionSheet.Cell {
        let boxes = boxes(of: level)
        return .init(
            Self.count(boxes.count, "box", "boxes") + " of at least \(search.minimumSide)×\(search.minimumSide) pixels",
            .boxes(boxes))
    }

    /// Means over some merges: single ones jump.
    private var chart: LineChart {
        let merges = hierarchy.merges
        let width = max(1, merges.count / Self.chartPoints)
        let parts = stride(from: 0, to: merges.count, by: width).map { $0..<min($0 + width, merges.count) }
        func series(_ name: String, _ measure: KeyPath<Similarity, Float>) -> LineChart.Series {
            .init(
                name,
                parts.map { part in
                    let sum = merges[part].reduce(0) { $0 + Double($1.similarity[keyPath: measure]) }
                    return Point(Double(part.lowerBound + part.upperBound + 1) / 2, sum / Double(part.count))
                })
        }
        return LineChart(
            title: "How alike merged neighbours are",
            xLabel: width == 1 ? "merge" : "merge, mean of \(width)", yLabel: "similarity",
            series: [
                series("colour", \.color), series("texture", \.texture), series("size", \.size), series("fill", \.fill),
            ], width: max(sheet.size.width, 480), height: 220)
    }
}

// MARK: JSON

extension SelectiveSearchLesson: Encodable {
    private enum Keys: CodingKey {
        case image, width, height, strategies, strategy, segmentation, merges, levels, proposals
    }

    private struct Segmentation: Encodable {
        let regions: Int
        let sizes: [Int]
        let boxes: [[Double]]
    }

    private struct Merge: Encodable {
        let regions: [Int]
        let becomes: Int
        let color, texture, size, fill, similarity: Float
        let pixels: Int
        let box: [Double]
    }

    private struct Level: Encodable {
        let merges: Int
        let regions: [Int]
        let boxes: [[Double]]
    }

    func encode(to encoder: any Encoder) throws {
        func corners(_ box: Box) -> [Double] { [box.left, box.top, box.right, box.bottom] }
        let count = hierarchy.segmentation.count
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(name, forKey: .image)
        try values.encode(image.width, forKey: .width)
        try values.encode(image.height, forKey: .height)
        try values.encode(strategies, forKey: .strategies)
        try values.encode(shown + 1, forKey: .strategy)
        try values.encode(
            Segmentation(
                regions: count, sizes: Array(sizes.prefix(count)), boxes: hierarchy.boxes.prefix(count).map(corners)),
            forKey: .segmentation)
        let merges = hierarchy.merges.enumerated().map { index, merge in
            Merge(
                regions: [merge.first, merge.second], becomes: count + index, color: merge.similarity.color,
                texture: merge.similarity.texture, size: merge.similarity.size, fill: merge.similarity.fill,
                similarity: merge.similarity.sum(of: hierarchy.strategy.measures), pixels: sizes[count + index],
                box: corners(hierarchy.boxes[count + index]))
        }
        try values.encode(merges, forKey: .merges)
        try values.encode(
            levels.map { Level(merges: $0.merges, regions: $0.regions, boxes: boxes(of: $0).map(corners)) },
            forKey: .levels)
        try values.encode(proposals.boxes.map(corners), forKey: .proposals)
    }
}
