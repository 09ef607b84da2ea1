import Foundation
import SaccadeDatasets
import SaccadeMetrics
import SaccadePrelude
import SaccadeTensors
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

/// Tasks on sequences from a recipe with a folder of data to a run, and back from its weights.
@Suite struct SequenceTaskTests {
    /// Wants to stop after so many steps.
    private final class Stopper: TrainingObserver {
        private var steps: Int
        init(after steps: Int) { self.steps = steps }
        func progressed(_ progress: TrainingProgress) { steps -= 1 }
        func finished(_ record: EpochRecord) {}
        var wantsStop: Bool { steps <= 0 }
    }

    private static let shakespeare = """
        task: generate
        network: {rnn-language-model: {cell: lstm, hidden: 12, layers: 2, dropout: 0.2}}
        input: 10
        training: {epochs: 3, batchSize: 4, optimizer: {kind: adamW}, learningRate: 0.02, clipping: {kind: norm, limit: 1}}
        """

    /// A text in which what comes next can be known.
    private static func text(in folder: String) throws -> String {
        let path = "\(folder)/text.txt"
        let lines = (0..<60).map { "line \($0 % 7) of the same old song\n" }
        try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private static func train<Task: LearningTask>(
        _ task: Task, _ recipe: Recipe, data: String, in folder: String, resuming: Bool = false,
        observer: (any TrainingObserver)? = nil
    ) throws -> [EpochRecord] {
        try Training(task, recipe, data: data).run(in: folder, resuming: resuming, observer: observer)
    }

    private static func train(
        _ yaml: String, data: String, in folder: String, resuming: Bool = false,
        observer: (any TrainingObserver)? = nil
    ) throws -> [EpochRecord] {
        let recipe = try Recipe(yaml: yaml, source: "test.yaml")
        return try train(recipe.model.task.task, recipe, data: data, in: folder, resuming: resuming, observer: observer)
    }

    @Test(
        "a language model that is stopped anywhere goes on to the same bytes, carried states included",
        arguments: [1, 7, 20])
    func resumes(_ steps: Int) throws {
        let folder = try TemporaryFolder()
        let data = try Self.text(in: folder.path)
        let (whole, broken) = ("\(folder.path)/whole", "\(folder.path)/broken")
        let records = try Self.train(Self.shakespeare, data: data, in: whole)
        #expect(throws: RunError.self) {
            try Self.train(Self.shakespeare, data: data, in: broken, observer: Stopper(after: steps))
        }
        // Which kernels compute is decided by timing them, where there are several.
        if FileManager.default.fileExists(atPath: "\(whole)/tuning.json") {
            try? FileManager.default.removeItem(atPath: "\(broken)/tuning.json")
            try FileManager.default.copyItem(atPath: "\(whole)/tuning.json", toPath: "\(broken)/tuning.json")
        }
        _ = try Self.train(Self.shakespeare, data: data, in: broken, resuming: true)
        for name in ["best.safetensors", "checkpoint.safetensors", "metrics.jsonl"] {
            let files = [whole, broken].map { FileManager.default.contents(atPath: "\($0)/\(name)") }
            #expect(files[0] == files[1] && files[0] != nil, "\(name)")
        }
        // And it has learnt something: of 17 characters a guess has 2.8 nats.
        #expect(try #require(records.last?.validation[.loss]) < 2.3)
    }

