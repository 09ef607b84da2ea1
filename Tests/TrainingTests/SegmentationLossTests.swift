import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeMetrics
import SaccadeSettings
import SaccadeTensors
import TestSupport
import Testing
import TrainingTestSupport

@testable import SaccadeTraining

/// What PyTorch, segmentation-models-pytorch and SciPy compute, as `make_segmentation_loss_fixtures.py` wrote it down.
struct SegmentationLossFixtures: Decodable {
    struct Case: Decodable {
        let loss: Float
        let gradient: [Float]
    }
    struct Borders: Decodable {
        let width: Int
        let image: [Int]
        let objects: Int
        let sigma: Float
        let weights: [Float]
    }
    struct Grid: Decodable {
        let values: [Float]
        let width, height: Int
        let field: [Float]
    }

    let shape: [Int]
    let scores, truth, classWeights, weightMap: [Float]
    let losses: [String: Case]
    let borders: Borders
    let grid: Grid

    static func read() throws -> SegmentationLossFixtures {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/segmentation_losses.json").standardized
        return try JSONDecoder().decode(SegmentationLossFixtures.self, from: Data(contentsOf: path))
    }
}

@Suite struct SegmentationLossTests {
    @Test(
        "losses and gradients are PyTorch's, and segmentation-models-pytorch's",
        arguments: [
            ("crossEntropy", "crossEntropy: 1"), ("crossEntropy, class weights", "crossEntropy: 1"),
            ("crossEntropy, weight map", "crossEntropy: 1"), ("dice", "dice: 1"), ("focal", "focal: 1"),
            ("focal, gamma 0.5", "focal: 1, gamma: 0.5"), ("focal, class weights", "focal: 1"),
        ])
    func values(_ name: String, _ settings: String) throws {
        let fixtures = try SegmentationLossFixtures.read()
        let expected = try #require(fixtures.losses[name])
        let loss: SegmentationLoss = try Setting(yaml: "{\(settings)}", source: "x").decoded()
        let shape = Shape(fixtures.shape)
        let scores = Parameter(Tensor(fixtures.scores, shape: shape))
        let places: Shape = [shape[0], shape[2], shape[3]]
        let (value, gradients) = withGradients {
            loss(
                scores.value, Tensor(fixtures.truth, shape: places),
                classWeights: name.contains("class weights") ? Tensor(fixtures.classWeights, shape: [4]) : nil,
                weightMap: name.contains("weight map") ? Tensor(fixtures.weightMap, shape: places) : nil, ignored: 255
            ).total
        }
        #expect(abs(value.item - expected.loss) < 2e-6)
        let gradient = try #require(gradients[scores])
        #expect(zip(gradient.scalars, expected.gradient).allSatisfy { abs($0 - $1) < 2e-6 })
    }

    @Test("several parts add up, each told by itself; where no pixel counts there is neither loss nor gradient")
    func parts() throws {
        let fixtures = try SegmentationLossFixtures.read()
        let loss: SegmentationLoss = try Setting(
            yaml: "{crossEntropy: 2, dice: 1, focal: 0.5}", source: "x"
        ).decoded()
        let scores = Parameter(Tensor(fixtures.scores, shape: Shape(fixtures.shape)))
        let places: Shape = [fixtures.shape[0], fixtures.shape[2], fixtures.shape[3]]
        let truth = Tensor(fixtures.truth, shape: places)
        let (total, parts) = loss(scores.value, truth, classWeights: nil, weightMap: nil, ignored: 255)
        let expected = ["crossEntropy", "dice", "focal"].compactMap { fixtures.losses[$0]?.loss }
        #expect(abs(total.item - (2 * expected[0] + expected[1] + 0.5 * expected[2])) < 5e-6)
        #expect(parts.map(\.key) == [.crossEntropy, .diceLoss, .focalLoss])
        #expect(zip(parts, expected).allSatisfy { abs($0.value.item - $1) < 5e-6 })
        let nothing = Tensor(filledWith: 255, shape: places)
        let (none, gradients) = withGradients {
            loss(scores.value, nothing, classWeights: nil, weightMap: nil, ignored: 255).total
        }
        #expect(none.item == 0 && (gradients[scores]?.scalars.allSatisfy { $0 == 0 } ?? true))
    }

