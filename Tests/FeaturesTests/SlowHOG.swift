import Foundation
import SaccadeFeatures
import SaccadeImages

/// The definition, pixel by pixel and in double precision.
func slowHOG(_ hog: HOG, _ image: Image) -> [Float] {
    let gradients = (0..<image.height).map { y in (0..<image.width).map { x in gradient(hog, image, x, y) } }
    let (cell, side, bins) = (hog.cellSide, hog.blockSide, hog.orientations)
    let (rows, columns) = (image.height / cell - side + 1, image.width / cell - side + 1)
    var result: [Float] = []
    for row in 0..<max(rows, 0) {
        for column in 0..<max(columns, 0) {
            var block = [Double](repeating: 0, count: side * side * bins)
            for v in 0..<(side * cell) {
                for u in 0..<(side * cell) {
                    let (length, angle) = gradients[row * cell + v][column * cell + u]
                    for (bin, share) in binShares(hog, angle) {
                        for cy in 0..<side {
                            for cx in 0..<side {
                                block[(cy * side + cx) * bins + bin] +=
                                    length * share * cellShare(hog, v, cy) * cellShare(hog, u, cx)
                            }
                        }
                    }
                }
            }
            result += normalized(hog.normalization, block).map { Float($0) }
        }
    }
    return result
}

private func gradient(_ hog: HOG, _ image: Image, _ x: Int, _ y: Int) -> (length: Double, angle: Double) {
    func sample(_ x: Int, _ y: Int, _ plane: Int) -> Double {
        func mirrored(_ i: Int, _ count: Int) -> Int {
            count == 1 ? 0 : i < 0 ? -i : i >= count ? 2 * count - 2 - i : i
        }
        let (x, y) = (mirrored(x, image.width), mirrored(y, image.height))
        let value: Double
        if hog.samples == .luminance, image.channels == 3 {
            value =
                0.2125 * Double(image[x, y, 0]) + 0.7154 * Double(image[x, y, 1]) + 0.0721 * Double(image[x, y, 2])
        } else {
            value = Double(image[x, y, plane])
        }
        return hog.takesSquareRoots ? value.squareRoot() : value
    }
    var best = (length: -1.0, angle: 0.0)
    for plane in (0..<(hog.samples == .luminance ? 1 : image.channels)).reversed() {
        let dx = sample(x + 1, y, plane) - sample(x - 1, y, plane)
        let dy = sample(x, y + 1, plane) - sample(x, y - 1, plane)
        let length = (dx * dx + dy * dy).squareRoot()
        if length > best.length {
            let angle = atan2(dy, dx)
            best = (length, angle < 0 ? angle + .pi : angle == .pi ? 0 : angle)
        }
    }
    return best
}

private func binShares(_ hog: HOG, _ angle: Double) -> [(bin: Int, share: Double)] {
    let place = angle * Double(hog.orientations) / .pi
    switch hog.voting {
    case .nearest: return [(min(Int(place), hog.orientations - 1), 1)]
    case .interpolated:
        let lower = (place - 0.5).rounded(.down)
        let bin = (Int(lower) + hog.orientations) % hog.orientations
        return [(bin, 1 - (place - 0.5 - lower)), ((bin + 1) % hog.orientations, place - 0.5 - lower)]
    }
}

private func cellShare(_ hog: HOG, _ pixel: Int, _ cell: Int) -> Double {
    let side = Double(hog.cellSide)
    switch hog.voting {
    case .nearest: return pixel / hog.cellSide == cell ? 1 / side : 0
    case .interpolated:
        let half = side * Double(hog.blockSide) / 2
        let bell = exp(-pow(Double(pixel) - half, 2) / (2 * pow(half / 2, 2)))
        return bell * max(0, 1 - abs((Double(pixel) + 0.5) / side - 0.5 - Double(cell)))
    }
}

private func normalized(_ n: HOG.Normalization, _ block: [Double]) -> [Double] {
    func divided(_ v: [Double], _ epsilon: Float) -> [Double] {
        let (squares, epsilon) = (v.reduce(0) { $0 + $1 * $1 }, Double(epsilon))
        let norm =
            n.form == .insideNorm ? (squares + epsilon * epsilon).squareRoot() : squares.squareRoot() + epsilon
        return v.map { $0 / norm }
    }
    return divided(divided(block, n.epsilon).map { min($0, Double(n.limit)) }, n.secondEpsilon)
}
