import Foundation
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeONNX
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

@Suite struct SegmentationNetworksTests {
    private static func network(
        _ text: String, input: String = "64x80x3", classes: Int = 3, seed: UInt64 = 1
    ) throws -> AnyModel {
        let recipe = "task: segment\nnetwork: \(text)\ninput: \(input)\nclasses: \(classes)\n"
        var model = try ModelDescription(recipe: recipe, source: "test.yaml")
        model.task.classNames = (0..<classes).map { "class \($0)" }
        return try #require(try model.network(seed: seed) as? AnyModel)
    }

    /// A classifier of the zoo, all of whose widths a function changes.
    private static func classifier(
        _ architecture: Architecture, input: InputSize, _ narrowed: (inout LayerSpecification) -> Void
    ) throws -> Network {
        var architecture = architecture
        for index in architecture.layers.indices { narrowed(&architecture.layers[index]) }
        return Network(try architecture.resolved(input: input, classes: 7, seed: 5))
    }

    /// VGG-16 with 1/32 of its channels: what a network of width 2 can begin with.
    private static func smallVGG(batchNorm: Bool) throws -> Network {
        try classifier(
            .vgg(.sixteen, batchNorm: batchNorm), input: .image(height: 224, width: 224, channels: 3)
        ) { layer in
            switch layer.kind {
            case .convolution(var conv):
                guard case .count(let channels) = conv.channels else { return }
                conv.channels = .count(channels / 32)
                layer.kind = .convolution(conv)
            case .linear(var linear):
                guard case .count(let units) = linear.units else { return }
                linear.units = .count(units / 32)
                layer.kind = .linear(linear)
            default: break
            }
        }
    }

    private static func written(_ module: some Module, to path: String) throws -> [String: Tensor] {
        let tensors = module.storedTensors
        try SafetensorsFile.write(tensors, metadata: [:], to: path)
        return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
    }

    // MARK: Weights of others

