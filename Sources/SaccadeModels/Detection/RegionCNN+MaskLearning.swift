import SaccadeGeometry
import SaccadeTensors

extension RegionCNN {
    /// What masks cost: the log loss of every pixel of the mask of a region's own class; other classes' masks do not count.
    /// He et al., "Mask R-CNN" (2017), section 3.
    ///
    /// - Parameters:
    ///   - maps: That regions are read from.
    ///   - picked: The regions of each image; those with an object are learnt from.
    ///   - targets: Of each image, with masks.
    func maskLoss(
        _ head: MaskHead, _ maps: [Tensor], _ picked: [TargetSampling.ProposalTargets], _ targets: [Target],
        strides: [Int]
    ) -> Tensor {
        // Of an image without masks nothing is learnt here.
        let found = zip(picked, targets).map { regions, target in
            regions.labels.indices.filter { regions.labels[$0] > 0 && target.masks != nil }
        }
        let labels = zip(picked, found).flatMap { regions, places in places.map { regions.labels[$0] } }
        guard !labels.isEmpty else { return Tensor(filledWith: 0, shape: []) }
        let boxes = zip(picked, found).map { $0.boxes.selecting($1) }
        let logits = head(maskPooling(maps, boxes, strides: strides))
        let (classes, side) = (logits.shape[1], logits.shape[2])
        let own = logits.reshaped(to: [labels.count * classes, side * side])
            .rows(labels.enumerated().map { $0.offset * classes + $0.element })
        let truth = zip(zip(picked, found), zip(boxes, targets)).compactMap { regions, image -> Tensor? in
            let (picked, places) = regions
            guard !places.isEmpty, let masks = image.1.masks else { return nil }
            return Self.cut(masks, places.map { picked.objects[$0]! }, image.0, side: side)
        }
        return binaryCrossEntropyWithLogits(own, concatenated(truth, axis: 0))
    }

    /// Of every region its object's mask in `side` × `side` numbers, `[R, side · side]`.
    ///
    /// - Parameters:
    ///   - objects: The place of each region's object among the masks.
    private static func cut(_ masks: [RunLengthMask], _ objects: [Int], _ boxes: Boxes, side: Int) -> Tensor {
        let used = Set(objects).sorted()
        let (height, width) = (masks[used[0]].height, masks[used[0]].width)
        let pixels = Tensor(shape: [used.count, 1, height, width]) { buffer in
            for (row, object) in used.enumerated() {
                let first = row * height * width
                for (place, pixel) in masks[object].pixels.enumerated() { buffer[first + place] = Float(pixel) }
            }
        }
        let rowOf = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        let regions = boxes.indices.flatMap {
            [Float(rowOf[objects[$0]]!), boxes.x1[$0], boxes.y1[$0], boxes.x2[$0], boxes.y2[$0]]
        }
        return roiAlign(
            pixels, boxes: Tensor(regions, shape: [boxes.count, 5]), outputSize: Pair(side), spatialScale: 1,
            samplingRatio: 0, aligned: false
        ).reshaped(to: [boxes.count, side * side])
    }
}
