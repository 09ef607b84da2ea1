/// Finds a place for one label after the other: inside the frame, off the labels that stand already, near the object,
/// and hiding as little as possible of small objects.
struct PlatePlacement {
    let frame: Rectangle
    /// What had better not be hidden.
    let objects: [Rectangle]
    private var taken: [Rectangle] = []

    init(frame: Rectangle, objects: [Rectangle]) {
        self.frame = frame
        // A plate can hide much of a small object only; a few hundred of these are as many as matter.
        self.objects = Array(objects.filter { $0.width * $0.height < 6000 }.prefix(500))
    }

    /// The best free place for a plate of this size; nil when the frame is full where the object is.
    mutating func place(width: Double, height: Double, beside object: Rectangle) -> Rectangle? {
        guard width <= frame.width, height <= frame.height else { return nil }
        var best: (cost: Double, place: Rectangle)?
        for (x, y, distance) in Self.candidates(width, height, object) {
            // A place outside moves in, as above the box becomes inside the box at the frame's upper edge.
            let place = Rectangle(
                x: min(max(x, frame.x), frame.right - width), y: min(max(y, frame.y), frame.bottom - height),
                width: width, height: height)
            let shift = (abs(place.x - x) / width + abs(place.y - y) / height) * 0.1
            if let best, distance + shift >= best.cost { continue }
            if taken.contains(where: place.overlaps) { continue }
            let cost = distance + shift + objects.reduce(0) { $0 + Self.coveredFraction(of: $1, by: place) }
            if best.map({ cost < $0.cost }) ?? true { best = (cost, place) }
        }
        if let best { taken.append(best.place) }
        return best?.place
    }

    /// Upper left corners with what speaks against them, the nearer ones first.
    private static func candidates(
        _ width: Double, _ height: Double, _ object: Rectangle
    ) -> [(x: Double, y: Double, distance: Double)] {
        let (left, right) = (object.x, object.right - width)
        let (above, below) = (object.y - height, object.bottom)
        var places = [
            (left, above, 0.0), (left, object.y, 0.08), (left, below, 0.1), (right, above, 0.12),
            (right, object.y, 0.15), (right, below, 0.16), (left, below - height, 0.18),
            (right, below - height, 0.2), (object.right, object.y, 0.2), (left - width, object.y, 0.22),
        ]
        for step in 1...12 {
            let k = Double(step)
            for x in [left, right, object.right + 2, left - width - 2] {
                places.append((x, above - k * height, 0.2 + k * 0.15))
                places.append((x, below + k * height, 0.2 + k * 0.15))
                places.append((x, object.y + k * height, 0.25 + k * 0.15))
            }
        }
        return places
    }

    /// How much of an object a plate hides, `0...1`.
    private static func coveredFraction(of object: Rectangle, by plate: Rectangle) -> Double {
        let width = min(object.right, plate.right) - max(object.x, plate.x)
        let height = min(object.bottom, plate.bottom) - max(object.y, plate.y)
        guard width > 0, height > 0 else { return 0 }
        return width * height / max(object.width * object.height, 1)
    }
}
