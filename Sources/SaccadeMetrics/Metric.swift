import Foundation

/// What a training measures of a network: the names under which tables, curves, databases and `best:` know it.
///
/// The list is closed, so that whoever shows metrics can show all of them, and knows no task.
public enum Metric: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    /// What is minimised, in all.
    case loss
    /// The fraction of samples whose class has the highest score.
    case accuracy
    /// The fraction of samples all of whose classes, such as the digits of a number, are named rightly.
    case sequenceAccuracy
    /// The fraction of samples whose class is among the five highest scores.
    case top5
    /// The fraction of pixels whose class has the highest score.
    case pixelAccuracy
    /// The mean over the classes of the fraction of a class's pixels that are found.
    case meanAccuracy
    /// The mean over the classes of intersection over union. Long et al., "Fully Convolutional Networks for Semantic
    /// Segmentation" (2015), section 5.
    case meanIoU
    /// The mean over the classes of twice the intersection over the sum of both areas.
    case meanDice
    /// V^Rand of the parts that borders leave, at the best threshold; see ``BorderThinnedRandScore``.
    case randScore
    /// V^Info of those parts.
    case informationScore
    /// COCO's average precision over IoU thresholds from 0.5 to 0.95; see ``COCOScores``.
    case ap
    /// Likewise at 0.5 alone.
    case ap50
    /// Likewise at 0.75 alone.
    case ap75
    /// The fraction of objects that a proposal overlaps by an IoU of at least 0.5.
    case proposalRecall
    /// COCO's average precision of masks; so are the next two.
    case maskAP
    case maskAP50
    case maskAP75
    /// Bits that an ideal coder with the model takes for a character of a text; see ``Perplexity``.
    case bitsPerCharacter
    /// From how many tokens a model of texts might as well have drawn each; see ``Perplexity``.
    case perplexity
    /// How far the squared error of predicted frames lies below that of the last frame once more, as a fraction of it.
    case errorBelowCopying
    /// The corpus BLEU of translations, as a fraction; see ``SacreBLEU``.
    case bleu
    /// A part of the loss where it has several; so are the next ones.
    case crossEntropy
    case diceLoss
    case focalLoss
    /// A detector's: whether an anchor has an object, how it moves, what a region is, how it moves, which pixels it has.
    case objectnessLoss
    case proposalBoxLoss
    case classLoss
    case boxLoss
    case maskLoss
    /// Of what learns by reinforcement: where to look, and which reward to expect.
    case policyLoss
    case baselineLoss
    /// Nats of what draws: an image's pixels when its canvas is known, and what the canvas took to say.
    case reconstructionLoss
    case latentLoss

    private static let lossParts: Set<Metric> = [
        .crossEntropy, .diceLoss, .focalLoss, .objectnessLoss, .proposalBoxLoss, .classLoss, .boxLoss, .maskLoss,
        .policyLoss, .baselineLoss, .reconstructionLoss, .latentLoss,
    ]

    /// Whether smaller is better.
    public var isLowerBetter: Bool { !isFraction }

    /// Whether it is in 0...1 and shown in percent.
    public var isFraction: Bool { ![.loss, .bitsPerCharacter, .perplexity].contains(self) && !isLossPart }

    /// Whether it is a part of the loss.
    public var isLossPart: Bool { Self.lossParts.contains(self) }

    /// Whether it is left out where there is room for few numbers.
    public var isMinor: Bool {
        [.top5, .meanAccuracy, .meanDice, .informationScore, .ap75, .maskAP50, .maskAP75].contains(self) || isLossPart
    }

    /// The value as people read it: `97.31 %` of a fraction, four decimals of others.
    public func text(_ value: Double) -> String {
        isFraction ? String(format: "%.2f %%", value * 100) : String(format: "%.4f", value)
    }

    /// What tables and charts call it, as in `val mean IoU`.
    public var title: String {
        switch self {
        case .loss: "loss"
        case .accuracy: "accuracy"
        case .sequenceAccuracy: "sequence accuracy"
        case .top5: "top-5 accuracy"
        case .pixelAccuracy: "pixel accuracy"
        case .meanAccuracy: "mean accuracy"
        case .meanIoU: "mean IoU"
        case .meanDice: "mean Dice"
        case .randScore: "V_Rand"
        case .informationScore: "V_Info"
        case .bitsPerCharacter: "bits per character"
        case .perplexity: "perplexity"
        case .bleu: "BLEU"
        case .errorBelowCopying: "error below copying"
        case .crossEntropy: "cross entropy"
        case .diceLoss: "Dice loss"
        case .focalLoss: "focal loss"
        case .ap: "AP"
        case .ap50: "AP50"
        case .ap75: "AP75"
        case .proposalRecall: "proposal recall"
        case .maskAP: "mask AP"
        case .maskAP50: "mask AP50"
        case .maskAP75: "mask AP75"
        case .objectnessLoss: "objectness loss"
        case .proposalBoxLoss: "proposal box loss"
        case .classLoss: "class loss"
        case .boxLoss: "box loss"
        case .maskLoss: "mask loss"
        case .policyLoss: "policy loss"
        case .baselineLoss: "baseline loss"
        case .reconstructionLoss: "reconstruction loss"
        case .latentLoss: "latent loss"
        }
    }
}

extension [Metric: Double] {
    /// In the order in which ``Metric`` lists them.
    public var inOrder: [(metric: Metric, value: Double)] {
        Metric.allCases.compactMap { metric in self[metric].map { (metric, $0) } }
    }
}
