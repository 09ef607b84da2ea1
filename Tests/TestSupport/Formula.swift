package import SaccadeLayers
import SaccadePrelude
package import SaccadeTensors

/// Weights that follow from their names, as in `make_zoo_fixtures.py`.
package enum Formula {
    /// FNV-1a with 64 bits.
    package static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// Numbers of -1..<1.
    package static func uniform(_ name: String, _ shape: Shape) -> Tensor {
        map(name, shape) { $0 }
    }

    private static func map(_ name: String, _ shape: Shape, _ transform: (Float) -> Float) -> Tensor {
        var generator = SplitMix64(seed: hash(name))
        let scalars = [Float](unsafeUninitializedCapacity: shape.elementCount) { buffer, count in
            count = shape.elementCount
            for index in 0..<count {
                buffer.initializeElement(
                    at: index, to: transform(Float(generator.next() >> 40) * 0x1p-23 - 1))
            }
        }
        return Tensor(scalars, shape: shape)
    }

    package static func tensor(_ name: String, _ shape: Shape) -> Tensor {
        switch name.split(separator: ".").last {
        case "num_batches_tracked": return Tensor(filledWith: 0, shape: shape)
        case "running_var": return map(name, shape) { 1 + 0.5 * $0 }
        case "weight" where shape.rank > 1:
            let fanIn = shape.dimensions.dropFirst().reduce(1, *)
            let limit = Float((6 / Double(fanIn)).squareRoot())
            return map(name, shape) { limit * $0 }
        case "weight": return map(name, shape) { 0.75 + 0.25 * $0 }
        default: return map(name, shape) { 0.125 * $0 }
        }
    }

    /// Gives a network these weights.
    package static func fill(_ network: some Module) throws {
        let shapes = Dictionary(uniqueKeysWithValues: network.storedShapes.map { ($0.name, $0.shape) })
        try network.load(shapes, from: "the formula") { $0.map { tensor($0, shapes[$0] ?? []) } }
    }

    /// A hash of all names and shapes.
    package static func signature(_ network: some Module) -> String {
        let lines = network.storedShapes.map { name, shape in
            "\(name) \(shape.dimensions.map(String.init).joined(separator: ","))\n"
        }
        let text = String(hash(lines.sorted().joined()), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
