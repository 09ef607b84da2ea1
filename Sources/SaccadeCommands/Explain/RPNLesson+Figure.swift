import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages
import SaccadeModels

/// Anchors and what they learn; below, where a model sees objects, and its proposals.
extension RPNLesson {
    var figure: any Figure {
        var first: [any Figure] = [middleFigure]
        if hasObjects { first += [learningFigure, bestFigure] }
        var rows: [any Figure] = [FigureRow(first)]
        if let proposals {
            rows.append(FigureRow(proposals.levels.indices.map { heatMap(proposals, $0) }))
            rows.append(
                FigureRow([
                    sketch(proposals.candidates, "before suppression", Self.shown),
                    sketch(proposals.proposals, "after suppression", Self.shown),
                ]))
        }
        return FigureStack(rows)
    }

    private static let width = 330.0
    /// Proposals in a picture.
    private static let shown = 20
    private static let (finds, unsure, nothing) = (Color.bluishGreen, Color.orange, Color.faint)

    // MARK: Anchors

    /// The anchors of the middle place, of every map, each size in one colour.
    private var middleFigure: any Figure {
        let grids = matching.grids
        var items: [BoxSketch.Item] = []
        var legend: [(color: Color, name: String)] = []
        for (level, grid) in grids.enumerated() {
            let sizes = grid.shapes.sizes.count
            for index in grid.indices(row: grid.middle.row, column: grid.middle.column) {
                let color = level + grid.position(of: index).shape % sizes
                items.append(.init(grid.anchors[index], .category(color), .solid))
            }
            for (number, size) in grid.shapes.sizes.enumerated() {
                let size = "\(Double(size).plain)² pixels"
                legend.append(
                    (.category(level + number), grids.count > 1 ? "map \(level + 1): \(size)" : size))
            }
        }
        let frame = Box(left: 0, top: 0, right: Double(seen.width), bottom: Double(seen.height))
        let around = items.reduce(frame) { $0.union($1.box) }
        let most = Box(
            left: frame.left - frame.width / 2, top: frame.top - frame.height / 2, right: frame.right * 1.5,
            bottom: frame.bottom * 1.5)
        let grid = grids[grids.count / 2]
        let dots = places(of: grid).map {
            BoxSketch.Dot(grid.point(row: $0.row, column: $0.column), .faint, radius: 0.6)
        }
        let count = items.count
        return BoxSketch(
            title: grids.count > 1 ? "Anchors of the middle place of each map" : "The \(count) anchors of one place",
            over: seen, view: around.clipped(to: most), items: items.reversed(), dots: dots, legend: legend,
            fading: 0.45, width: Self.width)
    }

    /// The places of a map, or of a large one every second, third ….
    private func places(of grid: AnchorGrid) -> [(row: Int, column: Int)] {
        var step = 1
        while (grid.width / step) * (grid.height / step) > 3000 { step += 1 }
        return stride(from: 0, to: grid.height, by: step).flatMap { row in
            stride(from: 0, to: grid.width, by: step).map { (row, $0) }
        }
    }

    /// At every place what its most hopeful anchor learns.
    private var learningFigure: any Figure {
        var (low, middle, high): ([BoxSketch.Dot], [BoxSketch.Dot], [BoxSketch.Dot]) = ([], [], [])
        for (level, grid) in matching.grids.enumerated() {
            let matches = matching.matches[level]
            let radius = 1.4 + 0.5 * Double(level)
            for row in 0..<grid.height {
                for column in 0..<grid.width {
                    let own = grid.indices(row: row, column: column).map { matches[$0] }
                    let place = grid.point(row: row, column: column)
                    if own.contains(where: { $0.objectPlace != nil }) {
                        high.append(.init(place, Self.finds, radius: radius + 0.8))
                    } else if own.contains(.between) {
                        middle.append(.init(place, Self.unsure, radius: radius - 0.3))
                    }
                }
            }
            if matching.grids.count == 1 {
                low = places(of: grid).map {
                    .init(grid.point(row: $0.row, column: $0.column), Self.nothing, radius: 0.6)
                }
            }
        }
        let counts = matching.counts
        let legend: [(color: Color, name: String)] = [
            (Self.finds, "find an object (\(grouped(counts.positive)) anchors)"),
            (Self.unsure, "do not learn (\(grouped(counts.between)))"),
            (Self.nothing, "nothing there (\(grouped(counts.negative)))"),
        ]
        return BoxSketch(
            title: "What the anchors of each place learn", over: seen, items: objectItems(labelled: false),
            dots: low + middle + high, legend: legend, fading: 0.45, width: Self.width)
    }

