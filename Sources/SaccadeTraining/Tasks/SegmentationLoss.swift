import SaccadeMetrics
import SaccadePrelude
import SaccadeSettings
import SaccadeTensors

/// What a wrong class for a pixel costs: a sum of parts, each times its weight. In a recipe a word, `loss: dice`, or the
/// weights, `loss: {crossEntropy: 1, dice: 1}`; parts that are not named are not there.
public struct SegmentationLoss: Sendable, Hashable {
    /// The mean of −log p over the pixels that count, where p is what the softmax gives the true class.
    public var crossEntropy = 1.0
    /// The mean over all classes of 1 − 2 Σ p g / (Σ p + Σ g), where g is 1 where the class is true, and sums go over the
    /// pixels of a batch that count. A class that the batch has not costs nothing, whatever was answered, as in
    /// segmentation-models-pytorch 0.6 (`DiceLoss`, multiclass). Milletari et al., "V-Net" (2016), equation 1.
    public var dice = 0.0
    /// The mean of −(1 − p)^γ log p. Lin et al., "Focal Loss for Dense Object Detection" (2017), equation 4.
    public var focal = 0.0
    /// γ, 0 to 10.
    public var gamma = 2.0

    public init() {}

    /// What is wrong with settings that come from outside; nil where all is well.
    public var problem: String? {
        for (name, weight) in [("crossEntropy", crossEntropy), ("dice", dice), ("focal", focal)]
        where !(0...1e6).contains(weight) {
            return "the loss’s \(name) must be 0 to 1000000, not \(weight)"
        }
        guard crossEntropy + dice + focal > 0 else {
            return "the loss must have a part whose weight is above 0: crossEntropy, dice or focal"
        }
        return (0...10).contains(gamma) ? nil : "gamma of the focal loss must be 0 to 10, not \(gamma)"
    }

    /// The loss of scores.
    ///
    /// - Parameters:
    ///   - scores: `[N, C, H, W]`.
    ///   - truth: A class for each place, or `ignored`, `[N, H, W]`.
    ///   - classWeights: `[C]`, a factor for each true class, in the cross entropy and the focal loss.
    ///   - weightMap: A factor for each place, likewise, `[N, H, W]`.
    ///   - ignored: A class whose pixels cost nothing and count nothing.
    /// - Returns: The sum, and each part by itself, without its weight, where there are several. Where no pixel counts it
    ///   is 0, and so are its gradients.
    func callAsFunction(
        _ scores: Tensor, _ truth: Tensor, classWeights: Tensor?, weightMap: Tensor?, ignored: Int
    ) -> (total: Tensor, parts: KeyValuePairs<Metric, Tensor>) {
        guard truth.withScalars({ $0.contains { Int($0) != ignored } }) else { return (sum(scores) * 0, [:]) }
        func entropy(_ reduction: LossReduction) -> Tensor {
            SaccadeTensors.crossEntropy(
                scores, truth, classWeights: classWeights, elementWeights: weightMap, ignoredLabel: ignored,
                reduction: reduction)
        }
        let entropyPart = crossEntropy > 0 ? entropy(.mean) : nil
        let dicePart = dice > 0 ? diceLoss(of: scores, truth, ignored) : nil
        let focalPart = focal > 0 ? focalLoss(of: scores, truth, entropy(.none), ignored) : nil
        let weighted = [(entropyPart, crossEntropy), (dicePart, dice), (focalPart, focal)].compactMap { part, weight in
            part.map { weight == 1 ? $0 : $0 * Float(weight) }
        }
        guard let first = weighted.first else { wrongProgram("SegmentationLoss: \(problem ?? "")") }
        let total = weighted.dropFirst().reduce(first, +)
        switch (entropyPart, dicePart, focalPart) {
        case (let entropy?, let dice?, nil): return (total, [.crossEntropy: entropy, .diceLoss: dice])
        case (let entropy?, nil, let focal?): return (total, [.crossEntropy: entropy, .focalLoss: focal])
        case (nil, let dice?, let focal?): return (total, [.diceLoss: dice, .focalLoss: focal])
        case (let entropy?, let dice?, let focal?):
            return (total, [.crossEntropy: entropy, .diceLoss: dice, .focalLoss: focal])
        default: return (total, [:])
        }
    }

    private func diceLoss(of scores: Tensor, _ truth: Tensor, _ ignored: Int) -> Tensor {
        let classes = scores.shape[1]
        var counts = [Float](repeating: 0, count: classes)
        truth.withScalars { for label in $0 where Int(label) != ignored { counts[Int(label)] += 1 } }
        let (right, answered) = classSums(softmax(scores, axis: 1), truth, ignoredLabel: ignored)
        let present = Tensor(counts.map { $0 > 0 ? 1 : 0 }, shape: [classes])
        let ratios = right * 2 / (answered + Tensor(counts.map { max($0, 1e-7) }, shape: [classes]))
        return sum((1 - ratios) * present) * (1 / Float(classes))
    }

    /// - Parameter entropy: −log p of each place, times its weights; 0 where it does not count.
    private func focalLoss(of scores: Tensor, _ truth: Tensor, _ entropy: Tensor, _ ignored: Int) -> Tensor {
        let plain = SaccadeTensors.crossEntropy(scores, truth, ignoredLabel: ignored, reduction: .none)
        let count = truth.withScalars { $0.count { Int($0) != ignored } }
        // Not quite 0, whose power has no finite slope.
        let rest = clamp(1 - exp(-plain), 1e-6, 1)
        let factor = gamma == 2 ? rest * rest : exp(log(rest) * Float(gamma))
        return sum(factor * entropy) * (1 / Float(count))
    }
}

extension SegmentationLoss: Codable {
    private enum Keys: String, CodingKey, CaseIterable { case crossEntropy, dice, focal, gamma }

    public init(from decoder: any Decoder) throws {
        self.init()
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            (crossEntropy, dice, focal) = (
                word == Keys.crossEntropy.rawValue ? 1 : 0, word == Keys.dice.rawValue ? 1 : 0,
                word == Keys.focal.rawValue ? 1 : 0
            )
            if let problem, problem.contains("above 0") {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "loss must be crossEntropy, dice or focal, or weights for several, as in "
                            + "{crossEntropy: 1, dice: 1}; got “\(word)”"))
            }
            return
        }
        try decoder.refuseKeys(except: Keys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: Keys.self)
        crossEntropy = try values.decodeIfPresent(Double.self, forKey: .crossEntropy) ?? 0
        dice = try values.decodeIfPresent(Double.self, forKey: .dice) ?? 0
        focal = try values.decodeIfPresent(Double.self, forKey: .focal) ?? 0
        gamma = try values.decodeIfPresent(Double.self, forKey: .gamma) ?? gamma
        try decoder.refuse(problem)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(crossEntropy, forKey: .crossEntropy)
        try values.encode(dice, forKey: .dice)
        try values.encode(focal, forKey: .focal)
        try values.encode(gamma, forKey: .gamma)
    }
}
