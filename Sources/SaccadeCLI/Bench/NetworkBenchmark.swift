import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import SaccadeTraining

/// A recipe's network on random pictures.
struct NetworkBenchmark {
    private let network: ResolvedNetwork
    private let layers: Network
    /// `[N, C, H, W]`.
    let input: Tensor
    /// `[N]`, for training.
    let labels: [Int]
    private let options: Plan.Options

    /// - Parameter name: A recipe's name or file.
    init(_ name: String, batch: Int, options: Plan.Options) throws {
        network = try Architecture(fileOrName: name).resolved(seed: 0)
        layers = Network(network)
        var generator = SplitMix64(seed: 1)
        // Untrained networks with batch norm let signals fade or grow: results would be the last bias, and agree always.
        for (_, parameter) in layers.parameters where parameter.shape.rank == 4 {
            parameter.assign(Initializer.kaimingNormal()(parameter.shape, using: &generator))
        }
        let shape = Shape([batch] + network.input.dimensions)
        input = Tensor(
            (0..<shape.elementCount).map { _ in .random(in: -1.7...1.7, using: &generator) }, shape: shape)
        let classes = network.classes ?? 2
        labels = (0..<batch).map { _ in .random(in: 0..<classes, using: &generator) }
        self.options = options
    }

    /// Multiplications and additions of one pass forward.
    var operations: Double {
        2 * Double(ModelSummary(network).totalMultiplyAdds) * Double(labels.count)
    }

    /// What the network computes with, by name.
    var weights: [(name: String, tensor: Tensor)] { layers.storedTensors }

    /// What a plan makes of the input.
    func result() -> Tensor { plan()(input) }

    func plan() -> Plan { Plan(for: input.shape, options: options) { layers($0) } }

    /// The loss before any step; nil where chance has a part in it.
    func firstLoss() -> Tensor? {
        // Running averages would move with each pass; nobody reads them while training.
        let losses = (0..<2).map { _ in
            withGradients(precision: options.precision) { crossEntropy(layers(input), labels) }.value
        }
        return losses[0].item == losses[1].item ? losses[0] : nil
    }

    /// A plan's run.
    func inference(budget: Double) -> Measurement {
        let plan = plan()
        return Measurement.of(budget: budget) { _ = plan(input) }
    }

    /// Where the time of a plan's run goes: each kernel's shortest time in milliseconds over several runs.
    func kernels(budget: Double) -> [(name: String, milliseconds: Double)] {
        let plan = plan()
        var shortest: [Double] = []
        _ = Measurement.of(budget: budget) {
            let times = plan.profile([input]).map { $0.time.seconds * 1e3 }
            shortest = shortest.isEmpty ? times : zip(shortest, times).map(min)
        }
        return zip(plan.kernelNames, shortest).map { ($0, $1) }
    }

    /// Forward, backward, and a step of SGD with momentum.
    func training(budget: Double) -> Measurement {
        let optimizer = SGD(layers.parameters, learningRate: 1e-4, momentum: 0.9)
        return Measurement.of(budget: budget) {
            let (_, gradients) = withGradients(precision: options.precision) { crossEntropy(layers(input), labels) }
            optimizer.step(gradients)
        }
    }
}
