import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeMetrics
import SaccadeModels
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

/// What networks that look in glimpses learn.
@Suite struct GlimpseLearningTests {
    private struct Case: Decodable {
        let network: String
        let answers, channels, height, width, classes, batch: Int
        let weight: Double
        let place: String
    }

    private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/glimpses.safetensors").standardized.path

    private static func network(_ text: String, answers: Int, input: String, classes: Int) throws -> AnyGlimpseNetwork {
        let canvas = answers > 1 ? "glimpse: {canvas: {digits: \(answers)}}\n" : ""
        var model = try ModelDescription(
            recipe: "task: glimpse\n\(canvas)network: \(text)\ninput: \(input)\n", source: "test.yaml")
        model.task.classNames = (0..<classes).map { "class \($0)" }
        return try #require(try model.network(seed: 1) as? AnyGlimpseNetwork)
    }

    @Test("losses and gradients of cross entropy, REINFORCE and its baseline are PyTorch’s", arguments: 0..<5)
    func fixtures(_ number: Int) throws {
        let file = try SafetensorsFile(at: Self.path)
        let cases = try JSONDecoder().decode([Case].self, from: Data((file.metadata["looking"] ?? "").utf8))
        let expected = cases[number]
        let network = try Self.network(
            expected.network, answers: expected.answers,
            input: "\(expected.height)x\(expected.width)x\(expected.channels)", classes: expected.classes)
        try Formula.fill(network)
        var task = GlimpseRecognition()
        task.classNames = (0..<expected.classes).map { "class \($0)" }
        task.canvas = CanvasLayout(digits: expected.answers)
        task.reinforce = expected.weight
        let place = expected.place
        let labels = try file.tensor("\(place)/labels").scalars.map { Int($0) }
        let batch = GlimpseBatch(
            images: Formula.uniform(
                "\(place) images", [expected.batch, expected.channels, expected.height, expected.width]),
            labels: (0..<expected.batch).map {
                Array(labels[$0 * expected.answers..<($0 + 1) * expected.answers])
            }, seeds: Array(repeating: 0, count: expected.batch), names: { [] })
        let noise = GlimpseNoise(
            starts: Formula.uniform("\(place) starts", [expected.batch, 2]),
            deviations: (0..<network.glimpseCount).map {
                Formula.uniform("\(place) noise \($0)", [expected.batch, 2]) * 2
            })
        let stages = network.stages.map(\.model)
        var found: Losses?
        let (total, gradients) = withGradients {
            let path = network.path(over: batch.images, noise, explores: true) { stages[$0]($1) }
            let losses = task.losses(of: path, by: network, on: batch)
            found = losses
            return losses.total
        }
        let losses = try #require(found)
        let numbers = try file.tensor("\(place)/losses").scalars
        #expect(losses.parts.map(\.metric) == [.classLoss, .policyLoss, .baselineLoss])
        for (loss, number) in zip([total] + losses.parts.map(\.loss), numbers) {
            #expect(abs(loss.item - number) <= 1e-5 * max(1, abs(number)))
        }
        let right = try file.tensor("\(place)/right").scalars.map(Double.init)
        let measures = losses.measures()
        #expect(abs((measures[.accuracy]?.value ?? -1) - right.reduce(0, +) / Double(right.count)) < 1e-9)
        let whole = (0..<expected.batch).count { row in
            right[row * expected.answers..<(row + 1) * expected.answers].allSatisfy { $0 == 1 }
        }
        #expect(
            measures[.sequenceAccuracy].map { $0.value == Double(whole) / Double(expected.batch) }
                ?? (expected.answers == 1))
        let norms = try file.tensor("\(place)/gradients").scalars
        let elements = try file.tensor("\(place)/elements").scalars
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

    @Test("REINFORCE’s gradient of the place is that of the expected reward, by trying many places")
    func reinforcement() throws {
        // One number to learn, the place; the reward is 1 right of 0. Its expectation is Φ(mean / deviation), whose
        // derivative is the normal density there.
        let (mean, deviation, count) = (Float(0.1), Float(0.25), 400_000)
        let parameter = Parameter(Tensor([mean], shape: [1, 1]))
        let noise = Initializer.normal()
        var generator = SplitMix64(seed: 8)
        let drawn = noise([count, 1], using: &generator) * deviation + mean
        let rewards = Tensor(drawn.scalars.map { $0 > 0 ? 1 : 0 }, shape: [count, 1])
        let (_, gradients) = withGradients {
            let away = drawn - parameter.value
            return SaccadeTensors.mean(away * away * (-0.5 / (deviation * deviation)) * (rewards - 0.5))
        }
        let z = Double(mean / deviation)
        let expected = exp(-z * z / 2) / (2 * Double.pi).squareRoot() / Double(deviation)
        #expect(abs(Double(try #require(gradients[parameter]).item) / expected - 1) < 0.02)
    }

