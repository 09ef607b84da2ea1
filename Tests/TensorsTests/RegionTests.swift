import SaccadeOneDNN
import SaccadePrelude
import TestSupport
import Testing

@testable import SaccadeTensors

/// RoIAlign and RoI pooling of features in every order: against torchvision, a slow definition, and themselves.
@Suite struct RegionTests {
    struct Case: CustomTestStringConvertible {
        let fixture: Fixtures.Case

        static var all: [Case] { Fixtures.regions.cases.map { Case(fixture: $0) } }

        var testDescription: String {
            let settings = fixture.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return
                "\(fixture.operation) of \(Fixtures.regions.shape(fixture.inputs[0])) \(settings.joined(separator: ", "))"
        }

        func callAsFunction(_ features: Tensor, _ boxes: Tensor) -> Tensor {
            let (size, scale) = (fixture.pair("outputSize"), fixture.float("spatialScale"))
            guard fixture.operation == "roiAlign" else {
                return roiPool(features, boxes: boxes, outputSize: size, spatialScale: scale)
            }
            return roiAlign(
                features, boxes: boxes, outputSize: size, spatialScale: scale,
                samplingRatio: fixture.integer("samplingRatio"), aligned: fixture.flag("aligned"))
        }
    }

    private static func arrangements(_ shape: Shape) -> [Arrangement?] {
        [nil]
            + [.blocked(by: 16, shape.dimensions), .blocked(by: 8, shape.dimensions), .channelsLast(shape.dimensions)]
            .map { Arrangement($0, rowMajor: .rowMajor(shape.dimensions)) }
    }

    @Test("agrees with torchvision, gradients too, in every order", arguments: Case.all)
    func torchvision(_ c: Case) throws {
        let tensors = Fixtures.regions
        let (features, boxes) = (try tensors.tensor(c.fixture.inputs[0]), try tensors.tensor(c.fixture.inputs[1]))
        let (expected, cotangent) = (try tensors.tensor(c.fixture.results[0]), try tensors.tensor(c.fixture.cotangent))
        let gradient = try tensors.tensor(try #require(c.fixture.gradients["0"]))
        let zeros = Parameter(Tensor(filledWith: 0, shape: features.shape))
        for arrangement in Self.arrangements(features.shape) {
            let x = features.arranged(arrangement)
            #expect(c(x, boxes).relativeError(to: expected) <= 1e-6)
            let (_, gradients) = withGradients { sum(c(x + zeros.value, boxes) * cotangent) }
            // Far from the numbers in float64 are torchvision's own sums of many terms: by 6e-6.
            #expect(try #require(gradients[zeros]).relativeError(to: gradient) <= 1e-5)
        }
    }

    @Test("torchvision's numbers where one would guess otherwise")
    func numbers() {
        let x = Tensor((0..<64).map(Float.init), shape: [1, 1, 8, 8])
        func align(_ box: Float..., ratio: Int = 0, aligned: Bool = false) -> [Float] {
            roiAlign(
                x, boxes: Tensor([0] + box, shape: [1, 5]), outputSize: 2, samplingRatio: ratio, aligned: aligned
            ).scalars
        }
        func pool(_ box: Float...) -> [Float] {
            roiPool(x, boxes: Tensor([0] + box, shape: [1, 5]), outputSize: 2).scalars
        }
        #expect(align(2, 2, 2, 2) == [20.25, 20.75, 24.25, 24.75])
        #expect(align(4, 4, 2, 2) == [38.25, 38.75, 42.25, 42.75])
        #expect(align(20, 20, 24, 24) == [0, 0, 0, 0])
        #expect(align(4, 4, 2, 2, aligned: true) == [0, 0, 0, 0])
        #expect(pool(2.5, 2.5, 4.5, 4.5) == [36, 37, 44, 45])
        #expect(pool(4, 4, 2, 2) == [36, 36, 36, 36])
        // What is no number never is the largest, nor what is as small as can be.
        let strange = Tensor([.nan, -.infinity, .nan, -.infinity], shape: [1, 1, 2, 2])
        let all = Tensor([0, 0, 0, 1, 1], shape: [1, 5])
        #expect(roiPool(strange, boxes: all, outputSize: 1).scalars == [-.greatestFiniteMagnitude])
        #expect(
            roiPool(strange, boxes: all, outputSize: 2).scalars
                == [Float](repeating: -.greatestFiniteMagnitude, count: 4))
    }

    /// Features, and boxes of which half are strange.
    private struct Problem {
        let shape: Shape
        let boxes: [[Float]]
        let size: Pair
        let scale: Float
        let ratio: Int
        let isAligned: Bool
        let features: Tensor

