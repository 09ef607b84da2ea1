import SaccadeGeometry

extension LevelLayout {
    func draw(_ title: String, on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title,
                in: Rectangle(
                    x: Self.margin, y: Self.margin, width: width - 2 * Self.margin,
                    height: Schematic.titleStyle.lineHeight), Schematic.titleStyle)
        }
        for line in lines { drawArrow(line.points, line.color, on: canvas) }
        for (index, box) in boxes.enumerated() { draw(box, isInput: index == 0, on: canvas) }
        for entry in legend {
            let y = entry.frame.center.y
            drawArrow([Point(entry.frame.x, y), Point(entry.frame.x + 22, y)], entry.color, on: canvas)
            canvas.draw(
                entry.text,
                in: Rectangle(
                    x: entry.frame.x + 30, y: entry.frame.y, width: entry.text.width, height: entry.frame.height),
                .left)
        }
    }

    private func draw(_ box: Box, isInput: Bool, on canvas: borrowing Canvas) {
        let color = isInput ? Schematic.color(.input) : Schematic.color(.convolution)
        let edge = color.mixed(with: .black, 0.45)
        var own = box.frame
        own.x += box.copied
        own.width -= box.copied
        if box.copied > 0 {
            let copy = Rectangle(x: box.frame.x, y: box.frame.y, width: box.copied, height: box.frame.height)
            canvas.fill(copy, .white)
            canvas.stroke(copy, edge, width: 0.8)
        }
        canvas.fill(own, color.mixed(with: .white, 0.4))
        canvas.stroke(own, edge, width: 0.8)
        func frame(_ y: Double, _ height: Double) -> Rectangle {
            Rectangle(x: box.frame.center.x - box.cell / 2, y: y, width: box.cell, height: height)
        }
        canvas.draw(box.channels, in: frame(box.frame.y - Self.channelsHeight, Self.channelsHeight))
        canvas.draw(box.size, in: frame(box.frame.bottom + 1, Self.sizeHeight))
        if !box.caption.text.isEmpty { canvas.draw(box.caption, in: frame(box.top, Self.captionHeight)) }
    }

    private func drawArrow(_ points: [Point], _ color: Color, on canvas: borrowing Canvas) {
        guard let end = points.last, let before = points.dropLast().last else { return }
        let (dx, dy) = (end.x - before.x, end.y - before.y)
        let length = max((dx * dx + dy * dy).squareRoot(), 1e-9)
        let (ux, uy) = (dx / length, dy / length)
        let neck = Point(end.x - 5.5 * ux, end.y - 5.5 * uy)
        canvas.stroke(Array(points.dropLast()) + [neck], color, width: 1.7)
        canvas.fill(
            [end, Point(neck.x - 3.4 * uy, neck.y + 3.4 * ux), Point(neck.x + 3.4 * uy, neck.y - 3.4 * ux)], color)
    }
}
