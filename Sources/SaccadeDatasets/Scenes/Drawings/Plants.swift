extension Pen {
    mutating func tree() {
        if dice.chance(0.65) { leafTree() } else { fir() }
    }

    private mutating func leafTree() {
        fill(.polygon([[-0.11, 0.1], [0.11, 0.1], [0.18, 0.94], [-0.18, 0.94]]), .timber, depth: 0.15)
        fill(.line([[0, 0.4], [0.3, 0.1]], 0.08), .timber)
        let crowns: [(Point2D, Float)] = [
            ([-0.4, 0.0], 0.38), ([0.42, 0.02], 0.38), ([-0.26, -0.4], 0.38), ([0.3, -0.38], 0.38), ([0, -0.56], 0.38),
            ([0, -0.1], 0.42),
        ]
        for (center, radius) in crowns {
            fill(.circle(center + [dice.between(-0.05, 0.05), dice.between(-0.04, 0.04)], radius), body, depth: 0.2)
        }
        for _ in 0..<9 {
            let spot: Point2D = [dice.between(-0.5, 0.5), dice.between(-0.7, 0.15)]
            fill(.ellipse(spot, [0.09, 0.06]), dice.chance(0.5) ? light(0.2) : dark(0.2), depth: 0)
        }
    }

    private mutating func fir() {
        fill(.rectangle(-0.11, 0.6, 0.11, 0.95), .timber, depth: 0.15)
        for (top, bottom, half) in [(0.05, 0.72, 0.66), (-0.4, 0.28, 0.52), (-0.96, -0.18, 0.37)]
            as [(Float, Float, Float)]
        {
            fill(.polygon([[0, top], [half, bottom], [0, bottom - 0.08], [-half, bottom]]), dark(0.06), depth: 0.2)
        }
    }

    mutating func flower() {
        let petals = 5 + dice.below(4)
        let center: Point2D = [0, -0.38]
        fill(.curve([[0, -0.3], [0.06, 0.3], [0, 0.95]], 0.09), .leaf)
        fill(.smooth([[0.03, 0.62], [0.24, 0.26], [0.56, 0.2], [0.38, 0.52]]), .leaf * 1.1, depth: 0.12)
        fill(.smooth([[0.02, 0.74], [-0.2, 0.42], [-0.52, 0.36], [-0.36, 0.66]]), .leaf * 0.9, depth: 0.12)
        let slim: Float = petals < 7 ? 0.2 : 0.15
        for petal in 0..<petals {
            let turns = Float(petal) / Float(petals)
            let place = center + Turn.direction(turns + 0.04) * 0.32
            fill(.ellipse(place, [0.26, slim], turns: turns + 0.04), petal % 2 == 0 ? body : dark(0.1), depth: 0.12)
        }
        let isYellow = body.x > 0.9 && body.y > 0.75 && body.z < 0.5
        fill(.circle(center, 0.18), isYellow ? .timber : SIMD3(0.98, 0.8, 0.2), depth: 0.2)
    }

    mutating func mushroom() {
        fill(
            .smooth([
                [-0.2, -0.1], [0.2, -0.1], [0.22, 0.5], [0.34, 0.86], [0, 0.94], [-0.34, 0.86], [-0.22, 0.5],
            ]), .cream, depth: 0.16)
        fill(.polygon([[-0.28, 0.14], [0.28, 0.14], [0.36, 0.3], [0, 0.26], [-0.36, 0.3]]), .cream * 0.85)
        fill(.ellipse([0, 0.0], [0.88, 0.2]), .cream * 0.78)
        fill(.slice([0, 0.02], [0.94, 0.9], from: 0.5, to: 1), body, depth: 0.2)
        let spots: [(Point2D, Point2D)] = [
            ([-0.5, -0.28], [0.15, 0.12]), ([0.02, -0.58], [0.17, 0.12]), ([0.5, -0.32], [0.15, 0.13]),
            ([-0.04, -0.2], [0.13, 0.1]),
            ([-0.76, -0.08], [0.07, 0.06]), ([0.76, -0.1], [0.08, 0.06]),
        ]
        for (spot, radii) in spots { fill(.ellipse(spot, radii), .white) }
    }
}