        init(seed: UInt64) {
            var generator = SplitMix64(seed: seed)
            func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
            let channels = [1, 3, 8, 16, 17, 40, 64, 80][random(0...7)]
            let shape: Shape = [random(1...3), channels, random(1...9), random(1...40)]
            scale = [1, 0.5, 0.25, 1 / 16, 0.3][random(0...4)]
            size = Pair(random(1...9), random(1...5))
            ratio = random(0...3)
            isAligned = Bool.random(using: &generator)
            let strange: [Float] = [
                .nan, .infinity, -.infinity, 1e30, -1e30, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e9,
                -1e9,
                5e7, -5e7, 1e5, -1e5, 3e9, .leastNonzeroMagnitude, -0.0, 0, -1,
            ]
            let images: [Float] = [.nan, .infinity, -1, -0.5, 1e20, -1e20, Float(shape[0]), Float(shape[0]) - 0.25]
            let scale = scale
            boxes = (0..<12).map { index in
                var box = (0..<4).map { edge -> Float in
                    let length = Float(shape[edge % 2 == 0 ? 3 : 2])
                    return .random(in: -0.3 * length - 1...1.3 * length + 1, using: &generator) / scale
                }
                // Inverted ones stay as they are; every third has halves of pixels.
                if random(0...2) == 0 { box = box.map { ($0 * scale * 2).rounded() / 2 / scale } }
                if index % 2 == 0 { box[random(0...3)] = strange[random(0...strange.count - 1)] }
                if index % 4 == 0 { box[random(0...3)] = strange[random(0...strange.count - 1)] }
                let isNowhere = index % 3 == 0 && random(0...1) == 0
                return [isNowhere ? images[random(0...images.count - 1)] : Float(random(0...shape[0] - 1))] + box
            }
            self.shape = shape
            features = .random(shape, seed: seed)
        }

        var boxTensor: Tensor { Tensor(boxes.flatMap { $0 }, shape: [boxes.count, 5]) }
        var slow: SlowRegions { SlowRegions(features: SlowImages(features), size: size, scale: scale) }
        func align(_ x: Tensor) -> Tensor {
            roiAlign(
                x, boxes: boxTensor, outputSize: size, spatialScale: scale, samplingRatio: ratio, aligned: isAligned)
        }
        func pool(_ x: Tensor) -> Tensor { roiPool(x, boxes: boxTensor, outputSize: size, spatialScale: scale) }
    }

    @Test("is the slow definition, whatever boxes are", arguments: 0..<300)
    func strangeBoxes(seed: UInt64) {
        let problem = Problem(seed: seed)
        let slow = problem.slow
        let aligned = problem.boxes.map { slow.aligned($0, ratio: problem.ratio, isAligned: problem.isAligned) }
        let pooled = problem.boxes.map(slow.pooled)
        for arrangement in Self.arrangements(problem.shape) {
            let x = problem.features.arranged(arrangement)
            let (align, pool) = (problem.align(x).scalars, problem.pool(x).scalars)
            let count = align.count / problem.boxes.count
            for (index, box) in problem.boxes.enumerated() {
                let place = index * count..<(index + 1) * count
                #expect(Array(pool[place]) == pooled[index], "pooling of \(box)")
                guard let expected = aligned[index] else {
                    // A mean of what is there, and of zeros around.
                    #expect(align[place].allSatisfy { abs($0) <= 1 }, "\(box)")
                    continue
                }
                let error = zip(align[place], expected).map { abs($0 - $1) }
                #expect(error.allSatisfy { $0 <= 1e-5 }, "alignment of \(box): \(error)")
            }
        }
    }

    /// Both are sums of features, so what flows back to each feature is how much of it went in.
    @Test("gradients are the adjoint, whatever boxes are", arguments: 300..<400)
    func adjoint(seed: UInt64) throws {
        let problem = Problem(seed: seed)
        for arrangement in Self.arrangements(problem.shape) {
            let x = problem.features.arranged(arrangement)
            let zeros = Parameter(Tensor(filledWith: 0, shape: x.shape))
            for function in [problem.align, problem.pool] {
                let y = function(x)
                let dy = Tensor.random(y.shape, seed: seed + 1)
                let (_, gradients) = withGradients { sum(function(x + zeros.value) * dy) }
                let dx = try #require(gradients[zeros])
                func product(_ a: Tensor, _ b: Tensor) -> (sum: Double, scale: Double) {
                    let terms = zip(a.scalars, b.scalars).map { Double($0) * Double($1) }
                    return (terms.reduce(0, +), terms.reduce(1) { $0 + abs($1) })
                }
                let (out, back) = (product(y, dy), product(x, dx))
                #expect(abs(out.sum - back.sum) <= 1e-6 * max(out.scale, back.scale))
            }
        }
    }

