/// Which texture each pixel has: Gaussian derivatives with σ = 1 in eight directions for each channel, in ten steps each
/// (Uijlings et al., 2013, section 3.1.2, after SIFT).
///
/// Directions are 45° apart and responses below zero count as zero, so that those of opposite directions are the two signs
/// of one derivative along an axis: four axes, with steps of -9...9. The Gaussian derivative along any axis is that
/// along x and along y combined (Freeman and Adelson, 1991).
struct OrientedGradients: Sendable {
    static let axes = 4
    /// Ten for each direction; the two of an axis share the one around zero.
    static let steps = 10
    static let signedSteps = 2 * steps - 1

    /// `[channels, 4, height, width]`: steps along 0°, 90°, 45° and 135°, plus 9.
    let bins: [UInt8]

    init(_ planes: ColorPlanes) {
        let filter = PlaneFilter(width: planes.width, height: planes.height)
        let (even, odd) = (HalfKernel.gaussian(1), HalfKernel.gaussianDerivative(1))
        let count = planes.width * planes.height
        let size = count + PlaneFilter.slack
        var scratch = [Float](repeating: 0, count: 3 * size)
        bins = planes.values.withUnsafeBufferPointer { values in
            // Vectors are written up to seven bytes behind an axis: into the next, which comes later, or the slack.
            [UInt8](unsafeUninitializedCapacity: planes.channels * 4 * count + PlaneFilter.slack) { bins, initialized in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    let rows = scratch.baseAddress.unsafelyUnwrapped
                    let (x, y) = (rows + size, rows + 2 * size)
                    for channel in 0..<planes.channels {
                        let plane = values.baseAddress.unsafelyUnwrapped + channel * count
                        filter.filterRows(plane, odd, into: rows)
                        filter.filterColumns(rows, even, into: x)
                        filter.filterRows(plane, even, into: rows)
                        filter.filterColumns(rows, odd, into: y)
                        let target = UnsafeMutableRawPointer(bins.baseAddress.unsafelyUnwrapped) + channel * 4 * count
                        OrientedGradients.quantize(x, y, count, into: target)
                    }
                }
                initialized = planes.channels * 4 * count
            }
        }
    }

    /// The steps of `count` gradients along four axes, axis by axis.
    private static func quantize(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int, into target: UnsafeMutableRawPointer
    ) {
        // No response to a step of full height is greater than that of the Gaussian itself: 1 / √2π of it.
        let scale = Float(Double(steps - 1) * (2 * Double.pi).squareRoot() / 255)
        let diagonal = Float(0.5.squareRoot())
        for axis in 0..<axes {
            let target = target + axis * count
            for i in stride(from: 0, to: count, by: 8) {
                let (dx, dy) = (vector(x + i), vector(y + i))
                let along =
                    switch axis {
                    case 0: dx
                    case 1: dy
                    case 2: diagonal * (dx + dy)
                    default: diagonal * (dy - dx)
                    }
                (target + i).storeBytes(of: step(along * scale), as: SIMD8<UInt8>.self)
            }
        }
    }

    /// The nearest of -9...9, plus 9.
    @inline(__always)
    private static func step(_ response: SIMD8<Float>) -> SIMD8<UInt8> {
        let limit = Float(steps - 1)
        let clamped = response.replacing(with: limit, where: response .> limit)
            .replacing(with: -limit, where: response .< -limit)
        // Added to 1.5 × 2²³, where floats are 1 apart, a number is rounded, and its bits count from there.
        let bits = unsafeBitCast(clamped + 12_582_912, to: SIMD8<UInt32>.self)
        return SIMD8<UInt8>(truncatingIfNeeded: bits &- (0x4B40_0000 - UInt32(steps - 1)))
    }
}