    @Test("a network that is looked at in several passes has the average of what it says")
    func passes() throws {
        let network = try Self.network(
            "{ram: {glimpses: 2, size: 4, hidden: 8}}", answers: 1, input: "9x9x1", classes: 3)
        var task = GlimpseRecognition()
        task.classNames = ["a", "b", "c"]
        let batch = GlimpseBatch(
            images: .random([4, 1, 9, 9], seed: 1), labels: [[0], [1], [2], [0]], seeds: [5, 6, 7, 8], names: { [] })
        func score(_ passes: Int) throws -> GlimpseScore {
            task.passes = passes
            var score = task.noScore
            try task.judge(Runner(network), by: batch, into: &score)
            return score
        }
        let stages = network.stages.map(\.model)
        var sum = [Double](repeating: 0, count: 4)
        for pass in 0..<3 {
            let noise = GlimpseNoise(seeds: batch.seeds, glimpses: 2, pass: pass)
            let path = network.path(over: batch.images, noise, explores: pass > 0) { stages[$0]($1) }
            let said = softmax(path[1].scores, axis: 1).scalars
            for row in 0..<4 { sum[row] += Double(said[row * 3 + batch.labels[row][0]]) }
        }
        let expected = sum.reduce(0) { $0 - log($1 / 3) } / 4
        #expect(abs((try score(3).metrics[.loss] ?? 0) - expected) < 1e-5)
        #expect(try score(1).count == 4 && score(1).metrics[.sequenceAccuracy] == nil)
    }

    // MARK: Training

    private static let recipe = """
        task: glimpse
        glimpse: {canvas: {digits: 2, clutter: 1, piece: 3}, reinforce: 0.1}
        network: {dram: {glimpses: 2, size: 8, scales: 2, hidden: 24, width: 4, context: 8, deviation: 0.15}}
        input: 18x36x1
        preprocessing: {mean: [0], std: [1]}
        training:
          epochs: 3
          batchSize: 8
          optimizer: {kind: adamW}
          learningRate: 0.004
          checkpointMinutes: 0
          seed: 3
        """

    static func train(
        _ data: String, in run: String, observer: (any TrainingObserver)? = nil,
        _ change: (String) -> String = { $0 }
    ) throws -> [EpochRecord] {
        let recipe = try Recipe(yaml: change(recipe), source: "glimpse.yaml")
        guard case .glimpse(let task) = recipe.model.task else { return [] }
        return try Training(task, recipe, data: data).run(
            in: run, resuming: FileManager.default.fileExists(atPath: "\(run)/run.json"), observer: observer)
    }

