/// Things to go with; their fronts are on the right.
extension Pen {
    mutating func car() {
        let isTall = dice.chance(0.5)
        let roof: Float = isTall ? -0.52 : -0.42
        let back: Float = isTall ? -0.78 : -0.5
        fill(.rectangle(-0.8, 0.1, 0.8, 0.36), .black)
        fill(
            .smooth([[-0.85, -0.06], [back, roof + 0.03], [-0.1, roof - 0.03], [0.24, roof + 0.02], [0.62, -0.06]]),
            body)
        fill(
            .smooth([
                [-0.97, 0.0], [-0.6, -0.1], [0.5, -0.1], [0.9, -0.02], [1, 0.16], [0.94, 0.3], [0, 0.33], [-0.94, 0.3],
            ]), body, depth: 0.14)
        fill(.polygon([[0.02, roof + 0.1], [0.22, roof + 0.11], [0.46, -0.1], [0.02, -0.1]]), .glass)
        fill(.polygon([[-0.07, roof + 0.1], [back + 0.16, roof + 0.13], [-0.66, -0.1], [-0.07, -0.1]]), .glass)
        fill(.line([[-0.02, -0.04], [-0.02, 0.24]], 0.03), dark(0.35))
        fill(.line([[-0.2, 0.02], [-0.1, 0.02]], 0.04), dark(0.4))
        fill(.ellipse([0.92, 0.06], [0.06, 0.07]), .lamp)
        fill(.rounded(-0.99, 0.02, -0.91, 0.14, 0.03), SIMD3(0.75, 0.1, 0.1))
        for x: Float in [-0.55, 0.55] { wheel([x, 0.31], 0.21) }
    }

    private mutating func wheel(_ center: Point2D, _ radius: Float) {
        fill(.circle(center, radius), .black)
        fill(.circle(center, radius * 0.55), .steel, depth: 0.2)
        fill(.circle(center, radius * 0.16), .slate)
    }

    mutating func bus() {
        fill(.rectangle(-0.85, 0.2, 0.85, 0.48), .black)
        fill(.rounded(-0.98, -0.62, 0.98, 0.42, 0.12), body, depth: 0.12)
        fill(.rounded(-0.88, -0.66, 0.7, -0.56, 0.04), dark(0.25))
        let windows = 4 + dice.below(2)
        let pitch = 1.5 / Float(windows)
        for window in 0..<windows {
            let left = -0.9 + pitch * Float(window)
            fill(.rounded(left, -0.44, left + pitch - 0.07, -0.06, 0.04), .glass)
        }
        fill(.rounded(0.64, -0.44, 0.94, 0.36, 0.04), .slate)
        fill(.rectangle(0.67, -0.4, 0.77, 0.3), .glass)
        fill(.rectangle(0.81, -0.4, 0.91, 0.3), .glass)
        fill(.rectangle(-0.98, 0.06, 0.62, 0.13), dice.chance(0.5) ? light(0.6) : dark(0.4))
        fill(.rounded(0.88, 0.3, 0.99, 0.38, 0.03), .lamp)
        for x: Float in [-0.58, 0.42] { wheel([x, 0.43], 0.2) }
    }

    mutating func boat() {
        let sail = dice.chance(0.5) ? SIMD3<Float>.white : .cream
        fill(.line([[0.02, -0.95], [0.02, 0.4]], 0.06), .timber)
        fill(.polygon([[-0.06, -0.82], [-0.06, 0.22], [-0.72, 0.22]]), sail, depth: 0.12)
        fill(.polygon([[0.1, -0.72], [0.1, 0.22], [0.66, 0.22]]), body, depth: 0.1)
        fill(.polygon([[0.02, -0.97], [0.3, -0.9], [0.02, -0.82]]), dark(0.2))
        fill(.polygon([[-0.95, 0.34], [0.98, 0.34], [0.66, 0.86], [-0.66, 0.86]]), body, depth: 0.16)
        fill(.polygon([[-0.95, 0.34], [0.98, 0.34], [0.93, 0.43], [-0.89, 0.43]]), dark(0.3))
        for x: Float in [-0.4, 0, 0.4] { fill(.circle([x, 0.6], 0.07), light(0.75)) }
    }

    mutating func airplane() {
        fill(.polygon([[0.14, -0.14], [-0.16, -0.5], [-0.32, -0.5], [-0.16, -0.12]]), dark(0.3))
        fill(.polygon([[-0.98, -0.58], [-0.78, -0.58], [-0.48, -0.12], [-0.88, -0.08]]), dark(0.12))
        fill(
            .smooth([
                [-0.98, -0.06], [-0.6, -0.17], [0.2, -0.19], [0.74, -0.17], [0.99, 0.0], [0.8, 0.12], [0.2, 0.15],
                [-0.5, 0.1],
            ]), body, depth: 0.16)
        fill(.polygon([[-0.9, -0.02], [-0.66, -0.02], [-0.88, 0.2], [-1, 0.2]]), dark(0.2))
        fill(.polygon([[0.72, -0.13], [0.86, -0.1], [0.92, -0.04], [0.7, -0.04]]), .glass)
        for window in 0..<6 { fill(.circle([-0.45 + 0.19 * Float(window), -0.06], 0.045), .glass) }
        fill(.rounded(-0.08, 0.24, 0.2, 0.37, 0.06), .slate)
        fill(.polygon([[0.26, 0.04], [-0.06, 0.04], [-0.56, 0.56], [-0.36, 0.56]]), dark(0.16), depth: 0.12)
    }

    mutating func bicycle() {
        let (rear, front): (Point2D, Point2D) = ([-0.56, 0.34], [0.56, 0.34])
        let (pedals, saddle, head): (Point2D, Point2D, Point2D) = ([-0.08, 0.36], [-0.26, -0.22], [0.34, -0.22])
        for hub in [rear, front] {
            fill(.ring(hub, 0.43, width: 0.09), .black)
            for spoke in 0..<4 {
                let arm = Turn.direction(Float(spoke) / 8 + 0.06) * 0.36
                fill(.line([hub - arm, hub + arm], 0.02), .steel)
            }
            fill(.circle(hub, 0.06), .slate)
        }
        fill(.line([rear, pedals, saddle, rear], 0.1), body)
        fill(.line([saddle, head, pedals], 0.1), body)
        fill(.line([front, head, [0.29, -0.44]], 0.1), body)
        fill(.line([saddle, [-0.3, -0.36]], 0.07), .slate)
        fill(.smooth([[-0.5, -0.42], [-0.3, -0.45], [-0.12, -0.39], [-0.3, -0.33]]), .black)
        fill(.line([[0.29, -0.44], [0.32, -0.56], [0.52, -0.54]], 0.08), .black)
        fill(.circle(pedals, 0.1), .slate)
        fill(.line([pedals, pedals + [0.13, 0.14]], 0.05), .black)
    }
}
