import SaccadeGeometry
import SaccadeImages

extension Overlay {
    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: Self.margin, width: size.width - 2 * Self.margin, height: 15),
                TextStyle(size: 12, isBold: true), .left)
        }
        canvas.draw(tinted, in: frame)
        canvas.clipped(to: frame) {
            let order = objects.indices.filter { extents[$0] != nil }
            for i in order { drawOutlines(objects[i], colors[i], on: canvas) }
            for i in order { drawKeypoints(objects[i], colors[i], on: canvas) }
        }
        for i in objects.indices { drawLeader(i, on: canvas) }
        for (i, plate) in plates.enumerated() {
            guard let plate else { continue }
            canvas.fill(plate.frame, colors[i])
            var text = plate.text
            text.style.color = colors[i].readableInk
            canvas.draw(text, in: plate.frame)
        }
        canvas.stroke(frame, .grid, width: 0.6)
        legend.draw(x: Self.margin, y: frame.bottom + 8, on: canvas)
        if !note.isEmpty {
            let y = frame.bottom + (legend.height > 0 ? 8 + legend.height : 0) + 3
            canvas.text(
                note, in: Rectangle(x: Self.margin, y: y, width: size.width - 2 * Self.margin, height: 12),
                Self.noteStyle, .left)
        }
    }

    /// The image with its masks; the largest first, so that small ones lie on top.
    private var tinted: Image {
        var tinting = Tinting(image, filling: frame)
        if let classMask { tinting.paint(classMask) }
        if let truth { tinting.outline(truth, .truth) }
        let masks = objects.indices.compactMap { i in objects[i].mask.map { ($0, colors[i]) } }
        for (mask, color) in masks.sorted(by: { $0.0.pixelCount > $1.0.pixelCount }) { tinting.paint(mask, color) }
        return tinting.image
    }

    private func drawOutlines(_ object: Object, _ color: Color, on canvas: borrowing Canvas) {
        for polygon in object.polygons {
            let points = polygon.corners.compactMap { place($0.x, $0.y) }
            guard points.count == polygon.corners.count else { continue }
            outline(points, color, closed: true, on: canvas)
        }
        guard let box = object.box, var r = Self.visible(box, image, frame) else { return }
        // A box smaller than its own line would be a blot: it is drawn around its object.
        if r.width < 4 { r = Rectangle(x: r.center.x - 2, y: r.y, width: 4, height: r.height) }
        if r.height < 4 { r = Rectangle(x: r.x, y: r.center.y - 2, width: r.width, height: 4) }
        // Inside the frame with all of its width, also where the box goes to the image's edge.
        let (left, top) = (max(r.x, frame.x + 0.8), max(r.y, frame.y + 0.8))
        let (right, bottom) = (min(r.right, frame.right - 0.8), min(r.bottom, frame.bottom - 0.8))
        outline(
            [Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)], color, closed: true,
            on: canvas)
    }

    /// A line with a seam that sets it off from pixels of its own colour.
    private func outline(_ points: [Point], _ color: Color, closed: Bool, on canvas: borrowing Canvas) {
        canvas.stroke(points, color.readableInk, width: 2.4, closed: closed)
        canvas.stroke(points, color, width: 1.5, closed: closed)
    }

    private func drawKeypoints(_ object: Object, _ color: Color, on canvas: borrowing Canvas) {
        let places = object.keypoints.map { $0.visibility == .unlabelled ? nil : place($0.x, $0.y) }
        for limb in skeleton where places.indices.contains(limb.from) && places.indices.contains(limb.to) {
            guard let from = places[limb.from], let to = places[limb.to] else { continue }
            outline([from, to], color, closed: false, on: canvas)
        }
        for (keypoint, place) in zip(object.keypoints, places) {
            guard let place else { continue }
            canvas.fillCircle(place, radius: 2.8, color.readableInk)
            canvas.fillCircle(place, radius: 2.2, color)
            // Hidden ones are rings.
            if keypoint.visibility == .hidden { canvas.fillCircle(place, radius: 1.1, color.readableInk) }
        }
    }

    /// From a plate that stands apart to its object.
    private func drawLeader(_ i: Int, on canvas: borrowing Canvas) {
        guard let plate = plates[i]?.frame, let object = extents[i] else { return }
        let near = Rectangle(
            x: object.x - 1.5, y: object.y - 1.5, width: object.width + 3, height: object.height + 3)
        if near.overlaps(plate) { return }
        func clamped(_ p: Point, _ r: Rectangle) -> Point {
            Point(min(max(p.x, r.x), r.right), min(max(p.y, r.y), r.bottom))
        }
        let end = clamped(plate.center, object)
        outline([clamped(end, plate), end], colors[i], closed: false, on: canvas)
    }
}
