import SaccadeGeometry

extension UnrolledNetwork {
    public func draw(on canvas: borrowing Canvas) {
        if !title.isEmpty {
            canvas.text(
                title, in: Rectangle(x: Self.margin, y: 10, width: size.width - 2 * Self.margin, height: 16),
                Self.heading, .left)
        }
        drawNames(on: canvas)
        for (index, step) in steps.enumerated() {
            for (line, text) in step.above.enumerated() {
                let style = line == 0 ? Self.target : TextStyle(size: 9)
                IndexedText(text, style).draw(in: self.line(index, top(ofLine: line)), on: canvas)
            }
            let (output, state) = (frame(index, .output), frame(index, .state))
            drawRise(from: state, to: output, names.outputWeights, on: canvas)
            draw(step.output, output, layout.outputColumns, .skyBlue, on: canvas)
            if let input = step.input {
                let below = frame(index, .input)
                drawRise(from: below, to: state, names.inputWeights, on: canvas)
                draw(input, below, layout.inputColumns, .vermillion, on: canvas)
            }
            draw(step.state, state, layout.stateColumns, .bluishGreen, on: canvas)
            IndexedText(step.below, Self.fed).draw(in: line(index, bottom + 3), on: canvas)
            if index > 0 {
                drawHandOver(from: frame(index - 1, .state).right, to: state.x, names.stateWeights, state, on: canvas)
            }
        }
        drawOutside(on: canvas)
    }

    // MARK: Places

    private enum Layer { case input, state, output }

    private func frame(_ index: Int, _ layer: Layer) -> Rectangle {
        let (box, columns, top) =
            switch layer {
            case .input: (steps[index].input, layout.inputColumns, layout.inputTop)
            case .state: (steps[index].state, layout.stateColumns, layout.stateTop)
            case .output: (steps[index].output, layout.outputColumns, layout.outputTop)
            }
        let width = columns.reduce(2 * Self.padding, +)
        return Rectangle(
            x: layout.left + Double(index) * layout.pitch + (layout.columnWidth - width) / 2, y: top, width: width,
            height: box.map(Self.height) ?? 0)
    }

    private func top(ofLine line: Int) -> Double { layout.aboveTop + Double(line) * Self.lineHeight }

    private func line(_ index: Int, _ top: Double) -> Rectangle {
        Rectangle(
            x: layout.left + Double(index) * layout.pitch, y: top, width: layout.columnWidth, height: Self.lineHeight)
    }

    private var bottom: Double {
        let layer: Layer = steps[0].input == nil ? .state : .input
        return frame(0, layer).bottom
    }

    // MARK: Texts and boxes

    private func drawNames(on canvas: borrowing Canvas) {
        // Up to the first boxes, or to what comes into the first state.
        let width = max(0, min(layout.left - Self.margin - 10, 110))
        func draw(_ name: String, middle: Double, _ style: TextStyle = Self.name) {
            IndexedText(name, style).draw(
                in: Rectangle(x: Self.margin, y: middle - 7, width: width, height: 14), .left, on: canvas)
        }
        for (line, name) in names.above.enumerated() { draw(name, middle: top(ofLine: line) + Self.lineHeight / 2) }
        draw(names.output, middle: frame(0, .output).center.y)
        draw(names.state, middle: frame(0, .state).y + 7)
        if steps[0].input != nil { draw(names.input, middle: frame(0, .input).center.y) }
        if steps.contains(where: { !$0.below.isEmpty }) { draw(names.below, middle: bottom + 3 + Self.lineHeight / 2) }
    }

    private func draw(
        _ box: Box, _ frame: Rectangle, _ columns: [Double], _ color: Color, on canvas: borrowing Canvas
    ) {
        canvas.fill(frame, color.mixed(with: .white, 0.82))
        canvas.stroke(frame, color.mixed(with: .black, 0.1), width: 1)
        var x = frame.x + Self.padding
        for (column, width) in columns.enumerated() {
            var y = frame.y + Self.padding
            if !box.columns.isEmpty {
                IndexedText(box.columns[column], Self.columnName).draw(
                    in: Rectangle(x: x + 2, y: y, width: width - 4, height: Self.columnHeight), on: canvas)
                y += Self.columnHeight
            }
            for row in box.rows {
                canvas.text(
                    row.cells[column], in: Rectangle(x: x + 2, y: y, width: width - 4, height: Self.rowHeight),
                    Self.style(row.emphasis))
                y += Self.rowHeight
            }
            x += width
        }
    }

    // MARK: Arrows

    /// Between two layers of one step, the name at its right.
    private func drawRise(from lower: Rectangle, to upper: Rectangle, _ name: String, on canvas: borrowing Canvas) {
        let x = lower.center.x
        let (low, high) = (lower.y - 2, upper.bottom + 2)
        let (from, to) = isBackward ? (high, low) : (low, high)
        drawArrow(from: Point(x, from), to: Point(x, to), on: canvas)
        IndexedText(name, Self.weight).draw(
            in: Rectangle(x: x + 5, y: (low + high) / 2 - 7, width: layout.columnWidth / 2, height: 14), .left,
            on: canvas)
    }

    /// Between the states of two steps, the name above it.
    private func drawHandOver(
        from left: Double, to right: Double, _ name: String, _ state: Rectangle, on canvas: borrowing Canvas
    ) {
        let (a, b) = (Point(left + 2, state.center.y), Point(right - 2, state.center.y))
        drawArrow(from: isBackward ? b : a, to: isBackward ? a : b, on: canvas)
        IndexedText(name, Self.weight).draw(
            in: Rectangle(x: left + 4, y: state.center.y - 16, width: right - left - 8, height: 13), on: canvas)
    }

    /// What comes into the first state, or back into the last; dots where the word goes on.
    private func drawOutside(on canvas: borrowing Canvas) {
        let (first, last) = (frame(0, .state), frame(steps.count - 1, .state))
        let arrow = max(Self.arrow, IndexedText(names.stateWeights, Self.weight).width(canvas.ruler) + 14)
        let room = IndexedText(names.outside, Self.weight).width(canvas.ruler)
        let middle = first.center.y
        if !isBackward {
            let start = first.x - arrow
            drawHandOver(from: start, to: first.x, names.stateWeights, first, on: canvas)
            IndexedText(names.outside, Self.weight).draw(
                in: Rectangle(x: start - room - 2, y: middle - 7, width: room, height: 14), .right, on: canvas)
        }
        guard isBackward || goesOn else { return }
        let end = last.right + arrow
        drawHandOver(from: last.right, to: end, names.stateWeights, last, on: canvas)
        if goesOn {
            for dot in 0..<3 { canvas.fillCircle(Point(end + 4 + 4 * Double(dot), middle), radius: 1.1, .faint) }
        } else {
            IndexedText(names.outside, Self.weight).draw(
                in: Rectangle(x: end + 2, y: middle - 7, width: room, height: 14), .left, on: canvas)
        }
    }

    private func drawArrow(from a: Point, to b: Point, on canvas: borrowing Canvas) {
        let length = ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
        guard length > 6 else { return }
        let color = isBackward ? Color.reddishPurple.mixed(with: .black, 0.2) : Color.ink
        let (dx, dy) = ((b.x - a.x) / length, (b.y - a.y) / length)
        let neck = Point(b.x - 5.5 * dx, b.y - 5.5 * dy)
        canvas.stroke([a, neck], color, width: 1.1)
        canvas.fill(
            [b, Point(neck.x - 2.8 * dy, neck.y + 2.8 * dx), Point(neck.x + 2.8 * dy, neck.y - 2.8 * dx)], color)
    }
}
