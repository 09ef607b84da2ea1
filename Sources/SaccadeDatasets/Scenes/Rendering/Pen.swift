/// What drawings are made with: parts in the drawing's own units, where the whole fits into -1...1 both ways.
struct Pen {
    /// The colour that the object is said to have.
    let body: SIMD3<Float>
    /// Decides the little things in which two objects of a class and colour differ.
    var dice: Dice
    private(set) var layer: Layer
    private let affine: Affine
    /// Towards the light, in pixels; its length is at most 1.
    private let light: Point2D

    init(body: SIMD3<Float>, dice: Dice, layer: Layer, affine: Affine, light: Point2D) {
        (self.body, self.dice, self.layer, self.affine, self.light) = (body, dice, layer, affine, light)
    }

    /// - Parameter depth: How round the part looks: from 0, flat, to about 0.3, a ball.
    mutating func fill(_ outline: Outline, _ ink: SIMD3<Float>, depth: Float = 0.08) {
        layer.fill(outline, affine, ink: ink, slope: light * depth)
    }

    /// The body's colour, lighter.
    func light(_ share: Float) -> SIMD3<Float> { body.mixed(with: .white, share) }

    /// The body's colour, darker.
    func dark(_ share: Float) -> SIMD3<Float> { body * (1 - share) }
}

/// Inks: red, green and blue, 0...1, as files store them.
extension SIMD3<Float> {
    static let white = Self(0.96, 0.96, 0.94)
    static let cream = Self(0.94, 0.88, 0.74)
    static let black = Self(0.10, 0.10, 0.12)
    static let steel = Self(0.62, 0.64, 0.67)
    static let slate = Self(0.34, 0.36, 0.40)
    static let glass = Self(0.66, 0.82, 0.92)
    static let lamp = Self(1.0, 0.90, 0.50)
    static let timber = Self(0.45, 0.29, 0.16)
    static let leaf = Self(0.25, 0.52, 0.20)

    func mixed(with other: Self, _ share: Float) -> Self { self + (other - self) * share }
}
