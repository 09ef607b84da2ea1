import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// RAM and DRAM.
@Suite struct GlimpseNetworkTests {
    @Test(
        "with the same weights and random numbers they look where PyTorch’s look, see and say the same, eagerly and by plans",
        arguments: GlimpseFixtures.looking)
    func path(_ expected: GlimpseFixtures.Looking) throws {
        let network = try expected.model()
        #expect(Formula.signature(network) == expected.names)
        try Formula.fill(network)
        let file = try GlimpseFixtures.file()
        let noise = expected.noise(glimpses: network.glimpseCount)
        let stages = network.stages.map(\.model)
        let plans = stages.map { Plans(of: $0, in: network, options: .init(tuning: .nearest)) }
        for (way, run) in [
            ("eager", { (stage: Int, inputs: [Tensor]) in stages[stage](inputs) }),
            ("plans", { (stage: Int, inputs: [Tensor]) in try plans[stage].run(inputs) }),
        ] as [(String, (Int, [Tensor]) throws -> [Tensor])] {
            let steps = try network.path(over: expected.images, noise, explores: true, run: run)
            let places = concatenated(steps.map(\.place), axis: 0)
            let scores = concatenated(steps.map(\.scores), axis: 0)
            let shape: Shape = [steps.count, expected.batch, 2]
            #expect(
                places.reshaped(to: shape).relativeError(to: try file.tensor("\(expected.place)/places")) < 1e-5,
                "\(way)")
            let patches = try #require(steps.last).patches
            #expect(patches.relativeError(to: try file.tensor("\(expected.place)/patches")) < 1e-5, "\(way)")
            #expect(
                scores.reshaped(to: [steps.count, expected.batch, expected.classes])
                    .relativeError(to: try file.tensor("\(expected.place)/scores")) < 1e-5, "\(way)")
            let certain = concatenated(
                try network.path(over: expected.images, noise, explores: false, run: run).map(\.place), axis: 0)
            #expect(
                certain.reshaped(to: shape).relativeError(to: try file.tensor("\(expected.place)/certain")) < 1e-5,
                "\(way)")
        }
        #expect(GlimpseFixtures.looking.count == 5)
    }

    @Test("what an image is looked at does not depend on what is beside it in the batch")
    func independent() throws {
        let network = try GlimpseFixtures.looking[3].model(seed: 3)
        let stages = network.stages.map(\.model)
        let images = Tensor.random([3, 1, 24, 30], seed: 2)
        func places(_ images: Tensor, _ seeds: [UInt64]) -> [[Float]] {
            let noise = GlimpseNoise(seeds: seeds, glimpses: network.glimpseCount)
            return network.path(over: images, noise, explores: true) { stages[$0]($1) }.map(\.place.scalars)
        }
        let all = places(images, [7, 8, 9])
        let last = places(images.sliced(axis: 0, 2..<3), [9])
        for (all, last) in zip(all, last) {
            #expect(zip(all.suffix(2), last).allSatisfy { abs($0 - $1) < 1e-5 })
        }
        #expect(places(images, [7, 8, 10])[1] != all[1])
    }

    // MARK: The sensor

    /// Pixel by pixel, with zeros beyond the image.
    private static func slow(
        _ images: Tensor, _ x: Float, _ y: Float, sample: Int, size: Int, scale: Int, channel: Int, row: Int,
        column: Int
    ) -> Float {
        let (height, width, factor) = (images.shape[2], images.shape[3], 1 << scale)
        let side = size * factor
        func start(_ place: Float, _ length: Int) -> Int {
            Int(((place + 1) / 2 * Float(length) - Float(side) / 2 + 0.5).rounded(.down))
        }
        let numbers = images.scalars
        var sum: Float = 0
        for v in 0..<factor {
            for u in 0..<factor {
                let (i, j) = (start(y, height) + row * factor + v, start(x, width) + column * factor + u)
                guard i >= 0, i < height, j >= 0, j < width else { continue }
                sum += numbers[((sample * images.shape[1] + channel) * height + i) * width + j]
            }
        }
        return sum / Float(factor * factor)
    }

    @Test("patches are means of as many pixels around the place, zeros beyond the image")
    func sensor() {
        let images = Tensor.random([4, 2, 9, 13], seed: 4)
        let places: [Float] = [0, 0, -1, 1, 0.3, -0.72, 1, -1]
        let sensor = GlimpseSensor(channels: 2, size: 3, scales: 3)
        let patches = sensor(images, at: Tensor(places, shape: [4, 2]))
        #expect(patches.shape == [4, 6, 3, 3])
        let numbers = patches.scalars
        for index in numbers.indices {
            let (column, row, plane, sample) = (index % 3, index / 3 % 3, index / 9 % 6, index / 54)
            let expected = Self.slow(
                images, places[2 * sample], places[2 * sample + 1], sample: sample, size: 3, scale: plane / 2,
                channel: plane % 2, row: row, column: column)
            #expect(abs(numbers[index] - expected) < 1e-6)
        }
        // A patch as large as the image, in its middle, is the image.
        let whole = GlimpseSensor(channels: 1, size: 8, scales: 1)
        let square = Tensor.random([1, 1, 8, 8], seed: 5)
        #expect(whole(square, at: Tensor([0, 0], shape: [1, 2])).scalars == square.scalars)
    }

    @Test("places that are no numbers, or beyond the image, end nothing")
    func strangePlaces() {
        let images = Tensor(filledWith: 1, shape: [4, 1, 6, 6])
        let places: [Float] = [.nan, 0, .infinity, -.infinity, 1e30, -1e30, 5, -5]
        let patches = GlimpseSensor(channels: 1, size: 2, scales: 2)(images, at: Tensor(places, shape: [4, 2]))
        #expect(patches.isFinite && patches.scalars[..<4].allSatisfy { $0 == 1 })
        let damaged = try? GlimpseFixtures.looking[0].model()
        guard let damaged else { return #expect(Bool(false), "there are no fixtures") }
        for (_, parameter) in damaged.parameters { parameter.assign(Tensor(filledWith: .nan, shape: parameter.shape)) }
        let stages = damaged.stages.map(\.model)
        let noise = GlimpseNoise(seeds: [1], glimpses: damaged.glimpseCount)
        let steps = damaged.path(over: Tensor(filledWith: 1, shape: [1, 1, 13, 11]), noise, explores: true) {
            stages[$0]($1)
        }
        #expect(steps.count == damaged.glimpseCount && !(steps.last?.scores.isFinite ?? true))
    }

    // MARK: Description

    @Test("of the paper’s RAM a step of one glimpse has its parameters, and training keeps all glimpses")
    func description() throws {
        var generator = SplitMix64(seed: 0)
        func network(_ glimpses: Int) -> AnyGlimpseNetwork {
            var configuration = RecurrentAttention.Configuration()
            configuration.glimpses = glimpses
            return AnyGlimpseNetwork(
                RecurrentAttention(configuration, channels: 1, classes: 10, using: &generator))
        }
        let summary = ModelSummary(network(6), name: "RAM")
        let (glimpse, core) = (64 * 128 + 128 + 2 * 128 + 128 + 2 * (128 * 256 + 256), 2 * (256 * 256 + 256))
        #expect(summary.totalParameters == glimpse + core + 256 * 2 + 2 + 256 * 10 + 10 + 256 + 1)
        #expect(summary.stages?.map(\.name) == ["glimpse"])
        func memory(_ glimpses: Int) -> Int {
            ModelSummary.Memory(of: network(glimpses), batch: 64, optimizerStates: 2).trainingBytes
        }
        // Linear in the glimpses.
        let (one, two, eleven) = (memory(1), memory(2), memory(11))
        #expect(two > one && eleven - two == 9 * (two - one))
    }
}
