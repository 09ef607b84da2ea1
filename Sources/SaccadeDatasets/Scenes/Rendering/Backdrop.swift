/// What is behind all objects.
struct Backdrop {
    let place: ScenePlace
    let width: Int
    let height: Int
    /// Red, green and blue, 0...1, row by row; the fourth lane is 1.
    private(set) var pixels: [SIMD4<Float>]
    /// The first row of ground or water; 0 where there is no sky.
    private(set) var horizon = 0
    /// Pixels of this image for one of an image 128 pixels high or wide: textures grow with it.
    private let unit: Float

    init(_ place: ScenePlace, width: Int, height: Int, using dice: inout Dice) {
        (self.place, self.width, self.height) = (place, width, height)
        pixels = [SIMD4<Float>](repeating: .zero, count: width * height)
        unit = Float(min(width, height)) / 128
        if place.isLandscape { horizon = Int(Float(height) * dice.between(0.36, 0.56)) }
        switch place {
        case .beach: beach(using: &dice)
        case .cloth: cloth(using: &dice)
        case .meadow: meadow(using: &dice)
        case .night: night(using: &dice)
        case .paper: paper(using: &dice)
        case .sea: sea(using: &dice)
        case .snow: snow(using: &dice)
        case .street: street(using: &dice)
        case .table: table(using: &dice)
        case .wall: wall(using: &dice)
        }
    }

    /// The mean colour of a rectangle of the image; it is cut at the edges.
    func mean(columns: Range<Int>, rows: Range<Int>) -> SIMD3<Float> {
        let columns = columns.clamped(to: 0..<width)
        var (sum, count) = (SIMD4<Float>.zero, 0)
        for y in rows.clamped(to: 0..<height) {
            for x in stride(from: columns.lowerBound, to: columns.upperBound, by: 2) {
                sum += pixels[y * width + x]
                count += 1
            }
        }
        sum /= Float(max(count, 1))
        return SIMD3(sum.x, sum.y, sum.z)
    }

    // MARK: Tools

    /// Sets the pixels of some rows; the closure gets a column, a row and the place in a field.
    private mutating func paint(_ rows: Range<Int>, _ color: (Int, Int, Int) -> SIMD3<Float>) {
        let width = width
        pixels.withUnsafeMutableBufferPointer { pixels in
            for y in rows {
                for x in 0..<width { pixels[y * width + x] = SIMD4(color(x, y, y * width + x), 1) }
            }
        }
    }

    /// Paints an outline, in pixels, over what there is.
    private mutating func add(_ outlines: [(Outline, SIMD3<Float>)], opacity: Float = 1) {
        var layer = Layer(width: width, height: height)
        let identity = Affine(scale: 1, squash: 1, turns: 0, isMirrored: false)
        for (outline, ink) in outlines { layer.fill(outline, identity, ink: ink, slope: .zero) }
        for place in pixels.indices {
            let over = layer.pixels[place] * opacity
            pixels[place] = over + pixels[place] * (1 - over.w)
        }
    }

    private func field(_ x: Float, _ y: Float, _ octaves: Int, _ dice: inout Dice) -> [Float] {
        Noise.field(width: width, height: height, cell: Point2D(x, y) * unit, octaves: octaves, using: &dice)
    }

    private func jittered(_ ink: SIMD3<Float>, _ dice: inout Dice) -> SIMD3<Float> {
        ink + SIMD3(dice.between(-0.04, 0.04), dice.between(-0.04, 0.04), dice.between(-0.04, 0.04))
    }

    // MARK: Landscapes

    private mutating func sky(_ top: SIMD3<Float>, _ bottom: SIMD3<Float>, clouds: Float, using dice: inout Dice) {
        let haze = field(46, 14, 4, &dice)
        let rows = Float(max(horizon, 1))
        paint(0..<horizon) { _, y, place in
            let clear = top.mixed(with: bottom, Float(y) / rows)
            return clear.mixed(with: SIMD3(repeating: 0.97), max(0, min(1, haze[place] * 2)) * clouds)
        }
    }