    private func objectItems(labelled: Bool) -> [BoxSketch.Item] {
        matching.objects.enumerated().map {
            .init($1.box, .category($0), .bold, label: labelled ? $1.label : "")
        }
    }

    /// Each object with the anchors that overlap it most.
    private var bestFigure: any Figure {
        var items: [BoxSketch.Item] = []
        for (object, pairings) in matching.best.enumerated() {
            for (rank, pairing) in pairings.prefix(2).enumerated().reversed() {
                let box = matching.grids[pairing.level].anchors[pairing.index]
                items.append(
                    .init(
                        box, Color.category(object).mixed(with: .white, rank == 0 ? 0.1 : 0.45),
                        rank == 0 ? .dashed : .thin,
                        label: rank == 0 ? "IoU \(pairing.iou.rounded(2))" : ""))
            }
        }
        return BoxSketch(
            title: "Objects, and the anchors that overlap them most", over: seen,
            items: items + objectItems(labelled: true), fading: 0.45, width: Self.width)
    }

    // MARK: Proposals

    /// At every place how likely the likeliest of its anchors holds an object.
    private func heatMap(_ proposals: RegionCNN.ProposalExplanation, _ index: Int) -> HeatMap {
        let (level, grid) = (proposals.levels[index], proposals.levels[index].grid)
        // Without what pads the image.
        let columns = min(grid.width, max(1, (seen.width + grid.stride.x - 1) / max(grid.stride.x, 1)))
        let rows = min(grid.height, max(1, (seen.height + grid.stride.y - 1) / max(grid.stride.y, 1)))
        let values = (0..<rows).flatMap { row in
            (0..<columns).map { column in
                Double(grid.indices(row: row, column: column).map { level.objectness[$0] }.max() ?? 0)
            }
        }
        let sizes = grid.shapes.sizes.map { Double($0).plain }.joined(separator: ", ")
        let side = min(260, max(120, 3.15 * Self.width / Double(proposals.levels.count) - 88))
        return HeatMap(
            values, width: columns, height: rows, title: "Objectness on map \(index + 1) (\(sizes) pixels)",
            range: 0...1,
            map: .inferno, over: seen, opacity: 0.65, side: side)
    }

    private func sketch(
        _ choice: RegionCNN.ProposalExplanation.Choice, _ when: String, _ most: Int
    ) -> BoxSketch {
        let count = min(most, choice.boxes.count)
        let items = (0..<count).map { index in
            BoxSketch.Item(
                choice.boxes[index], .category(choice.levels[index]), .solid,
                label: index < 8 ? String(format: "%.2f", choice.scores[index]) : "")
        }
        let levels = Set(choice.levels.prefix(count)).sorted()
        var legend: [(color: Color, name: String)] = levels.map { (.category($0), "of map \($0 + 1)") }
        if hasObjects { legend.append((.ink, "objects")) }
        let objects = matching.objects.map { BoxSketch.Item($0.box, .ink, .dashed) }
        return BoxSketch(
            title: "The \(count) likeliest of \(grouped(choice.boxes.count)) boxes \(when)", over: seen,
            items: items.reversed() + objects, legend: legend, fading: 0.3, width: 1.5 * Self.width)
    }
}
