import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct InitializerTests {
    static let named: [(String, Initializer)] = [
        ("kaimingUniform", .kaimingUniform()),
        ("kaimingUniform output leaky", .kaimingUniform(fan: .output, gain: .leakyReLU(slope: 0.2))),
        ("kaimingNormal", .kaimingNormal()),
        ("kaimingNormal output", .kaimingNormal(fan: .output)),
        ("xavierUniform", .xavierUniform()),
        ("xavierNormal", .xavierNormal(gain: Initializer.Gain.tanh.factor)),
        ("uniform", .uniform(-0.25, 0.5)),
        ("normal", .normal(mean: 1, deviation: 0.5)),
        ("constant", .constant(0.3)),
        ("orthogonal", .orthogonal()),
        ("conv weight", .torchDefault),
        ("linear weight", .torchDefault),
        ("linear bias", .torchDefaultBias(forWeights: [3000, 200])),
        ("transposed conv weight", .torchDefault),
    ]

    @Test("distributions are those of PyTorch", arguments: named)
    func distributions(_ name: String, _ initializer: Initializer) throws {
        let expected = try #require(try TrainingFixtures.load().initializers[name])
        var generator = SplitMix64(seed: 11)
        let scalars = initializer(Shape(expected.shape), using: &generator).scalars.map(Double.init)
        let count = Double(scalars.count)
        let mean = scalars.reduce(0, +) / count
        let deviation = (scalars.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        // Two samples of the same distribution: each mean strays by deviation / √n.
        #expect(abs(mean - expected.mean) <= 6 * expected.deviation / count.squareRoot() + 1e-6)
        #expect(abs(deviation - expected.deviation) <= 0.04 * expected.deviation + 1e-6)
        // A uniform distribution's ends show; a normal one's depend on chance.
        let isUniform = name.contains("niform") || name.contains("weight") || name.contains("bias")
        if isUniform {
            #expect(abs(try #require(scalars.max()) - expected.maximum) < 0.005 * expected.maximum)
            #expect(abs(try #require(scalars.min()) - expected.minimum) < 0.005 * abs(expected.minimum))
        }
    }

    @Test("orthogonal weights are", arguments: [Shape([6, 2, 2, 2]), [9, 4], [5, 5]])
    func orthogonal(_ shape: Shape) {
        var generator = SplitMix64(seed: 3)
        let weights = Initializer.orthogonal(gain: 2)(shape, using: &generator).scalars
        let (rows, columns) = (shape[0], shape.elementCount / shape[0])
        let count = min(rows, columns)
        func element(_ vector: Int, _ index: Int) -> Float {
            rows <= columns ? weights[vector * columns + index] : weights[index * columns + vector]
        }
        for a in 0..<count {
            for b in 0..<count {
                let dot = (0..<max(rows, columns)).reduce(Float(0)) { $0 + element(a, $1) * element(b, $1) }
                #expect(abs(dot - (a == b ? 4 : 0)) < 1e-5)
            }
        }
    }

    @Test("bilinear weights double an image without seams, each channel by itself")
    func bilinear() {
        var generator = SplitMix64(seed: 3)
        let layer = ConvTranspose2D(
            in: 2, out: 2, kernel: 4, stride: 2, padding: 1, bias: false, initializer: .bilinear, using: &generator)
        let x = Tensor([1, 1, 1, 1, 1, 1, 1, 1, 1] + (0..<9).map { Float($0 % 3) }, shape: [1, 2, 3, 3])
        let y = layer(x).scalars
        // Away from the border a constant stays, and a ramp becomes one of half the slope.
        for row in 1..<5 {
            for column in 1..<5 {
                #expect(abs(y[row * 6 + column] - 1) < 1e-6)
                #expect(abs(y[36 + row * 6 + column] - (Float(column) - 0.5) / 2) < 1e-6)
            }
        }
    }
}