    private mutating func daySky(using dice: inout Dice) {
        if dice.chance(0.2) {
            sky(jittered(SIMD3(0.52, 0.58, 0.76), &dice), SIMD3(0.96, 0.78, 0.62), clouds: 0.5, using: &dice)
        } else {
            let top = jittered(SIMD3(0.42, 0.66, 0.92), &dice)
            sky(top, SIMD3(0.82, 0.91, 0.97), clouds: dice.between(0.2, 0.9), using: &dice)
        }
    }

    /// A line of hills or roofs that the land ends in.
    private mutating func hills(_ ink: SIMD3<Float>, height rise: Float, using dice: inout Dice) {
        let phase = dice.unit()
        let base = Float(horizon)
        var crest: [Point2D] = []
        for step in 0...24 {
            let t = Float(step) / 24
            let wave = Turn.sine(phase + t * 0.9) * 0.5 + Turn.sine(phase * 3 + t * 2.3) * 0.25
            crest.append([t * Float(width), base - rise * unit * (0.6 + wave)])
        }
        add([(.polygon(crest + [[Float(width), base + 1], [0, base + 1]]), ink)])
    }

    private mutating func meadow(using dice: inout Dice) {
        daySky(using: &dice)
        if dice.chance(0.7) { hills(SIMD3(0.45, 0.60, 0.50), height: 11, using: &dice) }
        let grass = jittered(SIMD3(0.50, 0.66, 0.30), &dice)
        let (blades, patches) = (field(1.6, 5, 2, &dice), field(40, 16, 2, &dice))
        let (top, rows) = (horizon, Float(height - horizon))
        paint(horizon..<height) { _, y, place in
            let near = Float(y - top) / rows
            return grass * (1.02 - 0.16 * near + blades[place] * (0.05 + 0.13 * near) + patches[place] * 0.12)
        }
    }

    private mutating func beach(using dice: inout Dice) {
        daySky(using: &dice)
        let shore = horizon + (height - horizon) / 5
        let water = jittered(SIMD3(0.28, 0.58, 0.72), &dice)
        let (waves, grains) = (field(18, 2, 2, &dice), field(1.5, 1.5, 1, &dice))
        let dunes = field(50, 9, 3, &dice)
        let sand = jittered(SIMD3(0.88, 0.78, 0.57), &dice)
        let (width, unit) = (width, unit)
        paint(horizon..<height) { x, y, place in
            let edge = Float(shore) + dunes[shore * width + x] * 4 * unit - Float(y)
            if edge > 3 * unit { return water * (1 + waves[place] * 0.14) }
            if edge > 0 { return SIMD3(0.93, 0.95, 0.95) }
            return sand * (1 + dunes[place] * 0.1 + grains[place] * 0.07)
        }
    }

    private mutating func sea(using dice: inout Dice) {
        daySky(using: &dice)
        let water = jittered(SIMD3(0.20, 0.47, 0.62), &dice)
        let (waves, swell) = (field(16, 2.4, 3, &dice), field(60, 12, 2, &dice))
        let (top, rows) = (horizon, Float(height - horizon))
        paint(horizon..<height) { _, y, place in
            let near = Float(y - top) / rows
            let crest = max(0, waves[place] - 0.34) * 1.6
            return (water * (1.12 - 0.22 * near + waves[place] * 0.22 + swell[place] * 0.12)) + SIMD3(repeating: crest)
        }
    }

    private mutating func snow(using dice: inout Dice) {
        sky(
            jittered(SIMD3(0.62, 0.70, 0.80), &dice), SIMD3(0.84, 0.88, 0.92), clouds: dice.between(0.2, 0.7),
            using: &dice)
        hills(SIMD3(0.72, 0.79, 0.88), height: 16, using: &dice)
        let (drifts, grains) = (field(44, 10, 3, &dice), field(1.4, 1.4, 1, &dice))
        paint(horizon..<height) { _, _, place in
            SIMD3(0.84, 0.88, 0.94) * (1 + drifts[place] * 0.1 + grains[place] * 0.025)
        }
    }

