import SaccadeDatasets
import SaccadeGeometry
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import SaccadeTraining
import TestSupport
import Testing

/// What torchvision's detectors learn of two images, with the same weights: `Tests/Fixtures/make_detector_fixtures.py`.
@Suite(.serialized) struct DetectorLearningTests {
    struct Learnt: Decodable, Sendable {
        let losses: [String: Float]
        /// The norm of each parameter's gradient.
        let gradients: [String: Double]
    }

    /// The script's objects, on images of 160×128 pixels.
    private func target(_ image: Int) throws -> RegionCNN.Target {
        let boxes = [[[8, 12, 60, 70], [40, 20, 150, 110], [100, 70, 128, 100]], [[4, 4, 90, 88]]][image]
        let masks = try boxes.map { box in
            try RunLengthMask(
                width: 160, height: 128,
                pixels: (0..<128).flatMap { y in
                    (0..<160).map { x -> UInt8 in
                        (box[0]..<box[2]).contains(x) && (box[1]..<box[3]).contains(y) && (x + 2 * y) % 7 != 0 ? 1 : 0
                    }
                })
        }
        return RegionCNN.Target(
            boxes: Boxes(corners: boxes.flatMap { $0.map { Float($0) } }), labels: [[1, 5, 1], [90]][image],
            masks: masks)
    }