    @Test(
        "settings that make no sense are refused, with what would",
        arguments: [
            ("loss: hinge", "loss must be crossEntropy, dice or focal"), ("loss: {dise: 1}", "did you mean dice?"),
            ("loss: {dice: -1}", "dice must be 0 to 1000000"), ("loss: {dice: 0}", "a part whose weight is above 0"),
            ("loss: {focal: 1, gamma: 20}", "gamma of the focal loss must be 0 to 10"),
            ("classWeights: median", "classWeights must be none, medianFrequency, or a number for each class"),
            ("classWeights: [1, -2]", "classWeights must be 0 to 1000000, not -2"),
            ("classWeights: [0, 0]", "must have a number above 0"),
            ("weightMap: {sigma: 0}", "sigma of the weightMap must be 0.1 to 100 pixels"),
            ("weightMap: {w0: 3}", "there is no setting w0"), ("borderClass: 255", "0 to 254, not 255"),
            ("classes: [a, a]", "2 to 255 different names"),
        ])
    func mistakes(_ line: String, _ part: String) throws {
        let yaml = "task: segment\nsegment:\n  \(line)\nnetwork: unet\ninput: 572x572x1\n"
        let error = try #require(throws: RecipeError.self) { _ = try Recipe(yaml: yaml, source: "x.yaml") }
        #expect(error.description.contains(part) && error.description.hasPrefix("x.yaml:3"), "\(error)")
    }

    // MARK: Weights

    @Test("border weights are those of SciPy's distances, and 0 with fewer than two objects")
    func borders() throws {
        let borders = try SegmentationLossFixtures.read().borders
        let labels = connectedComponents(borders.image.map { $0 == 1 }, width: borders.width)
        #expect(Int(labels.max() ?? 0) == borders.objects)
        let weights = borderWeights(labels, width: borders.width, strength: 10, sigma: borders.sigma)
        #expect(zip(weights, borders.weights).allSatisfy { abs($0 - $1) < 2e-5 })
        #expect(weights.contains { $0 > 0.1 })
        for objects in [0, 1] as [Int32] {
            let few = labels.map { min($0, objects) }
            #expect(borderWeights(few, width: borders.width, strength: 10, sigma: 5).allSatisfy { $0 == 0 })
        }
        #expect(borderWeights([], width: 0, strength: 10, sigma: 5).isEmpty)
    }

    @Test("a weight map adds the class's weight to the border's; ignored pixels weigh nothing")
    func weightMap() {
        // Two objects with one pixel between.
        let classes: [UInt8] = [1, 0, 1, 255]
        let map = Segmentation.WeightMap()
        let weights = map.weights(of: classes, width: 4, classWeights: [0.5, 2])
        // d1 = d2 = 1.
        #expect(weights[0] == 2 && weights[2] == 2 && weights[3] == 0)
        #expect(abs(weights[1] - (0.5 + 10 * exp(-4.0 / 50))) < 1e-5)
    }

    @Test("a coarse deformation is PyTorch's bicubic interpolation with aligned corners")
    func grid() throws {
        let grid = try SegmentationLossFixtures.read().grid
        let field = DisplacementField(
            width: grid.width, height: grid.height, grid: 3, dx: Array(grid.values[..<9]), dy: Array(grid.values[9...]))
        #expect(zip(field.dx + field.dy, grid.field).allSatisfy { abs($0 - $1) < 2e-6 })
    }

    @Test("median frequencies are as Eigen and Fergus define them")
    func medianFrequency() throws {
        let folder = try TemporaryFolder()
        for (name, rows) in [("a", [[0, 0, 0, 1], [0, 0, 1, 1]]), ("b", [[0, 0, 255, 255], [2, 0, 0, 0]])] {
            let pixels = rows.joined().map { UInt8($0) }
            let image = Image(width: 4, height: 2, channels: 1, pixels: pixels)
            for part in ["images", "masks"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder.path)/\(part)", withIntermediateDirectories: true)
                try image.writePNG(to: "\(folder.path)/\(part)/\(name).png")
            }
        }
        let data = try MaskDataset(at: folder.path, kind: .semantic).withNamedClasses(ignoring: 255)
        let frequencies = data.classFrequencies()
        #expect(frequencies.pixels == [10, 3, 1] && frequencies.pixelsAround == [14, 8, 6])
        // 10/14, 3/8, 1/6: the median is 3/8.
        let expected = [0.375 * 14 / 10, 1, 0.375 * 6]
        #expect(zip(frequencies.medianFrequencyWeights, expected).allSatisfy { abs($0 - $1) < 1e-12 })
        let model = try ModelDescription(
            recipe: "task: segment\nnetwork: unet-padded\ninput: 32x32x1\nclasses: 3\n", source: "a recipe")
        var task = Segmentation()
        task.classWeights = .given([1, 2])
        task.classNames = ["a", "b", "c"]
        let error = #expect(throws: FileError.self) { _ = try task.prepared(for: data, by: model) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("3 classes, and segment.classWeights gives 2"))
        task.classWeights = .none
        task.borderClass = 3
        #expect(throws: FileError.self) { _ = try task.prepared(for: data, by: model) }
        // A mask of another size is a sample that cannot be used.
        try Image(width: 3, height: 2, channels: 1, pixels: [0, 0, 0, 0, 1, 1]).writePNG(
            to: "\(folder.path)/masks/a.png")
        let unusable = data.unusableSamples(.headers)
        #expect(unusable.map(\.problem.rule) == [.maskSize])
    }
}
