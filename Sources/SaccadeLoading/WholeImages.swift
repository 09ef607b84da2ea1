public import SaccadeDatasets
public import SaccadeFiles
public import SaccadeImages
public import SaccadePrelude

/// An image of a data set, in its own size.
public struct WholeImage: Sendable {
    /// Its number in the data set.
    public let index: Int
    public let image: Image
}

/// The images of a data set as they are.
public struct WholeImages: SampleSource {
    public let dataset: DetectionDataset

    public init(_ dataset: DetectionDataset) { self.dataset = dataset }

    public var count: Int { dataset.count }

    public func name(at index: Int) -> String { dataset.name(at: index) }

    /// An image of the data set, upright.
    public func image(at index: Int) throws(FileError) -> Image { try dataset.image(at: index, atLeast: nil) }

    public func sample(at index: Int, using generator: inout SplitMix64) throws(FileError) -> WholeImage {
        WholeImage(index: index, image: try image(at: index))
    }
}