    @Test(
        "the same images cost what they cost in torchvision, with the same gradients",
        arguments: ["fasterrcnn-resnet-50-fpn", "maskrcnn-resnet-50-fpn"])
    func losses(_ name: String) throws {
        let expected = try #require(try DetectorTests.metadata("learnt", [String: Learnt].self)[name])
        var network = try #require(try DetectorTests.model(name).network as? RegionCNN)
        // All there is, so that nothing depends on chance.
        network.sampling.anchors.sampler = BalancedSampler(count: 1 << 20, positiveFraction: 0.5)
        network.sampling.regions.sampler = BalancedSampler(count: 1 << 20, positiveFraction: 0.25)
        let targets = try [target(0), target(1)]
        var losses: RegionCNN.Losses?
        let (_, gradients) = withGradients {
            let found = network.losses(
                Formula.uniform("images", [2, 3, 128, 160]) * 0.125, targets,
                sizes: [ImageSize(width: 160, height: 128), ImageSize(width: 128, height: 96)])
            losses = found
            return found.total
        }
        let found = try #require(losses)
        let parts = [
            ("loss_objectness", found.objectness), ("loss_rpn_box_reg", found.proposalBoxes),
            ("loss_classifier", found.classes), ("loss_box_reg", found.boxes), ("loss_mask", found.masks),
        ]
        for (name, loss) in parts {
            guard let wanted = expected.losses[name] else {
                #expect(loss == nil, "\(name)")
                continue
            }
            let value = try #require(loss).item
            #expect(abs(value - wanted) <= 1e-4 * max(wanted, 0.01), "\(name): \(value), torchvision \(wanted)")
        }
        let parameters = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.parameter) })
        #expect(expected.gradients.count > 50)
        for (name, wanted) in expected.gradients {
            let parameter = try #require(parameters[name], "\(name)")
            let gradient = try #require(gradients[parameter], "\(name)")
            let norm = gradient.scalars.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(abs(norm - wanted) <= 2e-3 * wanted + 1e-6, "\(name): \(norm), torchvision \(wanted)")
        }
    }

    private func network(_ kind: String, _ settings: String = "") throws -> RegionCNN {
        let recipe = try Recipe(
            yaml: """
                name: Small
                task: detect
                network: {\(kind): {backbone: scenes, width: 32\(settings)}}
                input: 64x64x3
                classes: 3
                """, source: "small.yaml")
        guard case .detect(let task) = recipe.model.task else { throw RunError(.different, "no detector") }
        return try task.model(recipe.model.architecture, input: nil, seed: 0)
    }

    @Test(
        "each member of the family learns and detects, from regions of its own or given ones, with objects or without",
        arguments: ["rcnn", "fast-rcnn", "faster-rcnn"])
    func family(_ kind: String) throws {
        let network = try network(kind, kind == "rcnn" ? ", side: 32" : "")
        #expect(network.needsProposals == (kind != "faster-rcnn"))
        let images = Formula.uniform("images", [2, 3, 64, 64])
        let sizes = [ImageSize(width: 64, height: 64), ImageSize(width: 64, height: 48)]
        let regions = Boxes(corners: [0, 0, 30, 30, 5, 5, 60, 40, 20, 10, 40, 30, 0, 0, 64, 48])
        let objects = RegionCNN.Target(
            boxes: Boxes(corners: [4, 4, 32, 30, 18, 12, 40, 31]), labels: [1, 3], proposals: regions)
        let nothing = RegionCNN.Target(boxes: Boxes(), labels: [], proposals: regions)
        for targets in [[objects, nothing], [nothing, nothing]] {
            let (loss, gradients) = withGradients { network.losses(images, targets, sizes: sizes).total }
            #expect(loss.item.isFinite)
            let norms = network.parameters.compactMap { gradients[$0.parameter] }.map {
                $0.scalars.allSatisfy(\.isFinite)
            }
            #expect(!norms.isEmpty && norms.allSatisfy { $0 })
        }
        let given = network.needsProposals ? [regions, Boxes()] : nil
        let found = try network.detect(images, sizes: sizes, proposals: given)
        #expect(found.count == 2)
        if given != nil { #expect(found[1].objects.labels.isEmpty) }
        // A network that is told where to look looks nowhere else.
        let told = try network.detect(images, sizes: sizes, proposals: [Boxes(), Boxes()])
        #expect(told.allSatisfy { $0.objects.labels.isEmpty })
    }

    @Test("parts that are not learnt cost nothing")
    func parts() throws {
        var network = try network("faster-rcnn")
        let images = Formula.uniform("images", [1, 3, 64, 64])
        let target = RegionCNN.Target(boxes: Boxes(corners: [4, 4, 32, 30]), labels: [1])
        func losses() -> RegionCNN.Losses {
            network.losses(images, [target], sizes: [ImageSize(width: 64, height: 64)])
        }
        network.learnt = .proposals
        #expect(losses().objectness != nil && losses().classes == nil && losses().boxes == nil)
        network.learnt = .regions
        #expect(losses().objectness == nil && losses().proposalBoxes == nil && losses().classes != nil)
    }

    @Test("whatever boxes there are, as many as ten thousand of any kind, what they cost is a number")
    func hostileBoxes() throws {
        let network = try network("faster-rcnn", ", pyramid: 8, sizes: [8, 16, 32]")
        let images = Formula.uniform("images", [1, 3, 64, 64])
        var generator = SplitMix64(seed: 1)
        let edges: [Float] = [
            0, 1, 63, 64, 65, -1, -1e9, 1e9, .infinity, -.infinity, .nan, 1e38, -1e38, 32, 31.999, 1e-30,
        ]
        var boxes = 0
        while boxes < 10_000 {
            let count = Int.random(in: 0...400, using: &generator)
            let corners = (0..<4 * count).map { _ in
                Bool.random(using: &generator)
                    ? edges.randomElement(using: &generator)! : Float.random(in: -70...140, using: &generator)
            }
            boxes += count
            let objects = (0..<count).map { index in
                Annotations.Object(
                    category: index % 3,
                    box: Box(
                        left: Double(corners[4 * index]), top: Double(corners[4 * index + 1]),
                        right: Double(corners[4 * index + 2]), bottom: Double(corners[4 * index + 3])))
            }
            let target = RegionCNN.Target(
                boxes: Boxes(objects.map(\.box)), labels: objects.map { $0.category + 1 })
            let losses = network.losses(images, [target], sizes: [ImageSize(width: 64, height: 64)])
            #expect(losses.total.item.isFinite, "\(count) boxes")
        }
    }
}
