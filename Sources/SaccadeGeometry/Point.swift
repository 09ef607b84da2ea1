/// A place in the plane, x to the right and y downwards.
///
/// Its unit is that of what it lies on: pixels of an image, points (1/72 inch) of a figure.
public struct Point: Sendable, Hashable, Codable {
    /// To the right.
    public var x: Double
    /// Downwards.
    public var y: Double

    /// A point from its coordinates.
    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}
