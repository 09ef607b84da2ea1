import Foundation

/// Turns an activation's sizes into the sides of its box, in points.
struct SchematicScale {
    /// Height of the largest box.
    let tallest: Double
    private let sides: PowerScale
    private let channels: PowerScale
    private let counts: PowerScale

    init(_ stages: [Schematic.Stage]) {
        // Longer networks are drawn smaller, so that the drawing grows slower than the network.
        tallest = stages.count <= 14 ? 132 : stages.count <= 30 ? 108 : 84
        var (sides, channels, counts): ([Int], [Int], [Int]) = ([], [], [])
        for stage in stages {
            switch stage.shape {
            case .volume(let height, let width, let depth):
                sides += [height, width]
                channels.append(depth)
            case .vector(let count): counts.append(count)
            }
        }
        self.sides = PowerScale(sides, steepest: 0.8, flattest: 0.13)
        self.channels = PowerScale(channels, steepest: 0.7, flattest: 0.16)
        self.counts = PowerScale(counts, steepest: 0.5, flattest: 0.22)
    }

    /// Height of a map of so many rows.
    func height(_ rows: Int) -> Double { max(9, tallest * sides(rows)) }

    /// How far the back of a map of so many columns is shifted, to the right and up: an oblique view at 38°, foreshortened.
    func depth(_ columns: Int) -> (dx: Double, dy: Double) {
        let depth = max(6, 0.46 * tallest * sides(columns))
        return (depth * 0.79, depth * 0.62)
    }

    /// Thickness of so many channels.
    func thickness(_ depth: Int) -> Double { 3 + 0.25 * tallest * channels(depth) }

    /// Height of a column of so many neurons.
    func column(_ count: Int) -> Double { max(14, 0.95 * tallest * counts(count)) }
}

/// `(value / largest) ^ exponent`: straight when the values lie close together, flatter the further apart they lie.
struct PowerScale {
    private let largest: Double
    private let exponent: Double

    /// - Parameters:
    ///   - steepest: The exponent for close values, at most 1.
    ///   - flattest: What the smallest value is mapped to at least.
    init(_ values: [Int], steepest: Double, flattest: Double) {
        largest = Double(values.max() ?? 1)
        let ratio = Double(values.min() ?? 1) / largest
        exponent = ratio < 1 ? min(steepest, log(flattest) / log(ratio)) : steepest
    }

    func callAsFunction(_ value: Int) -> Double { pow(Double(value) / largest, exponent) }
}
