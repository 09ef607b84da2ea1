public import SaccadeFiles
public import SaccadeGeometry

/// Says which regions of images may have an object: selective search, or another network.
public protocol RegionProposing: Sendable {
    /// The regions of an image, the likeliest first, in its pixels.
    ///
    /// - Parameter path: The image's file.
    /// - Throws: `FileError` where the image cannot be read, or has no regions that are known.
    func proposals(forImageAt path: String) throws(FileError) -> Boxes
}