    @Test("the streams of a text go on from batch to batch, and every piece is learnt from once")
    func streams() throws {
        let folder = try TemporaryFolder()
        let text = try NumberedText(charactersOf: Self.text(in: folder.path))
        let windows = TextWindows(text, text.numbers.indices, length: 10)
        var generator = SplitMix64(seed: 3)
        let order = windows.learningOrder(batchSize: 4, using: &generator)
        #expect(order.sorted() == Array(0..<windows.count))
        let batches = windows.count / 4
        for batch in 1..<batches {
            for row in 0..<4 { #expect(order[batch * 4 + row] == order[(batch - 1) * 4 + row] + 1) }
        }
        let pieces = (0..<windows.count).map { windows.sample(at: $0, using: &generator) }
        #expect(pieces.allSatisfy { $0.count == 11 })
        #expect(pieces.flatMap { $0.dropLast() } == Array(text.numbers.prefix(10 * windows.count)))
        // The last of each piece is the first of the next.
        for (piece, next) in zip(pieces, pieces.dropFirst()) { #expect(piece.last == next.first) }
    }

    @Test("a text's loss does not depend on how many pieces are judged at once, and the generator knows the weights")
    func judged() throws {
        let folder = try TemporaryFolder()
        let data = try Self.text(in: folder.path)
        let run = "\(folder.path)/run"
        _ = try Self.train(Self.shakespeare, data: data, in: run)
        let loaded = try LoadedModel(ModelRequest(model: run))
        guard case .generate(let task) = loaded.description.task, let network = loaded.network as? Generation.Learner
        else {
            Issue.record("no language model")
            return
        }
        let reading = task.reading(for: loaded.description)
        let samples = try reading.matched(
            reading.open(data, split: .validation, unusableFraction: 0), hasNames: true, note: { _ in })
        let losses = try [1, 3, 64].map { count in
            try evaluate(
                reading, Runner(network), over: reading.batches(of: samples, for: loaded.description, batchSize: count)
            )
            .metrics[.loss] ?? .nan
        }
        #expect(losses.allSatisfy { abs($0 - losses[0]) < 1e-5 })

        let writer = try TextGenerator(loaded)
        func written(_ seed: UInt64, _ sampling: TokenSampling) throws -> String {
            var generator = SplitMix64(seed: seed)
            var text = ""
            try writer.generate(from: "line", length: 40, sampling, using: &generator) {
                text += $0
                return true
            }
            return text
        }
        #expect(try written(1, TokenSampling()) == written(1, TokenSampling()))
        #expect(try written(1, TokenSampling()) != written(2, TokenSampling()))
        #expect(try written(1, TokenSampling(temperature: 0)) == written(2, TokenSampling(temperature: 0)))
        #expect(throws: UnknownToken.self) {
            var generator = SplitMix64(seed: 1)
            try writer.generate(from: "Ω", length: 1, using: &generator) { _ in true }
        }
    }

    @Test("an encoder-decoder learns to turn sequences round, and its weights translate", arguments: [true, false])
    func translates(_ attention: Bool) throws {
        let folder = try TemporaryFolder()
        var generator = SplitMix64(seed: 5)
        for (name, count) in [("train", 400), ("val", 20)] {
            let lines = (0..<count).map { _ in
                (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                    ["ab", "cd", "ef", "gh"].randomElement(using: &generator) ?? ""
                }
            }
            for (language, texts) in [("aa", lines), ("bb", lines.map { $0.reversed() })] {
                try (texts.map { $0.joined(separator: " ") }.joined(separator: "\n") + "\n").write(
                    toFile: "\(folder.path)/\(name).\(language)", atomically: true, encoding: .utf8)
            }
        }
        let recipe = """
            task: translate
            translate: {from: aa, to: bb, tokens: words}
            network: {seq2seq: {hidden: 48, embedding: 16, dropout: 0, attention: \(attention)}}
            input: 5
            training: {epochs: 12, batchSize: 16, optimizer: {kind: adamW}, learningRate: 0.01}
            """
        let run = "\(folder.path)/run"
        let records = try Self.train(recipe, data: folder.path, in: run)
        #expect(try #require(records.last?.validation[.loss]) < 0.1)
        let loaded = try LoadedModel(ModelRequest(model: run))
        let translator = try Translator(loaded)
        for width in [1, 4] {
            let found = try translator.translations(of: "ab cd ef", by: BeamSearch(width: width))
            #expect(found.first?.text == "ef cd ab")
            #expect(found.count <= width)
        }
        let alignment = try translator.alignment(of: "ab cd ef")
        #expect((alignment != nil) == attention)
        if let alignment {
            #expect(alignment.target == ["ef", "cd", "ab"] && alignment.source.dropLast() == ["ab", "cd", "ef"])
            #expect(alignment.weights.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-4 })
        }
        // A word that is not known, nothing, and far too much.
        for odd in ["xyz", "", String(repeating: "ab ", count: 5000)] { _ = try translator.translations(of: odd) }
    }

    @Test("a labeller learns what a text is, another what each word is")
    func labels() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/a", withIntermediateDirectories: true)
        var generator = SplitMix64(seed: 6)
        func sentence(_ word: String) -> String {
            let others = (0..<5).map { _ in ["some", "words", "here", "there"].randomElement(using: &generator) ?? "" }
            return (others + [word]).shuffled(using: &generator).joined(separator: " ")
        }
        for (name, word) in [("neg", "bad"), ("pos", "good")] {
            try ((0..<80).map { _ in sentence(word) }.joined(separator: "\n") + "\n").write(
                toFile: "\(folder.path)/a/x.\(name)", atomically: true, encoding: .utf8)
        }
        func recipe(_ task: String, _ network: String) -> String {
            """
            task: \(task)
            network: {\(network): {hidden: 8, embedding: 8, dropout: 0.1}}
            input: 6
            training: {epochs: 8, batchSize: 8, optimizer: {kind: adamW}, learningRate: 0.02}
            """
        }
        let run = "\(folder.path)/texts"
        let records = try Self.train(recipe("label-text", "rnn-labeller"), data: "\(folder.path)/a", in: run)
        #expect(records.last?.validation[.accuracy] == 1)
        let labeller = try TextLabeller(LoadedModel(ModelRequest(model: run)))
        #expect(labeller.answers(for: "some GOOD words")[0].answers.map(\.label) == ["pos", "neg"])
        #expect(labeller.answers(for: "").isEmpty)
        #expect(labeller.answers(for: "Ω").count == 1)

        // A word is a verb behind “to”, else a noun: its own letters do not say it.
        try FileManager.default.createDirectory(atPath: "\(folder.path)/b", withIntermediateDirectories: true)
        let sentences = (0..<120).map { _ in
            (0..<3).flatMap { _ -> [String] in
                let word = ["run", "walk", "show"].randomElement(using: &generator) ?? ""
                return Bool.random(using: &generator) ? ["to P", "\(word) V"] : ["a D", "\(word) N"]
            }.joined(separator: "\n")
        }
        try (sentences.joined(separator: "\n\n") + "\n").write(
            toFile: "\(folder.path)/b/train.conll", atomically: true, encoding: .utf8)
        let tagged = "\(folder.path)/tagged"
        let tags = try Self.train(recipe("label-words", "rnn-tagger"), data: "\(folder.path)/b", in: tagged)
        #expect(try #require(tags.last?.validation[.accuracy]) > 0.99)
        let tagger = try TextLabeller(LoadedModel(ModelRequest(model: tagged)))
        #expect(tagger.answers(for: "to show a show").map { $0.answers[0].label } == ["P", "V", "D", "N"])
    }
}