    private mutating func street(using dice: inout Dice) {
        daySky(using: &dice)
        var blocks: [(Outline, SIMD3<Float>)] = []
        var x: Float = -6 * unit
        while x < Float(width) {
            let (wide, high) = (dice.between(12, 26) * unit, dice.between(8, 30) * unit)
            let tone = dice.between(0.58, 0.76)
            let ink = SIMD3(tone, tone * dice.between(0.95, 1), tone * dice.between(0.94, 1.06))
            let roof = Float(horizon) - high
            blocks.append((.rectangle(x, roof, x + wide, Float(horizon)), ink))
            for row in 0..<4 {
                for column in 0..<3 {
                    let (left, top) = (x + wide * (0.14 + 0.28 * Float(column)), roof + (3 + 7 * Float(row)) * unit)
                    guard top + 4 * unit < Float(horizon) else { continue }
                    blocks.append((.rectangle(left, top, left + wide * 0.17, top + 4 * unit), ink * 0.84))
                }
            }
            x += wide + dice.between(0, 3) * unit
        }
        add(blocks)
        let tone = dice.between(0.42, 0.52)
        let (grains, stains) = (field(1.3, 1.3, 1, &dice), field(34, 12, 3, &dice))
        let curb = horizon + max(2, (height - horizon) / 9)
        let road = curb + Int(1.5 * unit) + 1
        paint(horizon..<height) { _, y, place in
            let base: Float = y < curb ? 0.70 : y < road ? 0.58 : tone
            return SIMD3(base, base, base * 1.02) * (1 + grains[place] * 0.08 + stains[place] * 0.1)
        }
        let middle = Float(curb) + Float(height - curb) * 0.5
        var marks: [(Outline, SIMD3<Float>)] = []
        for dash in 0..<6 {
            let left = (Float(dash) * 30 - dice.unit() * 3) * unit * Float(width) / Float(min(width, height))
            marks.append(
                (.rectangle(left, middle - unit, left + 15 * unit, middle + 1.2 * unit), SIMD3(0.88, 0.88, 0.84)))
        }
        add(marks, opacity: 0.85)
    }

    private mutating func night(using dice: inout Dice) {
        sky(SIMD3(0.04, 0.06, 0.19), SIMD3(0.16, 0.19, 0.38), clouds: 0.06, using: &dice)
        var lights: [(Outline, SIMD3<Float>)] = []
        for _ in 0..<(width * horizon / 320) {
            let star: Point2D = [dice.unit() * Float(width), dice.unit() * Float(horizon) * 0.95]
            lights.append((.circle(star, dice.between(0.3, 0.9) * unit), SIMD3(0.95, 0.95, 0.85)))
        }
        let moon: Point2D = [dice.between(0.1, 0.9) * Float(width), dice.between(0.2, 0.5) * Float(horizon)]
        lights.append((.circle(moon, 7 * unit), SIMD3(0.95, 0.93, 0.80)))
        lights.append((.circle(moon + [3 * unit, -1.5 * unit], 6 * unit), SIMD3(0.07, 0.09, 0.23)))
        add(lights)
        hills(SIMD3(0.08, 0.11, 0.22), height: 12, using: &dice)
        let (blades, patches) = (field(1.6, 4, 2, &dice), field(40, 14, 2, &dice))
        paint(horizon..<height) { _, _, place in
            SIMD3(0.13, 0.19, 0.24) * (1 + blades[place] * 0.2 + patches[place] * 0.25)
        }
    }

    // MARK: Things to lie on

