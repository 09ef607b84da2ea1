import Foundation
import SaccadeLayers
import SaccadeMetrics
import SaccadeModels
import SaccadeSettings
import SaccadeTraining
import Testing

@Suite struct RecipeTests {
    static let yaml = """
        name: "5"
        input: 8x8x1
        layers:
          - conv: {channels: 4, kernel: 3}
          - relu
          - flatten
          - linear: classes
        preprocessing: {mean: [0.5], std: [0.25]}
        training:
          epochs: 3  # few
          optimizer: {kind: adamW, beta1: 0.8}
        """

    private func recipe(_ overrides: String..., stored: TrainingSettings? = nil) throws -> Recipe {
        try Recipe(
            yaml: Self.yaml, source: "small.yaml", stored: stored, overrides: overrides.map { try RecipeOverride($0) })
    }

    @Test("what is resolved reads as the same recipe, whatever was changed")
    func roundTrip() throws {
        for overrides in [
            [], ["training.clipping={kind: norm, limit: 2}", "training.seed=18446744073709551615"],
            ["training.augmentation=[{kind: shift, fraction: 0.1}]", "name='it''s: \"quoted\" # here'"],
            ["training.schedule={kind: warmUp, over: 2, next: {kind: cosine}}", "name='true'"],
            ["training.ema={decay: 0.99}", "training.best.metric=validationLoss", "training.accumulation=3"],
        ] {
            let first = try Recipe(
                yaml: Self.yaml, source: "small.yaml", overrides: overrides.map { try RecipeOverride($0) })
            let second = try Recipe(yaml: first.yaml, source: "recipe.yaml")
            #expect(second.settings == first.settings)
            #expect(second.yaml == first.yaml && second.model.recipe == first.model.recipe)
            #expect(second.model.architecture.name == first.model.architecture.name)
            #expect(second.model.architecture.layers.count == 4)
        }
    }

    @Test("values on the command line take the place of the recipe's, and nothing else changes")
    func overrides() throws {
        let recipe = try recipe(
            "training.batchSize=64", "training.optimizer.beta1=0.7", "training.patience=4", "input=16x16x1",
            "layers.0.conv.channels=7", "preprocessing.mean=[0.1]")
        var expected = try self.recipe().settings
        expected.batchSize = 64
        expected.patience = 4
        expected.optimizer = .adamW(beta1: 0.7)
        #expect(recipe.settings == expected)
        #expect(recipe.model.architecture.input == .image(height: 16, width: 16, channels: 1))
        #expect(recipe.model.recipe.contains("channels: 7") && recipe.model.recipe.contains("mean: [0.1]"))
        #expect(
            try self.recipe("training.clipping={kind: value, limit: 1}", "training.clipping=null").settings.clipping
                == nil)
    }

    @Test("a new kind begins with its own defaults, in whichever order the options stand")
    func kinds() throws {
        let recipe = try recipe("training.optimizer.momentum=0.5", "training.optimizer.kind=sgd")
        #expect(recipe.settings.optimizer == .sgd(momentum: 0.5))
        #expect(try self.recipe("training.optimizer.kind=adamW").settings.optimizer == .adamW(beta1: 0.8))
    }

    @Test("a resumed run keeps its settings but for those that are given, and its text")
    func stored() throws {
        var settings = TrainingSettings()
        settings.epochs = 40
        let recipe = try recipe("training.patience=2", stored: settings)
        settings.patience = 2
        // What a recipe leaves to the task is decided, too.
        settings.best = BestSettings(metric: Monitor(.validation, .accuracy))
        #expect(recipe.settings == settings && recipe.model.recipe == Self.yaml)
    }

    @Test(
        "what cannot be is refused with the option and the setting that was meant",
        arguments: [
            ("training.batchSzie=3", "did you mean batchSize?"), ("batchSize=3", "did you mean training.batchSize?"),
            ("batchSzie=3", "did you mean training.batchSize?"), ("resize=crop", "did you mean preprocessing.resize?"),
            ("trianing.epochs=3", "did you mean training.epochs?"), ("xyzzy=3", "there are name, task, classify,"),
            ("training.batchSize=many", "must be a whole number"), ("training.batchSize=0", "must be 1 to 1000000"),
            ("training.optimizer.gamma=3", "there is no setting gamma"), ("training.epochs.x=3", "no setting x within"),
            ("training.optimizer.kind=adm", "adamW"), ("layers.9=relu", "from 0 to 3"), ("training", "key=value"),
            ("=3", "key=value"), ("training..x=3", "names joined by dots"), ("training.seed=[", "not YAML"),
            ("input=8x8", "input must be"), ("preprocessing.mean=[0.5, 1]", "mean"), ("training=3", "section"),
            ("training.best.metric=validationLos", "did you mean validationLoss?"), ("training.ema.decay=1", "below 1"),
            ("training.best.metric=validationMeanIoU", "task: classify does not measure validationMeanIoU"),
            ("training.best.metric=trainingTop5", "it measures validationLoss"),
            ("training.checkpointMinutes=1e300", "checkpointMinutes must be 0 to"),
            ("training.batchSize=4.5", "batchSize must be a whole number"),
            ("training.epochs=99999999999999999999", "epochs must be a whole number"),
            ("training.accumulation=0", "accumulation must be 1"), ("training.keepLast=0", "keepLast must be 1"),
        ])
    func mistakes(_ override: String, _ part: String) throws {
        let error = try #require(throws: RecipeError.self) {
            _ = try recipe(override).model.architecture.preprocessing()
        }
        #expect(error.description.contains(part), "\(error)")
        #expect(error.location?.file == "--set \(override)")
    }

    @Test(
        "what a task cannot do is refused at the recipe's line",
        arguments: [
            ("training: {epochs: 2, augmentation: [{kind: mixUp}]}", 5, "mixUp mixes images"),
            (
                "training:\n  epochs: 2\n  augmentation:\n    - {kind: horizontalFlip}\n    - {kind: cutMix}", 7,
                "cutMix"
            ),
            (
                "training:\n  best: {metric: validationAccuracy}", 6,
                "it measures validationLoss, validationPixelAccuracy"
            ),
            ("training:\n  best: {metric: trainingMeanIoU}", 6, "does not measure trainingMeanIoU"),
        ])
    func notOfThisTask(_ training: String, _ line: Int, _ part: String) throws {
        let head = "name: n\ntask: segment\nnetwork: {unet: {width: 2}}\ninput: 188x188x3\n"
        let error = try #require(throws: RecipeError.self) { _ = try Recipe(yaml: head + training, source: "r.yaml") }
        #expect(error.description.contains(part) && error.location == Location(file: "r.yaml", line: line), "\(error)")
    }

    @Test("a network with settings that is written as a name is told how it is written")
    func networkAsName() throws {
        func made(_ network: String) throws -> any StagedModel {
            try Recipe(yaml: "task: segment\nnetwork: \(network)\ninput: 188x188x3\n", source: "r.yaml").model.network()
        }
        let (bare, plain) = (try made("unet"), try made("{unet: {}}"))
        #expect(bare.storedShapes.map(\.name) == plain.storedShapes.map(\.name))
        let error = try #require(throws: RecipeError.self) { _ = try made("unett") }
        #expect(error.description.contains("unet") && error.location?.line == 2, "\(error)")
    }

    @Test("a byte order mark before a recipe is passed over")
    func byteOrderMark() throws {
        #expect(try Recipe(yaml: "\u{FEFF}" + Self.yaml, source: "r.yaml").model == recipe().model)
    }
}
