import SaccadeDatasets
import SaccadeImages
public import SaccadeLoading
public import SaccadeTensors

/// Images as they are, with the objects on them.
public struct WindowBatch: LearningBatch {
    let images: [Image]
    /// What the data set says of each.
    let samples: [DetectionSample]
    /// The data set's own numbers for the classes, by name; nil where it has none.
    let categoryIDs: [String: Int]?
    private let namesOfSamples: @Sendable () -> [String]

    public var count: Int { images.count }
    public var names: [String] { namesOfSamples() }
    /// None: no network is given them.
    public var inputs: [Tensor] { [] }

    init(
        images: [Image], samples: [DetectionSample], categoryIDs: [String: Int]?,
        names: @escaping @Sendable () -> [String]
    ) {
        (self.images, self.samples, self.categoryIDs, namesOfSamples) = (images, samples, categoryIDs, names)
    }
}
