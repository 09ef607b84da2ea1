public import SaccadeModels
import SaccadeGeometry
import SaccadeMetrics
import SaccadeTensors

extension Detection {
    public func losses(of model: FasterRCNN, on batch: DetectionBatch) -> Losses {
        let losses = model.losses(batch.images, batch.targets, sizes: batch.sizes)
        guard let masks = losses.masks else {
            return Losses(
                losses.total,
                parts: [
                    .objectnessLoss: losses.objectness, .proposalBoxLoss: losses.proposalBoxes,
                    .classLoss: losses.classes, .boxLoss: losses.boxes,
                ])
        }
        return Losses(
            losses.total,
            parts: [
                .objectnessLoss: losses.objectness, .proposalBoxLoss: losses.proposalBoxes, .classLoss: losses.classes,
                .boxLoss: losses.boxes, .maskLoss: masks,
            ])
    }

    /// In the pixels of the image as the network sees it.
    public func judge(
        _ model: Runner<FasterRCNN>, by batch: DetectionBatch, into score: inout DetectionScore
    ) throws {
        let found = try model.model.detect(batch.images, sizes: batch.sizes) { try model($1, stage: $0) }
        for (detections, objects) in zip(found, batch.objects) { score.add(detections.objects, truth: objects) }
    }
}
