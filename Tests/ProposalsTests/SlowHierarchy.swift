import Foundation
import SaccadeGeometry
import SaccadeProposals

/// The measures of Uijlings et al. (2013), each worked out from the pixels of two regions, in double precision.
struct SlowRegions {
    let planes: ColorPlanes
    /// `[channels × 8, height × width]`: Gaussian derivatives in eight directions, those below zero as zero.
    private let responses: [[Double]]

    init(_ planes: ColorPlanes) {
        self.planes = planes
        let (width, height) = (planes.width, planes.height)
        let sum = (-4...4).reduce(0.0) { $0 + exp(-0.5 * Double($1 * $1)) }
        responses = (0..<planes.channels).flatMap { channel in
            (0..<8).map { direction in
                let angle = Double(direction) * .pi / 4
                return (0..<width * height).map { pixel in
                    var response = 0.0
                    for v in -4...4 {
                        for u in -4...4 {
                            let x = min(max(pixel % width + u, 0), width - 1)
                            let y = min(max(pixel / width + v, 0), height - 1)
                            let weight = exp(-0.5 * Double(u * u + v * v)) / (sum * sum)
                            let along = Double(u) * cos(angle) + Double(v) * sin(angle)
                            response += weight * along * Double(planes.values[(channel * height + y) * width + x])
                        }
                    }
                    return max(0, response)
                }
            }
        }
    }

    func similarity(_ a: [Int], _ b: [Int]) -> (color: Double, texture: Double, size: Double, fill: Double) {
        let all = Double(planes.width * planes.height)
        let box = bounds(a + b)
        return (
            intersection(colors(a), colors(b)), intersection(textures(a), textures(b)),
            1 - Double(a.count + b.count) / all, 1 - (box.area - Double(a.count + b.count)) / all
        )
    }

    func bounds(_ pixels: [Int]) -> Box {
        let (x, y) = (pixels.map { $0 % planes.width }, pixels.map { $0 / planes.width })
        return Box(
            left: Double(x.min()!), top: Double(y.min()!), right: Double(x.max()! + 1), bottom: Double(y.max()! + 1))
    }

    private func intersection(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + min($1.0, $1.1) } }

    private func colors(_ pixels: [Int]) -> [Double] {
        let count = planes.width * planes.height
        return histogram(pixels, planes.channels, bins: 25) { channel, pixel in
            Double(planes.values[channel * count + pixel]) / 255
        }
    }

    private func textures(_ pixels: [Int]) -> [Double] {
        histogram(pixels, responses.count, bins: 10) { channel, pixel in
            responses[channel][pixel] / 255 * (2 * Double.pi).squareRoot()
        }
    }

    private func histogram(_ pixels: [Int], _ channels: Int, bins: Int, _ value: (Int, Int) -> Double) -> [Double] {
        var shares = [Double](repeating: 0, count: channels * bins)
        for channel in 0..<channels {
            for pixel in pixels {
                let bin = Int((min(1, value(channel, pixel)) * Double(bins - 1)).rounded())
                shares[channel * bins + bin] += 1 / Double(channels * pixels.count)
            }
        }
        return shares
    }
}
