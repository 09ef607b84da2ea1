public import SaccadeGeometry
import SaccadeTensors

/// A region of an image, and where it lies on a map of the image's features.
public struct MappedRegion: Sendable, Hashable {
    /// The farthest edge, in pixels.
    public static let farthest = 1e6
    /// The most rows, and columns, of bins that a region is divided into.
    public static let mostBins = 16

    /// In pixels of the image; edges may be out of order.
    public let box: Box
    /// From pixels of the image to elements of the map: 1/16 where the map is a sixteenth as large.
    public let scale: Double
    /// The box in elements of the map, as the engine computes it: rounded to `Float`, not yet to elements.
    public let scaled: Box

    /// - Throws: What is no region.
    public init(_ box: Box, scale: Double) throws(BuildingBlockError) {
        guard scale > 0, scale <= 64, Float(scale) > 0 else {
            throw BuildingBlockError("the scale must be above 0 and at most 64, not \(scale.plain)")
        }
        let edges = [box.left, box.top, box.right, box.bottom]
        guard edges.allSatisfy({ abs($0) <= Self.farthest }) else {
            throw BuildingBlockError("the edges of a region are from -1e6 to 1e6 pixels")
        }
        let products = edges.map { Double(Float($0) * Float(scale)) }
        (self.box, self.scale) = (box, scale)
        scaled = Box(left: products[0], top: products[1], right: products[2], bottom: products[3])
    }

    /// Whether an edge lies on the wrong side of its opposite.
    public var isInverted: Bool { box.width < 0 || box.height < 0 }
    /// Whether there is no pixel in it.
    public var isEmpty: Bool { !isInverted && box.area == 0 }

    /// `[1, 5]`, as the operations take it.
    var tensor: Tensor {
        Tensor([0] + [box.left, box.top, box.right, box.bottom].map { Float($0) }, shape: [1, 5])
    }

    static func requireBins(_ size: Pair) throws(BuildingBlockError) {
        guard (1...mostBins).contains(size.height), (1...mostBins).contains(size.width) else {
            throw BuildingBlockError(
                "a region is divided into 1 to \(mostBins) rows and columns of bins here, not \(size.height)×\(size.width)"
            )
        }
    }
}
