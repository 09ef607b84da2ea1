package import SaccadeGeometry
import SaccadeLayers
package import SaccadeTensors

extension RegionCNN {
    /// Regions whose pixels R-CNN takes at once: all of an image's two thousand would take gigabytes.
    static let regionsAtOnce = 64
    /// Regions that are read from maps and judged at once: a thousand would take 200 MB on their way, and be no faster.
    static let judgedAtOnce = 256
    /// Objects whose masks are worked out at once: a mask's features have up to a megabyte at each of six layers, and 32 at once
    /// are faster by 2 % and take 96 MB more.
    static let maskedAtOnce = 8

    /// What is said of the regions of all images, image by image.
    struct Judgement {
        /// `[R, classes]`, in 0...1; class 0 is background.
        var scores: [Float]
        /// `[R, classes, 4]`.
        var deltas: [Float]
        let classes: Int
    }

    func judge(
        _ regions: [Boxes], on maps: [Tensor], strides: [Int], _ clock: DetectionClock?, _ run: StageRunner
    ) throws -> Judgement {
        var judgement = Judgement(scores: [], deltas: [], classes: boxes.predictor.clsScore.weight.value.shape[0])
        let (isRCNN, isJudgedByMachines) = (backbone == nil, isJudgedByMachines)
        for part in Self.parts(of: regions, count: Self.judgedAtOnce) {
            let seen =
                isRCNN
                ? try features(of: part, on: maps[0], clock, run)
                : clock.measured(.pooling) { boxPooling(pyramid(maps), part, strides: strides) }
            try clock.measured(.heads) {
                let results = try run(1, [seen])
                judgement.scores +=
                    isJudgedByMachines ? Self.scores(ofMargins: results[2]) : softmax(results[0], axis: 1).scalars
                judgement.deltas += results[1].scalars
            }
        }
        try Self.requireNumbers(judgement.scores.allSatisfy(\.isFinite), "what regions show")
        return judgement
    }

    /// Regions of images, so many of them at once, in their order.
    static func parts(of regions: [Boxes], count: Int) -> [[Boxes]] {
        var (parts, free) = ([[Boxes]](), 0)
        for (image, boxes) in regions.enumerated() {
            var start = 0
            while start < boxes.count {
                if free == 0 {
                    parts.append(regions.map { _ in Boxes() })
                    free = count
                }
                let end = min(start + free, boxes.count)
                parts[parts.count - 1][image] = boxes.selecting(Array(start..<end))
                free -= end - start
                start = end
            }
        }
        return parts
    }

    /// R-CNN: the features of regions, `[R, features]`, image by image.
    ///
    /// - Parameter images: `[N, C, H, W]`.
    package func features(
        of regions: [Boxes], on images: Tensor, _ clock: DetectionClock? = nil, _ run: StageRunner
    ) throws -> Tensor {
        let parts = try Self.parts(of: regions, count: Self.regionsAtOnce).map { part in
            let pixels = clock.measured(.pooling) { boxPooling([images], part, strides: [1]) }
            return try clock.measured(.convolution) { try run(0, [pixels])[0] }
        }
        return parts.isEmpty ? Tensor([], shape: [0, featureCount]) : concatenated(parts, axis: 0)
    }

    /// Whether R-CNN's machines have been fitted.
    private var isJudgedByMachines: Bool { boxes.predictor.svm?.weight.value.scalars.contains { $0 != 0 } ?? false }

    /// 1 / (1 + exp(−m)) of a machine's margin m: above a half where it says yes. It is no probability.
    private static func scores(ofMargins margins: Tensor) -> [Float] {
        let (rows, classes) = (margins.shape[0], margins.shape[1])
        let values = sigmoid(margins).scalars
        return (0..<rows).flatMap { [0] + values[$0 * classes..<($0 + 1) * classes] }
    }

    /// R-CNN: takes the machines that judge its regions from now on.
    ///
    /// - Parameters:
    ///   - weights: `[classes - 1, features]`, of each class but the background.
    ///   - biases: One for each.
    package func setMachines(weights: [Float], biases: [Float]) {
        guard let svm = boxes.predictor.svm else { return }
        svm.weight.assign(Tensor(weights, shape: svm.weight.value.shape))
        svm.bias?.assign(Tensor(biases, shape: [biases.count]))
    }

    /// R-CNN: takes the regressors that move its regions from now on.
    ///
    /// - Parameters:
    ///   - weights: `[4 · classes, features]`, of each class with the background.
    ///   - biases: One for each.
    package func setRegressors(weights: [Float], biases: [Float]) {
        let layer = boxes.predictor.bboxPred
        layer.weight.assign(Tensor(weights, shape: layer.weight.value.shape))
        layer.bias?.assign(Tensor(biases, shape: [biases.count]))
    }

    /// How many numbers describe a region of R-CNN.
    package var regionFeatureCount: Int { featureCount }
}
