import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import Testing

@Suite("Building blocks on plain numbers")
struct BuildingBlockTests {
    // MARK: Down-sampling

    @Test("of each window the largest, the mean, and a sum with weights")
    func downsampling() throws {
        let image = try NumberGrid([[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]])
        let example = try DownsamplingExample(image, filter: NumberGrid([[1, 2], [3, 4]]), stride: 2)
        #expect(example.largest.rows == [[5, 6], [7, 8]] && example.means.rows == [[2.75, 3], [3.25, 3.75]])
        #expect(example.weighted.rows == [[34, 22], [38, 48]] && example.engineDifference == 0)
        // Windows overlap, and the last row and column are left out.
        let wide = try DownsamplingExample(
            NumberGrid([[1, -2, 3, -4, 5], [0, 1, 0, 1, 0]]), filter: NumberGrid([[1, -1, 1]]), stride: 1)
        #expect(wide.largest.rows == [[3, 3, 5], [1, 1, 1]] && wide.weighted.rows == [[6, -9, 12], [-1, 2, -1]])
        #expect(wide.engineDifference < 1e-6)
        for (filter, stride) in [([[1.0, 1, 1, 1, 1]], 1), ([[1.0]], 0)] {
            #expect(throws: BuildingBlockError.self) {
                try DownsamplingExample(image, filter: NumberGrid(filter), stride: stride)
            }
        }
    }

    // MARK: Unpooling

    @Test("a lecture's slide: 4×4 numbers are pooled to 2×2, and their maxima go back")
    func slide() throws {
        let image = try NumberGrid([[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]])
        let example = try UnpoolingExample(pooling: image, kernel: 2, stride: 2)
        #expect(example.input.rows == [[5, 6], [7, 8]])
        #expect(example.map.rows == [[0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]])
        #expect(example.indices == [[5, 2], [12, 15]])
        #expect(example.output.rows == [[0, 0, 6, 0], [0, 5, 0, 0], [0, 0, 0, 0], [7, 0, 0, 8]])
        #expect(example.engineDifference == 0)
    }

    @Test("a lecture's exercise 2: numbers go where a map says")
    func exerciseTwo() throws {
        let map = try NumberGrid([[0, 1, 0, 1], [0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]])
        let example = try UnpoolingExample(unpooling: NumberGrid([[2, 6], [30, 45]]), by: map)
        #expect(example.output.rows == [[0, 2, 0, 6], [0, 0, 0, 0], [0, 0, 45, 0], [0, 30, 0, 0]])
        #expect(example.indices == [[1, 3], [13, 10]] && example.engineDifference == 0)
    }

    @Test("flat positions may lie in any window, as PyTorch's indices may")
    func flatPositions() throws {
        let example = try UnpoolingExample(unpooling: NumberGrid([[9, 7]]), to: [[2, 4]], size: [2, 4])
        #expect(example.output.rows == [[0, 0, 9, 0], [7, 0, 0, 0]] && example.engineDifference == 0)
    }

    @Test("of equals the first wins; windows that overlap may send one number twice to one place")
    func ties() throws {
        let example = try UnpoolingExample(pooling: NumberGrid([[4, 4], [4, 4]]), kernel: 2, stride: 2)
        #expect(example.indices == [[0]])
        let overlapping = try UnpoolingExample(
            pooling: NumberGrid([[1, 2, 1], [2, 9, 2], [1, 2, 1]]), kernel: 2, stride: 1)
        #expect(overlapping.indices == [[4, 4], [4, 4]])
        #expect(overlapping.output.rows == [[0, 0, 0], [0, 9, 0], [0, 0, 0]] && overlapping.engineDifference == 0)
    }

    @Test("indices that send nothing, or two numbers, or outside are refused with the place")
    func wrongIndices() throws {
        let numbers = try NumberGrid([[9, 7]])
        func message(_ body: () throws -> UnpoolingExample) -> String {
            (#expect(throws: BuildingBlockError.self) { _ = try body() })?.description ?? ""
        }
        #expect(
            message { try UnpoolingExample(unpooling: numbers, to: [[2, 8]], size: [2, 4]) }.contains("0 to 7"))
        #expect(message { try UnpoolingExample(unpooling: numbers, to: [[2, -1]], size: [2, 4]) }.contains("-1"))
        #expect(
            message { try UnpoolingExample(unpooling: numbers, to: [[2, 2]], size: [2, 4]) }.contains("9 and 7"))
        #expect(
            message { try UnpoolingExample(unpooling: numbers, to: [[2], [3]], size: [2, 4]) }.contains("2×1 indices"))
        #expect(
            message { try UnpoolingExample(unpooling: numbers, by: NumberGrid([[1, 1, 0, 1]])) }.contains("has 2 ones"))
        #expect(
            message { try UnpoolingExample(unpooling: numbers, by: NumberGrid([[1, 0, 1]])) }.contains("multiples"))
        #expect(
            message { try UnpoolingExample(unpooling: numbers, by: NumberGrid([[1, 0, 2, 0]])) }.contains("neither"))
        #expect(
            message { try UnpoolingExample(pooling: numbers, kernel: 2, stride: 2) }.contains("larger than the input"))
        #expect(message { try UnpoolingExample(pooling: numbers, kernel: 0, stride: 1) }.contains("at least 1"))
    }

    // MARK: Transposed convolution

    @Test("a lecture's exercise 3: a plus of 0.2 for each of four numbers, its origin in its centre, stride 2")
    func exerciseThree() throws {
        let example = try TransposedConvolutionExample(
            NumberGrid([[5, 6], [7, 8]]), filter: NumberGrid([[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]]))
        #expect(example.copies.map(\.value) == [5, 6, 7, 8])
        let expected = [[1, 2.2, 1.2, 1.2], [2.4, 0, 2.8, 0], [1.4, 3, 1.6, 1.6], [1.4, 0, 1.6, 0]]
        for (row, wanted) in zip(example.output.rows, expected) {
            for (a, b) in zip(row, wanted) { #expect(abs(a - b) < 1e-12) }
        }
        #expect(example.copies[1].weighted.rows[1] == [0, 0, 6 * 0.2, 0] && example.engineDifference < 1e-6)
        #expect(example.outputPadding == [1, 1])
    }

    @Test("random numbers, filters, strides, paddings and sizes: the sum of copies is the engine's")
    func copiesSumToTheEngine() throws {
        var generator = SplitMix64(seed: 3)
        func grid(_ height: Int, _ width: Int) throws -> NumberGrid {
            try NumberGrid(
                (0..<height).map { _ in (0..<width).map { _ in Double.random(in: -2...2, using: &generator) } })
        }
        var worked = 0
        for _ in 0..<60 {
            func length() -> Int { Int.random(in: 1...5, using: &generator) }
            let (input, filter) = (try grid(length(), length()), try grid(length(), length()))
            let (stride, padding) = (length(), Pair(length() - 1, length() - 1))
            guard let least = try? TransposedConvolutionExample(input, filter: filter, stride: stride, padding: padding)
            else {
                continue
            }
            worked += 1
            #expect(least.engineDifference < 1e-5)
            let sum = least.copies.reduce(0) { $0 + $1.weighted.rows.joined().reduce(0, +) }
            #expect(abs(sum - least.output.rows.joined().reduce(0, +)) < 1e-9)
        }
        #expect(worked > 30)
    }

    @Test("the sizes that can be are those that a convolution of the stride could have come from")
    func sizes() throws {
        let (input, filter) = (try NumberGrid([[1, 2]]), try NumberGrid([[1, 1, 1]]))
        for width in 1...8 {
            let example = try? TransposedConvolutionExample(
                input, filter: filter, stride: 3, padding: Pair(0, 1), size: Pair(1, width))
            // (2 − 1) · 3 − 2 + 3 = 4 and up to stride − 1 more.
            #expect((example != nil) == (4...6).contains(width), "\(width)")
        }
        let error = #expect(throws: BuildingBlockError.self) {
            try TransposedConvolutionExample(input, filter: filter, stride: 3, padding: Pair(0, 1), size: [1, 7])
        }
        #expect(error?.description.contains("4 to 6 wide, not 7") ?? false)
        #expect(throws: BuildingBlockError.self) {
            try TransposedConvolutionExample(input, filter: filter, padding: [0, 9])
        }
        #expect(throws: BuildingBlockError.self) { try TransposedConvolutionExample(input, filter: filter, stride: 0) }
        #expect(throws: BuildingBlockError.self) {
            try TransposedConvolutionExample(input, filter: filter, stride: 2, padding: [-1, 0])
        }
        let large = try NumberGrid([[Double]](repeating: [Double](repeating: 1, count: 64), count: 64))
        #expect(throws: BuildingBlockError.self) { try TransposedConvolutionExample(large, filter: large, stride: 64) }
        #expect(throws: BuildingBlockError.self) { try TransposedConvolutionExample(large, filter: filter, stride: 1) }
    }

    // MARK: Matrices

    @Test("size 3, stride 1 and 2, padding 1: the matrices of a lecture's slides")
    func matrices() throws {
        let (input, filter) = (try NumberGrid([[1, 2, 3, 4]]), try NumberGrid([[1, 2, 3]]))
        let dense = try ConvolutionMatrixExample(input, filter: filter, stride: 1)
        #expect(
            dense.matrix.rows == [[1, 2, 3, 0, 0, 0], [0, 1, 2, 3, 0, 0], [0, 0, 1, 2, 3, 0], [0, 0, 0, 1, 2, 3]])
        #expect(dense.output.rows == [[8, 14, 20, 11]] && dense.engineDifference == 0)
        let strided = try ConvolutionMatrixExample(input, filter: filter, stride: 2)
        #expect(strided.matrix.rows == [[1, 2, 3, 0, 0, 0], [0, 0, 1, 2, 3, 0]])
        #expect(strided.transposedMatrix.rows == [[1, 0], [2, 0], [3, 1], [0, 2], [0, 3], [0, 0]])
        #expect(
            strided.spread.rows == [[8, 16, 44, 40, 60, 0]] && strided.transposedOutput.rows == [[16, 44, 40, 60]])
        #expect(strided.engineDifference == 0)
    }

    @Test("every length, filter, stride and padding that fits agrees with the engine; the others are refused")
    func matricesAgree() throws {
        for width in 1...6 {
            for filter in 1...4 {
                for stride in 1...4 {
                    for padding in 0..<filter where filter <= width + 2 * padding {
                        let example = try ConvolutionMatrixExample(
                            NumberGrid([(1...width).map(Double.init)]),
                            filter: NumberGrid([(1...filter).map { Double($0) }]),
                            stride: stride, padding: padding)
                        #expect(example.engineDifference == 0, "\(width) \(filter) \(stride) \(padding)")
                    }
                }
            }
        }
        let (input, filter) = (try NumberGrid([[1, 2]]), try NumberGrid([[1, 2, 3]]))
        #expect(throws: BuildingBlockError.self) {
            try ConvolutionMatrixExample(input, filter: filter, stride: 1, padding: 3)
        }
        #expect(throws: BuildingBlockError.self) {
            try ConvolutionMatrixExample(input, filter: filter, stride: 1, padding: 0)
        }
        #expect(throws: BuildingBlockError.self) {
            try ConvolutionMatrixExample(NumberGrid([[1], [2]]), filter: filter, stride: 1)
        }
    }

    @Test("a grid is of rows of equal length with numbers that a float holds; its text is plain")
    func grids() throws {
        for rows: [[Double]] in [[], [[]], [[1], [1, 2]], [[.nan]], [[.infinity]], [[1e10]]] {
            #expect(throws: BuildingBlockError.self) { try NumberGrid(rows) }
        }
        #expect(throws: BuildingBlockError.self) {
            try NumberGrid([[Double]](repeating: [0], count: NumberGrid.maximumLength + 1))
        }
        #expect(try NumberGrid([[1, 0.2], [-0.0, 1e6 / 3]]).text == "1 0.2\n0 333333")
    }
}
