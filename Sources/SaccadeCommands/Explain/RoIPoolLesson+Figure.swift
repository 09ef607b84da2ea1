import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeGeometry
import SaccadeModels
import SaccadeTensors

/// RoI pooling above, RoIAlign below; each bin keeps its colour.
extension RoIPoolLesson {
    var figure: any Figure { FigureStack([poolingFigure, alignmentFigure]) }

    /// The bin's number, which is its colour.
    private func category(_ place: NumberGrid.Place) -> Int { place.row * pooling.size.width + place.column }

    private static let cellSide = 28.0

    private func mapPanel(_ title: String, _ category: (NumberGrid.Place) -> Int? = { _ in nil }) -> NumberPanels.Panel
    {
        var panel = NumberPanels.Panel(title, pooling.input, category)
        (panel.isNumbered, panel.cellSide) = (true, Self.cellSide)
        return panel
    }

    private var poolingFigure: any Figure {
        let (rows, columns) = (pooling.rows, pooling.columns)
        // Where the middle of element i is at i, the element's square begins half an element before.
        let region = pooling.region.scaled.shifted(x: 0.5, y: 0.5)
        let rounded = Box(
            left: Double(columns.first), top: Double(rows.first),
            right: Double(columns.first + max(columns.last - columns.first + 1, 1)),
            bottom: Double(rows.first + max(rows.last - rows.first + 1, 1)))
        var whole = mapPanel("map; region × \(scale), dashed; rounded, solid")
        whole.marks = [
            .init(.outline(rounded, inset: 1), .ink, width: 2), .init(.outline(region), .vermillion, isDashed: true),
            .init(.dot(Point(region.left, region.top)), .vermillion),
            .init(.dot(Point(region.right, region.bottom)), .vermillion),
        ]
        let largest = Dictionary(
            pooling.bins.compactMap { bin in bin.largest.map { ($0, category(bin.place)) } },
            uniquingKeysWith: { first, _ in first })
        let shared = sharedMarks
        var bins = mapPanel("bins, and the largest of each" + (shared.isEmpty ? "" : "; dots: the largest of several"))
        {
            largest[$0]
        }
        bins.marks = pooling.bins.filter { $0.largest != nil }.map { bin in
            let box = Box(
                left: Double(bin.columns.lowerBound), top: Double(bin.rows.lowerBound),
                right: Double(bin.columns.upperBound), bottom: Double(bin.rows.upperBound))
            // Neighbours' edges beside each other, not on each other.
            let inset = (bin.place.row + bin.place.column).isMultiple(of: 2) ? 1.5 : 3.8
            return .init(.outline(box, inset: inset), .category(category(bin.place)), width: 1.8)
        }
        bins.marks += shared
        var output = NumberPanels.Panel("RoI pooling", pooling.output, category)
        output.cellSide = Self.cellSide
        return NumberPanels(
            title: "RoI max pooling into \(pooling.size.height)×\(pooling.size.width) bins",
            panels: [whole, bins, output])
    }

    /// A dot of each bin where one element is the largest of several.
    private var sharedMarks: [NumberPanels.Mark] {
        Dictionary(grouping: pooling.bins.filter { $0.largest != nil }, by: \.largest).flatMap { place, bins in
            guard let place, bins.count > 1 else { return [NumberPanels.Mark]() }
            return bins.prefix(4).enumerated().map { index, bin in
                .init(
                    .dot(Point(Double(place.column) + 0.24 + 0.18 * Double(index), Double(place.row) + 0.24)),
                    .category(category(bin.place)), width: 1.2)
            }
        }
    }