    @Test("gradients agree with central differences")
    func differences() {
        let boxes = Tensor([0, 0.2, 0.7, 4.1, 3.2, 1, -1, 1, 2, 5, 1, 3, 3, 1, 1], shape: [3, 5])
        let x = Tensor.ramp([2, 2, 4, 5])
        expectGradients(at: [x]) { roiAlign($0[0], boxes: boxes, outputSize: [3, 2], samplingRatio: 2) }
        expectGradients(at: [x]) { roiAlign($0[0], boxes: boxes, outputSize: 2, aligned: true) }
        expectGradients(at: [x], step: 1e-3) { roiPool($0[0], boxes: boxes, outputSize: [3, 2]) }
    }

    @Test("a plan takes boxes as an input, and reads features where a convolution has left them")
    func plans() {
        let weights = [Tensor.random([32, 16, 3, 3], seed: 3), .random([32, 32, 3, 3], seed: 4)]
        let x = Tensor.random([2, 16, 12, 15])
        func network(_ inputs: [Tensor]) -> [Tensor] {
            let features = relu(conv2D(inputs[0], weights[0], padding: 1))
            return [
                conv2D(roiAlign(features, boxes: inputs[1], outputSize: 4, samplingRatio: 2), weights[1]),
                roiPool(features, boxes: inputs[1], outputSize: 3),
            ]
        }
        for order in ElementOrder.allCases {
            let lowered = LoweredNetwork(for: [x.shape, [5, 5]], .float32, order, tuning: .plainest, network: network)
            for seed in 0..<4 as Range<UInt64> {
                var boxes = Tensor.random([5, 5], seed: seed).scalars.map { $0 * 10 + 4 }
                for row in 0..<5 { boxes[row * 5] = Float(row % 3) }  // one image is not there
                if seed == 3 { boxes[7] = .nan }
                let inputs = [x, Tensor(boxes, shape: [5, 5])]
                expectClose(lowered.run(inputs), to: network(inputs))
            }
            // The image comes in row by row, and results leave so.
            #expect(lowered.names.count { $0 == "reorder" } <= 3, "\(lowered.names)")
            #expect(
                lowered.names.firstIndex(of: "roiAlign") == lowered.names.firstIndex { $0 == "conv2D" }.map { $0 + 1 })
        }
    }

    @Test("no boxes, no images, no channels: no bins, or zeros")
    func empties() throws {
        let boxes = Tensor([0, 0, 0, 3, 3], shape: [1, 5])
        for function in [
            { roiAlign($0, boxes: $1, outputSize: 2, samplingRatio: 2) }, { roiPool($0, boxes: $1, outputSize: 2) },
        ] as [(Tensor, Tensor) -> Tensor] {
            #expect(function(.ramp([1, 3, 4, 4]), Tensor([], shape: [0, 5])).shape == [0, 3, 2, 2])
            #expect(function(.ramp([0, 3, 4, 4]), boxes).scalars == [Float](repeating: 0, count: 12))
            #expect(function(.ramp([1, 3, 0, 4]), boxes).scalars == [Float](repeating: 0, count: 12))
            #expect(function(.ramp([1, 0, 4, 4]), boxes).shape == [1, 0, 2, 2])
            let x = Parameter(.ramp([1, 3, 4, 4]))
            let (_, gradients) = withGradients { sum(function(x.value, Tensor([], shape: [0, 5]))) }
            #expect(try #require(gradients[x]).scalars.allSatisfy { $0 == 0 })
        }
    }

    @Test("shapes and settings that make no sense are refused")
    func refusals() {
        func refuses(_ shapes: [Shape], _ function: @escaping ([Tensor]) -> Tensor) {
            #expect(throws: ShapeError.self) { try Trace.checked(shapes) { [function($0)] } }
        }
        let (images, boxes): (Shape, Shape) = ([1, 3, 4, 4], [2, 5])
        refuses([[3, 4, 4], boxes]) { roiAlign($0[0], boxes: $0[1], outputSize: 2) }
        refuses([images, [2, 4]]) { roiAlign($0[0], boxes: $0[1], outputSize: 2) }
        refuses([images, [5]]) { roiPool($0[0], boxes: $0[1], outputSize: 2) }
        refuses([images, boxes]) { roiAlign($0[0], boxes: $0[1], outputSize: 0) }
        refuses([images, boxes]) { roiPool($0[0], boxes: $0[1], outputSize: [1, 5000]) }
        refuses([images, boxes]) { roiPool($0[0], boxes: $0[1], outputSize: 1, spatialScale: .nan) }
        refuses([images, boxes]) { roiAlign($0[0], boxes: $0[1], outputSize: 1, spatialScale: 0) }
        refuses([images, boxes]) { roiAlign($0[0], boxes: $0[1], outputSize: 1, samplingRatio: -1) }
        refuses([images, boxes]) { roiAlign($0[0], boxes: $0[1], outputSize: 1, samplingRatio: 5000) }
    }
}
