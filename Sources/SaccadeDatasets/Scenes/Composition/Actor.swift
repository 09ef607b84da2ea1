/// One object before it is drawn.
struct Actor {
    var kind: SceneClass
    var color: SceneColor
    /// The colour's own shade on this object.
    var ink: SIMD3<Float>
    /// Which letter a letter is.
    var glyph: Glyph?
    /// Where the drawing's origin lies on the image, in pixels.
    var center: Point2D
    /// Pixels per unit of the drawing, which is two units high or wide.
    var scale: Float
    /// Width over height, against the drawing's own.
    var squash: Float
    /// The turn from upright, clockwise, in full turns.
    var turns: Float
    var isMirrored: Bool
    /// Decides the little things.
    var dice: Dice
}

/// An object as it is drawn, with its place on the image.
struct Sprite {
    private(set) var actor: Actor
    private(set) var layer: Layer
    /// The image's column and row of the layer's upper left pixel; they may be negative.
    private(set) var left: Int
    private(set) var top: Int
    /// The columns and rows, on the image or beyond it, of the pixels that the object covers by half or more.
    private(set) var columns: Range<Int>
    private(set) var rows: Range<Int>
    /// How many these pixels are.
    let pixelCount: Int

    /// - Parameter light: Towards the light, in pixels; its length is at most 1.
    init(_ actor: Actor, light: Point2D) {
        self.actor = actor
        var affine = Affine(
            scale: actor.scale, squash: actor.squash, turns: actor.turns, isMirrored: actor.isMirrored)
        let half = affine.halfExtent * 1.04 + Point2D(repeating: 2)
        let corner = (actor.center - half).rounded(.down)
        affine.origin = actor.center - corner
        (left, top) = (Int(corner.x), Int(corner.y))
        var pen = Pen(
            body: actor.ink, dice: actor.dice,
            layer: Layer(width: Int(half.x * 2) + 2, height: Int(half.y * 2) + 2), affine: affine, light: light)
        actor.kind.draw(with: &pen, glyph: actor.glyph)
        layer = pen.layer
        var (low, high, count) = ((x: Int.max, y: Int.max), (x: Int.min, y: Int.min), 0)
        for y in 0..<layer.height {
            for x in 0..<layer.width where layer.pixels[y * layer.width + x].w >= 0.5 {
                low = (min(low.x, x), min(low.y, y))
                high = (max(high.x, x), max(high.y, y))
                count += 1
            }
        }
        columns = count == 0 ? left..<left : left + low.x..<left + high.x + 1
        rows = count == 0 ? top..<top : top + low.y..<top + high.y + 1
        pixelCount = count
    }

    /// Moves it by whole pixels.
    mutating func move(x: Int, y: Int) {
        left += x
        top += y
        columns = columns.lowerBound + x..<columns.upperBound + x
        rows = rows.lowerBound + y..<rows.upperBound + y
        actor.center += Point2D(Float(x), Float(y))
    }

    /// Calls `body` for each of its pixels on an image: the place there, and the place in the layer.
    @inline(__always)
    func forEachPixel(onWidth width: Int, height: Int, _ body: (Int, Int) -> Void) {
        let across = max(0, left)..<max(max(0, left), min(width, left + layer.width))
        for y in max(0, top)..<max(max(0, top), min(height, top + layer.height)) {
            for x in across { body(y * width + x, (y - top) * layer.width + x - left) }
        }
    }
}
