import Foundation
import SaccadePrelude

/// A kernel along one axis, from its middle outwards. The other half mirrors it, with the other sign where it is odd.
struct HalfKernel {
    let taps: [Float]
    let isOdd: Bool
    var radius: Int { taps.count - 1 }

    /// A Gaussian of σ pixels, cut off behind ⌈4σ⌉ and made to sum to 1, as in Felzenszwalb and Huttenlocher's program.
    /// A σ of 0 leaves everything as it is.
    static func gaussian(_ sigma: Double) -> HalfKernel {
        HalfKernel(taps: weights(sigma).map(Float.init), isOdd: false)
    }

    /// Its derivative: 1 on a ramp that rises by 1 per pixel, but for what is cut off.
    static func gaussianDerivative(_ sigma: Double) -> HalfKernel {
        HalfKernel(
            taps: weights(sigma).enumerated().map { Float(Double($0) * $1 / (sigma * sigma)) }, isOdd: true)
    }

    private static func weights(_ sigma: Double) -> [Double] {
        guard sigma > 0 else { return [1] }
        let heights = (0...Int((4 * sigma).rounded(.up))).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
        let sum = 2 * heights.reduce(0, +) - heights[0]
        return heights.map { $0 / sum }
    }
}

/// Filters a channel along its rows and then along its columns. Beyond an edge lies what lies on it.
///
/// Loops go over eight values at once and may write up to seven behind the end of a row: into the next, which is written
/// later, or into the ``slack`` behind the last. So planes have no gaps, and images one pixel wide waste nothing.
struct PlaneFilter {
    /// Values that have to be there behind a plane's last.
    static let slack = 8

    let width: Int
    let height: Int

    /// Filters along rows.
    ///
    /// - Parameters:
    ///   - source: `[height, width]`.
    ///   - target: `[height, width]`, and ``slack`` behind.
    func filterRows(_ source: UnsafePointer<UInt8>, _ kernel: HalfKernel, into target: UnsafeMutablePointer<Float>) {
        let radius = kernel.radius
        var padded = [Float](repeating: 0, count: radius + width + radius + PlaneFilter.slack)
        // `padded` has as many values to both sides as the kernel reaches, and the slack that vectors need.
        padded.withUnsafeMutableBufferPointer { padded in
            guard let row = padded.baseAddress else { return }
            let sources = (0...2 * radius).map { UnsafePointer(row + $0) }
            for y in 0..<height {
                let line = source + y * width
                for x in 0..<width { row[radius + x] = Float(line[x]) }
                for i in 0..<radius {
                    row[i] = Float(line[0])
                    row[radius + width + i] = Float(line[width - 1])
                }
                filterLine(sources, kernel, into: target + y * width)
            }
        }
    }

    /// Filters along columns.
    ///
    /// - Parameters:
    ///   - source: `[height, width]`, and ``slack`` behind.
    ///   - target: The same; not `source`.
    func filterColumns(_ source: UnsafePointer<Float>, _ kernel: HalfKernel, into target: UnsafeMutablePointer<Float>) {
        let radius = kernel.radius
        for y in 0..<height {
            let sources = (-radius...radius).map { source + min(max(y + $0, 0), height - 1) * width }
            filterLine(sources, kernel, into: target + y * width)
        }
    }

    /// `sources` point to what the kernel's first to last tap is multiplied with.
    @inline(__always)
    private func filterLine(
        _ sources: [UnsafePointer<Float>], _ kernel: HalfKernel, into target: UnsafeMutablePointer<Float>
    ) {
        let radius = kernel.radius
        let sign: Float = kernel.isOdd ? -1 : 1
        kernel.taps.withUnsafeBufferPointer { taps in
            sources.withUnsafeBufferPointer { sources in
                for x in stride(from: 0, to: width, by: 8) {
                    var sum = taps[0] * vector(sources[radius] + x)
                    for i in stride(from: 1, through: radius, by: 1) {
                        sum += taps[i] * (vector(sources[radius + i] + x) + sign * vector(sources[radius - i] + x))
                    }
                    store(sum, to: target + x)
                }
            }
        }
    }
}

/// Eight values from an address that need not be a multiple of anything.
@inline(__always)
func vector(_ address: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD8<Float>.self)
}

@inline(__always)
func store(_ vector: SIMD8<Float>, to address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: vector, as: SIMD8<Float>.self)
}
