import SaccadeGeometry
import SaccadeImages
import SaccadePrelude

extension Augmentation {
    /// Cuts a tile of the target's size out of the image, in the image's own scale, anywhere; where it reaches beyond the
    /// edges it shows the image's mirror image, and so do the classes of its pixels. So U-Net sees images that are larger
    /// than its tiles, and the borders of those that are not (Ronneberger et al., 2015, figure 2).
    ///
    /// It takes the place of other resizing, and so must come first.
    ///
    /// - Parameter margin: Pixels by which a tile may reach beyond an edge, 0 to 65 536; where the image is smaller than
    ///   the tile it does in any case.
    public static func tile(margin: Int = 0) -> Augmentation { Augmentation(Tile(margin: margin)) }
}

/// `{kind: tile, margin: 92}`
struct Tile: ImageAugmentation {
    static let name = "tile"
    static var parameters: [AugmentationParameter<Self>] { [.whole("margin", \.margin, 0...65536)] }

    var margin = 0

    var resizes: Bool { true }

    func draw(for size: PixelSize, _ target: Augmentation.Target, using generator: inout SplitMix64) -> SampledTransform
    {
        let new = target.size ?? size
        func place(_ length: Int, _ tile: Int) -> Int {
            let last = length + margin - tile
            return Int.random(in: min(-margin, last)...max(-margin, last), using: &generator)
        }
        let (x, y) = (place(size.width, new.width), place(size.height, new.height))
        return SampledTransform(GeometricTransform(mirroredPartAt: x, y, of: size, new)) { image in
            image.part(x: x, y: y, new, paddingMode: .mirrored)
        }
    }
}
