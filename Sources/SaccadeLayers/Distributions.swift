import Foundation
import SaccadePrelude
import SaccadeTensors

// The random tensors behind ``Initializer``.
extension Tensor {
    static func uniform(
        _ shape: Shape, _ low: Float, _ high: Float, using generator: inout some RandomNumberGenerator
    ) -> Tensor {
        require(low <= high, "an initializer cannot draw from \(low) to \(high)")
        return Tensor(shape: shape) { elements in
            let scale = (high - low) * 0x1p-24
            for index in elements.indices {
                // The upper 24 bits: as many as a float between 0 and 1 can have.
                elements.initializeElement(at: index, to: low + Float(generator.next() >> 40) * scale)
            }
        }
    }

    static func normal(
        _ shape: Shape, _ mean: Float, _ deviation: Float, using generator: inout some RandomNumberGenerator
    ) -> Tensor {
        Tensor(shape: shape) { elements in
            var source = NormalSource()
            for index in elements.indices {
                let value = source.next(using: &generator)
                elements.initializeElement(at: index, to: mean + deviation * Float(value))
            }
        }
    }

    static func orthogonal(
        _ shape: Shape, _ gain: Float, using generator: inout some RandomNumberGenerator
    ) -> Tensor {
        require(shape.rank >= 2, "orthogonal weights need at least two axes, got \(shape)")
        guard shape.elementCount > 0 else { return Tensor(filledWith: 0, shape: shape) }
        let (rows, columns) = (shape[0], shape.elementCount / shape[0])
        // As many vectors as the shorter side, each as long as the longer one.
        let (count, length) = (min(rows, columns), max(rows, columns))
        var source = NormalSource()
        var vectors: [[Double]] = []
        for _ in 0..<count {
            var vector = (0..<length).map { _ in source.next(using: &generator) }
            // Gram–Schmidt, twice: once leaves rounding errors that grow with the number of vectors.
            for _ in 0..<2 {
                for other in vectors {
                    var dot = 0.0
                    for index in 0..<length { dot += vector[index] * other[index] }
                    for index in 0..<length { vector[index] -= dot * other[index] }
                }
            }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            vectors.append(vector.map { $0 / norm })
        }
        return Tensor(shape: shape) { elements in
            for row in 0..<rows {
                for column in 0..<columns {
                    let value = rows <= columns ? vectors[row][column] : vectors[column][row]
                    elements.initializeElement(at: row * columns + column, to: gain * Float(value))
                }
            }
        }
    }

    static func bilinear(_ shape: Shape) -> Tensor {
        require(shape.rank == 4, "bilinear weights are [C, O, KH, KW], got \(shape)")
        /// The share of an input in the output `position` places into its kernel.
        func share(_ position: Int, _ kernel: Int) -> Float {
            let factor = Float((kernel + 1) / 2)
            let center = kernel % 2 == 1 ? factor - 1 : factor - 0.5
            return 1 - abs(Float(position) - center) / factor
        }
        return Tensor(shape: shape) { elements in
            elements.update(repeating: 0)
            let (outputs, height, width) = (shape[1], shape[2], shape[3])
            for channel in 0..<shape[0] {
                // With as many groups as channels, each channel has the one output 0.
                let output = outputs == 1 ? 0 : channel
                guard output < outputs else { continue }
                for y in 0..<height {
                    for x in 0..<width {
                        elements[((channel * outputs + output) * height + y) * width + x] =
                            share(y, height) * share(x, width)
                    }
                }
            }
        }
    }
}

/// Normally distributed numbers, two from each pair of uniform ones (Box and Muller, 1958).
private struct NormalSource {
    private var spare: Double?

    mutating func next(using generator: inout some RandomNumberGenerator) -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        // 53 bits each; the first is never zero, whose logarithm is infinite.
        let radius = (-2 * log(Double((generator.next() >> 11) + 1) * 0x1p-53)).squareRoot()
        let angle = 2 * Double.pi * Double(generator.next() >> 11) * 0x1p-53
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}
