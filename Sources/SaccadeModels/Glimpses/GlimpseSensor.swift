public import SaccadeGeometry
import SaccadePrelude
public import SaccadeTensors

/// An eye: what is seen of an image in one glimpse, sharp where it looks and coarser around.
///
/// Patches around one place, each with twice the side of the one before and all of as many numbers, the means of as many
/// pixels. Mnih et al., "Recurrent Models of Visual Attention" (2014), figure 1A. Beyond the image everything is 0. It is plain
/// code: no gradient goes through it, neither to the image nor to the place.
public struct GlimpseSensor: Sendable, Hashable {
    /// Of the images.
    public let channels: Int
    /// Rows and columns of each patch.
    public let size: Int
    /// Patches.
    public let scales: Int

    public init(channels: Int, size: Int, scales: Int) {
        require(channels >= 1 && size >= 1 && scales >= 1, "GlimpseSensor: \(channels) channels, \(size), \(scales)")
        (self.channels, self.size, self.scales) = (channels, size, scales)
    }

    /// The part of an image that each patch shows, in pixels, from the sharpest on.
    ///
    /// - Parameters:
    ///   - x: From -1, the left edge of the image, to 1, the right one.
    ///   - y: From -1, the upper edge, to 1, the lower one.
    ///   - image: Its size.
    public func boxes(x: Float, y: Float, width: Int, height: Int) -> [Box] {
        (0..<scales).map { scale in
            let side = size << scale
            return Box(
                x: Double(Self.start(x, width, side)), y: Double(Self.start(y, height, side)), width: Double(side),
                height: Double(side))
        }
    }

    /// The first row or column of a patch. Places beyond the edges count as those at them, and what is no number as the
    /// middle: a network whose weights are damaged must not bring the program down.
    private static func start(_ place: Float, _ length: Int, _ side: Int) -> Int {
        let place = place.isFinite ? min(max(place, -1), 1) : 0
        return Int(((place + 1) * 0.5 * Float(length) - Float(side) * 0.5 + 0.5).rounded(.down))
    }

    /// - Parameters:
    ///   - images: `[N, C, H, W]`.
    ///   - places: `[N, 2]`, x and y of each, -1...1.
    /// - Returns: `[N, scales · C, size, size]`, the channels of the sharpest patch first.
    public func callAsFunction(_ images: Tensor, at places: Tensor) -> Tensor {
        require(
            images.shape.rank == 4 && images.shape[1] == channels && places.shape == [images.shape[0], 2],
            "GlimpseSensor: images of \(images.shape) with \(channels) channels, places of \(places.shape)")
        let (count, height, width) = (images.shape[0], images.shape[2], images.shape[3])
        return Tensor(shape: [count, scales * channels, size, size]) { target in
            images.withScalars { images in
                places.withScalars { places in
                    var next = 0
                    for sample in 0..<count {
                        for scale in 0..<scales {
                            let factor = 1 << scale
                            let left = Self.start(places[2 * sample], width, size << scale)
                            let top = Self.start(places[2 * sample + 1], height, size << scale)
                            for channel in 0..<channels {
                                let plane = (sample * channels + channel) * height * width
                                for row in 0..<size {
                                    let first = top + row * factor
                                    let rows = max(first, 0)..<max(min(first + factor, height), max(first, 0))
                                    for column in 0..<size {
                                        let first = left + column * factor
                                        let columns = max(first, 0)..<max(min(first + factor, width), max(first, 0))
                                        var sum: Float = 0
                                        for y in rows {
                                            for x in columns { sum += images[plane &+ y &* width &+ x] }
                                        }
                                        target[next] = sum / Float(factor * factor)
                                        next &+= 1
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
