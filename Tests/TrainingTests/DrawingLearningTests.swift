import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeLayers
import SaccadeLoading
import SaccadeMetrics
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

/// What DRAW learns.
@Suite struct DrawingLearningTests {
    private static let recipe = """
        task: draw
        network: {draw: {steps: 4, hidden: 24, latents: 4, read: 3, write: 3}}
        input: 10x10x1
        preprocessing: {mean: [0], std: [1]}
        training:
          epochs: 3
          batchSize: 8
          optimizer: {kind: adam}
          learningRate: 0.005
          clipping: {kind: norm, limit: 5}
          checkpointMinutes: 0
          seed: 3
        """

    static func train(
        _ data: String, in run: String, observer: (any TrainingObserver)? = nil,
        _ change: (String) -> String = { $0 }
    ) throws -> [EpochRecord] {
        let recipe = try Recipe(yaml: change(recipe), source: "draw.yaml")
        guard case .draw(let task) = recipe.model.task else { return [] }
        return try Training(task, recipe, data: data).run(
            in: run, resuming: FileManager.default.fileExists(atPath: "\(run)/run.json"), observer: observer)
    }

    @Test(
        "a short training lowers the bound, with attention and without; its run is loaded and draws",
        arguments: [true, false])
    func learns(attention: Bool) async throws {
        let folder = try TemporaryFolder()
        let (data, run) = ("\(folder.path)/figures", "\(folder.path)/run")
        try ClassFolder.write(120, side: 10, to: data)
        let records = try Self.train(data, in: run) {
            let longer = $0.replacing("epochs: 3", with: "epochs: 20")
                .replacing("checkpointMinutes: 0", with: "checkpointMinutes: 10")
            return attention ? longer : longer.replacing("read: 3, write: 3", with: "attention: false")
        }
        let (first, last) = (try #require(records.first), try #require(records.last))
        #expect(
            (last.validation[.loss] ?? 99) < 0.85 * (first.validation[.loss] ?? 0), "\(records.map { $0[.loss] ?? 0 })")
        for record in records {
            // The bound is its parts.
            for numbers in [record.training, record.validation] {
                let parts = (numbers[.reconstructionLoss] ?? 0) + (numbers[.latentLoss] ?? 0)
                #expect(abs(parts - (numbers[.loss] ?? 0)) < 1e-3)
            }
        }
        let drawing = try StepwiseDrawing(LoadedModel(ModelRequest(model: run)))
        let (three, one) = (try drawing(count: 3, seed: 4), try drawing(count: 1, seed: 4))
        #expect(drawing.steps == 4 && three.count == 3 && three.allSatisfy { $0.count == 5 })
        #expect(three[0].map(\.canvas) == one[0].map(\.canvas))
        #expect(three[0].last?.canvas != three[1].last?.canvas)
        #expect(three[0][0].window == nil && (three[0][4].window != nil) == attention)
        #expect(try drawing(count: 1, seed: 5)[0].last?.canvas != one[0].last?.canvas)
        let frames = three.frames(columns: 2, scale: 3)
        #expect(frames.count == 5 && Set(frames.map(\.width)) == [2 * 32 + 2] && frames[0].height == 2 * 32 + 2)
        // The first canvas lies in the upper left corner.
        let plain = three.frames(columns: 2, scale: 3, showsWindows: false)[4]
        let canvas = three[0][4].canvas
        for (x, y) in [(0, 0), (9, 9), (4, 7)] { #expect(plain[2 + 3 * x + 1, 2 + 3 * y + 1] == canvas[x, y]) }
        #expect(throws: RunError.self) { _ = try GlimpseReader(LoadedModel(ModelRequest(model: run))) }
    }

    @Test("killed again and again, a training ends with the same bytes as one that is not")
    func resumption() async throws {
        let folder = try TemporaryFolder()
        let (data, whole, broken) = ("\(folder.path)/figures", "\(folder.path)/whole", "\(folder.path)/broken")
        try ClassFolder.write(48, side: 10, to: data)
        _ = try Self.train(data, in: whole)
        try FileManager.default.createDirectory(atPath: broken, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: "\(whole)/tuning.json", toPath: "\(broken)/tuning.json")
        var (generator, seed) = killGenerator()
        for _ in 0..<5 {
            let batches = Int.random(in: 1...6, using: &generator)
            let delay = UInt32.random(in: 0...10_000, using: &generator)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [data = data as String, broken = broken as String, batches = batches as Int, delay = delay as UInt32] in
                _ = try DrawingLearningTests.train(data, in: broken, observer: Killer(after: batches, delay))
                kill(getpid(), SIGKILL)
            }
        }
        _ = try Self.train(data, in: broken)
        let (expected, found) = (try comparedFiles(whole), try comparedFiles(broken))
        #expect(expected.keys.sorted() == found.keys.sorted())
        for (name, data) in expected { #expect(found[name] == data, "\(name), SACCADE_KILL_SEED=\(seed)") }
    }

    @Test(
        "the bound of an image does not depend on what is beside it, and a network that knows nothing says a bit a pixel"
    )
    func bound() throws {
        var model = try ModelDescription(
            recipe: "task: draw\nnetwork: {draw: {steps: 2, hidden: 8, latents: 2}}\ninput: 6x6x1\n",
            source: "test.yaml")
        model.task.classNames = ["white"]
        let network = try #require(try model.network(seed: 1) as? DRAW)
        let task = ImageDrawing()
        let images = Tensor(Tensor.random([5, 1, 6, 6], seed: 2).scalars.map { $0 > 0 ? 1 : 0 }, shape: [5, 1, 6, 6])
        func bound(_ range: Range<Int>) throws -> Double {
            var score = task.noScore
            let batch = DrawingBatch(
                images: images.sliced(axis: 0, range), seeds: range.map { UInt64($0) + 10 }, names: { [] })
            try task.judge(Runner(network), by: batch, into: &score)
            return score.metrics[.loss] ?? 0
        }
        let single = try (0..<5).map { try bound($0..<$0 + 1) }
        #expect(abs(try bound(0..<5) - single.reduce(0, +) / 5) < 1e-4)
        // Weights of nothing: pixels at even odds, latent numbers as likely as chance has them.
        for (_, parameter) in network.parameters { parameter.assign(Tensor(filledWith: 0, shape: parameter.shape)) }
        #expect(abs(try bound(0..<5) - 36 * log(2)) < 1e-4)
    }
}
