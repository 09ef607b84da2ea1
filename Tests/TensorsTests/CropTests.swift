import SaccadeOneDNN
import SaccadePrelude
import Synchronization
import TestSupport
import Testing

@testable import SaccadeTensors

/// Parts of images that lie in blocks: cut out, put back, and read where they lie.
@Suite struct CropTests {
    /// The orders that images of a shape may lie in.
    private static func arrangements(_ shape: Shape) -> [Arrangement?] {
        [.blocked(by: 16, shape.dimensions), .blocked(by: 8, shape.dimensions), .channelsLast(shape.dimensions)].map {
            Arrangement($0, rowMajor: .rowMajor(shape.dimensions))
        }
    }

    /// Parts of `[2, 36, 7, 5]`, and whether they leave blocks of sixteen whole.
    private static let views: [(change: @Sendable (inout View) -> Void, isWhole: Bool)] = [
        ({ ($0.starts[2], $0.lengths[2], $0.starts[3], $0.lengths[3]) = (2, 4, 1, 3) }, true),
        ({ ($0.starts[0], $0.lengths[0], $0.starts[2], $0.lengths[2]) = (1, 1, 0, 1) }, true),
        ({ ($0.starts[2], $0.steps[2], $0.lengths[2]) = (1, 2, 3) }, true),
        ({ ($0.starts[3], $0.steps[3], $0.starts[0], $0.steps[0]) = (4, -1, 1, -1) }, true),
        ({ ($0.starts[1], $0.lengths[1], $0.starts[3], $0.lengths[3]) = (16, 20, 1, 2) }, true),
        ({ ($0.starts[1], $0.lengths[1]) = (16, 16) }, true),
        ({ ($0.starts[1], $0.lengths[1]) = (0, 17) }, false),
        ({ ($0.starts[1], $0.lengths[1]) = (3, 32) }, false),
        ({ ($0.starts[1], $0.steps[1]) = (35, -1) }, false),
    ]

