/// Animals; those seen from the side look to the right.
extension Pen {
    mutating func cat() {
        let isStriped = dice.chance(0.4)
        let side: Float = dice.chance(0.5) ? 1 : -1
        fill(
            .curve([[0.3 * side, 0.8], [0.75 * side, 0.78], [0.85 * side, 0.4], [0.66 * side, 0.2]], 0.17), dark(0.12))
        fill(
            .smooth([
                [0, -0.2], [0.36, 0.1], [0.52, 0.62], [0.4, 0.92], [-0.4, 0.92], [-0.52, 0.62], [-0.36, 0.1],
            ]), body)
        if isStriped {
            for y: Float in [0.3, 0.5, 0.7] {
                for x: Float in [-0.4, 0.4] { fill(.line([[x, y], [x * 0.6, y + 0.04]], 0.07), dark(0.45)) }
            }
        }
        fill(.ellipse([0, 0.42], [0.2, 0.3]), light(0.5))
        for x: Float in [-0.2, 0.2] {
            fill(.ellipse([x, 0.9], [0.17, 0.09]), light(0.25))
            fill(.polygon([[x * 2.6, -0.94], [x * 0.6, -0.66], [x * 2.5, -0.42]]), body)
            fill(.polygon([[x * 2.4, -0.82], [x * 1.1, -0.64], [x * 2.3, -0.5]]), SIMD3(0.9, 0.6, 0.6))
        }
        fill(.ellipse([0, -0.38], [0.54, 0.42]), body, depth: 0.12)
        if isStriped {
            for x: Float in [-0.14, 0, 0.14] { fill(.line([[x, -0.76], [x * 0.7, -0.6]], 0.06), dark(0.45)) }
        }
        for x: Float in [-0.22, 0.22] {
            fill(.ellipse([x, -0.44], [0.13, 0.12]), SIMD3(0.72, 0.84, 0.3))
            fill(.ellipse([x, -0.44], [0.05, 0.11]), .black)
        }
        fill(.ellipse([0, -0.2], [0.2, 0.13]), light(0.55))
        fill(.polygon([[-0.08, -0.29], [0.08, -0.29], [0, -0.19]]), SIMD3(0.85, 0.42, 0.45))
        let whisker = body.x + body.y + body.z > 1.2 ? SIMD3<Float>.slate : .white
        for y: Float in [-0.22, -0.12] {
            fill(.line([[-0.2, -0.18], [-0.66, y - 0.06]], 0.025), whisker)
            fill(.line([[0.2, -0.18], [0.66, y - 0.06]], 0.025), whisker)
        }
    }

    mutating func fish() {
        fill(.polygon([[-0.5, 0.0], [-0.98, -0.42], [-0.84, 0.0], [-0.98, 0.42]]), dark(0.15), depth: 0.1)
        fill(.smooth([[-0.3, -0.3], [0.0, -0.62], [0.34, -0.34]]), dark(0.2))
        fill(.smooth([[-0.1, 0.3], [-0.16, 0.58], [0.16, 0.34]]), dark(0.2))
        fill(
            .smooth([[-0.64, 0], [-0.2, -0.34], [0.4, -0.38], [0.94, 0.02], [0.4, 0.38], [-0.2, 0.34]]), body,
            depth: 0.16)
        if dice.chance(0.5) {
            let stripe = light(0.65)
            for x: Float in [-0.24, 0.06] {
                fill(.curve([[x, -0.3], [x + 0.07, 0], [x, 0.3]], 0.11), stripe)
            }
        } else {
            for (x, y) in [(-0.36, 0.0), (-0.12, -0.15), (-0.12, 0.15), (0.1, 0.0)] as [(Float, Float)] {
                fill(.line(Outline.arc([x, y], [0.1, 0.12], from: -0.25, to: 0.25), 0.035), dark(0.3))
            }
        }
        fill(.line(Outline.arc([0.3, 0], [0.12, 0.26], from: -0.2, to: 0.2), 0.04), dark(0.35))
        fill(.polygon([[0.2, 0.08], [-0.02, 0.2], [0.14, 0.26]]), dark(0.25))
        fill(.circle([0.62, -0.12], 0.11), .white)
        fill(.circle([0.65, -0.12], 0.06), .black)
        fill(.line([[0.9, 0.1], [0.74, 0.14]], 0.04), dark(0.5))
    }

