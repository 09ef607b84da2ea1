import CSaccadeKernels
import SaccadeTensors

/// Gradients of several batches, accumulated for one step: their mean, each batch counting as many samples as it has.
///
/// That is the gradient of one large batch, except for what batch norm makes of each small one.
struct GradientAccumulator {
    private let parameters: [Parameter]
    private var sums: [Parameter: Parameter] = [:]
    private var samples = 0

    init(_ parameters: [Parameter]) { self.parameters = parameters }

    var isEmpty: Bool { samples == 0 }

    mutating func add(_ gradients: Gradients, samples count: Int) {
        for parameter in parameters {
            guard let gradient = gradients[parameter] else { continue }
            let sum = sums[parameter] ?? Parameter(Tensor(filledWith: 0, shape: parameter.shape))
            gradient.withScalars { gradient in
                sum.update { sk_blend($0.count, Float(count), gradient.baseAddress, 1, $0.baseAddress) }
            }
            sums[parameter] = sum
        }
        samples += count
    }

    /// The mean; the sum begins again.
    mutating func takeMean() -> Gradients {
        var mean = Gradients()
        for (parameter, sum) in sums { mean[parameter] = sum.value * (1 / Float(samples)) }
        self = GradientAccumulator(parameters)
        return mean
    }
}
