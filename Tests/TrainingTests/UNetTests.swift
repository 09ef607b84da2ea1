import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeMetrics
import SaccadeModels
import SaccadeONNX
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

@Suite struct UNetTests {
    private static func network(_ text: String, input: String, classes: Int, seed: UInt64 = 1) throws -> AnyModel {
        let recipe = "task: segment\nnetwork: {unet: {\(text)}}\ninput: \(input)\nclasses: \(classes)\n"
        var model = try ModelDescription(recipe: recipe, source: "test.yaml")
        model.task.classNames = (0..<classes).map { "class \($0)" }
        return try #require(try model.network(seed: seed) as? AnyModel)
    }

    @Test("the paper's has 31 030 658 parameters and 23 convolutions, and makes 388² of 572²")
    func paper() throws {
        let recipe = try Recipe(yaml: Recipe.text(fileOrName: "unet"), source: "unet")
        let network = try recipe.model.network()
        let summary = ModelSummary(network, name: "U-Net")
        #expect(summary.totalParameters == 31_030_658)
        #expect(summary.layers.filter { [.convolution, .transposedConvolution].contains($0.kind) }.count == 23)
        #expect(summary.layers.last?.outputSize == [388, 388, 2])
        // Figure 1: the corners of the U.
        func size(_ name: String) -> [Int]? { summary.layers.first { $0.name == name }?.outputSize }
        #expect(size("contracting.0.conv2") == [568, 568, 64] && size("contracting.4.conv2") == [28, 28, 1024])
        #expect(size("expanding.0.up") == [56, 56, 512] && size("expanding.3.convolutions.conv1") == [390, 390, 64])
        // Half of what torch.utils.flop_counter counts of the same network.
        #expect(summary.totalMultiplyAdds == 150_428_424_448)
    }

