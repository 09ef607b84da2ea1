import SaccadeDatasets
import SaccadeTensors

extension LabelledBatch {
    /// The mean cross entropy of logits, `[N, classes]`.
    ///
    /// Where pictures were mixed, that of both classes, each counting as much as its picture: cross entropy is linear in
    /// the truth, so this is the one with the mixed truth (Zhang et al., "mixup", 2017, section 3).
    func crossEntropy(of logits: Tensor, labelSmoothing: Float) -> Tensor {
        let own = SaccadeTensors.crossEntropy(logits, labels, labelSmoothing: labelSmoothing)
        guard let mixture else { return own }
        let other = SaccadeTensors.crossEntropy(logits, mixture.others, labelSmoothing: labelSmoothing)
        return own * mixture.ownShare + other * (1 - mixture.ownShare)
    }

    /// The class that counts most of each sample, `[N]`: the one that a prediction is compared with.
    var mainLabels: [Int] {
        mixture.map { $0.ownShare < 0.5 ? $0.others : labels } ?? labels
    }
}