    @Test("a VGG-16 begins an FCN, its linear layers as convolutions; of the rest nothing changes")
    func beginsWithVGG() throws {
        let folder = try TemporaryFolder()
        let vgg = try Self.smallVGG(batchNorm: false)
        let path = "\(folder.path)/vgg.safetensors"
        let theirs = try Self.written(vgg, to: path)
        for stride in ["32s", "16s", "8s"] {
            let network = try Self.network("{fcn-\(stride): {width: 2}}")
            let line = try PretrainedWeights(path).load(into: network)
            let skips = ["32s": "", "16s": ", score_pool4", "8s": ", score_pool4, score_pool3"][stride] ?? ""
            #expect(
                line == "Starts from what VGG-16 has of the weights of \(path); new are score_fr\(skips).")
            let own = Dictionary(uniqueKeysWithValues: network.storedTensors.map { ($0.name, $0.tensor) })
            #expect(own["conv1_1.weight"]?.scalars == theirs["features.0.weight"]?.scalars)
            #expect(own["conv5_3.bias"]?.scalars == theirs["features.28.bias"]?.scalars)
            #expect(own["fc6.weight"]?.shape == [128, 16, 7, 7])
            #expect(own["fc6.weight"]?.scalars == theirs["classifier.0.weight"]?.scalars)
            #expect(own["fc7.bias"]?.scalars == theirs["classifier.3.bias"]?.scalars)
            #expect(own["score_fr.weight"]?.scalars.allSatisfy { $0 == 0 } ?? false)
        }
        // A linear layer over 7×7 places is the convolution over them: the order of their numbers is the same.
        let fcn = try Self.network("{fcn-32s: {width: 2}}")
        _ = try PretrainedWeights(path).load(into: fcn)
        let map = Tensor.random([1, 16, 7, 7], seed: 3)
        let stored = Dictionary(uniqueKeysWithValues: fcn.storedTensors.map { ($0.name, $0.tensor) })
        let slid = conv2D(map, try #require(stored["fc6.weight"]), bias: stored["fc6.bias"])
        let whole = linear(
            map.flattened(from: 1), try #require(theirs["classifier.0.weight"]), bias: theirs["classifier.0.bias"])
        #expect(slid.reshaped(to: [1, 128]).relativeError(to: whole) < 1e-5)
    }

    @Test("each FCN begins the next finer one")
    func beginsWithTheCoarser() throws {
        let folder = try TemporaryFolder()
        for (from, to, name, fresh) in [
            ("32s", "16s", "FCN-32s", "score_pool4"), ("16s", "8s", "FCN-16s", "score_pool3"),
            ("32s", "8s", "FCN-32s", "score_pool4, score_pool3"),
        ] {
            let path = "\(folder.path)/\(from).safetensors"
            let coarse = try Self.network("{fcn-\(from): {width: 1}}", seed: 4)
            for (index, (_, parameter)) in coarse.parameters.enumerated() {
                parameter.assign(Tensor.random(parameter.shape, seed: UInt64(index)))
            }
            let theirs = try Self.written(coarse, to: path)
            let network = try Self.network("{fcn-\(to): {width: 1}}", seed: 9)
            let line = try PretrainedWeights(path).load(into: network)
            #expect(line == "Starts from what \(name) has of the weights of \(path); new are \(fresh).")
            for (name, tensor) in network.storedTensors where name.hasPrefix("conv") || name.hasPrefix("score_fr") {
                #expect(tensor.scalars == theirs[name]?.scalars, "\(name)")
            }
        }
    }

    @Test("a VGG-16 with batch norm begins SegNet and DeconvNet")
    func beginsWithNormalizedVGG() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/vgg.safetensors"
        let theirs = try Self.written(try Self.smallVGG(batchNorm: true), to: path)
        for (name, input) in [("segnet", "64x80x3"), ("deconvnet", "224x224x3")] {
            let network = try Self.network("{\(name): {width: 2}}", input: input)
            let line = try PretrainedWeights(path).load(into: network)
            #expect(line.hasPrefix("Starts from what VGG-16-BN has of the weights of \(path); new are "), "\(line)")
            let own = Dictionary(uniqueKeysWithValues: network.storedTensors.map { ($0.name, $0.tensor) })
            for (mine, other) in [
                ("conv1_1.weight", "features.0.weight"), ("conv1_1_bn.bias", "features.1.bias"),
                ("conv3_2_bn.running_var", "features.18.running_var"), ("conv5_3.bias", "features.40.bias"),
            ] {
                #expect(own[mine]?.scalars == theirs[other]?.scalars, "\(mine)")
            }
            if name == "deconvnet" {
                #expect(own["fc6.weight"]?.scalars == theirs["classifier.0.weight"]?.scalars)
                #expect(own["fc7.bias"]?.scalars == theirs["classifier.3.bias"]?.scalars)
            }
        }
    }