    private mutating func paper(using dice: inout Dice) {
        let sheet = jittered(SIMD3(0.91, 0.89, 0.83), &dice)
        let (fibres, shade) = (field(2, 2, 2, &dice), field(90, 90, 2, &dice))
        let pitch = dice.chance(0.6) ? Int(dice.between(8, 13) * unit) + 1 : Int.max
        let isSquared = dice.chance(0.5)
        paint(0..<height) { x, y, place in
            let isLine = y % pitch == pitch - 1 || (isSquared && x % pitch == pitch - 1)
            return (isLine ? SIMD3(0.72, 0.79, 0.86) : sheet) * (1 + fibres[place] * 0.035 + shade[place] * 0.06)
        }
    }

    private mutating func table(using dice: inout Dice) {
        let wood = dice.pick([SIMD3<Float>(0.72, 0.54, 0.36), SIMD3(0.60, 0.43, 0.29), SIMD3(0.80, 0.66, 0.48)])
        let board = max(4, Int(dice.between(20, 34) * unit))
        let (grain, rings) = (field(40, 2, 3, &dice), field(70, 9, 2, &dice))
        let tones = (0...(height / board)).map { _ in dice.between(0.9, 1.08) }
        paint(0..<height) { _, y, place in
            let gap: Float = y % board == 0 ? 0.62 : 1
            return wood * (tones[y / board] * gap * (1 + grain[place] * 0.14 + rings[place] * 0.1))
        }
    }

    private mutating func cloth(using dice: inout Dice) {
        let inks: [SIMD3<Float>] = [
            SIMD3(0.72, 0.82, 0.90), SIMD3(0.90, 0.78, 0.78), SIMD3(0.80, 0.88, 0.76), SIMD3(0.90, 0.86, 0.70),
            SIMD3(0.83, 0.79, 0.90),
        ]
        let first = jittered(dice.pick(inks), &dice)
        let second = first.mixed(with: dice.chance(0.5) ? SIMD3(repeating: 0.97) : first * 0.7, 0.65)
        let pitch = max(3, Int(dice.between(7, 16) * unit))
        let pattern = dice.below(4)
        let (weave, folds) = (field(1.5, 1.5, 1, &dice), field(60, 40, 2, &dice))
        paint(0..<height) { x, y, place in
            let share: Float
            switch pattern {
            case 0: share = (x / pitch) % 2 == 0 ? 1 : 0
            case 1: share = ((x / pitch) % 2 == 0 ? 0.5 : 0) + ((y / pitch) % 2 == 0 ? 0.5 : 0)
            case 2:
                let (dx, dy) = (x % (2 * pitch) - pitch, y % (2 * pitch) - pitch)
                share = dx * dx + dy * dy < pitch * pitch / 4 ? 1 : 0
            default: share = ((x + y) / pitch) % 2 == 0 ? 1 : 0
            }
            let shade = 1 + weave[place] * 0.05 + folds[place] * 0.12
            return first.mixed(with: second, share) * shade
        }
    }

    private mutating func wall(using dice: inout Dice) {
        let brick = dice.pick([SIMD3<Float>(0.66, 0.40, 0.32), SIMD3(0.62, 0.54, 0.46), SIMD3(0.70, 0.68, 0.66)])
        let mortar = SIMD3<Float>(0.80, 0.77, 0.72)
        let (high, wide) = (max(3, Int(dice.between(8, 12) * unit)), max(6, Int(dice.between(18, 26) * unit)))
        let joint = max(1, Int(1.4 * unit))
        let tones = (0..<64).map { _ in dice.between(0.86, 1.1) }
        let rough = field(2.2, 2.2, 2, &dice)
        paint(0..<height) { x, y, place in
            let row = y / high
            let along = x + (row % 2) * (wide / 2)
            if y % high < joint || along % wide < joint { return mortar * (1 + rough[place] * 0.07) }
            return brick * (tones[(along / wide * 7 + row * 13) % 64] * (1 + rough[place] * 0.12))
        }
    }
}
