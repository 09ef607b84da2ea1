/// Where the light comes from, and what the camera makes of it.
struct Light {
    /// Towards the light, in pixels; of length 1.
    let towards: Point2D
    /// What a shadow leaves of the light.
    let shade: Float
    /// Whether shadows lie on the ground, or fall on a surface behind the objects.
    let isOutdoors: Bool
    /// How much brighter the side of the image towards the light is than its middle.
    let slope: Float
    let tint: SIMD3<Float>
    /// Pixels that a point is smeared over, for an image 128 pixels high or wide.
    let blur: Float
    /// The noise of the sensor: its largest deviation in a channel.
    let noise: Float
    /// How dark the edges of objects are drawn: 0 for not at all.
    let rim: Float

    init(isOutdoors: Bool, using dice: inout Dice) {
        self.isOutdoors = isOutdoors
        towards = Turn.direction(dice.chance(0.5) ? dice.between(0.56, 0.7) : dice.between(0.8, 0.94))
        shade = dice.between(0.5, 0.75)
        slope = dice.between(0.02, 0.14)
        let warmth = dice.between(-0.035, 0.035)
        tint = SIMD3(1 + warmth, 1, 1 - warmth) * dice.between(0.93, 1.04)
        blur = dice.chance(0.4) ? dice.between(0.2, 0.75) : 0
        noise = dice.chance(0.75) ? dice.between(0.01, 0.06) : 0
        rim = dice.chance(0.5) ? dice.between(0.15, 0.4) : 0
    }
}