    private var alignmentFigure: any Figure {
        let explained = explained
        let around = Set(explained?.sample.neighbours.map(\.place) ?? [])
        let color = explained.map { category($0.bin.place) }
        var map = mapPanel("map, bins and samples; nothing is rounded") { around.contains($0) ? color : nil }
        map.marks = marks(explained?.sample)
        var panels = [map]
        if let explained {
            var between = NumberPanels.Panel(
                "the ringed sample: \(explained.sample.value.rounded(3)) is the sum", rows(of: explained.sample, color))
            between.cellSide = Self.cellSide
            panels.append(between)
        }
        let each = alignment.samples
        if each > 1, alignment.size.width * each <= 16, alignment.size.height * each <= 16 {
            var samples = NumberPanels.Panel("samples of each bin", sampleRows)
            samples.cellSide = Self.cellSide
            panels.append(samples)
        }
        var output = NumberPanels.Panel(
            "RoIAlign: their means",
            alignment.bins.map { bin in
                NumberPanels.Cell(bin.mean.rounded(3), category: category(bin.place))
            }.rows(of: alignment.size.width))
        output.cellSide = Self.cellSide
        panels.append(output)
        return NumberPanels(
            title: "RoIAlign of the same region, \(each == 1 ? "one sample" : "\(each)×\(each) samples") in each bin",
            panels: panels)
    }

    /// Bins, samples, and lines from one of them to the elements around it.
    private func marks(_ explained: RegionAlignExample.Sample?) -> [NumberPanels.Mark] {
        let (start, size) = (alignment.start, alignment.binSize)
        var marks = alignment.bins.map { bin in
            let (x, y) = (
                start.column + 0.5 + Double(bin.place.column) * size.width,
                start.row + 0.5 + Double(bin.place.row) * size.height
            )
            return NumberPanels.Mark(
                .outline(Box(left: x, top: y, right: x + size.width, bottom: y + size.height)),
                .category(category(bin.place)), isDashed: true, width: 1.3)
        }
        func place(_ sample: RegionAlignExample.Sample) -> Point { Point(sample.column + 0.5, sample.row + 0.5) }
        if let explained {
            marks += explained.neighbours.compactMap { neighbour in
                let (from, to) = (
                    place(explained), Point(Double(neighbour.place.column) + 0.5, Double(neighbour.place.row) + 0.5)
                )
                // As far as the number, which is to be read.
                let distance = ((from.x - to.x) * (from.x - to.x) + (from.y - to.y) * (from.y - to.y)).squareRoot()
                guard distance > 0.4 else { return nil }
                let share = 0.3 / distance
                let end = Point(to.x + (from.x - to.x) * share, to.y + (from.y - to.y) * share)
                return .init(.line(from, end), .ink, width: 0.9)
            }
        }
        for bin in alignment.bins {
            for sample in bin.samples {
                let isExplained = sample == explained
                marks.append(
                    .init(
                        isExplained ? .ringedDot(place(sample)) : .dot(place(sample)), .category(category(bin.place)),
                        width: 1.5))
            }
        }
        return marks
    }

    /// The elements around a sample as they lie, each with its weight.
    private func rows(of sample: RegionAlignExample.Sample, _ color: Int?) -> [[NumberPanels.Cell]] {
        let columns = Set(sample.neighbours.map(\.place.column)).count
        return sample.neighbours.map {
            .init("\(alignment.input[$0.place].plain) × \($0.weight.rounded(3))", category: color)
        }.rows(of: columns)
    }

    /// All samples as they lie; those of an inverted region are in the order in which they are taken.
    private var sampleRows: [[NumberPanels.Cell]] {
        let each = alignment.samples
        return (0..<alignment.size.height * each).map { row in
            (0..<alignment.size.width * each).map { column in
                let bin = alignment.bins[row / each * alignment.size.width + column / each]
                let sample = bin.samples[row % each * each + column % each]
                return .init(sample.value.rounded(3), category: category(bin.place))
            }
        }
    }
}

extension Double {
    /// With so many digits behind the point at most.
    func rounded(_ digits: Int) -> String {
        let factor = [1.0, 10, 100, 1000, 1e4][digits]
        let number = (self * factor).rounded() / factor
        return (number.isFinite && abs(self) < 1e6 ? number : self).plain
    }
}

extension Array {
    fileprivate func rows(of width: Int) -> [[Element]] {
        stride(from: 0, to: count, by: Swift.max(width, 1)).map { Array(self[$0..<Swift.min($0 + width, count)]) }
    }
}
