/// A point or a direction: pixels or a drawing's own units, x to the right and y down.
typealias Point2D = SIMD2<Float>

/// Angles in full turns, clockwise as seen: 0.25 is a right angle.
///
/// The C library's sine may differ in its last bit from machine to machine; additions and products do not.
enum Turn {
    /// The sine by its Taylor series to the ninth power, right to 4e-6.
    static func sine(_ turns: Float) -> Float {
        var t = turns - (turns + 0.5).rounded(.down)  // -0.5 ..< 0.5
        if t > 0.25 { t = 0.5 - t }
        if t < -0.25 { t = -0.5 - t }
        let z = t * 6.283_185_5
        let s = z * z
        return z * (1 - s * (1 / 6 - s * (1 / 120 - s * (1 / 5040 - s / 362_880))))
    }

    static func cosine(_ turns: Float) -> Float { sine(turns + 0.25) }

    /// The point at one radius from the origin: to the right at 0, below at 0.25.
    static func direction(_ turns: Float) -> Point2D { [cosine(turns), sine(turns)] }
}

/// How a drawing's units become pixels.
struct Affine {
    /// Where the drawing's point (1, 0) goes, seen from where its origin goes; and (0, 1).
    var x: Point2D
    var y: Point2D
    var origin: Point2D

    /// - Parameters:
    ///   - scale: Pixels per unit.
    ///   - squash: Width over height.
    ///   - turns: Turned clockwise after all else.
    ///   - isMirrored: Left and right change sides.
    init(scale: Float, squash: Float, turns: Float, isMirrored: Bool) {
        let direction = Turn.direction(turns)
        x = direction * (isMirrored ? -scale * squash : scale * squash)
        y = [-direction.y * scale, direction.x * scale]
        origin = .zero
    }

    func callAsFunction(_ p: Point2D) -> Point2D { origin + x * p.x + y * p.y }

    /// Half the width and height of the upright rectangle around the square from -1 to 1.
    var halfExtent: Point2D { [abs(x.x) + abs(y.x), abs(x.y) + abs(y.y)] }
}
