import SaccadeGeometry

extension Schematic {
    static let titleStyle = TextStyle(size: 13, isBold: true)
    static let edgeStyle = TextStyle(size: 7, color: .faint)
    static func captionStyle(_ isDense: Bool) -> TextStyle { TextStyle(size: isDense ? 7.5 : 8.5) }
    static func labelStyle(_ isDense: Bool) -> TextStyle { TextStyle(size: isDense ? 7.5 : 8.5, isBold: true) }

    public func draw(on canvas: borrowing Canvas) {
        switch content {
        case .row(let layout): draw(layout, on: canvas)
        case .levels(let layout): layout.draw(title, on: canvas)
        }
    }

    private func draw(_ layout: SchematicLayout, on canvas: borrowing Canvas) {
        let margin = SchematicLayout.margin
        if !title.isEmpty {
            canvas.text(
                title,
                in: Rectangle(
                    x: margin, y: margin, width: layout.width - 2 * margin, height: Self.titleStyle.lineHeight),
                Self.titleStyle)
        }
        for (r, row) in layout.rows.enumerated() {
            if r > 0 { drawTurn(from: layout.rows[r - 1], to: row, layout.width, on: canvas) }
            for (c, cell) in row.cells.enumerated() {
                if c > 0 { drawArrow(from: row.cells[c - 1].right + 3, to: cell.left - 3, row.middle, on: canvas) }
                drawCaption(cell, row.middle, on: canvas)
                drawActivation(cell, row.middle, on: canvas)
            }
        }
        for (role, frame) in layout.legend {
            let swatch = Rectangle(x: frame.x, y: frame.y + 1, width: 8, height: 8)
            canvas.fill(swatch, Self.color(role).mixed(with: .white, 0.35))
            canvas.stroke(swatch, Self.color(role).mixed(with: .black, 0.25), width: 0.6)
            canvas.text(
                role.rawValue,
                in: Rectangle(x: frame.x + 13, y: frame.y, width: frame.width - 12, height: frame.height),
                Self.captionStyle(false), .left)
        }
    }

    static func color(_ role: Stage.Role) -> Color {
        switch role {
        case .input: Color(0.62, 0.62, 0.62)
        case .convolution: .skyBlue
        case .pooling: .vermillion
        case .normalization: .yellow
        case .upsampling: .reddishPurple
        case .merging: .blue
        case .dense: .bluishGreen
        case .other: Color(0.8, 0.8, 0.8)
        }
    }

    // MARK: Arrows

    private func drawArrow(from x0: Double, to x1: Double, _ y: Double, on canvas: borrowing Canvas) {
        canvas.stroke([Point(x0, y), Point(x1 - 4, y)], .faint, width: 1)
        canvas.fill([Point(x1, y), Point(x1 - 5.5, y - 2.8), Point(x1 - 5.5, y + 2.8)], .faint)
    }

    /// The way from the end of one row to the beginning of the next.
    private func drawTurn(
        from above: SchematicLayout.Row, to below: SchematicLayout.Row, _ width: Double, on canvas: borrowing Canvas
    ) {
        guard let last = above.cells.last, let first = below.cells.first else { return }
        let out = width - SchematicLayout.margin / 2
        let left = SchematicLayout.margin / 2
        let between = (above.bottom + below.top) / 2
        canvas.stroke(
            [
                Point(last.right + 3, above.middle), Point(out, above.middle), Point(out, between),
                Point(left, between), Point(left, below.middle), Point(first.left - 6, below.middle),
            ], .faint, width: 1)
        drawArrow(from: left, to: first.left - 3, below.middle, on: canvas)
    }

    /// Half of the lines stand above the arrow, half below it.
    private func drawCaption(_ cell: SchematicLayout.Cell, _ middle: Double, on canvas: borrowing Canvas) {
        let lines = cell.captionLines
        guard let lineHeight = lines.first?.style.lineHeight else { return }
        let above = (lines.count + 1) / 2
        for (i, line) in lines.enumerated() {
            let y =
                i < above
                ? middle - 3 - Double(above - i) * lineHeight : middle + 3 + Double(i - above) * lineHeight
            canvas.draw(line, in: Rectangle(x: cell.x, y: y, width: cell.gap, height: lineHeight))
        }
    }