    @Test("scores, loss and gradients are PyTorch's")
    func fixture() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/unet.safetensors").standardized.path
        let file = try SafetensorsFile(at: path)
        let network = try Self.network("width: 4, levels: 3, dropout: 0", input: "52x44x3", classes: 3)
        let prefix = "weights/"
        let weights = file.shapes.keys.filter { $0.hasPrefix(prefix) }
        try network.load(
            Dictionary(uniqueKeysWithValues: weights.map { (String($0.dropFirst(prefix.count)), try file.tensor($0)) }),
            from: path)
        var task = Segmentation()
        task.classNames = ["a", "b", "c"]
        let truth = try file.tensor("truth").scalars.map { UInt8($0) }
        let batch = SegmentationBatch(
            images: try file.tensor("input"), classes: [Array(truth[..<(52 * 44)]), Array(truth[(52 * 44)...])],
            names: { ["a", "b"] })
        #expect(network(batch.inputs)[0].relativeError(to: try file.tensor("scores")) < 1e-4)
        let plan = Plan(for: [batch.inputs[0].shape], names: network.parameterNames) { network($0) }
        #expect(plan.run(batch.inputs)[0].relativeError(to: try file.tensor("scores")) < 1e-4)
        let (loss, gradients) = withGradients { task.losses(of: network, on: batch).total }
        #expect(try abs(loss.item - file.tensor("loss").item) < 1e-4)
        for (name, parameter) in network.parameters {
            let found = try #require(gradients[parameter], "\(name)")
            #expect(found.relativeError(to: try file.tensor("gradients/\(name)")) < 1e-3, "\(name)")
        }
    }

    @Test("takes every size that its arithmetic allows, and says which those are")
    func sizes() throws {
        let network = try Self.network("width: 2", input: "188x204x1", classes: 2)
        for (height, width) in [(188, 188), (204, 220)] {
            let scores = network([Tensor(filledWith: 0.5, shape: [1, 1, height, width])])[0]
            #expect(scores.shape == [1, 2, height - 184, width - 184])
        }
        let port = network.inputs[0]
        #expect(port.description == "[N, 1, H, W]")
        #expect(
            port.problem(with: [1, 1, 572, 570])
                == "image of shape [1, 1, 572, 570]: 570 does not fit: lengths must be 12 more than a multiple of 16, such as "
                + "556 or 572")
        #expect(port.problem(with: [1, 1, 172, 188])?.contains("172 is too small: the least is 188") ?? false)
        let same = try Self.network("width: 2, levels: 4, padding: same", input: "24x40x3", classes: 5)
        #expect(same([Tensor(filledWith: 0, shape: [2, 3, 8, 16])])[0].shape == [2, 5, 8, 16])
    }

    @Test(
        "mistakes in a recipe are told with their line and what to do",
        arguments: [
            ("task: segment\nnetwork: {unet: {widht: 3}}\ninput: 572x572x1", "did you mean width?"),
            ("task: segment\nnetwork: {unet: {levels: 9}}\ninput: 572x572x1", "levels must be 2 to 8, not 9"),
            ("task: segment\nnetwork: {unet: {padding: full}}\ninput: 572x572x1", "choose valid, same"),
            ("task: segment\nnetwork: {unet: {}}\ninput: 570x572x1", "such as 556 or 572"),
            ("task: segment\nnetwork: {unett: {}}\ninput: 572x572x1", "did you mean unet?"),
            ("network: {unet: {}}\ninput: 572x572x1", "unet is a network for task: segment"),
            (
                "task: segment\nclassify: {labelSmoothing: 0.1}\nnetwork: {unet: {}}\ninput: 572x572x1",
                "section of another task"
            ),
            ("task: segments\nnetwork: {unet: {}}\ninput: 572x572x1", "did you mean segment?"),
            ("task: segment\nsegment: {ignoredLabel: 300}\nnetwork: {unet: {}}\ninput: 572x572x1", "0 to 255, not 300"),
            ("task: segment\nnetwork: {unet: {}, fcn: {}}\ninput: 572x572x1", "got 2 names"),
            ("task: segment\nnetwork: {unet: {}}\ninput: 572x572x1\nlayers: [relu]", "remove network or layers"),
        ])
    func mistakes(_ yaml: String, _ part: String) throws {
        let error = try #require(throws: RecipeError.self) {
            _ = try Recipe(yaml: yaml, source: "x.yaml").model.network()
        }
        #expect(error.description.hasPrefix("x.yaml:"), "\(error)")
        #expect(error.description.contains(part), "\(error)")
    }

    // MARK: Training

    private static func scenes(_ count: Int) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let scenes = Scenes(seed: 5, size: PixelSize(width: 64, height: 64), crowd: 2)
        try await SceneExport(scenes, 0..<count, as: .masks, validationFraction: 0.25).write(to: "\(folder.path)/masks")
        return folder
    }

    private static let recipe = """
        task: segment
        network: {unet: {width: 4, levels: 3, dropout: 0.2}}
        input: 52x52x3
        training:
          augmentation: [{kind: horizontalFlip}, {kind: rotate, degrees: 10}]
          epochs: 4
          batchSize: 4
          optimizer: {kind: adamW}
          learningRate: 0.005
          checkpointMinutes: 0
          seed: 3
        """

    static func train(_ data: String, in run: String, observer: (any TrainingObserver)? = nil) throws -> [EpochRecord] {
        let recipe = try Recipe(yaml: recipe, source: "unet.yaml")
        return try Training(Segmentation(), recipe, data: data).run(
            in: run, resuming: FileManager.default.fileExists(atPath: "\(run)/run.json"), observer: observer)
    }

    @Test("learns from masks of scenes, and is judged by mean IoU")
    func learns() async throws {
        let folder = try await Self.scenes(16)
        let records = try Self.train("\(folder.path)/masks", in: "\(folder.path)/run")
        #expect(records.map(\.epoch) == [1, 2, 3, 4])
        let (first, last) = (try #require(records.first), try #require(records.last))
        let losses = [first, last].compactMap { $0.training[.loss] }
        #expect(losses.count == 2 && losses[1] < losses[0])
        #expect(Set(last.training.keys) == [.loss, .pixelAccuracy])
        #expect(Set(last.validation.keys) == [.loss, .pixelAccuracy, .meanAccuracy, .meanIoU, .meanDice])
        let best = try #require(records.filter(\.isBest).last)
        #expect(best.validation[.meanIoU] == records.compactMap { $0.validation[.meanIoU] }.max())
        // What is kept answers as it did.
        let model = try LoadedModel(ModelRequest(model: "\(folder.path)/run"))
        guard case .segment(let task) = model.description.task else { throw CancellationError() }
        let network = try #require(model.network as? AnyModel)
        let samples = try task.open("\(folder.path)/masks", split: .validation, unusableFraction: 0)
        #expect(samples.count == 4)
        let batches = try task.batches(of: samples, for: model.description, batchSize: 4)
        for runner in [Runner(network), Runner(planning: network)] {
            let score = try evaluate(task, runner, over: batches)
            let report = task.report(score)
            #expect(abs((report.metrics[.meanIoU] ?? 0) - (best.validation[.meanIoU] ?? 1)) < 0.01)
            // Of each image the middle 12 × 12 pixels.
            #expect(report.rows.count == 25 && report.confusions?.joined().reduce(0, +) == 4 * 12 * 12)
        }
    }

    @Test("a training that is killed again and again ends with the same bytes as one that is not")
    func killed() async throws {
        let folder = try await Self.scenes(16)
        let (data, whole, broken) = ("\(folder.path)/masks", "\(folder.path)/whole", "\(folder.path)/broken")
        _ = try Self.train(data, in: whole)
        try FileManager.default.createDirectory(atPath: broken, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: "\(whole)/tuning.json", toPath: "\(broken)/tuning.json")
        var (generator, seed) = killGenerator()
        for _ in 0..<6 {
            let batches = Int.random(in: 1...7, using: &generator)
            let delay = UInt32.random(in: 0...20_000, using: &generator)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [data = data as String, broken = broken as String, batches = batches as Int, delay = delay as UInt32] in
                _ = try UNetTests.train(data, in: broken, observer: Killer(after: batches, delay))
                kill(getpid(), SIGKILL)
            }
        }
        _ = try Self.train(data, in: broken)
        let (expected, found) = (try comparedFiles(whole), try comparedFiles(broken))
        #expect(expected.keys.sorted() == found.keys.sorted())
        for (name, data) in expected { #expect(found[name] == data, "\(name), SACCADE_KILL_SEED=\(seed)") }
    }

    @Test("masks with a class that there is none of are named before anything is learnt from them")
    func wrongMask() async throws {
        let folder = try await Self.scenes(16)
        let masks = try MaskDataset(at: "\(folder.path)/masks", kind: .semantic)
        let mask = masks.samples[0].mask
        try Image(width: 64, height: 64, channels: 1, pixels: Array(repeating: 77, count: 64 * 64)).writePNG(to: mask)
        let error = try #require(throws: (any Error).self) {
            _ = try Self.train("\(folder.path)/masks", in: "\(folder.path)/run")
        }
        #expect("\(error)".contains(mask) && "\(error)".contains("77"), "\(error)")
    }

    // MARK: ONNX

    @Test("is written as ONNX with free height and width, and read back gives the same at other sizes")
    func exported() throws {
        let network = try Self.network("width: 2, levels: 3", input: "52x52x3", classes: 4)
        let bytes = try ONNXExport(network, hasFreeSizes: true, name: "unet").bytes()
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/unet.onnx"))
        let model = try ONNXModel(contentsOf: "\(folder.path)/unet.onnx")
        for shape: Shape in [[1, 3, 52, 52], [2, 3, 60, 44]] {
            let x = Tensor.random(shape, seed: 2)
            let found = try model.plan(for: [shape]).run([x])[0]
            #expect(found.relativeError(to: network([x])[0]) < 1e-4)
        }
    }
}