    mutating func bird() {
        let beak = SIMD3<Float>(0.95, 0.6, 0.1)
        for x: Float in [-0.08, 0.14] {
            fill(.line([[x, 0.5], [x + 0.02, 0.84]], 0.05), beak)
            fill(.line([[x - 0.06, 0.86], [x + 0.14, 0.86]], 0.05), beak)
        }
        fill(.polygon([[-0.4, 0.02], [-0.98, -0.02], [-0.94, 0.24], [-0.4, 0.36]]), dark(0.3))
        fill(
            .smooth([
                [-0.6, 0.1], [-0.1, -0.24], [0.34, -0.5], [0.6, -0.1], [0.44, 0.4], [0, 0.6], [-0.42, 0.42],
            ]), body, depth: 0.15)
        fill(.smooth([[0.56, 0.02], [0.42, 0.38], [0.06, 0.56], [0.2, 0.3]]), light(0.55))
        fill(.polygon([[0.7, -0.62], [1, -0.48], [0.7, -0.36]]), beak)
        fill(.circle([0.48, -0.5], 0.33), body, depth: 0.15)
        fill(.circle([0.58, -0.56], 0.085), .white)
        fill(.circle([0.6, -0.56], 0.05), .black)
        if dice.chance(0.5) {
            fill(
                .smooth([[-0.56, 0.24], [-0.2, -0.1], [0.26, -0.06], [0.16, 0.28], [-0.22, 0.38]]), dark(0.3),
                depth: 0.14)
        } else {
            fill(
                .smooth([[0.2, 0.1], [-0.1, -0.16], [-0.5, -0.86], [-0.12, -0.72], [0.16, -0.34]]), dark(0.3),
                depth: 0.14)
        }
    }

    mutating func butterfly() {
        let spot = dice.chance(0.5) ? light(0.7) : dark(0.5)
        for side: Float in [-1, 1] {
            fill(
                .smooth([
                    [0.04 * side, 0], [0.3 * side, 0.02], [0.74 * side, 0.34], [0.6 * side, 0.8], [0.26 * side, 0.66],
                ]), dark(0.15))
            fill(
                .smooth([
                    [0.04 * side, -0.1], [0.42 * side, -0.76], [0.9 * side, -0.82], [0.96 * side, -0.34],
                    [0.56 * side, 0.08], [0.1 * side, 0.1],
                ]), body, depth: 0.12)
            fill(.circle([0.7 * side, -0.5], 0.14), spot)
            fill(.circle([0.4 * side, -0.24], 0.09), spot)
            fill(.circle([0.5 * side, 0.46], 0.11), spot)
            fill(.curve([[0.02 * side, -0.44], [0.1 * side, -0.72], [0.26 * side, -0.86]], 0.04), .black)
            fill(.circle([0.26 * side, -0.86], 0.05), .black)
        }
        fill(.ellipse([0, 0.08], [0.08, 0.5]), .black)
        fill(.circle([0, -0.44], 0.1), .black)
    }

    mutating func snail() {
        let skin = SIMD3<Float>(0.86, 0.74, 0.52)
        fill(.curve([[0.7, 0.2], [0.74, -0.16], [0.68, -0.38]], 0.07), skin * 0.9)
        fill(.curve([[0.78, 0.2], [0.9, -0.12], [0.92, -0.34]], 0.07), skin * 0.9)
        for eye: Point2D in [[0.67, -0.4], [0.92, -0.36]] { fill(.circle(eye, 0.075), .black) }
        fill(
            .smooth([
                [-0.98, 0.66], [-0.6, 0.46], [0.2, 0.44], [0.52, 0.2], [0.64, -0.02], [0.88, 0.02], [0.94, 0.24],
                [0.8, 0.5],
                [0.56, 0.68], [-0.2, 0.7],
            ]), skin, depth: 0.12)
        fill(.circle([-0.12, -0.02], 0.58), body, depth: 0.2)
        var spiral: [Point2D] = []
        for step in 0...30 {
            let share = Float(step) / 30
            spiral.append([-0.12, -0.02] + Turn.direction(0.2 + share * 2.2) * (0.5 - 0.46 * share))
        }
        fill(.line(spiral, 0.07), dark(0.42))
        fill(.line(Outline.arc([0.82, 0.22], [0.1, 0.1], from: 0.05, to: 0.3), 0.03), skin * 0.5)
    }

    mutating func turtle() {
        let skin = SIMD3<Float>(0.62, 0.72, 0.36)
        for x: Float in [-0.5, 0.4] {
            fill(.smooth([[x - 0.16, 0.24], [x + 0.18, 0.24], [x + 0.16, 0.64], [x - 0.12, 0.64]]), skin * 0.85)
        }
        fill(.polygon([[-0.7, 0.24], [-0.98, 0.4], [-0.7, 0.42]]), skin * 0.85)
        fill(
            .smooth([[0.5, 0.2], [0.62, -0.12], [0.78, -0.26], [0.97, -0.16], [0.96, 0.08], [0.76, 0.34]]), skin,
            depth: 0.14)
        fill(.circle([0.84, -0.09], 0.055), .black)
        fill(.line([[0.98, 0.05], [0.84, 0.09]], 0.03), skin * 0.5)
        fill(.slice([-0.1, 0.3], [0.74, 0.8], from: 0.5, to: 1), body, depth: 0.2)
        let seam = dark(0.4)
        fill(.line([[-0.32, -0.06], [0.12, -0.06], [0.26, 0.22], [-0.46, 0.22], [-0.32, -0.06]], 0.05), seam)
        for (a, b) in [
            ([-0.32, -0.06], [-0.46, -0.36]), ([0.12, -0.06], [0.26, -0.38]), ([-0.1, -0.48], [-0.1, -0.06]),
        ]
            as [(Point2D, Point2D)]
        {
            fill(.line([a, b], 0.05), seam)
        }
        fill(.rounded(-0.86, 0.22, 0.66, 0.36, 0.07), dark(0.25))
    }
}