    // MARK: Activations

    private func drawActivation(_ cell: SchematicLayout.Cell, _ middle: Double, on canvas: borrowing Canvas) {
        let front = Rectangle(
            x: cell.left, y: middle - cell.silhouette / 2 + cell.back.dy, width: cell.front.width,
            height: cell.front.height)
        let stage = stages[cell.stage]
        switch stage.shape {
        case .volume: drawBox(front, cell.back, Self.color(stage.role), on: canvas)
        case .vector(let count): drawNeurons(front, count, Self.color(stage.role), on: canvas)
        }
        var y = front.bottom + 4
        if cell.edges.count == 3 {
            let height = Self.edgeStyle.lineHeight
            // Beside the upper part of the left edge, above the arrow.
            let upper = Rectangle(
                x: front.x - cell.leftStrip - 2, y: middle - 3 - height - max(0, front.height / 4 - 6),
                width: cell.leftStrip, height: height)
            canvas.draw(cell.edges[0], in: upper, .right)
            let oblique = Rectangle(
                x: front.right + cell.back.dx / 2 + 3, y: front.bottom - cell.back.dy / 2 + 1,
                width: cell.edges[1].width, height: height)
            canvas.draw(cell.edges[1], in: oblique, .left)
            let center = front.x + front.width / 2
            let half = max(front.width, cell.edges[2].width) / 2
            canvas.draw(
                cell.edges[2], in: Rectangle(x: center - half, y: y, width: 2 * half, height: height))
            y += 10
        }
        canvas.draw(
            cell.label,
            in: Rectangle(x: cell.x + cell.gap, y: y, width: cell.content, height: cell.label.style.lineHeight))
    }

    private func drawBox(_ r: Rectangle, _ back: (dx: Double, dy: Double), _ color: Color, on canvas: borrowing Canvas)
    {
        let (a, b) = (Point(r.x, r.y), Point(r.right, r.y))
        let (c, d) = (Point(r.right, r.bottom), Point(r.x, r.bottom))
        func behind(_ p: Point) -> Point { p.moved(back.dx, -back.dy) }
        // Light from the upper left.
        let top = [a, b, behind(b), behind(a)]
        let side = [b, c, behind(c), behind(b)]
        canvas.fill(top, color.mixed(with: .white, 0.72))
        canvas.fill(side, color.mixed(with: .white, 0.22))
        canvas.fill([a, b, c, d], color.mixed(with: .white, 0.48))
        let edge = color.mixed(with: .black, 0.45)
        for face in [top, side, [a, b, c, d]] { canvas.stroke(face, edge, width: 0.7, closed: true) }
    }

    /// A column of circles; where there is no room for all, the middle ones are dots.
    private func drawNeurons(_ r: Rectangle, _ count: Int, _ color: Color, on canvas: borrowing Canvas) {
        canvas.fill(r, color.mixed(with: .white, 0.8))
        canvas.stroke(r, color.mixed(with: .black, 0.35), width: 0.7)
        let radius = r.width * 0.31
        let pitch = radius * 2 + 2.2
        let slots = max(1, Int((r.height - 3) / pitch))
        let isWhole = count <= slots
        let shown = isWhole ? count : slots
        let step = r.height / Double(shown)
        for i in 0..<shown {
            let center = Point(r.center.x, r.y + step * (Double(i) + 0.5))
            if !isWhole, shown >= 3, i == shown / 2 {
                for dot in -1...1 {
                    canvas.fillCircle(center.moved(0, Double(dot) * radius * 0.8), radius: radius * 0.2, .ink)
                }
            } else {
                canvas.fillCircle(center, radius: radius, color.mixed(with: .white, 0.25))
                canvas.strokeCircle(center, radius: radius, color.mixed(with: .black, 0.45), width: 0.6)
            }
        }
    }
}

extension SchematicLayout.Cell {
    /// Left edge of the box's front.
    var left: Double { x + gap + boxOffset }
    /// Right end of the whole box.
    var right: Double { left + front.width + back.dx }
}
