import SaccadeTensors
import TestSupport
import Testing

/// The step that joins convolution, pooling and ReLU, against the three operations.
@Suite struct PooledConvolutionTests {
    struct Case: CustomTestStringConvertible {
        var input: Shape, weight: Shape
        var stride: Pair = 1, padding: Padding = .valid
        var pool: Pair = 2
        var poolStride: Pair? = nil

        func geometry(rectifies: Bool = true) -> PooledConvolutionGeometry? {
            PooledConvolutionGeometry(
                input, weight, stride: stride, padding: padding, pool: pool, poolStride: poolStride ?? pool,
                rectifies: rectifies)
        }

        var testDescription: String {
            "\(input) ✳︎ \(weight), stride \(stride), padding \(padding), pool \(pool), stride \(poolStride ?? pool)"
        }
    }

    static let cases = [
        Case(input: [2, 3, 20, 22], weight: [16, 3, 7, 7]),
        Case(input: [3, 3, 21, 19], weight: [33, 3, 5, 5]),  // the pooling drops a row or a column
        Case(input: [4, 1, 28, 28], weight: [5, 1, 5, 5], padding: 2),
        Case(input: [2, 2, 13, 12], weight: [1, 2, 3, 3], padding: .same),
        Case(input: [2, 1, 11, 11], weight: [16, 1, 9, 2]),
        Case(input: [2, 4, 40, 41], weight: [16, 4, 11, 11], stride: 4, padding: 2, pool: 3, poolStride: 2),
        Case(input: [2, 3, 15, 17], weight: [16, 3, 3, 9], pool: 3),
        Case(input: [2, 16, 15, 14], weight: [32, 16, 5, 5]),
        Case(input: [5, 16, 9, 11], weight: [33, 16, 3, 3], padding: 1),
        Case(input: [2, 32, 12, 12], weight: [16, 32, 3, 3], stride: 2, padding: 1),
        Case(input: [2, 32, 13, 13], weight: [5, 32, 3, 3], padding: .same, pool: 3, poolStride: 2),
        Case(input: [1, 64, 10, 10], weight: [16, 64, 3, 3], padding: 1),
        Case(input: [2, 16, 12, 15], weight: [16, 16, 7, 7], padding: 3, pool: [2, 3]),
        Case(input: [2, 16, 9, 9], weight: [16, 16, 1, 1], poolStride: 2),
        Case(input: [2, 16, 14, 24], weight: [16, 16, 2, 11], stride: [1, 2], padding: .pixels([1, 4])),
        Case(input: [2, 48, 60, 50], weight: [16, 48, 3, 3], padding: 1),  // several tiles
        Case(input: [3, 3, 70, 66], weight: [17, 3, 7, 7], padding: 3),
    ]

    /// The ways to compute a stage.
    enum Way {
        case apart
        /// As networks do; it depends on the machine what this is.
        case joined
        /// By our loops, however many threads there are.
        case loops
    }

    private func stage(_ c: Case, _ x: Tensor, _ w: Tensor, _ b: Tensor?, rectifies: Bool, _ way: Way) -> Tensor {
        switch way {
        case .joined:
            return pooledConv2D(
                x, w, bias: b, stride: c.stride, padding: c.padding, pool: c.pool, poolStride: c.poolStride,
                rectifies: rectifies)
        case .loops:
            guard let geometry = c.geometry(rectifies: rectifies) else { break }
            return PooledConvolution(geometry: geometry, hasBias: b != nil).applied(x, w, b)
        case .apart: break
        }
        let convolved = conv2D(x, w, bias: b, stride: c.stride, padding: c.padding)
        let pooled = maxPool2D(convolved, kernel: c.pool, stride: c.poolStride)
        return rectifies ? relu(pooled) : pooled
    }

    /// The result, then the gradients of the source, the weights and the bias.
    private func results(
        _ c: Case, _ x: Tensor, _ w: Tensor, _ b: Tensor?, rectifies: Bool = true, _ way: Way
    ) -> [Tensor] {
        let parameters = ([x, w] + (b.map { [$0] } ?? [])).map { Parameter($0) }
        var y: Tensor?
        let (_, gradients) = withGradients {
            let made = stage(
                c, parameters[0].value, parameters[1].value, b == nil ? nil : parameters[2].value,
                rectifies: rectifies, way)
            y = made.detached
            return sum(made * .ramp(made.shape, seed: 9))
        }
        return (y.map { [$0] } ?? []) + parameters.compactMap { gradients[$0] }
    }

