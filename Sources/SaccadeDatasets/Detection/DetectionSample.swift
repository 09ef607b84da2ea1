public import SaccadeImages

/// An image and the objects on it.
public struct DetectionSample: Sendable {
    /// The path of the image's file, which may be missing: then the data set lists that as a problem.
    public var image: String
    /// What the data set calls the image: a path below its folder, with suffix.
    public var name: String
    /// The number that the data set has for the image (COCO); nil where it has none.
    public var id: Int?
    /// Of the upright image, as the annotation or else the image itself tells it; nil when neither does.
    public var size: PixelSize?
    /// The part that the sample belongs to; nil where the data set makes no parts.
    public var split: DatasetSplit?
    /// What is on the image. Records that make no sense are not among them.
    public var objects: [AnnotatedObject]
    /// The file, and in it the record, that describes the image.
    public var place: Problem.Place

    /// A sample from its parts.
    public init(
        image: String, name: String, id: Int? = nil, size: PixelSize?, split: DatasetSplit? = nil,
        objects: [AnnotatedObject], place: Problem.Place
    ) {
        self.image = image
        self.name = name
        self.id = id
        self.size = size
        self.split = split
        self.objects = objects
        self.place = place
    }
}
