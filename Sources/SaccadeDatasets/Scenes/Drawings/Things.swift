extension Pen {
    mutating func umbrella() {
        fill(.line([[0, -0.9], [0, 0.72]], 0.07), .timber)
        fill(.line(Outline.arc([-0.17, 0.72], [0.17, 0.2], from: 0, to: 0.45), 0.07), .timber)
        let panels = 4
        let width = 1.9 / Float(panels)
        var canopy: [Point2D] = Outline.arc([0, 0.02], [0.95, 0.84], from: 0.5, to: 1)
        for panel in 0..<panels {
            let center: Point2D = [0.95 - width * (Float(panel) + 0.5), 0.02]
            canopy += Outline.arc(center, [width / 2, 0.12], from: 1, to: 0.5)
        }
        fill(.polygon(canopy), body, depth: 0.16)
        let second = dice.chance(0.5) ? light(0.4) : dark(0.25)
        fill(.smooth([[0, -0.82], [0.3, -0.4], [0.46, 0.0], [0.24, -0.08], [0.02, 0.0]]), second)
        fill(.smooth([[0, -0.82], [-0.66, -0.4], [-0.93, 0.0], [-0.7, -0.08], [-0.48, 0.0]]), second)
        fill(.circle([0, -0.88], 0.06), .timber)
    }

    mutating func cup() {
        fill(.ring([0.62, 0.08], 0.34, width: 0.13), dark(0.15))
        fill(
            .polygon([[-0.74, -0.5], [0.7, -0.5], [0.52, 0.7], [0.36, 0.84], [-0.4, 0.84], [-0.56, 0.7]]), body,
            depth: 0.22)
        fill(.ellipse([-0.02, -0.5], [0.72, 0.18]), light(0.3))
        fill(.ellipse([-0.02, -0.47], [0.6, 0.13]), SIMD3(0.3, 0.17, 0.09))
        if dice.chance(0.6) {
            for x: Float in [-0.26, 0.12] {
                fill(.curve([[x, -0.66], [x + 0.1, -0.76], [x, -0.86], [x + 0.08, -0.97]], 0.05), .white)
            }
        }
        fill(.rectangle(-0.63, 0.12, 0.59, 0.26), dice.chance(0.5) ? light(0.6) : dark(0.3))
    }

    mutating func clock() {
        for x: Float in [-0.5, 0.5] {
            fill(.line([[x * 0.9, 0.6], [x * 1.3, 0.94]], 0.12), dark(0.3))
            fill(.ellipse([x, -0.76], [0.3, 0.2], turns: x > 0 ? 0.1 : -0.1), dark(0.15), depth: 0.18)
        }
        fill(.line([[0, -0.7], [0, -0.92]], 0.1), dark(0.3))
        fill(.circle([0, 0.06], 0.8), body, depth: 0.18)
        fill(.circle([0, 0.06], 0.58), .white)
        for hour in 0..<12 {
            let direction = Turn.direction(Float(hour) / 12)
            let start: Float = hour % 3 == 0 ? 0.4 : 0.47
            fill(.line([[0, 0.06] + direction * start, [0, 0.06] + direction * 0.52], 0.05), .black)
        }
        let hour = dice.unit()
        fill(.line([[0, 0.06], [0, 0.06] + Turn.direction(hour) * 0.28], 0.09), .black)
        fill(.line([[0, 0.06], [0, 0.06] + Turn.direction(hour * 12) * 0.44], 0.06), .black)
        fill(.circle([0, 0.06], 0.07), SIMD3(0.8, 0.15, 0.12))
    }

    mutating func letter(_ glyph: Glyph) {
        let (width, edge): (Float, Float) = (dice.between(0.24, 0.36), 0.1)
        for stroke in glyph.strokes { fill(.line(stroke, width + edge), dark(0.45), depth: 0) }
        for stroke in glyph.strokes { fill(.line(stroke, width), body) }
    }
}
