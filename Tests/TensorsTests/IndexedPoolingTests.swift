import SaccadeOneDNN
import SaccadePrelude
import TestSupport
import Testing

@testable import SaccadeTensors

/// Max pooling with places, and back, of images in every order, against slow definitions.
@Suite struct IndexedPoolingTests {
    private static func arrangements(_ shape: Shape) -> [Arrangement?] {
        [nil]
            + [.blocked(by: 16, shape.dimensions), .blocked(by: 8, shape.dimensions), .channelsLast(shape.dimensions)]
            .map { Arrangement($0, rowMajor: .rowMajor(shape.dimensions)) }
    }

    /// A pooling and what it is done to.
    private struct Problem {
        let shape: Shape
        let pooling: Pooling
        /// Few different values, so that some tie, and a few that are no numbers.
        let x: Tensor

        init(_ generator: inout SplitMix64) {
            func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
            let kernel = Pair(random(1...4), random(1...3))
            shape = [random(1...3), [1, 5, 8, 16, 19, 33][random(0...5)], random(6...13), random(6...11)]
            pooling = Pooling(
                kind: .maximum, kernel: kernel, stride: Pair(random(1...3), random(1...3)),
                padding: .pixels(Pair(random(0...kernel.height / 2), random(0...kernel.width / 2))),
                dilation: Pair(random(1...2), random(1...2)), ceilMode: Bool.random(using: &generator))
            let special: [Float] = [.nan, .nan, -.infinity, .infinity, -0.0]
            let isStrange = Bool.random(using: &generator)
            x = Tensor(
                (0..<shape.elementCount).map { _ in
                    isStrange && random(0...9) == 0 ? special[random(0...4)] : Float(random(-4...4)) / 2
                }, shape: shape)
        }
    }

    /// The places of a window along an axis.
    private static func places(_ window: Window, _ axis: Int, _ output: Int, _ length: Int) -> [Int] {
        (0..<window.kernel[axis]).map {
            output * window.stride[axis] - window.paddingBefore[axis] + $0 * window.dilation[axis]
        }.filter { (0..<length).contains($0) }
    }

    /// PyTorch's loop: a larger number, or what is none, takes the place of what is there.
    private static func pooled(_ problem: Problem) throws -> (values: [Float], indices: [Float]) {
        let window = try problem.pooling.window(over: problem.shape)
        let (x, shape) = (SlowImages(problem.x), problem.shape)
        let result = Pooling.resultShape(window, over: shape)
        var (values, indices): ([Float], [Float]) = ([], [])
        for n in 0..<result[0] {
            for c in 0..<result[1] {
                for i in 0..<result[2] {
                    for j in 0..<result[3] {
                        var (best, place): (Float, Int?) = (-.infinity, nil)
                        for y in places(window, 0, i, shape[2]) {
                            for z in places(window, 1, j, shape[3]) {
                                if x[n, c, y, z] > best || x[n, c, y, z].isNaN || place == nil {
                                    (best, place) = (x[n, c, y, z], y * shape[3] + z)
                                }
                            }
                        }
                        values.append(best)
                        indices.append(Float(place ?? 0))
                    }
                }
            }
        }
        return (values, indices)
    }

    private static func unpooled(
        _ x: [Float], _ indices: [Float], _ shape: Shape, to size: Pair, adds: Bool
    ) -> [Float] {
        var y = [Float](repeating: 0, count: shape[0] * shape[1] * size.product)
        for (element, place) in zip(x, indices).enumerated() {
            let at = element / (shape[2] * shape[3]) * size.product + Int(place.1)
            y[at] = adds ? y[at] + place.0 : place.0
        }
        return y
    }

    private static func same(_ x: [Float], _ y: [Float]) -> Bool {
        x.count == y.count && zip(x, y).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }

    @Test("largest elements and their places", arguments: 0..<60)
    func pools(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let problem = Problem(&generator)
        let expected = try Self.pooled(problem)
        for arrangement in Self.arrangements(problem.shape) {
            let x = problem.x.arranged(arrangement)
            let found = IndexedMaxPooling(pooling: problem.pooling).results(of: [x])
            let comment = "\(problem.pooling) of \(problem.shape), \(String(describing: arrangement))"
            #expect(Self.same(found[0].scalars, expected.values), "\(comment)")
            #expect(found[1].scalars == expected.indices, "\(comment)")
            #expect(found.allSatisfy { ($0.arrangement == nil) == (arrangement == nil) })
            for result in found { expectZerosBehind(result) }
        }
    }