    @Test(
        "gives the values and gradients of the three operations",
        .enabled(if: PooledConvolutionGeometry.machineSuits, "needs AVX-512"), arguments: cases, [true, false])
    func agrees(_ c: Case, rectifies: Bool) {
        // Where two elements of a window tie but for rounding, either may win, and the gradient goes elsewhere.
        let (x, w) = (Tensor.random(c.input), Tensor.random(c.weight, seed: 1))
        for bias in [nil, Tensor.random([c.weight[0]], seed: 2)] {
            let joined = results(c, x, w, bias, rectifies: rectifies, .loops)
            let apart = results(c, x, w, bias, rectifies: rectifies, .apart)
            #expect(joined.count == apart.count)
            for (index, pair) in zip(joined, apart).enumerated() {
                #expect(
                    pair.0.isClose(to: pair.1),
                    "result \(index): \(pair.0.relativeError(to: pair.1)), bias \(bias != nil)")
            }
        }
    }

    @Test("knows which shapes it is for", .enabled(if: PooledConvolutionGeometry.machineSuits, "needs AVX-512"))
    func conditions() {
        func suits(
            _ input: Shape, _ weight: Shape, stride: Pair = 1, pool: Pair = 2, poolStride: Pair = 2
        ) -> Bool {
            let c = Case(input: input, weight: weight, stride: stride, pool: pool, poolStride: poolStride)
            return c.geometry()?.isWorthwhile ?? false
        }
        for c in Self.cases where c.input[0] >= Threads.count {
            #expect(c.geometry()?.isWorthwhile == true, "\(c)")
        }
        let many = 4 * Threads.count
        #expect(!suits([many, 5, 20, 20], [16, 5, 3, 3]))  // channels
        #expect(!suits([many, 24, 20, 20], [16, 24, 3, 3]))
        #expect(!suits([many, 16, 40, 40], [16, 16, 12, 12]))  // kernels
        #expect(!suits([many, 16, 40, 40], [16, 16, 8, 8]))
        #expect(!suits([many, 3, 40, 40], [16, 3, 3, 3], pool: 16, poolStride: 16))  // places beyond a byte
        #expect(!suits([many, 3, 20, 20], [16, 3, 3, 3], poolStride: [2, 1]))  // too few zeros
        #expect(!suits([0, 3, 20, 20], [16, 3, 3, 3]))  // nothing to do
        #expect(!suits([many, 3, 20, 20], [0, 3, 3, 3]))
        #expect(!suits([many, 3, 20, 20], [16, 1, 3, 3]))  // channels that differ
        #expect(!suits([many, 3, 5, 5], [16, 3, 5, 5]))  // no window fits
        #expect(!suits([many, 3, 20], [16, 3, 3, 3]))
        #expect(!suits([many, 3, 20, 20], [16, 3, 3, 3], stride: 0))
    }

    static let others = [
        Case(input: [2, 5, 12, 12], weight: [4, 5, 3, 3]),
        Case(input: [2, 16, 20, 20], weight: [4, 16, 12, 12]),
        Case(input: [2, 3, 20, 20], weight: [4, 3, 3, 3], pool: 3, poolStride: 1),
        Case(input: [0, 3, 20, 20], weight: [4, 3, 3, 3]),
        Case(input: [1, 3, 20, 20], weight: [4, 3, 3, 3]),
    ]

    @Test("does the operations one by one where it has no loops", arguments: others)
    func fallsBack(_ c: Case) {
        let (x, w, b) = (Tensor.ramp(c.input), Tensor.ramp(c.weight, seed: 1), Tensor.ramp([c.weight[0]], seed: 2))
        let joined = results(c, x, w, b, .joined)
        let apart = results(c, x, w, b, .apart)
        expectClose(joined, to: apart)
    }

    @Test("is the three operations in a trace and outside a tape")
    func traces() {
        let c = Case(input: [2, 3, 20, 22], weight: [16, 3, 7, 7])
        let (x, w) = (Tensor.ramp(c.input), Tensor.ramp(c.weight, seed: 1))
        let graph = Trace.of([c.input]) { inputs in [pooledConv2D(inputs[0], w, pool: 2)] }
        #expect(graph.nodes.map(\.operation.name) == ["conv2D", "maxPool2D", "relu"])
        let y = stage(c, x, w, nil, rectifies: true, .joined)
        #expect(y.isClose(to: stage(c, x, w, nil, rectifies: true, .apart)))
    }

    @Test(
        "gives the first of equal elements the gradient",
        .enabled(if: PooledConvolutionGeometry.machineSuits, "needs AVX-512"))
    func ties() {
        // All elements of a window are equal: constant images, and images of zeros.
        let c = Case(input: [2, 16, 9, 9], weight: [16, 16, 3, 3])
        let w = Tensor.ramp(c.weight, seed: 1)
        for x in [Tensor(filledWith: 0.5, shape: c.input), Tensor(filledWith: 0, shape: c.input)] {
            for bias in [nil, Tensor.ramp([16], seed: 2)] {
                for rectifies in [true, false] {
                    let joined = results(c, x, w, bias, rectifies: rectifies, .loops)
                    let apart = results(c, x, w, bias, rectifies: rectifies, .apart)
                    // The source gradient tells the places apart.
                    expectClose(joined, to: apart)
                }
            }
        }
    }

    @Test("gives the same bytes each time", .enabled(if: PooledConvolutionGeometry.machineSuits, "needs AVX-512"))
    func repeats() {
        let c = Case(input: [5, 32, 30, 30], weight: [33, 32, 3, 3], padding: 1)
        let (x, w, b) = (Tensor.ramp(c.input), Tensor.ramp(c.weight, seed: 1), Tensor.ramp([33], seed: 2))
        let first = results(c, x, w, b, .loops).map(\.scalars)
        for _ in 0..<3 { #expect(results(c, x, w, b, .loops).map(\.scalars) == first) }
    }

    @Test(
        "lets a NaN through, from the image to the result and the gradients",
        .enabled(if: PooledConvolutionGeometry.machineSuits, "needs AVX-512"), arguments: [true, false])
    func notANumber(rectifies: Bool) {
        let c = Case(input: [2, 16, 8, 8], weight: [16, 16, 3, 3])
        var scalars = Tensor.ramp(c.input).scalars
        scalars[16 * 64 + 27] = .nan  // second image, row 3, column 3
        let made = results(
            c, Tensor(scalars, shape: c.input), .ramp(c.weight, seed: 1), nil, rectifies: rectifies, .loops)
        let (y, dw) = (made[0].scalars, made[2].scalars)
        // It reaches rows and columns 1 to 3 of the convolution, so 0 and 1 of the 3 × 3 pooled ones.
        for (index, value) in y.enumerated() {
            let (image, row, column) = (index / (16 * 9), index / 3 % 3, index % 3)
            #expect(value.isNaN == (image == 1 && row < 2 && column < 2))
        }
        #expect(dw.contains { $0.isNaN })
    }
}
