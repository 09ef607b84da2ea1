import Foundation
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// Somebody else's weights, from a file of the old form, make somebody else's numbers: whatever is laid out wrongly on
/// the way would show.
@Suite struct CIFARResNetTests {
    static let weights = "weights/pytorch_resnet_cifar10/resnet20-12fca82f.th"

    @Test("ResNet-20 gives PyTorch's logits and accuracy for two thousand images without loss")
    func lossless() throws {
        let folder = "cifar10_lossless_train"
        guard ReferenceData.has(Self.weights), ReferenceData.has(folder) else {
            return print("skipped: \(ReferenceData.missing)")
        }
        var images: [[UInt8]] = []
        var labels: [Int] = []
        for batch in 0..<2 {
            // An image is a row of its 32 × 32 pixels.
            let image = try Image(contentsOf: ReferenceData.path("\(folder)/cifar10_batch_\(batch).png"))
            let rows = image.pixels.count / 3072
            images += (0..<rows).map { Array(image.pixels[($0 * 3072)..<(($0 + 1) * 3072)]) }
            let text = try String(
                contentsOfFile: ReferenceData.path("\(folder)/cifar10_batch_\(batch)_labels.txt"), encoding: .utf8)
            labels += text.split(whereSeparator: \.isNewline).compactMap { Int($0) }
        }
        #expect(images.count == 2000 && labels.count == 2000)
        let text = try String(
            contentsOfFile: ReferenceData.path("\(folder)/resnet20_logits_first2000.csv"), encoding: .utf8)
        let expected = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").compactMap { Float($0) } }
        let logits = try Self.logits(of: images)
        let difference = zip(logits.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? .infinity
        #expect(expected.count == 2000 && difference < 1e-3, "\(difference)")
        let right = zip(logits, labels).count { Self.class(of: $0) == $1 }
        #expect(right == 1997)  // accuracy 0.9985
    }

    @Test("and the same accuracy as with Pillow for two thousand JPEGs")
    func jpeg() throws {
        let folder = ReferenceData.path("cifar10_jpeg/test")
        guard ReferenceData.has(Self.weights), ReferenceData.has("cifar10_jpeg/test") else {
            return print("skipped: \(ReferenceData.missing)")
        }
        var images: [[UInt8]] = []
        var labels: [Int] = []
        let classes = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for (label, name) in classes.enumerated() {
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)").sorted() {
                images.append(try Image(contentsOf: "\(folder)/\(name)/\(file)").pixels)
                labels.append(label)
            }
        }
        #expect(classes.count == 10 && images.count == 2000)
        let right = zip(try Self.logits(of: images), labels).count { Self.class(of: $0) == $1 }
        // 0.8115 with libjpeg-turbo; another decoder may differ by a level in some pixels.
        #expect(abs(Double(right) / 2000 - 0.8115) < 0.002, "\(right)")
    }

    private static func `class`(of logits: [Float]) -> Int? { logits.indices.max { logits[$0] < logits[$1] } }

    /// - Parameter images: 32 × 32 pixels, red, green and blue, row by row.
    private static func logits(of images: [[UInt8]]) throws -> [[Float]] {
        let network = ResNet20()
        try network.load(WeightsFile(at: ReferenceData.path(weights)))
        let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        let batch = 200
        let plan = Plan(for: [batch, 3, 32, 32]) { network($0) }
        var logits: [[Float]] = []
        for start in stride(from: 0, to: images.count, by: batch) {
            var numbers: [Float] = []
            for image in images[start..<min(start + batch, images.count)] {
                for channel in 0..<3 {
                    for pixel in 0..<1024 {
                        let value = Float(image[pixel * 3 + channel]) / 255
                        numbers.append((value - mean[channel]) / deviation[channel])
                    }
                }
            }
            let result = plan(Tensor(numbers, shape: [numbers.count / 3072, 3, 32, 32])).scalars
            logits += (0..<(result.count / 10)).map { Array(result[($0 * 10)..<($0 * 10 + 10)]) }
        }
        return logits
    }
}

/// He et al. (2015), section 4.2, with 20 layers and shortcuts without parameters (option A); the names are those of
/// github.com/akamaster/pytorch_resnet_cifar10. Built of layers here, so that the reader is tested on its own.
private struct ResNet20: Layer {
    struct Block: Layer {
        let conv1: Conv2D, bn1: BatchNorm2D, conv2: Conv2D, bn2: BatchNorm2D
        let stride: Int, added: Int

        init(_ inputs: Int, _ outputs: Int, using generator: inout some RandomNumberGenerator) {
            stride = inputs == outputs ? 1 : 2
            added = outputs - inputs
            conv1 = Conv2D(
                in: inputs, out: outputs, kernel: 3, stride: Pair(stride), padding: 1, bias: false, using: &generator)
            bn1 = BatchNorm2D(outputs)
            conv2 = Conv2D(in: outputs, out: outputs, kernel: 3, padding: 1, bias: false, using: &generator)
            bn2 = BatchNorm2D(outputs)
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            let y = bn2(conv2(relu(bn1(conv1(x)))))
            guard added > 0 else { return relu(y + x) }
            let every = x.sliced(axis: 2, 0..<x.shape[2], step: 2).sliced(axis: 3, 0..<x.shape[3], step: 2)
            return relu(y + every.padded(axis: 1, before: added / 2, after: added / 2))
        }
    }

    let conv1: Conv2D, bn1: BatchNorm2D
    let layer1: [Block], layer2: [Block], layer3: [Block]
    let linear: Linear

    init() {
        var generator = SplitMix64(seed: 0)
        func stage(_ inputs: Int, _ outputs: Int) -> [Block] {
            (0..<3).map { Block($0 == 0 ? inputs : outputs, outputs, using: &generator) }
        }
        conv1 = Conv2D(in: 3, out: 16, kernel: 3, padding: 1, bias: false, using: &generator)
        bn1 = BatchNorm2D(16)
        (layer1, layer2, layer3) = (stage(16, 16), stage(16, 32), stage(32, 64))
        linear = Linear(in: 64, out: 10, using: &generator)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let y = (layer1 + layer2 + layer3).reduce(relu(bn1(conv1(x)))) { $1($0) }
        return linear(globalAveragePool2D(y).flattened)
    }
}

extension Tensor {
    /// `[N, C, 1, 1]` as `[N, C]`.
    fileprivate var flattened: Tensor { reshaped(to: [shape[0], shape[1]]) }
}
