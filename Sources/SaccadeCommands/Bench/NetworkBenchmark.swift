import SaccadeCommandSupport
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import SaccadeTraining

/// A recipe's network on random images.
struct NetworkBenchmark {
    private let network: any Model
    private let name: String
    /// `[N, C, H, W]`.
    let input: Tensor
    /// For training: a class for each sample, `[N]`, or for each place, `[N, H, W]`.
    let labels: Tensor
    private let options: Plan.Options

    /// Whether the network unpools maxima. Where two elements of a window are nearly equal rounding decides which one is put
    /// back, and results differ there: those of PyTorch's default and channels-last ways by up to 3.6 % of the largest
    /// number for SegNet (2.15, the same weights), 0.006 % in the mean.
    let putsMaximaBack: Bool

    /// - Parameter name: A recipe's name or file.
    init(_ name: String, batch: Int, options: Plan.Options) throws {
        let recipe = try Recipe(yaml: Recipe.text(fileOrName: name), source: Architecture.place(of: name))
        guard let network = try recipe.model.network() as? any Model, network.inputs.count == 1 else {
            throw CommandError.data("\(name): bench is for networks with one stage and one input")
        }
        (self.network, self.name) = (network, recipe.model.architecture.name)
        var generator = SplitMix64(seed: 1)
        // Untrained networks with batch norm let signals fade or grow: results would be the last bias, and agree always.
        for (_, parameter) in network.parameters where parameter.shape.rank == 4 {
            parameter.assign(Initializer.kaimingNormal()(parameter.shape, using: &generator))
        }
        let shape = network.inputs[0].shape(batch: batch)
        input = Tensor(
            (0..<shape.elementCount).map { _ in .random(in: -1.7...1.7, using: &generator) }, shape: shape)
        let graph = Trace.of([shape]) { network($0) }
        putsMaximaBack = graph.nodes.contains { $0.operation.name == "maxUnpool2D" }
        let scores = graph.values[graph.outputs[0]].shape
        let places = Shape([scores[0]] + scores.dimensions.dropFirst(2))
        labels = Tensor(
            (0..<places.elementCount).map { _ in Float(Int.random(in: 0..<scores[1], using: &generator)) },
            shape: places)
        self.options = options
    }

    /// Multiplications and additions of one pass forward.
    var operations: Double {
        2 * Double(ModelSummary(network, name: name).totalMultiplyAdds) * Double(input.shape[0])
    }

    /// What the network computes with, by name.
    var weights: [(name: String, tensor: Tensor)] { network.storedTensors }

    /// What a plan makes of the input.
    func result() -> Tensor { plan()(input) }

    func plan() -> Plan {
        Plan(for: [input.shape], options: options, names: network.parameterNames) { network($0) }
    }

    /// The loss before any step; nil where chance has a part in it.
    func firstLoss() -> Tensor? {
        // Running averages would move with each pass; nobody reads them while training.
        let losses = (0..<2).map { _ in
            withGradients(precision: options.precision) { loss }.value
        }
        return losses[0].item == losses[1].item ? losses[0] : nil
    }

    private var loss: Tensor { crossEntropy(network([input])[0], labels) }

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
        let optimizer = SGD(network.parameters, learningRate: 1e-4, momentum: 0.9)
        return Measurement.of(budget: budget) {
            let (_, gradients) = withGradients(precision: options.precision) { loss }
            optimizer.step(gradients)
        }
    }
}
