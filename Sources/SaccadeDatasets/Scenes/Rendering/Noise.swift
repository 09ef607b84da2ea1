/// Smooth random fields for textures.
enum Noise {
    /// Value noise: random numbers on a grid, with a smooth blend between neighbours, summed over finer and finer grids
    /// (Perlin, "An Image Synthesizer", 1985, with values in place of gradients).
    ///
    /// - Parameters:
    ///   - cell: Pixels between the grid's points along x and y; at least 1.
    ///   - octaves: How many grids, each half as coarse and half as strong as the one before; at least 1.
    /// - Returns: `height * width` numbers in -1...1, row by row.
    static func field(width: Int, height: Int, cell: Point2D, octaves: Int, using dice: inout Dice) -> [Float] {
        var field = [Float](repeating: 0, count: width * height)
        var (cell, strength): (Point2D, Float) = (cell, 1)
        let sum = 2 - 2 / Float(1 << octaves)
        for _ in 0..<octaves {
            add(to: &field, width, height, pointwiseMax(cell, Point2D(repeating: 1)), strength / sum, dice.bits())
            cell /= 2
            strength /= 2
        }
        return field
    }

    private static func add(
        to field: inout [Float], _ width: Int, _ height: Int, _ cell: Point2D, _ strength: Float, _ seed: UInt64
    ) {
        var (upper, lower) = (
            row(0, width, cell.x, strength, seed), row(1, width, cell.x, strength, seed)
        )
        var gridRow = 0
        for y in 0..<height {
            let place = Float(y) / cell.y
            if Int(place) > gridRow {
                gridRow = Int(place)
                upper = lower
                lower = row(gridRow + 1, width, cell.x, strength, seed)
            }
            let share = blend(place - Float(gridRow))
            for x in 0..<width { field[y * width + x] += upper[x] + (lower[x] - upper[x]) * share }
        }
    }

    /// A row of the grid, blended along x.
    private static func row(_ gridRow: Int, _ width: Int, _ cell: Float, _ strength: Float, _ seed: UInt64) -> [Float] {
        [Float](unsafeUninitializedCapacity: width) { values, count in
            var (left, right) = (value(0, gridRow, seed), value(1, gridRow, seed))
            var column = 0
            for x in 0..<width {
                let place = Float(x) / cell
                if Int(place) > column {
                    column = Int(place)
                    left = right
                    right = value(column + 1, gridRow, seed)
                }
                values.initializeElement(at: x, to: (left + (right - left) * blend(place - Float(column))) * strength)
            }
            count = width
        }
    }

    private static func blend(_ t: Float) -> Float { t * t * (3 - 2 * t) }

    /// A random number in -1..<1 that belongs to a point of the grid.
    private static func value(_ x: Int, _ y: Int, _ seed: UInt64) -> Float {
        var z = seed &+ UInt64(bitPattern: Int64(x)) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 29)) &+ UInt64(bitPattern: Int64(y)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 32)) &* 0x94D0_49BB_1331_11EB
        return Float((z ^ (z >> 31)) >> 40) * 0x1p-23 - 1
    }
}
