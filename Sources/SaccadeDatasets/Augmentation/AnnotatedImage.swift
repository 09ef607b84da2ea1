public import SaccadeGeometry
public import SaccadeImages

/// An image and what is known about it, to be changed together.
public struct AnnotatedImage: Sendable, Equatable {
    public let image: Image
    public let annotations: Annotations

    /// - Throws: `GeometryError` when a mask, or the classes, are not of the image's size.
    public init(_ image: Image, _ annotations: Annotations) throws(GeometryError) {
        for case let mask? in annotations.objects.map(\.mask)
        where mask.width != image.width || mask.height != image.height {
            throw GeometryError(
                .mismatch,
                "a mask of \(mask.width)×\(mask.height) pixels does not belong to an image of \(image.size); give "
                    + "masks of the image's size")
        }
        if let classes = annotations.classes, classes.count != image.width * image.height {
            throw GeometryError(
                .mismatch,
                "\(classes.count) classes do not belong to an image of \(image.size); give one for each pixel")
        }
        (self.image, self.annotations) = (image, annotations)
    }

    /// Stretched to a size.
    ///
    /// - Throws: `GeometryError` when a mask becomes too large; so for the others.
    public func resized(
        to size: PixelSize, filter: ResizeFilter = .bilinear, rules: Annotations.Rules = Annotations.Rules()
    ) throws(GeometryError) -> AnnotatedImage {
        let map = Homography.scaling(
            Double(size.width) / Double(image.width), Double(size.height) / Double(image.height))
        return try AnnotatedImage(
            image.resized(width: size.width, height: size.height, filter: filter),
            annotations.moved(by: GeometricTransform(map, from: image.size, to: size), rules))
    }

    /// Scaled to fit into a size, its proportions kept, with bars around it.
    public func letterboxed(
        to size: PixelSize, filter: ResizeFilter = .bilinear, rules: Annotations.Rules = Annotations.Rules()
    ) throws(GeometryError) -> AnnotatedImage {
        let letterbox = Letterbox(image.size, in: size)
        return try AnnotatedImage(
            letterbox.apply(to: image, filter: filter), annotations.moved(by: letterbox.transform, rules))
    }
}