    @Test("a ResNet-50 begins an FCN-ResNet-50, and a file without auxiliary head is loaded without one")
    func beginsWithResNet() throws {
        let folder = try TemporaryFolder()
        let network = try Self.network("{fcn-resnet-50: {}}")
        let path = "\(folder.path)/resnet.safetensors"
        let theirs = try Self.written(
            Network(try Architecture.resNet(.fifty).resolved(classes: 1, seed: 8)), to: path)
        let line = try PretrainedWeights(path).load(into: network)
        #expect(line.hasPrefix("Starts from what ResNet-50 has of the weights of \(path); new are "), "\(line)")
        for (name, tensor) in network.storedTensors where name.hasPrefix("backbone.layer4.2.") {
            #expect(tensor.scalars == theirs[String(name.dropFirst("backbone.".count))]?.scalars, "\(name)")
        }
        let whole = "\(folder.path)/fcn.safetensors"
        let tensors = network.storedTensors.filter { !$0.name.hasPrefix("aux_classifier.") }
        try SafetensorsFile.write(tensors, metadata: [:], to: whole)
        #expect(
            try PretrainedWeights(whole).load(into: network)
                == "Starts from the weights of \(whole); new are aux_classifier, which the file has not.")
    }

    @Test("weights for fixed upsampling load where it is learned, and the other way round")
    func upsamplingLoads() throws {
        let folder = try TemporaryFolder()
        for (from, to) in [("fixed", "learned"), ("learned", "fixed")] {
            let path = "\(folder.path)/\(from).safetensors"
            _ = try Self.written(try Self.network("{fcn-8s: {width: 1, upsampling: \(from)}}", seed: 3), to: path)
            let network = try Self.network("{fcn-8s: {width: 1, upsampling: \(to)}}")
            #expect(try PretrainedWeights(path).load(into: network) == "Starts from the weights of \(path).")
        }
    }

    // MARK: Recipes

    @Test(
        "mistakes in a recipe are told with their line and what to do",
        arguments: [
            ("{fcn-8s: {widht: 3}}", "did you mean width?"),
            ("{fcn-8s: {stride: 16}}", "there are width, scaled, upsampling, dropout"),
            ("{fcn-8s: {width: 0}}", "width must be 1 to 256 channels, not 0"),
            ("{fcn-8s: {dropout: 1}}", "dropout must be at least 0 and below 1, not 1.0"),
            ("{fcn-8s: {upsampling: bilinear}}", "choose fixed, learned"),
            ("{fcn-8s: {scaled: 0.01}}", "scaled"),
            ("{fcn8s: {}}", "did you mean fcn-8s?"),
            ("{fcn-resnet-50: {depth: 101}}", "there are auxiliary, dropout"),
            ("{fcn-resnet-18: {}}", "did you mean fcn-resnet-50?"),
            ("{segnet: {width: 257}}", "width must be 1 to 256 channels, not 257"),
            ("{segnet: {dropout: 0.5}}", "there are width"),
            ("{segnet-basic: {width: a}}", "width"),
            ("{deconvnet: {}}", "64 is too small: the least is 193"),
        ])
    func mistakes(_ network: String, _ part: String) throws {
        let error = try #require(throws: RecipeError.self) {
            _ = try Recipe(yaml: "task: segment\nnetwork: \(network)\ninput: 64x80x3\n", source: "x.yaml")
                .model.network()
        }
        #expect(error.description.hasPrefix("x.yaml:2"), "\(error)")
        #expect(error.description.contains(part), "\(error)")
    }

    @Test("each has a recipe of its name, with ImageNet’s preprocessing where weights for it can begin")
    func recipes() throws {
        for network in SegmentationNetwork.allCases {
            let recipe = try Recipe(yaml: Recipe.text(fileOrName: network.rawValue), source: network.rawValue)
            let mean = try #require(recipe.model.preprocessing).mean
            let hasAncestor = try recipe.model.network().ancestors.contains { !$0.names.isEmpty }
            #expect((mean == [0.485, 0.456, 0.406]) == (hasAncestor && network != .encoderDecoder), "\(network)")
        }
        let error = try #require(throws: RecipeError.self) { _ = try Self.network("{fcn-32s: {}}", classes: 257) }
        #expect(error.description.contains("at most 255 classes"), "\(error)")
    }

    // MARK: ONNX

    @Test(
        "is written as ONNX with free height and width, and read back gives the same at other sizes",
        arguments: [
            "{fcn-32s: {width: 2}}", "{fcn-16s: {width: 2}}", "{fcn-8s: {width: 2, upsampling: learned}}",
            "{fcn-8s: {width: 2, scaled: true}}", "{fcn-resnet-50: {}}", "{segnet: {width: 2}}",
            "{segnet-basic: {width: 2}}", "{deconvnet: {width: 1}}",
        ])
    func exported(_ text: String) throws {
        let sizes: [Pair] = text.hasPrefix("{deconvnet") ? [[224, 224], [201, 230]] : [[64, 80], [37, 53]]
        let network = try Self.network(text, input: "\(sizes[0].height)x\(sizes[0].width)x3").forInference
        for (index, (name, parameter)) in network.parameters.enumerated() where name.hasPrefix("score") {
            parameter.assign(Tensor.random(parameter.shape, seed: UInt64(index)))
        }
        let bytes = try ONNXExport(network, hasFreeSizes: true, name: "network").bytes()
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/network.onnx"))
        let model = try ONNXModel(contentsOf: "\(folder.path)/network.onnx")
        for (index, size) in sizes.enumerated() {
            let x = Tensor.random([index + 1, 3, size.height, size.width], seed: 2)
            let found = try model.plan(for: [x.shape]).run([x])[0]
            #expect(found.relativeError(to: network([x])[0]) < 1e-4, "\(size)")
        }
    }
}
