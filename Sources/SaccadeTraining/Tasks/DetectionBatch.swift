import SaccadeDatasets
import SaccadeGeometry
import SaccadeImages
public import SaccadeLoading
import SaccadeModels
public import SaccadeTensors

/// Images with the objects on them; smaller ones are padded at the right and the bottom.
public struct DetectionBatch: LearningBatch {
    /// `[N, C, H, W]`.
    let images: Tensor
    /// Of each image, without what pads it.
    let sizes: [ImageSize]
    /// Of each image, in its pixels.
    let objects: [[Annotations.Object]]
    /// Of each image, in its pixels; nil where the network proposes them.
    let proposals: [Boxes]?
    /// Of each image, as the data set has it.
    let originals: [Original]
    /// The data set's own numbers for the classes, by name; nil where it has none.
    let categoryIDs: [String: Int]?
    private let namesOfSamples: @Sendable () -> [String]

    public var count: Int { objects.count }
    public var names: [String] { namesOfSamples() }
    public var inputs: [Tensor] { [images] }

    /// An image before it was prepared: there it is judged, for sizes count, and only there are all objects.
    struct Original: Sendable {
        let sample: DetectionSample
        /// Of the upright image.
        let size: PixelSize
        /// What the network sees of it, in its pixels.
        let visiblePart: Box
    }

    init(
        images: Tensor, sizes: [ImageSize], objects: [[Annotations.Object]], proposals: [Boxes]?, originals: [Original],
        categoryIDs: [String: Int]?, names: @escaping @Sendable () -> [String]
    ) {
        (self.images, self.sizes, self.objects, self.proposals) = (images, sizes, objects, proposals)
        (self.originals, self.categoryIDs) = (originals, categoryIDs)
        namesOfSamples = names
    }

    /// What is learnt from: a crowd is no object that could be found.
    var targets: [RegionCNN.Target] {
        objects.enumerated().map { image, objects in
            let learnt = objects.filter { !$0.isCrowd && $0.box.isValid }
            let masks = learnt.compactMap(\.mask)
            return RegionCNN.Target(
                boxes: Boxes(learnt.map(\.box)), labels: learnt.map { $0.category + 1 },
                masks: masks.count == learnt.count ? masks : nil, proposals: proposals?[image])
        }
    }
}
