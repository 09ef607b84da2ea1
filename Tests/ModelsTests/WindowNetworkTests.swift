import SaccadeFeatures
import SaccadeImages
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct WindowNetworkTests {
    private static let windows = [
        WindowShape(windowSize: PixelSize(width: 40, height: 64), sides: 20...90),
        WindowShape(windowSize: PixelSize(width: 64, height: 32), sides: 30...50),
    ]

    private static func network(seed: UInt64 = 5) -> WindowNetwork {
        WindowNetwork(WindowNetwork.Configuration(), windows: windows, seed: seed)
    }

    private static func detector() throws -> HOGSVM {
        let search = try WindowSearch(hog: .dalalTriggs, margin: 8, step: 1.1, shapes: windows)
        var generator = SplitMix64(seed: 9)
        return try HOGSVM(
            search: search,
            machines: windows.indices.map { shape in
                HOGSVM.Machine(
                    className: "class \(shape)",
                    weights: (0..<search.featureCount(of: shape)).map { _ in .random(in: -1...1, using: &generator) },
                    bias: .random(in: -1...1, using: &generator))
            })
    }

    @Test("a detector that a network takes is given back, window by window and number by number")
    func roundTrip() throws {
        let (network, detector) = (Self.network(), try Self.detector())
        network.take(detector)
        let back = try network.detector(classNames: detector.classNames)
        #expect(back.machines == detector.machines)
        #expect(back.search == detector.search)
        let shapes = network.storedShapes.map { "\($0.name) \($0.shape)" }
        #expect(
            shapes == [
                "classes.0.weight [1, 36, 7, 4]", "classes.0.bias [1]", "classes.1.weight [1, 36, 3, 7]",
                "classes.1.bias [1]", "classes.0.sides [2]", "classes.1.sides [2]",
            ])
    }

    @Test("a machine over every place of a grid is a convolution")
    func convolution() throws {
        let (network, detector) = (Self.network(), try Self.detector())
        network.take(detector)
        let pixels = (0..<131 * 97 * 3).map { (i: Int) -> UInt8 in UInt8((i * 7 + i * i / 11) % 256) }
        let grid = HOG.dalalTriggs.grid(of: Image(width: 131, height: 97, channels: 3, pixels: pixels))
        let blocks = Tensor(grid.values, shape: [1, grid.rows, grid.columns, 36]).transposed([0, 3, 1, 2])
        for (index, stage) in network.stages.enumerated() {
            let machine = detector.machines[index]
            let expected = grid.scores(
                ofWindows: Self.windows[index].windowSize, weights: machine.weights, bias: machine.bias)
            let margins = stage.model([blocks])[0]
            #expect(margins.shape.elementCount == expected.count && !expected.isEmpty)
            #expect(zip(margins.scalars, expected).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    @Test("windows are as weights in a file have them; what fits nothing is left alone")
    func shaped() {
        let network = Self.network()
        func shapes(_ network: WindowNetwork) -> [Shape] {
            network.storedShapes.filter { $0.name.hasSuffix("weight") }.map(\.shape)
        }
        let other = network.shaped(like: ["classes.0.weight": [1, 36, 2, 9], "classes.1.weight": [1, 36, 3, 7]])
        #expect(shapes(other) == [[1, 36, 2, 9], [1, 36, 3, 7]])
        let bad: [Shape] = [
            [], [36], [1, 36, 0, 4], [2, 36, 7, 4], [1, 35, 7, 4], [1, 36, 513, 4], [1, 36, 7, 4, 1],
        ]
        for shape in bad {
            #expect(shapes(network.shaped(like: ["classes.0.weight": shape])) == shapes(network), "\(shape)")
        }
        #expect(shapes(network.shaped(like: [:])) == shapes(network))
        let stored = Dictionary(uniqueKeysWithValues: network.storedShapes.map { ($0.name, $0.shape) })
        #expect(network.classCount(in: stored) == 2 && network.classCount(in: [:]) == 0)
    }

    @Test("numbers that make no detector are refused", arguments: [Float.nan, .infinity, -3])
    func damaged(number: Float) throws {
        let network = Self.network()
        network.take(try Self.detector())
        let sides = try #require(network.buffers.first { $0.name == "classes.0.sides" }?.buffer)
        sides.assign(Tensor([number, 5], shape: [2]))
        #expect(throws: FeaturesError.self) { try network.detector(classNames: ["a", "b"]) }
        sides.assign(Tensor([20, 90], shape: [2]))
        _ = try network.detector(classNames: ["a", "b"])
        if !number.isFinite {
            let bias = try #require(network.parameters.first { $0.name == "classes.1.bias" }?.parameter)
            bias.assign(Tensor([number], shape: [1]))
            #expect(throws: FeaturesError.self) { try network.detector(classNames: ["a", "b"]) }
        }
    }
}
