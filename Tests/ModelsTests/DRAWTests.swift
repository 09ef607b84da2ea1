import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct DRAWTests {
    @Test(
        "with the same weights and random numbers it draws what PyTorch’s draws, with its losses and gradients",
        arguments: GlimpseFixtures.drawing)
    func fixtures(_ expected: GlimpseFixtures.Drawing) throws {
        #expect(GlimpseFixtures.drawing.count == 3)
        let network = try expected.model()
        #expect(Formula.signature(network) == expected.names)
        try Formula.fill(network)
        let file = try GlimpseFixtures.file()
        let images = expected.images
        let stages = network.stages.map(\.model)
        func drawn(_ run: (Int, [Tensor]) throws -> [Tensor]) rethrows -> (canvas: Tensor, divergence: Tensor) {
            var state = network.initialState(count: expected.batch)
            var divergence = Tensor(filledWith: 0, shape: [expected.batch])
            for noise in expected.noise {
                divergence = divergence + (try network.step(&state, images, noise: noise, run: run))
            }
            return (state.canvas, divergence)
        }
        let plans = stages.map { Plans(of: $0, in: network, options: .init(tuning: .nearest)) }
        for (way, found) in [("eager", drawn { stages[$0]($1) }), ("plans", try drawn { try plans[$0].run($1) })] {
            #expect(found.canvas.relativeError(to: try file.tensor("\(expected.place)/canvas")) < 1e-5, "\(way)")
            #expect(
                found.divergence.relativeError(to: try file.tensor("\(expected.place)/divergence")) < 1e-5, "\(way)")
        }
        let (loss, gradients) = withGradients {
            let (canvas, divergence) = drawn { stages[$0]($1) }
            return (binaryCrossEntropyWithLogits(canvas, images, reduction: .sum) + sum(divergence))
                / Float(expected.batch)
        }
        let losses = try file.tensor("\(expected.place)/losses").scalars
        #expect(abs(loss.item / losses[0] - 1) < 1e-5)
        let norms = try file.tensor("\(expected.place)/gradients").scalars
        let elements = try file.tensor("\(expected.place)/elements").scalars
        let parameters = network.parameters.sorted { $0.name < $1.name }
        #expect(parameters.count == norms.count)
        for (index, (name, parameter)) in parameters.enumerated() {
            let gradient = try #require(gradients[parameter], "\(name)")
            let norm = sum(gradient * gradient).item.squareRoot()
            #expect(abs(norm - norms[index]) <= 1e-4 * max(norms[index], 1e-2), "\(name)")
            let element = gradient.scalars[gradient.shape.elementCount / 3]
            #expect(abs(element - elements[index]) <= 1e-4 * max(norms[index], 1e-2), "\(name)")
        }
    }

    @Test(
        "without an image it draws what PyTorch’s draws of the same latent numbers, through the same windows",
        arguments: GlimpseFixtures.drawing)
    func drawing(_ expected: GlimpseFixtures.Drawing) throws {
        let network = try expected.model()
        try Formula.fill(network)
        let file = try GlimpseFixtures.file()
        let stages = network.stages.map(\.model)
        var state = network.initialState(count: expected.batch)
        var windows: [Tensor] = []
        for latents in expected.noise {
            if let window = network.draw(on: &state, latents: latents, run: { stages[$0]($1) }) {
                windows.append(window)
            }
        }
        #expect(state.canvas.relativeError(to: try file.tensor("\(expected.place)/drawn")) < 1e-5)
        guard network.configuration.attention else { return #expect(windows.isEmpty) }
        let all = concatenated(windows, axis: 0).reshaped(to: [expected.steps, expected.batch, 4])
        #expect(all.relativeError(to: try file.tensor("\(expected.place)/windows")) < 1e-5)
    }

    @Test("each sample’s random numbers are its own, and follow from its seed")
    func noise() throws {
        let network = try GlimpseFixtures.drawing[0].model()
        let (both, one) = (network.noise(seeds: [3, 4]), network.noise(seeds: [4]))
        #expect(both.count == 3 && both[0].shape == [2, 4])
        #expect(zip(both, one).allSatisfy { Array($0.scalars.suffix(4)) == $1.scalars })
        #expect(both[0].scalars.prefix(4) != both[1].scalars.prefix(4))
    }

    // MARK: The window

    @Test("filters, reading and writing are equations 19 to 29")
    func window() throws {
        let file = try GlimpseFixtures.file()
        let window = GaussianWindow(Formula.uniform("window numbers", [3, 5]) * 0.5, size: 4, height: 7, width: 10)
        #expect(window.place.relativeError(to: try file.tensor("window/place")) < 1e-5)
        let images = Formula.uniform("window images", [3, 2, 7, 10])
        let patches = Formula.uniform("window patches", [3, 2, 4, 4])
        #expect(window.read(images).relativeError(to: try file.tensor("window/read")) < 1e-5)
        #expect(window.write(patches).relativeError(to: try file.tensor("window/written")) < 1e-5)
    }

    @Test("gradients of windows, images and patches agree with finite differences")
    func gradients() {
        let numbers = Tensor([0.2, -0.3, 0.1, -0.2, 0.3, -0.5, 0.1, 0.4, -0.4, -0.2], shape: [2, 5])
        expectGradients(at: [numbers, .ramp([2, 1, 5, 6])]) {
            GaussianWindow($0[0], size: 3, height: 5, width: 6).read($0[1])
        }
        expectGradients(at: [numbers, .ramp([2, 1, 3, 3])]) {
            GaussianWindow($0[0], size: 3, height: 5, width: 6).write($0[1])
        }
    }

    @Test("a window of narrow filters one pixel apart reads the very pixels, and one far away stays finite")
    func extremes() {
        // A grid of four in the middle of four: distance 1, nearly no deviation, intensity 1.
        let numbers = Tensor([0, 0, -20, 0, 0], shape: [1, 5])
        let image = Tensor.random([1, 1, 4, 4], seed: 1)
        #expect(GaussianWindow(numbers, size: 4, height: 4, width: 4).read(image).relativeError(to: image) < 1e-5)
        #expect(GaussianWindow(numbers, size: 4, height: 4, width: 4).write(image).relativeError(to: image) < 1e-5)
        let far = Parameter(Tensor([50, -50, -30, 0, 0], shape: [1, 5]))
        let (value, gradients) = withGradients {
            sum(GaussianWindow(far.value, size: 3, height: 4, width: 4).read(image))
        }
        #expect(value.isFinite && gradients[far]?.isFinite ?? false)
    }

    @Test(
        "with the paper’s settings it has the paper’s parts, a step is one line of operations, training keeps all steps"
    )
    func description() throws {
        var generator = SplitMix64(seed: 0)
        let network = DRAW(image: ImageShape(channels: 1, height: 28, width: 28), using: &generator)
        let parts: [Int] = [
            4 * 256 * (2 * 4 + 256 + 256 + 2),  // the encoder: two windows of 2×2, the decoder's state
            4 * 256 * (100 + 256 + 2), 2 * (256 * 100 + 100), 2 * (256 * 5 + 5), 256 * 25 + 25, 784 + 512,
        ]
        let summary = ModelSummary(network, name: "DRAW")
        #expect(summary.totalParameters == parts.reduce(0, +))
        #expect(summary.stages?.map(\.name) == ["step", "draw"])
        func memory(_ steps: Int) -> Int {
            var configuration = DRAW.Configuration()
            configuration.steps = steps
            let network = DRAW(configuration, image: network.image, using: &generator)
            return ModelSummary.Memory(of: network, batch: 20, optimizerStates: 2).trainingBytes
        }
        let (one, two, nine) = (memory(1), memory(2), memory(9))
        #expect(two > one && nine - two == 7 * (two - one))
    }
}
