import SaccadeGeometry
import SaccadePrelude

/// Figures side by side, as one; their upper edges are on one line.
public struct FigureRow: Figure {
    public let figures: [any Figure]

    /// - Parameter figures: From left to right; at least one.
    public init(_ figures: [any Figure]) {
        require(!figures.isEmpty, "FigureRow: no figures")
        self.figures = figures
    }

    public var size: (width: Double, height: Double) {
        (figures.reduce(0) { $0 + $1.size.width }, figures.map(\.size.height).max() ?? 0)
    }

    public func draw(on canvas: borrowing Canvas) {
        var left = 0.0
        for figure in figures {
            canvas.moved(by: Point(left, 0)) { figure.draw(on: canvas) }
            left += figure.size.width
        }
    }
}