    @Test("an image smaller than the window is one part of a window where those count, as in PyTorch")
    func onlyPart() {
        let one = Tensor([3], shape: [1, 1, 1, 1])
        let (y, places) = maxPool2DWithIndices(one, kernel: 2, ceilMode: true)
        #expect(y.shape == [1, 1, 1, 1] && y.scalars == [3] && places.scalars == [0])
        #expect(maxPool2D(one, kernel: 2, ceilMode: true).scalars == [3])
        #expect(averagePool2D(one, kernel: 2, ceilMode: true).scalars == [3])
        let three = Tensor([0, 1, 2], shape: [1, 1, 1, 3])
        #expect(maxPool2D(three, kernel: 2, ceilMode: true).scalars == [1, 2])
        #expect(averagePool2D(three, kernel: 2, ceilMode: true).scalars == [0.5, 2])
        // A window of 3 with a step of 2 leaves too little.
        #expect(throws: ShapeError.self) {
            try Trace.checked([[1, 1, 1, 1]], names: [:]) { [maxPool2D($0[0], kernel: 3, stride: 2, ceilMode: true)] }
        }
    }

    @Test("elements go to their places and come back from them", arguments: 0..<40)
    func unpools(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        let shape: Shape = [random(1...3), [1, 5, 8, 16, 19, 33][random(0...5)], random(1...6), random(1...7)]
        let size = Pair(random(1...9), random(1...8))
        let x = Tensor.ramp(shape)
        let indices = Tensor(
            (0..<shape.elementCount).map { _ in Float(random(0...size.product - 1)) }, shape: shape)
        let images = Tensor.ramp([shape[0], shape[1], size.height, size.width], seed: 3)
        let plane = shape[2] * shape[3]
        let expected = indices.scalars.enumerated().map {
            images.scalars[$0 / plane * size.product + Int($1)]
        }
        for (first, second) in zip(Self.arrangements(shape), Self.arrangements(images.shape)) {
            // Places may come in another order than what goes to them.
            for places in [first, nil] {
                for combines in [Unpooling.Combination.sum, .last] {
                    let unpooling = Unpooling(size: size, combines: combines, name: "maxUnpool2D")
                    let y = unpooling(x.arranged(first), indices.arranged(places))
                    #expect(
                        y.scalars
                            == Self.unpooled(x.scalars, indices.scalars, shape, to: size, adds: combines == .sum))
                    #expect((y.arrangement == nil) == (first == nil) || shape[1] == 1 || size.product == 1)
                    expectZerosBehind(y)
                }
                let gathered = PlaneGather(name: "")(images.arranged(second), indices.arranged(places))
                #expect(gathered.scalars == expected)
                #expect(
                    (gathered.arrangement == nil) == (first == nil) || shape[1] == 1 || size.product == 1 || plane == 1)
                expectZerosBehind(gathered)
            }
        }
    }

    /// What fills up the last block must be zeros for those who read whole blocks.
    private func expectZerosBehind(_ x: Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let arrangement = x.arrangement, case .stored(let storage, _) = x.content else { return }
        let all = UnsafeBufferPointer(start: storage.floats, count: arrangement.layout.byteCount / 4)
        let others = all.count { $0 != 0 } - x.scalars.count { $0 != 0 }
        withExtendedLifetime(storage) {
            #expect(others == 0, "\(arrangement.layout.dimensions)", sourceLocation: sourceLocation)
        }
    }

    @Test("an index out of range traps in blocks too")
    func outOfRange() async {
        await #expect(processExitsWith: .failure) {
            let shape: Shape = [1, 16, 1, 1]
            let x = Tensor.ramp(shape).arranged(
                Arrangement(.blocked16(shape.dimensions), rowMajor: .rowMajor(shape.dimensions)))
            _ = maxUnpool2D(x, indices: Tensor(filledWith: 4, shape: shape), to: 2)
        }
    }

    // MARK: SegNet

    /// Badrinarayanan, Kendall & Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image
    /// Segmentation", 2017, with two levels for five.
    struct SegNet {
        let weights = [[16, 3], [32, 16], [16, 32], [16, 16], [4, 16]].enumerated().map { index, channels in
            Parameter(.random([channels[0], channels[1], 3, 3], seed: UInt64(index)) * 0.2)
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            func conv(_ x: Tensor, _ index: Int) -> Tensor {
                conv2D(x, weights[index].value, padding: 1, activation: .relu)
            }
            let first = conv(x, 0)
            let (second, places) = maxPool2DWithIndices(first, kernel: 2, stride: 2)
            let third = conv(second, 1)
            let (fourth, morePlaces) = maxPool2DWithIndices(third, kernel: 2, stride: 2)
            let fifth = conv(
                maxUnpool2D(fourth, indices: morePlaces, to: Pair(third.shape[2], third.shape[3])), 2)
            let sixth = conv(maxUnpool2D(fifth, indices: places, to: Pair(first.shape[2], first.shape[3])), 3)
            return conv2D(sixth, weights[4].value, padding: 1)
        }
    }

    @Test("SegNet stays in blocks, and is the same in each order", arguments: ElementOrder.allCases)
    func segNet(order: ElementOrder) {
        let network = SegNet()
        let x = Tensor.random([2, 3, 21, 14])
        // Of kernels that are as fast some like other orders.
        let lowered = LoweredNetwork(for: x.shape, .float32, order, tuning: .plainest) { network($0) }
        #expect(lowered(x).relativeError(to: network(x)) < 1e-5)
        #expect(lowered.rowMajorNames.count <= 2, "\(lowered.rowMajorNames) of \(lowered.names)")
        #expect(lowered.names.count { $0 == "reorder" } <= 2, "\(lowered.names)")
    }

    @Test("a step of SegNet's training stays in blocks")
    func segNetGradients() {
        let network = SegNet()
        let x = Tensor.random([2, 3, 20, 12])
        // The gradient of the first weights comes from the very end, through everything.
        func gradient(_ x: Tensor) -> Tensor {
            let (_, gradients) = withGradients(except: Set(network.weights.dropFirst())) {
                sum(network(x) * .ramp([2, 4, 20, 12]))
            }
            return gradients[network.weights[0]] ?? x
        }
        let lowered = LoweredNetwork(for: x.shape, .float32, .blocked, tuning: .plainest, network: gradient)
        #expect(lowered(x).relativeError(to: gradient(x)) < 1e-4)
        // The image comes in row by row, and the weights' gradient leaves so.
        #expect(lowered.names.count { $0 == "reorder" } <= 1, "\(lowered.names)")
        #expect(Set(lowered.rowMajorNames).isSubset(of: ["conv2D", "conv2D weight gradient", "reorder"]))
    }
}
