public import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
public import SaccadeLayers
import SaccadePrelude
public import SaccadeTensors

/// Dalal and Triggs's detector as a network (2005): for each class a linear SVM that is laid over every place of an image's
/// histograms of oriented gradients. That is a convolution whose kernel is the window.
///
/// Nothing of it is learnt by gradients: a solver finds the machines, see ``HOGSVM/fit(classNames:examples:settings:image:)``.
public struct WindowNetwork: StagedModel {
    /// What recognises a class.
    struct Machine: Module {
        /// `[1, numbers of a block, blocks down, blocks across]`.
        let weight: Parameter
        /// `[1]`.
        let bias: Parameter
        /// How large objects of the class are, from and to: each the side of a square as large, in pixels of the image.
        let sides: Buffer
    }

    public let configuration: Configuration
    let machines: [Machine]
    /// Of what is drawn at random while the machines are sought.
    public let seed: UInt64
    /// What is less sure is no detection, in 0...1.
    public var scoreThreshold: Float = 0.25
    /// The IoU above which the worse box of a class goes, in 0...1.
    public var iouThreshold = 0.3
    /// How many objects are found on an image at most.
    public var limit = 100

    /// Machines that know nothing yet.
    ///
    /// - Parameters:
    ///   - configuration: Without a problem.
    ///   - windows: One for each class; their sides are multiples of a cell.
    public init(_ configuration: Configuration, windows: [WindowShape], seed: UInt64) {
        require(configuration.problem == nil, "WindowNetwork: \(configuration.problem ?? "")")
        let hog = configuration.hog
        var generator = SplitMix64(seed: seed)
        self.init(
            configuration,
            machines: windows.map { window in
                let (rows, columns) = hog.blockCounts(for: window.windowSize)
                let kernel = Conv2D(in: hog.blockLength, out: 1, kernel: Pair(rows, columns), using: &generator)
                let bias = kernel.bias ?? Parameter(Tensor(filledWith: 0, shape: [1]))
                return Machine(weight: kernel.weight, bias: bias, sides: Buffer(window.sides.tensor))
            }, seed: seed)
    }

    private init(_ configuration: Configuration, machines: [Machine], seed: UInt64) {
        (self.configuration, self.machines, self.seed) = (configuration, machines, seed)
    }

    public var children: [(name: String, value: Any)] { [("classes", machines)] }

    /// A kernel for each class, over the blocks of an image.
    public var stages: [(name: String, model: any Model)] {
        machines.enumerated().map { ("class \($0)", WindowStage(machine: $1)) }
    }

    public func classCount(in shapes: [String: Shape]) -> Int? {
        (0...).first { shapes["classes.\($0).weight"] == nil }
    }

    /// The same network with windows as weights in a file have them: they follow from the objects that were learnt from.
    public func shaped(like shapes: [String: Shape]) -> WindowNetwork {
        let machines = machines.enumerated().map { index, machine in
            guard let shape = shapes["classes.\(index).weight"], shape.rank == 4, shape[0] == 1,
                shape[1] == configuration.hog.blockLength, (1...Self.mostBlocks).contains(shape[2]),
                (1...Self.mostBlocks).contains(shape[3])
            else { return machine }
            let weight = Parameter(Tensor(filledWith: 0, shape: shape))
            return Machine(weight: weight, bias: machine.bias, sides: machine.sides)
        }
        var copy = WindowNetwork(configuration, machines: machines, seed: seed)
        (copy.scoreThreshold, copy.iouThreshold, copy.limit) = (scoreThreshold, iouThreshold, limit)
        return copy
    }

    /// Blocks of a window along a side at most.
    private static let mostBlocks = 512
}

extension WindowNetwork {
    /// The detector with the weights that the network has.
    ///
    /// - Throws: `FeaturesError`: numbers that make no detector, as in a damaged file.
    public func detector(classNames: [String]) throws(FeaturesError) -> HOGSVM {
        require(
            classNames.count == machines.count, "WindowNetwork: \(classNames.count) names, \(machines.count) classes")
        let hog = configuration.hog
        let windows = machines.map { machine in
            let (shape, sides) = (machine.weight.shape, machine.sides.value.scalars)
            func pixels(_ blocks: Int) -> Int { (blocks + hog.blockSide - 1) * hog.cellSide }
            let (from, to) = (Double(sides[0]), Double(sides[1]))
            return WindowShape(
                windowSize: PixelSize(width: pixels(shape[3]), height: pixels(shape[2])),
                // What is not in order, or no number, is refused with the search.
                sides: from <= to ? from...to : 0...0)
        }
        let search = try WindowSearch(
            hog: hog, margin: configuration.margin, step: configuration.step, shapes: windows)
        var detector = try HOGSVM(
            search: search,
            machines: zip(classNames, machines).map { name, machine in
                HOGSVM.Machine(
                    className: name, weights: machine.weight.value.transposed([0, 2, 3, 1]).scalars,
                    bias: machine.bias.value.scalars[0])
            })
        (detector.scoreThreshold, detector.iouThreshold, detector.limit) = (scoreThreshold, iouThreshold, limit)
        return detector
    }

    /// Takes the machines of a detector.
    ///
    /// - Precondition: Its windows are the network's.
    public func take(_ detector: HOGSVM) {
        require(detector.machines.count == machines.count, "WindowNetwork: a detector of other classes")
        for (machine, (own, window)) in zip(machines, zip(detector.machines, detector.search.shapes)) {
            let shape = machine.weight.shape
            let rows = Tensor(own.weights, shape: [1, shape[2], shape[3], shape[1]])
            machine.weight.assign(rows.transposed([0, 3, 1, 2]))
            machine.bias.assign(Tensor([own.bias], shape: [1]))
            machine.sides.assign(window.sides.tensor)
        }
    }
}

/// A machine at every place of a grid of blocks.
private struct WindowStage: Model {
    let machine: WindowNetwork.Machine

    var inputs: [ModelInput] {
        let shape = machine.weight.shape
        let lengths = [shape[2], shape[3]].map { ModelInput.Length.free(FreeLength(usual: $0, least: $0)) }
        return [ModelInput("blocks", [.batch, .fixed(shape[1])] + lengths)]
    }
    var outputs: [String] { ["margins"] }

    func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
        [conv2D(inputs[0], machine.weight.value, bias: machine.bias.value)]
    }
}

extension ClosedRange<Double> {
    /// Both ends.
    fileprivate var tensor: Tensor { Tensor([Float(lowerBound), Float(upperBound)], shape: [2]) }
}
