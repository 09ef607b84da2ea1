import SaccadeGeometry
import SaccadePrelude

/// Figures one above the other, as one.
public struct FigureStack: Figure {
    public let figures: [any Figure]

    /// - Parameter figures: From top to bottom; at least one.
    public init(_ figures: [any Figure]) {
        require(!figures.isEmpty, "FigureStack: no figures")
        self.figures = figures
    }

    public var size: (width: Double, height: Double) {
        (figures.map(\.size.width).max() ?? 0, figures.reduce(0) { $0 + $1.size.height })
    }

    public func draw(on canvas: borrowing Canvas) {
        var top = 0.0
        for figure in figures {
            canvas.moved(by: Point(0, top)) { figure.draw(on: canvas) }
            top += figure.size.height
        }
    }
}
