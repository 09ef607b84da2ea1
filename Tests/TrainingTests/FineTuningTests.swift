import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeLoading
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

@Suite struct FineTuningTests {
    static let recipe = """
        input: 8x8x1
        classes: 3
        layers:
          - conv: {channels: 4, kernel: 3, padding: same, bias: false, name: conv1}
          - batchnorm: {name: bn1}
          - relu
          - auxiliary: {name: aux, layers: [flatten, linear: {units: classes, name: fc}]}
          - conv: {channels: 5, kernel: 3, stride: 2, bias: false, name: conv2}
          - batchnorm: {name: bn2}
          - relu
          - flatten
          - dropout: 0.2
          - linear: {units: classes, name: fc}
        """

    static func description(
        classes: Int = 3, _ change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> RunDescription {
        var settings = TrainingSettings()
        settings.epochs = 3
        settings.batchSize = 8
        settings.learningRate = 0.05
        settings.weightDecay = 0.01
        settings.seed = 4
        change(&settings)
        let model = try ModelDescription(
            recipe: recipe, source: "test.yaml", classNames: (0..<classes).map { "class \($0)" },
            preprocessing: Preprocessing(height: 8, width: 8, channels: 1))
        return RunDescription(model, settings: settings, data: "synthetic")
    }

    static func network(_ description: RunDescription) throws -> AnyModel {
        let network = try #require(try description.model.network(seed: description.settings.seed) as? AnyModel)
        try description.settings.requireFreezable(network, source: "test.yaml")
        return network
    }

    /// Writes the weights of a network for another number of classes.
    static func weights(in folder: TemporaryFolder, classes: Int, leavingOut left: String = "none") throws -> String {
        let network = try network(description(classes: classes) { $0.seed = 99 })
        let path = "\(folder.path)/weights.safetensors"
        try SafetensorsFile.write(
            network.storedTensors.filter { !$0.name.hasPrefix(left) }, metadata: [:], to: path)
        return path
    }

    @discardableResult
    static func train(
        _ description: RunDescription, at folder: String, resuming: Bool = false
    ) throws -> (AnyModel, [EpochRecord]) {
        let network = try network(description)
        if let from = description.settings.from, !RunFolder.hasCheckpoint(at: folder) {
            _ = try PretrainedWeights(from).load(into: network)
        }
        let run = try RunFolder(at: folder, description, resuming: resuming)
        let trainer = try Trainer(
            classification(description.model.classNames), network, training: SyntheticBatches(),
            validation: SyntheticBatches(samplesPerEpoch: 9, seed: 2), run: run)
        return (network, try trainer.train())
    }

    @Test("weights are taken over by name; a layer for other classes begins anew, and the line says so")
    func newHead() throws {
        let folder = try TemporaryFolder()
        let path = try Self.weights(in: folder, classes: 7)
        let (network, untouched) = (try Self.network(Self.description()), try Self.network(Self.description()))
        let line = try PretrainedWeights(path).load(into: network)
        #expect(
            line == "Starts from the weights of \(path); new are aux.fc.weight, aux.fc.bias, fc.weight, fc.bias, for 3 "
                + "classes in place of 7.")
        let file = try SafetensorsFile(at: path)
        let fresh = Dictionary(uniqueKeysWithValues: untouched.storedTensors.map { ($0.name, $0.tensor.scalars) })
        for (name, tensor) in network.storedTensors {
            let isHead = name.hasPrefix("fc.") || name.hasPrefix("aux.fc.")
            #expect(try tensor.scalars == (isHead ? fresh[name] : file.tensor(name).scalars), "\(name)")
        }
        // For as many classes everything is taken over.
        let same = try Self.weights(in: folder, classes: 3)
        #expect(
            try PretrainedWeights(same).load(into: network)
                == "Starts from the weights of \(same).")
        #expect(
            try network.storedTensors.allSatisfy {
                try SafetensorsFile(at: same).tensor($0.name).scalars == $0.tensor.scalars
            })
        // A file without the auxiliary head.
        let bare = try Self.weights(in: folder, classes: 3, leavingOut: "aux")
        #expect(
            try PretrainedWeights(bare).load(into: network)
                == "Starts from the weights of \(bare); new are aux, which the file has not.")
    }

    @Test("anything else that does not fit is an error, and changes nothing")
    func misfits() throws {
        let folder = try TemporaryFolder()
        let network = try Self.network(Self.description())
        let before = network.storedTensors.map(\.tensor.scalars)
        let missing = try Self.weights(in: folder, classes: 7, leavingOut: "bn2.bias")
        #expect(
            try #require(throws: LoadingError.self) {
                _ = try PretrainedWeights(missing).load(into: network)
            }.missing == ["bn2.bias"])
        // A wider network: its last layer differs in more than its classes.
        let wide = try Architecture(
            yaml: Self.recipe.replacing("channels: 5", with: "channels: 6"), source: "x"
        ).resolved(classes: 7)
        let path = "\(folder.path)/wide.safetensors"
        try SafetensorsFile.write(Network(wide).storedTensors, metadata: [:], to: path)
        let error = try #require(throws: LoadingError.self) {
            _ = try PretrainedWeights(path).load(into: network)
        }
        #expect(error.misshapen.map(\.name).contains("fc.weight"))
        #expect(error.misshapen.map(\.name).contains("conv2.weight"))
        #expect(network.storedTensors.map(\.tensor.scalars) == before)
        for name in ["nowhere", "\(folder.path)/nothing.safetensors", folder.path] {
            let error = try #require(throws: RunError.self) { _ = try PretrainedWeights(name) }
            #expect(error.description.hasPrefix("\(name): there are no weights to start from"))
        }
        try Data("not weights".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: (any Error).self) { _ = try PretrainedWeights(path) }
    }

    @Test("frozen parts keep every bit, buffers included, and the others learn")
    func frozenParts() throws {
        let folder = try TemporaryFolder()
        let weights = try Self.weights(in: folder, classes: 7)
        let frozen = try Self.description {
            $0.from = weights
            $0.freeze = ["conv1", "bn1"]
            $0.ema = EMASettings(decay: 0.9)
        }
        let (network, _) = try Self.train(frozen, at: "\(folder.path)/run")
        let file = try SafetensorsFile(at: weights)
        let best = try SafetensorsFile(at: "\(folder.path)/run/best.safetensors")
        for (name, tensor) in network.storedTensors where !name.hasPrefix("fc") && !name.hasPrefix("aux") {
            let isFrozen = name.hasPrefix("conv1.") || name.hasPrefix("bn1.")
            #expect(try (tensor.scalars == file.tensor(name).scalars) == isFrozen, "\(name)")
            if isFrozen { #expect(try best.tensor(name).scalars == file.tensor(name).scalars, "\(name)") }
        }
        let checkpoint = try SafetensorsFile(at: "\(folder.path)/run/checkpoint.safetensors")
        #expect(!checkpoint.shapes.keys.contains { $0.hasPrefix("optimizer/") && $0.contains("conv1") })
        let everything = try Self.description { $0.freeze = ["conv1", "bn1", "aux", "conv2", "bn2", "fc"] }
        #expect(throws: RecipeError.self) { _ = try Self.network(everything) }
        for (name, part) in [
            ("conv", "did you mean conv1?"), ("conv1.weigth", "did you mean conv1?"), ("xyzzy", "there are"),
        ] {
            let misspelt = try Self.description { $0.freeze = [name] }
            let error = try #require(throws: RecipeError.self) { _ = try Self.network(misspelt) }
            #expect(error.message.contains(part), "\(error)")
        }
    }

    @Test("parts that one phase freezes learn in the next, and a resumed run knows the phase")
    func phases() throws {
        func description(epochs: Int) throws -> RunDescription {
            try Self.description {
                $0.epochs = epochs
                $0.phases = [
                    TrainingPhase(epochs: 2, freeze: ["conv1", "bn1"]), TrainingPhase(freeze: ["fc", "aux"]),
                ]
            }
        }
        let folder = try TemporaryFolder()
        func weights(_ run: String, _ epoch: Int) throws -> [String: [Float]] {
            let file = try SafetensorsFile(at: "\(folder.path)/\(run)/epoch-\(epoch).safetensors")
            let names = file.shapes.keys.filter { $0.hasPrefix("network/") && !$0.hasSuffix("tracked") }
            return Dictionary(uniqueKeysWithValues: try names.map { ($0, try file.tensor($0).scalars) })
        }
        var settings = try description(epochs: 4)
        settings.settings.keepLast = 4
        try Self.train(settings, at: "\(folder.path)/whole")
        let epochs = try (1...4).map { try weights("whole", $0) }
        for (name, values) in epochs[0] {
            let isFirst = name.hasPrefix("network/conv1.") || name.hasPrefix("network/bn1.")
            let isHead = name.hasPrefix("network/fc.") || name.hasPrefix("network/aux.")
            #expect((epochs[1][name] == values) == isFirst, "\(name) in the first phase")
            #expect((epochs[3][name] == epochs[2][name]) == isHead, "\(name) in the second phase")
        }
        var half = try description(epochs: 3)
        half.settings.keepLast = 4
        try Self.train(half, at: "\(folder.path)/halves")
        try Self.train(settings, at: "\(folder.path)/halves", resuming: true)
        #expect(try weights("halves", 4) == epochs[3])
        for (phases, part) in [
            ("[{epochs: 2, freeze: [conv1]}, {epochs: 1}]", "phases of 3 epochs do not fit a training of 10"),
            ("[{freeze: [conv1]}, {epochs: 1}]", "all but the last"), ("[{epoch: 1}, {}]", "did you mean epochs"),
        ] {
            let yaml = "network: resnet-18\ntraining: {phases: \(phases)}"
            let error = try #require(throws: RecipeError.self) { _ = try Recipe(yaml: yaml, source: "x.yaml") }
            #expect(error.message.contains(part), "\(error)")
        }
    }

    @Test("what is frozen has no gradient, and what leads to it alone is not computed")
    func constants() {
        let (a, b) = (Parameter(Tensor([2])), Parameter(Tensor([3])))
        let (value, gradients) = withGradients(except: [a]) { sum(a.value * a.value * b.value) }
        #expect(value.item == 12)
        #expect(gradients[a] == nil)
        #expect(gradients[b]?.item == 4)
    }

    @Test("the loss is the network’s and 0.3 times that of its auxiliary head")
    func auxiliaryLoss() throws {
        let network = try Self.network(Self.description())
        let batch = try #require(try SyntheticBatches().batches(ofEpoch: 0, from: 0).next())
        var task = classification()
        task.labelSmoothing = 0.1
        let (total, gradients) = withGradients(phase: .inference) {
            task.losses(of: network, on: batch).total
        }
        let results = network.trainingResults([batch.images])
        let main = crossEntropy(results.outputs[0], batch.labels, labelSmoothing: 0.1).item
        let auxiliary = crossEntropy(results.auxiliary[0].result, batch.labels, labelSmoothing: 0.1).item
        #expect(abs(total.item - main - 0.3 * auxiliary) < 1e-5)
        #expect(results.outputs[0].scalars == network([batch.images])[0].scalars)
        #expect(network.parameters.allSatisfy { gradients[$0.parameter] != nil })
    }

    @Test("a fine-tuning that goes on from a checkpoint ends with the same bytes, though its weights are gone")
    func resumption() throws {
        let folder = try TemporaryFolder()
        let weights = try Self.weights(in: folder, classes: 7)
        func description(epochs: Int) throws -> RunDescription {
            try Self.description {
                $0.epochs = epochs
                $0.from = weights
                $0.freeze = ["conv1", "bn1"]
                $0.backboneRate = 0.1
                $0.ema = EMASettings(decay: 0.9)
            }
        }
        let (whole, broken) = ("\(folder.path)/whole", "\(folder.path)/broken")
        try Self.train(try description(epochs: 1), at: broken)
        if FileManager.default.fileExists(atPath: "\(broken)/tuning.json") {
            try FileManager.default.createDirectory(atPath: whole, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "\(broken)/tuning.json", toPath: "\(whole)/tuning.json")
        }
        try Self.train(try description(epochs: 3), at: whole)
        try FileManager.default.removeItem(atPath: weights)
        try Self.train(try description(epochs: 3), at: broken, resuming: true)
        let (expected, found) = (try comparedFiles(whole), try comparedFiles(broken))
        #expect(expected.keys.sorted() == found.keys.sorted())
        for (name, data) in expected { #expect(found[name] == data, "\(name) differs") }
    }

    @Test("everything but the last layer moves at its share of the learning rate")
    func backboneRate() throws {
        func settings(_ change: (inout TrainingSettings) -> Void) -> TrainingSettings {
            var settings = TrainingSettings()
            settings.optimizer = .sgd(momentum: 0)
            settings.learningRate = 0.5
            change(&settings)
            return settings
        }
        func moved(_ settings: TrainingSettings) -> [Float] {
            let parameters = ["conv1.weight", "fc.weight", "fc.bias"].map { ($0, Parameter(Tensor([1]))) }
            let optimizer = settings.optimizer(for: parameters, heads: [])
            var gradients = Gradients()
            for (_, parameter) in parameters { gradients[parameter] = Tensor([1]) }
            optimizer.step(gradients)
            optimizer.learningRate = 0.25
            optimizer.step(gradients)
            return parameters.map(\.1.value.item)
        }
        #expect(moved(settings { _ in }) == [0.25, 0.25, 0.25])
        let found = moved(settings { $0.backboneRate = 0.1 })
        #expect(zip(found, [0.925, 0.25, 0.25]).allSatisfy { abs($0 - $1) < 1e-6 })
        // What each remembers comes back by name.
        let parameters = ["conv1.weight", "fc.weight"].map { (name: $0, parameter: Parameter(Tensor([1]))) }
        let rich = settings {
            $0.backboneRate = 0.1
            $0.optimizer = .adam()
        }
        let optimizer = rich.optimizer(for: parameters, heads: [])
        var gradients = Gradients()
        for (_, parameter) in parameters { gradients[parameter] = Tensor([1]) }
        optimizer.step(gradients)
        let other = rich.optimizer(for: parameters, heads: [])
        other.state = optimizer.state
        #expect(other.state.steps == ["conv1.weight": 1, "fc.weight": 1])
        #expect(Set(other.state.tensors.map(\.name)) == Set(optimizer.state.tensors.map(\.name)))
        #expect(other.state.tensors.count == 4)
    }

    @Test("settings of fine-tuning are read, written, and refused")
    func settings() throws {
        let yaml = "network: resnet-18\ntraining: {from: w.safetensors, freeze: [conv1, layer1], backboneRate: 0.1}"
        let recipe = try Recipe(yaml: yaml, source: "x.yaml")
        #expect(recipe.settings.from == "w.safetensors")
        #expect(recipe.settings.freeze == ["conv1", "layer1"])
        #expect(recipe.settings.backboneRate == 0.1)
        // A run's text stands for itself: the network is written out.
        #expect(!recipe.model.recipe.contains("network:"))
        #expect(recipe.model.recipe.contains("name: layer1.0"))
        let again = try Recipe(yaml: recipe.yaml, source: "x.yaml")
        #expect(again.settings == recipe.settings)
        #expect(again.model.recipe == recipe.model.recipe)
        // A layer can be changed as in a recipe that has its own, and a mistake keeps its line.
        let change = try RecipeOverride("layers.0.conv.stride=1")
        let changed = try Recipe(yaml: yaml, source: "x.yaml", overrides: [change])
        guard case .convolution(let conv) = changed.model.architecture.layers[0].kind else { throw CancellationError() }
        #expect(conv.stride == 1 && conv.kernel == 7)
        let mistake = try #require(throws: RecipeError.self) {
            _ = try Recipe(yaml: "network: resnet-18\ntraining:\n  epohcs: 3", source: "x.yaml")
        }
        #expect(mistake.description.hasPrefix("x.yaml:3: "))
        for wrong in ["backboneRate: 0", "backboneRate: 2", "freeze: conv1", "form: x"] {
            #expect(throws: RecipeError.self) {
                _ = try Recipe(yaml: "network: resnet-18\ntraining: {\(wrong)}", source: "x.yaml")
            }
        }
    }
}
