import SaccadeGeometry
import SaccadeImages

/// Where things of an image stand on the figure.
extension Overlay {
    /// A place on the image, in points of the figure; nil when it is not finite or so far outside that lines to it
    /// would mean nothing.
    func place(_ x: Double, _ y: Double) -> Point? { Self.place(x, y, image, frame) }

    private static func place(_ x: Double, _ y: Double, _ image: Image, _ frame: Rectangle) -> Point? {
        let (right, down) = (x / Double(image.width), y / Double(image.height))
        guard abs(right) <= 16, abs(down) <= 16 else { return nil }
        return Point(frame.x + right * frame.width, frame.y + down * frame.height)
    }

    /// The visible part of a box, in points; nil when there is none.
    static func visible(_ box: Box, _ image: Image, _ frame: Rectangle) -> Rectangle? {
        guard box.isValid else { return nil }
        let part = box.clipped(toWidth: image.width, height: image.height)
        guard part.isValid, let a = place(part.left, part.top, image, frame),
            let b = place(part.right, part.bottom, image, frame)
        else { return nil }
        return Rectangle(x: a.x, y: a.y, width: b.x - a.x, height: b.y - a.y)
    }

    /// The rectangle around all that is drawn of an object; nil when that is nothing.
    static func extent(of object: Object, _ image: Image, _ frame: Rectangle) -> Rectangle? {
        var parts: [Rectangle] = []
        if let box = object.box, let part = visible(box, image, frame) { parts.append(part) }
        if let mask = object.mask, mask.pixelCount > 0 {
            let (x, y) = (Double(image.width) / Double(mask.width), Double(image.height) / Double(mask.height))
            if let part = visible(mask.bounds.scaled(x: x, y: y), image, frame) { parts.append(part) }
        }
        for polygon in object.polygons {
            guard let bounds = polygon.bounds, place(bounds.left, bounds.top, image, frame) != nil,
                place(bounds.right, bounds.bottom, image, frame) != nil
            else { continue }
            if let part = visible(bounds, image, frame) { parts.append(part) }
        }
        for keypoint in object.keypoints where keypoint.visibility != .unlabelled {
            if let point = place(keypoint.x, keypoint.y, image, frame) {
                let spot = Rectangle(x: point.x - 2, y: point.y - 2, width: 4, height: 4)
                if spot.overlaps(frame) { parts.append(spot) }
            }
        }
        guard var all = parts.first else { return nil }
        for part in parts.dropFirst() {
            let (x, y) = (min(all.x, part.x), min(all.y, part.y))
            all = Rectangle(
                x: x, y: y, width: max(all.right, part.right) - x, height: max(all.bottom, part.bottom) - y)
        }
        return all
    }

    /// A label and where it stands.
    struct Plate: Sendable {
        var text: FittedText
        var frame: Rectangle
    }

    static let plateStyle = TextStyle(size: 8)

    /// Plates for the objects, nil where there is nothing to say or no room.
    static func plates(_ objects: [Object], _ extents: [Rectangle?], _ frame: Rectangle) -> [Plate?] {
        let ruler = TextRuler()
        var placement = PlatePlacement(frame: frame, objects: extents.compactMap { $0 })
        var plates = [Plate?](repeating: nil, count: objects.count)
        let order = objects.indices.sorted {
            let (a, b) = (objects[$0].score ?? 2, objects[$1].score ?? 2)
            return a != b && !a.isNaN && !b.isNaN ? a > b : $0 < $1
        }
        for i in order {
            guard let caption = caption(objects[i]), let extent = extents[i] else { continue }
            let text = ruler.fit(caption, plateStyle, width: min(150, frame.width - 6))
            guard !text.text.isEmpty else { continue }
            plates[i] = placement.place(width: text.width + 6, height: 11.5, beside: extent).map {
                Plate(text: text, frame: $0)
            }
        }
        return plates
    }
}
