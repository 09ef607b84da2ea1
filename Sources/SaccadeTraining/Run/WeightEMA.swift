import CSaccadeKernels
import Foundation
import SaccadeInterchange
import SaccadeTensors

/// An exponential moving average of a network's weights, which often judges better than the weights themselves.
///
/// After step t, counted from 0: θ′ ← d · θ′ + (1 − d) · θ with d = min(decay, (1 + t) / (10 + t)), so that the first
/// weights, which are random, are soon forgotten (`tf.train.ExponentialMovingAverage`; Polyak and Juditsky,
/// "Acceleration of Stochastic Approximation by Averaging", 1992). Statistics, such as those of batch norm, are averages
/// already and are used as they are.
final class WeightEMA {
    let decay: Double
    /// Steps that went into the average.
    private(set) var steps = 0
    private let entries: [(name: String, weight: Parameter, average: Parameter)]

    /// - Parameter parameters: Weights that a training moves; they are where the average begins.
    init(of parameters: [(name: String, parameter: Parameter)], decay: Double) {
        self.decay = decay
        entries = parameters.map { ($0.name, $0.parameter, Parameter($0.parameter.value)) }
    }

    /// Takes in the weights after a step.
    func update() {
        let kept = min(decay, Double(1 + steps) / Double(10 + steps))
        for entry in entries {
            entry.weight.value.withScalars { weights in
                entry.average.update {
                    sk_blend($0.count, Float(1 - kept), weights.baseAddress, Float(kept), $0.baseAddress)
                }
            }
        }
        steps += 1
    }

    /// Calls `body` while the network has the averages for weights.
    func withEMAWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
        let weights = entries.map(\.weight.value)
        for entry in entries { entry.weight.assign(entry.average.value) }
        defer { for (entry, weight) in zip(entries, weights) { entry.weight.assign(weight) } }
        return try body()
    }

    var tensors: [(name: String, tensor: Tensor)] { entries.map { ($0.name, $0.average.value) } }

    /// Goes on from an average that was stored.
    ///
    /// - Throws: ``RunError`` when it is another network's.
    func restore(_ file: SafetensorsFile, prefix: String, steps: Int) throws {
        let shapes = file.shapes
        guard steps >= 0, shapes.keys.count(where: { $0.hasPrefix(prefix) }) == entries.count,
            entries.allSatisfy({ shapes[prefix + $0.name] == $0.average.shape })
        else {
            throw RunError(
                .different,
                "\(file.path): the averaged weights are not of this network; resume with the settings "
                    + "that the run was begun with.")
        }
        for entry in entries { entry.average.assign(try file.tensor(prefix + entry.name)) }
        self.steps = steps
    }
}
