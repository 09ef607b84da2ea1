import SaccadeLayers
import SaccadeModels
import SaccadeTensors

/// What a batch costs a classifier.
///
/// A network with auxiliary heads, such as GoogLeNet, is also taught by what these make of the pictures: the cross
/// entropy of each is added, times its weight. Szegedy et al., "Going Deeper with Convolutions" (2014), section 5.
struct ClassificationLoss {
    /// The network's own result, `[N, classes]`.
    let scores: Tensor
    /// With that of auxiliary heads.
    let total: Tensor

    init(of network: any Layer, on batch: LabelledBatch, labelSmoothing: Double) {
        func loss(_ logits: Tensor) -> Tensor {
            batch.crossEntropy(of: logits, labelSmoothing: Float(labelSmoothing))
        }
        guard let network = network as? Network else {
            scores = network(batch.images)
            total = loss(scores)
            return
        }
        let results = network.trainingResults([batch.images])
        scores = results.outputs[0]
        total = results.auxiliary.reduce(loss(scores)) { $0 + loss($1.result) * $1.weight }
    }
}
