import SaccadeDatasets
import SaccadeFeatures
import SaccadeGeometry
import SaccadeImages
import SaccadeLinear
public import SaccadeLoading
public import SaccadeModels
import SaccadePrelude
import SaccadeTensors

extension WindowDetection {
    /// - Precondition: It is not called: nothing is learnt by gradients.
    public func losses(of model: WindowNetwork, on batch: WindowBatch) -> Losses {
        wrongProgram("WindowDetection: there is no loss, machines are solved for")
    }

    public func fit(
        _ model: WindowNetwork, to samples: WholeImages, in folder: String, note: (String) -> Void
    ) throws -> Bool {
        let examples = samples.dataset.samples.map { sample in
            HOGSVM.Example(
                objects: sample.objects.filter { $0.box.isValid }.map {
                    .init($0.box, label: $0.label, isDifficult: $0.isLeftOut)
                })
        }
        let settings = fitSettings(for: model)
        let (detector, classes) = try HOGSVM.fit(classNames: classNames, examples: examples, settings: settings) {
            try samples.image(at: $0)
        }
        for (name, learnt) in zip(classNames, classes) {
            let unsuitable =
                learnt.unsuitable == 0 ? "" : ", \(learnt.unsuitable) of a form that its window has not"
            let rounds = learnt.rounds.map { "\($0.hard) of \($0.windows) windows were hard" }
            note("\(name): \(learnt.objects) objects\(unsuitable); \(rounds.joined(separator: ", then "))")
        }
        model.take(detector)
        return true
    }

    public func judge(
        _ model: Runner<WindowNetwork>, by batch: WindowBatch, into score: inout DetectionScore
    ) throws {
        let detector = try model.model.detector(classNames: classNames)
        score.categoryIDs = batch.categoryIDs
        for (image, sample) in zip(batch.images, batch.samples) {
            let whole = Box(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
            try score.add(
                detector.objects(on: image),
                on: DetectionBatch.Original(sample: sample, size: image.size, visiblePart: whole),
                hasMasks: false)
        }
    }
}
