import Foundation
import SaccadeDatasets
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadeLoading
import SaccadeMetrics
import SaccadeModels
import SaccadeTensors
import SaccadeTraining
import TestSupport
import Testing
import TrainingTestSupport

/// The ResNet-20 for CIFAR-10 that github.com/akamaster/pytorch_resnet_cifar10 publishes, on real images.
@Suite struct PublishedWeightsTests {
    private static let weights = "weights/pytorch_resnet_cifar10/resnet20_resaved.safetensors"

    private static func network() throws -> Network {
        let network = Network(try Architecture.cifarResNet(.twenty).resolved())
        try network.load(SafetensorsFile(at: ReferenceData.path(weights)))
        return network
    }

    /// How far logits are from those that PyTorch computed, and how many name the right class.
    private static func compared(
        _ images: [[Float]], _ labels: [Int], with csv: String
    ) throws -> (difference: Float, accuracy: Double) {
        let network = try network()
        let plan = Plan(for: [100, 3, 32, 32]) { network($0) }
        let text = try String(contentsOfFile: csv, encoding: .utf8)
        let expected = text.split(separator: "\n").map { $0.split(separator: ",").compactMap { Float($0) } }
        try #require(expected.count == images.count && images.count.isMultiple(of: 100))
        var (difference, right) = (Float(0), 0)
        for first in stride(from: 0, to: images.count, by: 100) {
            let batch = Tensor(images[first..<first + 100].flatMap { $0 }, shape: [100, 3, 32, 32])
            let logits = plan(batch).scalars
            for row in 0..<100 {
                let scores = logits[row * 10..<(row + 1) * 10]
                for (a, b) in zip(scores, expected[first + row]) { difference = max(difference, abs(a - b)) }
                if topClasses(1, of: scores) == [labels[first + row]] { right += 1 }
            }
        }
        return (difference, Double(right) / Double(images.count))
    }

    private static let preprocessing = Preprocessing(
        height: 32, width: 32, channels: 3, mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

    @Test(
        "its logits for 2000 lossless images are PyTorch’s within 0.001, and 99.85 % right",
        .enabled(if: ReferenceData.has(weights), Comment(rawValue: ReferenceData.missing)))
    func lossless() throws {
        let folder = ReferenceData.path("cifar10_lossless_train")
        var (images, labels): ([[Float]], [Int]) = ([], [])
        for sheet in 0..<2 {
            // 1000 images, one a row: 32 · 32 pixels, row by row.
            let image = try Image(contentsOf: "\(folder)/cifar10_batch_\(sheet).png")
            try #require(image.width == 1024 && image.height == 1000 && image.channels == 3)
            for row in 0..<1000 {
                let pixels = Array(image.pixels[row * 3072..<(row + 1) * 3072])
                images.append(
                    Self.preprocessing(Image(width: 32, height: 32, channels: 3, pixels: pixels)))
            }
            labels += try String(contentsOfFile: "\(folder)/cifar10_batch_\(sheet)_labels.txt", encoding: .utf8)
                .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        }
        // The first rows of both sheets.
        let csv = "\(folder)/resnet20_logits_first2000.csv"
        let (difference, accuracy) = try Self.compared(images, labels, with: csv)
        #expect(difference < 1e-3, "\(difference)")
        #expect(accuracy == 0.9985)
    }

    @Test(
        "it is right on 81.15 % of 2000 images saved as JPEG",
        .enabled(if: ReferenceData.has(weights), Comment(rawValue: ReferenceData.missing)))
    func jpeg() throws {
        let dataset = try ClassificationDataset(at: ReferenceData.path("cifar10_jpeg"), split: .test)
        let loader = BatchLoader(dataset, preprocessing: Self.preprocessing, batchSize: 100, seed: 0)
        let network = try Self.network()
        let task = classification(dataset.classNames)
        let score = try evaluate(task, Runner(planning: AnyModel(network)), over: loader)
        #expect(score.count == 2000)
        // JPEG decoders differ by about a level, which may turn a close decision.
        #expect(abs(score.top1 - 0.8115) <= 0.001, "\(score.top1)")
    }
}
