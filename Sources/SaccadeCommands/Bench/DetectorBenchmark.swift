import SaccadeGeometry
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import SaccadeTraining

/// One of torchvision's detectors on a random image of 800×800 pixels: from the image's numbers to boxes, or a training
/// step.
struct DetectorBenchmark {
    static let names = [DetectionNetwork.fasterRCNNResNet50FPN, .maskRCNNResNet50FPN].map(\.rawValue)
    private static let side = 800
    /// torchvision's means and deviations, which its detectors apply themselves.
    private static let mean = Tensor([0.485, 0.456, 0.406], shape: [1, 3, 1, 1])
    private static let deviation = Tensor([0.229, 0.224, 0.225], shape: [1, 3, 1, 1])

    private let network: RegionCNN
    /// `[3, H, W]`, in 0...1.
    let image: Tensor
    private let options: Plan.Options

    init(_ name: String, options: Plan.Options) throws {
        var request = ModelRequest()
        (request.architecture, request.classes, request.seed) = (name, 90, 1)
        guard let network = try LoadedModel(request).network as? RegionCNN else {
            throw RunError(.different, "\(name) is no detector")
        }
        (self.network, self.options) = (network, options)
        var generator = SplitMix64(seed: 1)
        // Signals neither fade nor grow, and classes are told apart, so that there are the usual hundred objects.
        for (name, parameter) in network.parameters {
            if parameter.shape.rank == 4, name.contains("backbone.body") {
                parameter.assign(Initializer.kaimingNormal()(parameter.shape, using: &generator))
            }
            if name.hasSuffix("cls_score.weight") { parameter.assign(parameter.value * 6) }
        }
        for (name, buffer) in network.buffers where name.hasSuffix("bn3.weight") {
            buffer.assign(buffer.value * 0.25)
        }
        let area = Self.side * Self.side
        image = Tensor(
            (0..<3 * area).map { _ in .random(in: 0...1, using: &generator) }, shape: [3, Self.side, Self.side])
    }

    /// What it computes with, by name.
    var weights: [(name: String, tensor: Tensor)] { network.storedTensors }

    private var prepared: Tensor {
        (image.reshaped(to: [1, 3, Self.side, Self.side]) - Self.mean) / Self.deviation
    }

    private var sizes: [ImageSize] { [ImageSize(width: Self.side, height: Self.side)] }

    /// The scores of what it finds, `[objects]`, the surest first.
    func result() throws -> Tensor {
        let runner = Runner(planning: network, options: options)
        let found = try network.detect(prepared, sizes: sizes) { try runner($1, stage: $0) }[0]
        return Tensor(found.objects.scores, shape: [found.objects.scores.count])
    }

    /// From the image's numbers to boxes, and masks over them.
    func inference(budget: Double) throws -> Measurement {
        let runner = Runner(planning: network, options: options)
        _ = try network.detect(prepared, sizes: sizes) { try runner($1, stage: $0) }
        return Measurement.of(budget: budget) {
            _ = try? network.detect(prepared, sizes: sizes) { try runner($1, stage: $0) }
        }
    }

    /// Where the time goes, in milliseconds.
    func parts() throws -> [(part: DetectionClock.Part, milliseconds: Double)] {
        let runner = Runner(planning: network, options: options)
        _ = try network.detect(prepared, sizes: sizes) { try runner($1, stage: $0) }
        let (clock, count) = (DetectionClock(), 5)
        for _ in 0..<count {
            _ = try network.detect(prepared, sizes: sizes, clock: clock) { try runner($1, stage: $0) }
        }
        return DetectionClock.Part.allCases.map { ($0, (clock.seconds[$0] ?? 0) / Double(count) * 1e3) }
    }

    /// Forward, backward, and a step of SGD with momentum, on an image of 600×600 pixels with four objects, as the peers'
    /// script has them.
    func training(budget: Double) -> Measurement {
        let side = 600
        let images = prepared.sliced(axis: 2, 0..<side).sliced(axis: 3, 0..<side)
        let boxes = Boxes(
            corners: [40, 60, 260, 300, 300, 100, 560, 420, 80, 350, 240, 560, 10, 10, 590, 590])
        let masks =
            network.hasMasks
            ? (0..<4).compactMap { _ in try? RunLengthMask(width: side, height: side, runs: [0, side * side]) } : nil
        let target = RegionCNN.Target(boxes: boxes, labels: [1, 5, 17, 60], masks: masks)
        let sizes = [ImageSize(width: side, height: side)]
        let optimizer = SGD(network.parameters, learningRate: 1e-4, momentum: 0.9)
        return Measurement.of(budget: budget) {
            let (_, gradients) = withGradients(precision: options.precision) {
                network.losses(images, [target], sizes: sizes).total
            }
            optimizer.step(gradients)
        }
    }
}
