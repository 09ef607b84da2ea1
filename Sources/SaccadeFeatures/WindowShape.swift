public import SaccadeGeometry
public import SaccadeImages
import SaccadePrelude

/// The window in which a class is recognised, and how large the class is on images.
public struct WindowShape: Sendable, Hashable {
    /// Of the window with the context around the object, in pixels.
    public var windowSize: PixelSize
    /// How large objects are that the window is laid over, each as the side of a square of its area, in pixels of the image.
    public var sides: ClosedRange<Double>

    public init(windowSize: PixelSize, sides: ClosedRange<Double>) {
        (self.windowSize, self.sides) = (windowSize, sides)
    }

    /// The shape that suits some objects: as wide for its height as the middle one of them, and for sizes from that of the
    /// smallest to that of the largest, with a tenth on either side, where one in fifty may be left out at either end.
    ///
    /// - Parameters:
    ///   - boxes: The objects; those that are not valid do not count.
    ///   - side: Of a square as large as an object in the window, in pixels.
    ///   - margin: Between the object and each of the window's edges, in pixels.
    ///   - cell: What the window's sides are a multiple of, in pixels.
    /// - Precondition: The three are in 1...4096, but for the margin, which may be 0.
    /// - Returns: Nil where no box is valid.
    public init?(fitting boxes: [Box], side: Int, margin: Int, cell: Int) {
        let lengths = WindowSearch.windowSides
        require(
            lengths.contains(side) && (0...lengths.upperBound).contains(margin) && lengths.contains(cell),
            "WindowShape: objects of \(side) pixels, a margin of \(margin), cells of \(cell)")
        let boxes = boxes.filter { $0.isValid && $0.area.isFinite && $0.area > 0 }
        if boxes.isEmpty { return nil }
        let shapes = boxes.map { $0.width / $0.height }.sorted()
        // Beyond one to four a window of whole cells would have hardly any in one direction.
        let root = min(max(shapes[shapes.count / 2], 0.25), 4).squareRoot()
        func cells(_ length: Double) -> Int {
            max(Int(((length + 2 * Double(margin)) / Double(cell)).rounded()), 1) * cell
        }
        windowSize = PixelSize(width: cells(Double(side) * root), height: cells(Double(side) / root))
        let sizes = boxes.map { $0.area.squareRoot() }.sorted()
        let left = sizes.count / 50
        sides = (sizes[left] / 1.1)...(sizes[sizes.count - 1 - left] * 1.1)
    }
}
