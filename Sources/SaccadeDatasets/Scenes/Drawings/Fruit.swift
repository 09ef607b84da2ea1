extension Pen {
    mutating func apple() {
        fill(
            .smooth([
                [0, -0.5], [0.34, -0.62], [0.78, -0.38], [0.82, 0.16], [0.5, 0.78], [0.16, 0.86], [0, 0.8],
                [-0.16, 0.86], [-0.5, 0.78], [-0.82, 0.16], [-0.78, -0.38], [-0.34, -0.62],
            ]), body, depth: 0.2)
        fill(.ellipse([0, -0.47], [0.2, 0.07]), dark(0.4))
        fill(.curve([[0, -0.44], [0.02, -0.7], [0.12, -0.94]], 0.08), .timber)
        if dice.chance(0.75) {
            fill(.smooth([[0.1, -0.72], [0.34, -0.95], [0.68, -0.88], [0.42, -0.66]]), .leaf, depth: 0.12)
        }
        fill(.ellipse([-0.42, -0.18], [0.1, 0.2], turns: 0.06), light(0.55))
    }

    mutating func banana() {
        fill(
            .smooth([
                [-0.93, -0.42], [-0.74, -0.5], [-0.5, -0.02], [0.06, 0.2], [0.62, -0.06], [0.86, -0.3], [0.97, -0.2],
                [0.72, 0.34],
                [0.12, 0.6], [-0.5, 0.4],
            ]), body, depth: 0.18)
        fill(.curve([[-0.82, -0.4], [-0.5, 0.2], [0.08, 0.42], [0.66, 0.14], [0.9, -0.24]], 0.05), dark(0.2))
        fill(.line([[-0.86, -0.46], [-0.94, -0.64]], 0.15), dark(0.35))
        fill(.circle([0.92, -0.27], 0.08), .timber * 0.6)
        for _ in 0..<dice.below(4) {
            fill(.ellipse([dice.between(-0.4, 0.5), dice.between(0.26, 0.4)], [0.06, 0.03]), dark(0.4))
        }
    }

    mutating func strawberry() {
        fill(
            .smooth([
                [0, -0.52], [0.52, -0.6], [0.82, -0.22], [0.56, 0.44], [0.1, 0.92], [-0.1, 0.92], [-0.56, 0.44],
                [-0.82, -0.22], [-0.52, -0.6],
            ]), body, depth: 0.2)
        let seeds: [Point2D] = [
            [-0.5, -0.16], [0, -0.2], [0.5, -0.16], [-0.26, 0.08], [0.26, 0.08], [-0.44, 0.3], [0, 0.32], [0.44, 0.3],
            [-0.2, 0.56], [0.2, 0.56], [0, 0.76],
        ]
        for seed in seeds { fill(.ellipse(seed, [0.045, 0.075]), SIMD3(1, 0.9, 0.5)) }
        for leaf in 0..<5 {
            let direction = Turn.direction(0.02 + Float(leaf) * 0.115)
            let aside: Point2D = [-direction.y, direction.x]
            let root: Point2D = [0, -0.62]
            fill(
                .polygon([root - aside * 0.15, root + direction * [0.62, 0.4], root + aside * 0.15]), .leaf, depth: 0.1)
        }
        fill(.line([[0, -0.62], [0.06, -0.94]], 0.1), .leaf * 0.8)
    }
}
