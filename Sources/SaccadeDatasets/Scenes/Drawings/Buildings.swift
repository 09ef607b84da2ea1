extension Pen {
    mutating func house() {
        let roof = dice.pick([SIMD3<Float>(0.62, 0.2, 0.14), SIMD3(0.36, 0.24, 0.18), SIMD3(0.3, 0.33, 0.4)])
        if dice.chance(0.6) {
            let x: Float = dice.chance(0.5) ? 0.36 : -0.56
            fill(.rectangle(x, -0.86, x + 0.2, -0.3), SIMD3(0.6, 0.32, 0.26))
        }
        fill(.rectangle(-0.74, -0.2, 0.74, 0.92), body, depth: 0.14)
        fill(.polygon([[0, -0.96], [0.96, -0.14], [-0.96, -0.14]]), roof, depth: 0.16)
        fill(.rectangle(-0.18, 0.36, 0.18, 0.92), .timber)
        fill(.circle([0.1, 0.64], 0.035), .lamp)
        for x: Float in [-0.46, 0.46] {
            fill(.rectangle(x - 0.2, 0.04, x + 0.2, 0.42), .white)
            fill(.rectangle(x - 0.15, 0.08, x + 0.15, 0.38), dice.chance(0.25) ? .lamp : .glass)
            fill(.rectangle(x - 0.02, 0.08, x + 0.02, 0.38), .white)
            fill(.rectangle(x - 0.15, 0.21, x + 0.15, 0.25), .white)
        }
        if dice.chance(0.5) { fill(.circle([0, -0.46], 0.14), .glass) }
    }

    mutating func castle() {
        let flag = dice.pick([SIMD3<Float>(0.8, 0.1, 0.1), SIMD3(0.1, 0.3, 0.75), SIMD3(0.9, 0.75, 0.1)])
        let isPointed = dice.chance(0.5)
        fill(battlements(-0.56, 0.56, top: -0.02, bottom: 0.9, teeth: 4), dark(0.08), depth: 0.1)
        fill(battlements(-0.3, 0.3, top: -0.5, bottom: 0.2, teeth: 3), dark(0.16), depth: 0.1)
        for x: Float in [-0.7, 0.7] {
            if isPointed {
                fill(.rectangle(x - 0.25, -0.3, x + 0.25, 0.92), body, depth: 0.18)
                fill(.polygon([[x, -0.96], [x + 0.3, -0.28], [x - 0.3, -0.28]]), flag * 0.8, depth: 0.15)
            } else {
                fill(battlements(x - 0.27, x + 0.27, top: -0.44, bottom: 0.92, teeth: 3), body, depth: 0.18)
            }
            fill(.rounded(x - 0.07, -0.12, x + 0.07, 0.2, 0.06), .slate)
        }
        fill(.line([[0, -0.95], [0, -0.5]], 0.04), .timber)
        fill(.polygon([[0.01, -0.97], [0.36, -0.86], [0.01, -0.74]]), flag)
        fill(.slice([0, 0.56], [0.24, 0.26], from: 0.5, to: 1) + .rectangle(-0.24, 0.55, 0.24, 0.92), .timber * 0.6)
        for x: Float in [-0.08, 0.08] { fill(.line([[x, 0.4], [x, 0.9]], 0.03), .slate) }
        fill(.rounded(-0.06, -0.3, 0.06, -0.1, 0.05), .slate)
    }

    private func battlements(_ left: Float, _ right: Float, top: Float, bottom: Float, teeth: Int) -> Outline {
        let pitch = (right - left) / Float(2 * teeth - 1)
        var wall = Outline.rectangle(left, top + 0.13, right, bottom)
        for tooth in 0..<teeth {
            let x = left + pitch * Float(2 * tooth)
            wall = wall + .rectangle(x, top, x + pitch, top + 0.14)
        }
        return wall
    }

    mutating func lighthouse() {
        fill(.smooth([[-0.62, 0.95], [-0.5, 0.76], [0, 0.7], [0.52, 0.78], [0.62, 0.95]]), .slate)
        func halfWidth(_ y: Float) -> Float { 0.2 + (y + 0.45) * 0.12 }
        let edges: [Float] = [-0.45, -0.19, 0.07, 0.33, 0.59, 0.85]
        for (stripe, (top, bottom)) in zip(edges, edges.dropFirst()).enumerated() {
            let (a, b) = (halfWidth(top), halfWidth(bottom))
            fill(
                .polygon([[-a, top], [a, top], [b, bottom + 0.01], [-b, bottom + 0.01]]),
                stripe % 2 == 0 ? body : .white, depth: 0.2)
        }
        fill(.rectangle(-0.3, -0.52, 0.3, -0.44), .slate)
        fill(.rectangle(-0.16, -0.76, 0.16, -0.52), .lamp)
        fill(.line([[0, -0.76], [0, -0.52]], 0.03), .slate)
        fill(.polygon([[0, -0.98], [0.23, -0.74], [-0.23, -0.74]]), dark(0.2))
        fill(.rounded(-0.09, 0.6, 0.09, 0.86, 0.06), .timber)
        fill(.rounded(-0.05, -0.12, 0.05, 0.02, 0.04), .slate)
    }
}