    @Test("a short training learns to name pairs; its run is loaded, judged and looked through")
    func learns() async throws {
        let folder = try TemporaryFolder()
        let (data, run) = ("\(folder.path)/figures", "\(folder.path)/run")
        try ClassFolder.write(120, side: 16, to: data)
        let records = try Self.train(data, in: run) {
            $0.replacing("epochs: 3", with: "epochs: 30").replacing(
                "checkpointMinutes: 0", with: "checkpointMinutes: 10")
        }
        let (first, last) = (try #require(records.first), try #require(records.last))
        // Six kinds: guessing names a sixth of them.
        #expect((last.training[.accuracy] ?? 0) > 0.22, "\(records.map { $0.training[.accuracy] ?? 0 })")
        #expect((last.training[.classLoss] ?? 9) < 0.9 * (first.training[.classLoss] ?? 0))
        #expect(Set(last.validation.keys) == [.loss, .accuracy, .sequenceAccuracy])
        let model = try LoadedModel(ModelRequest(model: run))
        let reader = try GlimpseReader(model)
        #expect(reader.classNames == ClassFolder.names)
        let image = Image(width: 36, height: 18, filledWith: [90])
        let glimpses = try reader.look(at: image, top: 2)
        #expect(glimpses.count == 4 && glimpses.map(\.isAnswer) == [false, true, false, true])
        #expect(glimpses.map(\.answer) == [0, 0, 1, 1])
        for glimpse in glimpses {
            #expect(glimpse.boxes.map(\.width) == [8, 16] && glimpse.patches.count == 2)
            #expect(glimpse.predictions.count == 2)
            #expect(glimpse.predictions[0].probability >= glimpse.predictions[1].probability)
            #expect((0...36).contains(glimpse.place.x) && (0...18).contains(glimpse.place.y))
        }
        // Inside, every pixel is what it was.
        #expect(glimpses[0].patches[0].pixels.contains(90))
        #expect(throws: RunError.self) { _ = try StepwiseDrawing(model) }
    }

    @Test("killed again and again, a training ends with the same bytes as one that is not")
    func resumption() async throws {
        let folder = try TemporaryFolder()
        let (data, whole, broken) = ("\(folder.path)/figures", "\(folder.path)/whole", "\(folder.path)/broken")
        try ClassFolder.write(48, side: 16, to: data)
        _ = try Self.train(data, in: whole)
        try FileManager.default.createDirectory(atPath: broken, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: "\(whole)/tuning.json", toPath: "\(broken)/tuning.json")
        var (generator, seed) = killGenerator()
        for _ in 0..<5 {
            let batches = Int.random(in: 1...6, using: &generator)
            let delay = UInt32.random(in: 0...10_000, using: &generator)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [data = data as String, broken = broken as String, batches = batches as Int, delay = delay as UInt32] in
                _ = try GlimpseLearningTests.train(data, in: broken, observer: Killer(after: batches, delay))
                kill(getpid(), SIGKILL)
            }
        }
        _ = try Self.train(data, in: broken)
        let (expected, found) = (try comparedFiles(whole), try comparedFiles(broken))
        #expect(expected.keys.sorted() == found.keys.sorted())
        for (name, data) in expected { #expect(found[name] == data, "\(name), SACCADE_KILL_SEED=\(seed)") }
    }

    // MARK: Mistakes

    @Test(
        "mistakes in a recipe are told with their line and what to do",
        arguments: [
            ("task: glimpse\nnetwork: {ram: {glimpse: 3}}\ninput: 28x28x1", "did you mean glimpses?"),
            ("task: glimpse\nnetwork: {ram: {glimpses: 0}}\ninput: 28x28x1", "glimpses must be 1 to 64, not 0"),
            ("task: glimpse\nnetwork: {ram: {scales: 9}}\ninput: 28x28x1", "scales must be 1 to 4, not 9"),
            ("task: glimpse\nnetwork: {ram: {core: lstn}}\ninput: 28x28x1", "did you mean lstm?"),
            ("task: glimpse\nnetwork: {ram: {start: context}}\ninput: 28x28x1", "choose random, center"),
            ("task: glimpse\nnetwork: {ram: {deviation: 0}}\ninput: 28x28x1", "deviation must be above 0"),
            ("task: glimpse\nnetwork: {dram: {size: 10}}\ninput: 28x28x1", "size must be a multiple of 4, not 10"),
            ("task: glimpse\nnetwork: {dram: {context: 7}}\ninput: 28x28x1", "context must be 8 to 128, not 7"),
            (
                "task: glimpse\nglimpse: {canvas: {digits: 2}}\nnetwork: ram\ninput: 100x100x1",
                "ram names one class, and canvases have 2 digits; take dram"
            ),
            ("task: glimpse\nglimpse: {canvas: {digits: 9}}\nnetwork: dram\ninput: 99x99x1", "digits must be 1 to 8"),
            ("task: glimpse\nglimpse: {canvas: {clutter: 999}}\nnetwork: ram\ninput: 99x99x1", "0 to 256 pieces"),
            ("task: glimpse\nglimpse: {passes: 0}\nnetwork: ram\ninput: 28x28x1", "passes must be 1 to 100, not 0"),
            ("task: glimpse\nglimpse: {reinforce: -1}\nnetwork: ram\ninput: 28x28x1", "reinforce must be above 0"),
            ("task: glimpse\nlayers: [flatten, {linear: classes}]\ninput: 28x28x1", "there are ram and dram"),
            ("task: glimpse\nnetwork: draw\ninput: 28x28x1", "draw is a network for task: draw"),
            ("task: glimpse\nnetwork: ram\ninput: 784", "input must be height x width x channels"),
            (
                "task: glimpse\nnetwork: dram\ninput: 28x28x1\npreprocessing: {resize: fit}",
                "wants all images of one size"
            ),
            ("task: draw\nnetwork: {draw: {steps: 0}}\ninput: 28x28x1", "steps must be 1 to 256, not 0"),
            ("task: draw\nnetwork: {draw: {read: 1}}\ninput: 28x28x1", "read must be 2 to 64, not 1"),
            ("task: draw\nnetwork: {draw: {attention: false, read: 5}}\ninput: 28x28x1", "attention is false"),
            ("task: draw\nnetwork: draw\ninput: 1000x1000x1", "too large to be drawn"),
            ("task: draw\ndraw: {pixels: black}\nnetwork: draw\ninput: 28x28x1", "choose sampled, threshold"),
            ("task: draw\nlayers: [flatten]\ninput: 28x28x1", "say network: draw"),
        ])
    func mistakes(_ yaml: String, _ part: String) throws {
        let error = try #require(throws: RecipeError.self) {
            _ = try Recipe(yaml: yaml, source: "x.yaml").model.network()
        }
        #expect(error.description.hasPrefix("x.yaml"), "\(error)")
        #expect(error.description.contains(part), "\(error)")
    }

    @Test("images that do not fit on canvases are named, with what to do, before anything is written")
    func tooLarge() throws {
        let folder = try TemporaryFolder()
        try ClassFolder.write(24, side: 40, to: "\(folder.path)/figures")
        let error = try #require(throws: (any Error).self) {
            _ = try Self.train("\(folder.path)/figures", in: "\(folder.path)/run")
        }
        #expect("\(error)".contains("do not fit on a canvas of 36×18 pixels"), "\(error)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/run"))
    }
}