    @Test(
        "slices of images in blocks are what slices of row-major ones are, and stay in blocks",
        arguments: views.indices)
    func slices(_ index: Int) {
        var view = View([2, 36, 7, 5])
        Self.views[index].change(&view)
        let x = Tensor.ramp(view.whole)
        let expected = Slice(view)(x)
        for arrangement in Self.arrangements(view.whole) {
            let slice = Slice(view)(x.arranged(arrangement))
            #expect(slice.scalars == expected.scalars, "\(String(describing: arrangement))")
            if Self.views[index].isWhole { #expect(slice.arrangement != nil) }
            // What fills up the last block must be zeros for those who read whole blocks.
            #expect(sum(slice.arranged(slice.arrangement) * slice).item == sum(expected * expected).item)
        }
    }

    @Test(
        "images in blocks are put into a larger one as row-major ones are", arguments: views.indices,
        [0, 3] as [Float])
    func placements(_ index: Int, background: Float) {
        var view = View([2, 36, 7, 5])
        Self.views[index].change(&view)
        let x = Tensor.ramp(view.shape)
        let placement = Placement(view, background: background, name: "padded")
        let expected = placement(x)
        for arrangement in Self.arrangements(view.shape) {
            let placed = placement(x.arranged(arrangement))
            #expect(placed.scalars == expected.scalars)
            if Self.views[index].isWhole && background == 0 { #expect(placed.arrangement != nil) }
            #expect((placed * placed).scalars == (expected * expected).scalars)
        }
    }

    private static let weights = (0..<6).map { Tensor.random([32, 32, 3, 3], seed: UInt64($0)) / 8 }
    private static let first = Tensor.random([32, 3, 3, 3], seed: 9)

    private static func conv(_ x: Tensor, _ index: Int) -> Tensor {
        conv2D(x, weights[index], padding: 1, activation: .relu)
    }

    private static func crop(_ x: Tensor, _ rows: Range<Int>, _ columns: Range<Int>) -> Tensor {
        x.sliced(axis: 2, rows).sliced(axis: 3, columns)
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let network: @Sendable (Tensor) -> Tensor
    }

    /// Networks of `[N, 3, 11, 9]`, in which something could be overwritten or let go of too early.
    static let cases = [
        Case(testDescription: "read by a convolution") { x in conv(crop(conv2D(x, first), 1..<8, 2..<6), 0) },
        Case(testDescription: "handed on") { x in crop(conv2D(x, first), 1..<8, 2..<6) },
        Case(testDescription: "read twice, and in place") { x in
            let y = crop(conv2D(x, first), 0..<6, 1..<6)
            return tanh(y) * sigmoid(y) + conv(y, 0)
        },
        Case(testDescription: "the whole changed in place behind it") { x in
            let y = conv2D(x, first)
            let part = crop(y, 1..<4, 0..<5)
            let changed = exp(tanh(sigmoid(y)))
            return crop(changed, 2..<5, 2..<7) * part + part
        },
        Case(testDescription: "the whole summed up in place behind it") { x in
            let y = conv(conv2D(x, first), 0)
            let part = crop(y, 2..<8, 1..<6)
            let z = conv(y, 1) + y
            return conv(part, 2) + crop(z, 3..<9, 2..<7)
        },
        Case(testDescription: "added to by a convolution") { x in
            let y = conv2D(x, first)
            let part = crop(y, 2..<8, 1..<6)
            return conv2D(crop(y, 1..<7, 2..<7), weights[0], padding: 1) + part
        },
        Case(testDescription: "reshaped, and summed up") { x in
            let part = crop(conv2D(x, first), 2..<8, 1..<6)
            return part.reshaped(to: [x.shape[0], 32 * 6, 5])
                * mean(part, axes: [1, 2, 3], keepingAxes: true).reshaped(
                    to: [x.shape[0], 1, 1])
        },
        Case(testDescription: "channels") { x in
            let y = conv2D(x, first)
            return conv2D(y.sliced(axis: 1, 16..<32), weights[0].sliced(axis: 1, 0..<16)) * 2
                - conv2D(y.sliced(axis: 1, 3..<19), weights[1].sliced(axis: 1, 0..<16))
        },
        Case(testDescription: "joined with what is made for it") { x in
            let y = conv(conv2D(x, first), 0)
            let z = maxPool2D(y, kernel: 2)
            let up = convTranspose2D(z, weights[1].sliced(axis: 2, 0..<2).sliced(axis: 3, 0..<2), stride: 2)
            return conv(concatenated([crop(y, 0..<8, 1..<7), up], axis: 1).sliced(axis: 1, 16..<48), 2)
        },
        Case(testDescription: "joined with themselves, with images and with the input") { x in
            let y = conv(conv2D(x, first), 0)
            let part = crop(y, 1..<6, 1..<6)
            return concatenated(
                [part, crop(x, 0..<5, 0..<5), part, averagePool2D(crop(y, 0..<7, 0..<7), kernel: 3, stride: 1)], axis: 1
            )
        },
        Case(testDescription: "a part of joined images, joined again") { x in
            let y = conv2D(x, first)
            let joined = concatenated([conv(y, 0), conv(y, 1)], axis: 1)
            let part = crop(joined, 1..<6, 0..<5)
            return concatenated([crop(conv(y, 2), 2..<7, 2..<7), part, crop(y, 0..<5, 1..<6)], axis: 1) * 3
        },
        Case(testDescription: "joined twice, each time with what is made for it") { x in
            let y = conv(conv2D(x, first), 0)
            let z = concatenated([y, conv2D(x, first)], axis: 1)
            return concatenated([y, conv(y, 1)], axis: 1) - z
        },
        Case(testDescription: "joined twice, and read by nobody else") { x in
            let y = conv2D(x, first)
            return concatenated([y, conv2D(x, first * 2)], axis: 1) * concatenated([conv2D(x, first * 3), y], axis: 1)
        },
        Case(testDescription: "joined with a constant, by two") { x in
            let image = Tensor.ramp([x.shape[0], 16, 9, 7], seed: 7)
            return concatenated([conv2D(x, first), image], axis: 1)
                * concatenated([image, conv2D(x, first * 2)], axis: 1)
        },
        Case(testDescription: "joined in rows and in batches") { x in
            let y = conv2D(x, first)
            let rows = concatenated([crop(y, 5..<9, 0..<7), crop(y, 0..<5, 0..<7)], axis: 2)
            return concatenated([rows, y.flipped(axes: [2])], axis: 0)
        },
    ]

    @Test("plans that read parts where they lie agree with eager execution", arguments: cases, [1, 3])
    func agrees(_ c: Case, batch: Int) {
        for (order, precision) in [
            (ElementOrder.blocked, Precision.float32), (.channelsLast, .float32), (.blocked, .bfloat16),
        ] where Plan.supports(precision) {
            let lowered = LoweredNetwork(for: [batch, 3, 11, 9], precision, order, network: c.network)
            for seed in 0..<3 as Range<UInt64> {
                let x = Tensor.ramp([batch, 3, 11, 9], seed: seed)
                // Without blocks: row by row, everything is a copy.
                let error = lowered(x).relativeError(to: c.network(x))
                #expect(error < (precision == .float32 ? 1e-5 : 4e-2), "\(order) \(precision): \(lowered.names)")
            }
        }
    }

    @Test("channels of a single image are read where they lie")
    func channels() {
        func network(_ x: Tensor) -> Tensor {
            let y = conv2D(x, Self.first)
            let (left, right) = (y.sliced(axis: 1, 0..<16), y.sliced(axis: 1, 16..<32))
            let weights = Self.weights.map { $0.sliced(axis: 0, 0..<16).sliced(axis: 1, 0..<16) }
            // Nothing may be done in place while others still read it.
            let changed = tanh(sigmoid(left)) * conv2D(right, weights[0], padding: 1)
            return concatenated([left, conv2D(changed, weights[1], padding: 1) + right], axis: 1) * y
        }
        for batch in [1, 2] {
            let x = Tensor.ramp([batch, 3, 11, 9])
            let lowered = LoweredNetwork(for: x.shape, tuning: .plainest, network: network)
            for _ in 0..<2 { #expect(lowered(x).relativeError(to: network(x)) < 1e-5) }
            guard batch == 1 else { continue }
            // What leaves is row by row, `right` is copied to where it is added to, and `left` to where it is joined.
            #expect(lowered.names.count { $0 == "reorder" } <= 1, "\(lowered.names)")
            #expect(lowered.names.count { $0 == "copy" } <= 2, "\(lowered.names)")
        }
    }

    @Test("a crop is a slice along both axes, from the middle unless it is said")
    func cropped() {
        let x = Tensor.ramp([2, 3, 7, 6])
        #expect(x.cropped(to: [4, 6]).scalars == x.sliced(axis: 2, 1..<5).scalars)
        #expect(
            x.cropped(to: [2, 3], top: 5, left: 0).scalars == Self.crop(x, 5..<7, 0..<3).scalars)
        expectGradients(at: [.ramp([1, 2, 4, 3])]) { $0[0].cropped(to: [2, 2]) * 3 }
    }

    /// A network of steps that chance chose: parts of values, what is joined of them, and what may be done in place.
    private static func randomNetwork(_ x: Tensor, _ seed: UInt64) -> Tensor {
        var generator = SplitMix64(seed: seed)
        func random(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
        var values = [conv2D(x, first), conv2D(x, first * 0.5, activation: .tanh)]
        func any() -> Tensor { values[random(0..<values.count)] }
        func convolved(_ x: Tensor) -> Tensor {
            let outputs = [16, 32][random(0..<2)]
            let weights = Tensor.random([outputs, x.shape[1], 1, 1], seed: UInt64(random(0..<9))) / 4
            return conv2D(x, weights, activation: random(0..<2) == 0 ? .relu : nil)
        }
        /// Of the same height and width as another.
        func fitted(_ x: Tensor, _ other: Tensor) -> Tensor? {
            guard x.shape[2] >= other.shape[2], x.shape[3] >= other.shape[3] else { return nil }
            return x.cropped(to: Pair(other.shape[2], other.shape[3]), top: x.shape[2] - other.shape[2])
        }
        for _ in 0..<14 {
            let x = any()
            switch random(0..<8) {
            case 0: values.append(convolved(x))
            case 1: values.append(tanh(sigmoid(x)))
            case 2: values.append(x.cropped(to: Pair(max(x.shape[2] - random(0..<3), 4), max(x.shape[3] - 1, 4))))
            case 3, 4:
                let other = any()
                guard let part = fitted(x, other), x.shape[1] + other.shape[1] <= 96 else { continue }
                values.append(concatenated(random(0..<2) == 0 ? [part, convolved(other)] : [other, part], axis: 1))
            case 5:
                let start = 16 * random(0..<x.shape[1] / 16)
                values.append(x.sliced(axis: 1, start..<start + 16))
            case 6:
                let other = any()
                guard let part = fitted(x, other), x.shape[1] == other.shape[1] else { continue }
                values.append(part + other)
            default:
                guard min(x.shape[2], x.shape[3]) >= 6 else { continue }
                let weights = Tensor.random([x.shape[1], 16, 2, 2], seed: 3) / 4
                values.append(convTranspose2D(maxPool2D(x, kernel: 2), weights, stride: 2))
            }
        }
        return values.suffix(4).map { mean($0 * $0, axes: [2, 3]) }.reduce(Tensor([0], shape: [1])) {
            $0 + sum($1 * .ramp($1.shape), axes: [1], keepingAxes: true)
        }
    }

    @Test("random networks of parts and joined images agree with eager execution", arguments: 0..<40)
    func random(seed: UInt64) {
        let x = Tensor.random([seed % 2 == 0 ? 1 : 3, 3, 11, 9], seed: seed)
        for order in ElementOrder.allCases {
            let lowered = LoweredNetwork(for: x.shape, .float32, order) { Self.randomNetwork($0, seed) }
            let expected = Self.randomNetwork(x, seed)
            #expect(lowered(x).relativeError(to: expected) < 1e-4, "\(order): \(lowered.names)")
        }
    }

    private final class Seen: Sendable { let isInBlocks = Mutex<Bool?>(nil) }

    /// What a decoder does to images `[N, 32, H, W]`.
    static let decoding = [
        Case(testDescription: "cropped") { $0.cropped(to: [5, 4]) },
        Case(testDescription: "every other pixel") { $0.sliced(axis: 2, 0..<9, step: 2).flipped(axes: [3]) },
        Case(testDescription: "padded") { $0.padded(top: 1, bottom: 2, left: 3) },
        Case(testDescription: "concatenated") { concatenated([$0, relu($0)], axis: 1) },
        Case(testDescription: "half of the channels") { $0.sliced(axis: 1, 16..<32) },
        Case(testDescription: "maxPool2DWithIndices") { maxPool2DWithIndices($0, kernel: 2).result },
        Case(testDescription: "maxUnpool2D") { x in
            maxUnpool2D(x, indices: maxPool2DWithIndices(x, kernel: 1).indices, to: [12, 10])
        },
        Case(testDescription: "resized") { $0.resized(to: [2 * $0.shape[2], 13]) },
        Case(testDescription: "resized, nearest") { $0.resized(to: [2 * $0.shape[2], 2 * $0.shape[3]], .nearest) },
    ]

    @Test("gradients of images in blocks come back in blocks", arguments: decoding)
    func gradients(_ c: Case) {
        let weights = Parameter(.ramp([32, 3, 3, 3]))
        let seen = Seen()
        _ = withGradients {
            let x = conv2D(.ramp([2, 3, 11, 9]), weights.value, padding: 1)
            let y = Tensor(shape: x.shape, content: x.content).recorded(pullbacks: [
                x: { dy in
                    seen.isInBlocks.withLock { $0 = dy.arrangement != nil }
                    return dy
                }
            ])
            let z = c.network(y)
            #expect(z.arrangement != nil)
            return sum(conv2D(z, .ramp([16, z.shape[1], 3, 3])))
        }
        #expect(seen.isInBlocks.withLock { $0 } == true)
    }

    // MARK: U-Net

    /// Ronneberger, Fischer & Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015, with two
    /// levels for four.
    struct UNet {
        static let shapes: [Shape] = [
            [16, 1, 3, 3], [16, 16, 3, 3], [32, 16, 3, 3], [32, 32, 3, 3], [64, 32, 3, 3], [64, 64, 3, 3],  // down
            [64, 32, 2, 2], [32, 64, 3, 3], [32, 32, 3, 3], [32, 16, 2, 2], [16, 32, 3, 3], [16, 16, 3, 3],  // up
            [2, 16, 1, 1],
        ]
        let weights = shapes.enumerated().map { index, shape in
            Parameter(
                .random(shape, seed: UInt64(index)) * (3 / Float(shape[1] * shape[2] * shape[3])).squareRoot())
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            func block(_ x: Tensor, _ index: Int) -> Tensor {
                conv2D(
                    conv2D(x, weights[index].value, activation: .relu), weights[index + 1].value, activation: .relu)
            }
            func up(_ x: Tensor, _ encoded: Tensor, _ index: Int) -> Tensor {
                let y = convTranspose2D(x, weights[index].value, stride: 2)
                let cropped = encoded.cropped(to: Pair(y.shape[2], y.shape[3]))
                return block(concatenated([cropped, y], axis: 1), index + 1)
            }
            let first = block(x, 0)
            let second = block(maxPool2D(first, kernel: 2), 2)
            let third = block(maxPool2D(second, kernel: 2), 4)
            return conv2D(up(up(third, second, 6), first, 9), weights[12].value)
        }

        func callAsFunction(_ x: SlowImages) -> SlowImages {
            let weights = weights.map { SlowImages($0.value) }
            func block(_ x: SlowImages, _ index: Int) -> SlowImages {
                x.convolved(weights[index]).convolved(weights[index + 1])
            }
            func up(_ x: SlowImages, _ encoded: SlowImages, _ index: Int) -> SlowImages {
                let y = x.enlarged(weights[index])
                return block(encoded.cropped(to: y).joined(y), index + 1)
            }
            let first = block(x, 0)
            let second = block(first.pooled(), 2)
            let third = block(second.pooled(), 4)
            return up(up(third, second, 6), first, 9).convolved(weights[12], rectified: false)
        }
    }

    @Test("U-Net stays in blocks, copies each crop once, and is what its definition says", arguments: [1, 2])
    func uNet(batch: Int) {
        let network = UNet()
        // Rows: 51 → 47 → 23 → 19 → 9 → 5 → 10 of 19 → 6 → 12 of 47 → 8.
        let x = Tensor.random([batch, 1, 51, 47])
        let expected = network(SlowImages(x)).tensor
        #expect(network(x).relativeError(to: expected) < 1e-5)
        for order in ElementOrder.allCases {
            // Of kernels that are as fast some like other orders.
            let lowered = LoweredNetwork(for: x.shape, .float32, order, tuning: .plainest) { network($0) }
            #expect(lowered(x).relativeError(to: expected) < 1e-5)
            #expect(!lowered.names.contains { $0.contains("slice") && !$0.contains("into a slice") })
            // The image comes in row by row, and the scores leave so.
            #expect(lowered.rowMajorNames.count <= 2, "\(lowered.rowMajorNames) of \(lowered.names)")
            guard order == .blocked else { continue }
            #expect(!lowered.names.contains { $0.contains("concatenated") }, "\(lowered.names)")
            let copies = lowered.names.count { $0 == "reorder" || $0.contains("copy into a slice") }
            #expect(copies <= 2 + 2, "\(lowered.names)")
        }
    }

    @Test("a step of U-Net's training stays in blocks", arguments: [1, 2])
    func uNetGradients(batch: Int) {
        let network = UNet()
        let x = Tensor.random([batch, 1, 51, 47])
        // The gradient of the first weights comes from the very end, through everything.
        func gradient(_ x: Tensor) -> Tensor {
            let (_, gradients) = withGradients(except: Set(network.weights.dropFirst())) {
                let y = network(x)
                return sum(y * .ramp(y.shape))
            }
            return gradients[network.weights[0]] ?? x
        }
        let lowered = LoweredNetwork(for: x.shape, .float32, .blocked, tuning: .plainest, network: gradient)
        #expect(lowered(x).relativeError(to: gradient(x)) < 1e-4)
        // The image comes in row by row, and the weights' gradient leaves so.
        #expect(Set(lowered.rowMajorNames).isSubset(of: ["conv2D", "conv2D weight gradient", "reorder"]))
        #expect(lowered.rowMajorNames.count { $0 == "reorder" } <= 1)
        // Forward each crop is copied once. Backward of several images both parts of what was joined are brought together,
        // each for one reader.
        let copies = lowered.names.count { $0 == "reorder" || $0.contains("copy into a slice") }
        #expect(copies <= 1 + 2 + (batch == 1 ? 0 : 4), "\(lowered.names)")
    }
}
