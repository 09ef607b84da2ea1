import SaccadeGeometry
import SaccadeImages
import SaccadeLinear
import SaccadePrelude

/// A number for each window of a class on all images, in the order in which they pass by.
typealias WindowPlace = Int

/// Objects and random windows of images, described for the machine of each class.
struct ExampleWindows {
    /// Numbers in rows, of which a limited number stays, each that came as likely as any other: Vitter's algorithm R.
    struct Reservoir {
        private(set) var rows: Matrix
        private(set) var places: [WindowPlace] = []
        private(set) var seen = 0
        private let limit: Int

        init(columns: Int, limit: Int) {
            rows = Matrix(columns: columns)
            self.limit = limit
        }

        /// Where the next row goes, if it stays.
        mutating func slot(using generator: inout SplitMix64) -> Int? {
            seen += 1
            if places.count < limit { return places.count }
            let slot = Int.random(in: 0..<seen, using: &generator)
            return slot < limit ? slot : nil
        }

        mutating func put(_ row: [Float], _ place: WindowPlace, at slot: Int) {
            if slot == places.count {
                rows.append(row: row)
                places.append(place)
            } else {
                rows.replace(row: slot, with: row)
                places[slot] = place
            }
        }
    }

    private let search: WindowSearch
    private let settings: HOGSVM.FitSettings
    /// Of each class.
    private(set) var positives: [Reservoir]
    private(set) var negatives: [Reservoir]
    private(set) var objects: [Int]
    private(set) var unsuitable: [Int]
    private var windows: [WindowPlace]

    init(search: WindowSearch, settings: HOGSVM.FitSettings) {
        (self.search, self.settings) = (search, settings)
        func reservoirs(_ limit: Int) -> [Reservoir] {
            search.shapes.indices.map { Reservoir(columns: search.featureCount(of: $0), limit: limit) }
        }
        (positives, negatives) = (reservoirs(settings.positiveLimit), reservoirs(settings.randomNegatives))
        objects = search.shapes.map { _ in 0 }
        (unsuitable, windows) = (objects, objects)
    }

    mutating func add(_ example: HOGSVM.Example, _ index: Int, _ image: Image) {
        // One for each class: what one draws is nothing to the others.
        var generators = search.shapes.indices.map { SplitMix64(seed: settings.seed, stream: index, $0) }
        for object in example.objects where !object.isDifficult {
            guard let rows = search.descriptors(of: object.box, on: image, shape: object.label) else {
                unsuitable[object.label] += 1
                continue
            }
            objects[object.label] += 1
            for row in rows {
                guard let slot = positives[object.label].slot(using: &generators[object.label]) else { continue }
                positives[object.label].put(row, 0, at: slot)
            }
        }
        search.forEachLevel(of: image) { level in
            for shape in level.shapes {
                let truths = example.boxes(of: shape)
                let (rows, columns) = level.windowCounts(of: shape)
                for index in 0..<(rows * columns) {
                    let (row, column) = (index / columns, index % columns)
                    let box = level.box(row: row, column: column, shape: shape)
                    guard settings.isNegative(box, truths), let slot = negatives[shape].slot(using: &generators[shape])
                    else { continue }
                    negatives[shape].put(level.window(row, column, shape), windows[shape] + index, at: slot)
                }
                windows[shape] += rows * columns
            }
        }
    }
}

extension HOGSVM.Example {
    /// Objects of a class, difficult ones among them.
    func boxes(of label: Int) -> [Box] { objects.filter { $0.label == label }.map(\.box) }
}

extension HOGSVM.FitSettings {
    func isNegative(_ box: Box, _ truths: [Box]) -> Bool { truths.allSatisfy { $0.iou(with: box) < negativeIoU } }
}

extension WindowSearch.Level {
    /// What describes a window of a shape.
    func window(_ row: Int, _ column: Int, _ shape: Int) -> [Float] {
        grid.window(row: row, column: column, size: search.shapes[shape].windowSize)
    }
}
