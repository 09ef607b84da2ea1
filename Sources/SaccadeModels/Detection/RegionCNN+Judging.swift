package import SaccadeGeometry
import SaccadeLayers
package import SaccadeTensors

extension RegionCNN {
    /// Regions whose pixels R-CNN takes at once: all of an image's two thousand would take gigabytes.
    static let regionsAtOnce = 64

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
        let seen =
            backbone == nil
            ? try features(of: regions, on: maps[0], clock, run)
            : clock.measured(.pooling) { boxPooling(pyramid(maps), regions, strides: strides) }
        return try clock.measured(.heads) {
            let results = try run(1, [seen])
            let scores = isJudgedByMachines ? Self.scores(ofMargins: results[2]) : softmax(results[0], axis: 1).scalars
            return Judgement(scores: scores, deltas: results[1].scalars, classes: results[0].shape[1])
        }
    }

    /// R-CNN: the features of regions, `[R, features]`, image by image.
    ///
    /// - Parameter images: `[N, C, H, W]`.
    package func features(
        of regions: [Boxes], on images: Tensor, _ clock: DetectionClock? = nil, _ run: StageRunner
    ) throws -> Tensor {
        var parts: [Tensor] = []
        for (image, boxes) in regions.enumerated() {
            for start in stride(from: 0, to: boxes.count, by: Self.regionsAtOnce) {
                var part = regions.map { _ in Boxes() }
                part[image] = boxes.selecting(Array(start..<min(start + Self.regionsAtOnce, boxes.count)))
                let pixels = clock.measured(.pooling) { boxPooling([images], part, strides: [1]) }
                parts.append(try clock.measured(.convolution) { try run(0, [pixels])[0] })
            }
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
