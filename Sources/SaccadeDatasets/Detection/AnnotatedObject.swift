public import SaccadeGeometry

/// One object on an image, as an annotator described it.
public struct AnnotatedObject: Sendable, Hashable {
    /// Which pixels belong to an object, in one of the two ways in which data sets tell it.
    public enum Outline: Sendable, Hashable {
        /// The parts of the object.
        case polygons([Polygon])
        /// Its pixels.
        case mask(RunLengthMask)
    }

    /// Index of the class in ``DetectionDataset/classNames``.
    public var label: Int
    /// In pixels, continuous. It may reach beyond the image, which the data set lists as a problem.
    public var box: Box
    /// The object's pixels, if anybody marked them.
    public var outline: Outline? {
        get { packedOutline?.outline }
        set { packedOutline = newValue.map(PackedOutline.init) }
    }
    private var packedOutline: PackedOutline?
    /// Square pixels, where the annotation says it (COCO).
    public var statedArea: Double?
    /// The marked places of the object, in the order of its class.
    public var keypoints: [Keypoint]
    /// An object that a detector need not find (VOC).
    public var isDifficult: Bool
    /// Whether the object goes on beyond what the box shows.
    public var isTruncated: Bool
    /// Whether something hides a part of it.
    public var isOccluded: Bool
    /// Many objects of the class in one region (COCO).
    public var isCrowd: Bool
    /// Whatever else is known, by name.
    public var attributes: [String: String]
    /// Where it comes from.
    public var place: Problem.Place

    /// An object; whatever is left out was not said.
    public init(
        label: Int, box: Box, outline: Outline? = nil, statedArea: Double? = nil, keypoints: [Keypoint] = [],
        isDifficult: Bool = false, isTruncated: Bool = false, isOccluded: Bool = false, isCrowd: Bool = false,
        attributes: [String: String] = [:], place: Problem.Place
    ) {
        self.init(
            label: label, box: box, packedOutline: outline.map(PackedOutline.init), statedArea: statedArea,
            keypoints: keypoints, isDifficult: isDifficult, isTruncated: isTruncated, isOccluded: isOccluded,
            isCrowd: isCrowd,
            attributes: attributes, place: place)
    }

    /// As the public one, for a reader that has packed the outline itself.
    init(
        label: Int, box: Box, packedOutline: PackedOutline?, statedArea: Double?, keypoints: [Keypoint],
        isDifficult: Bool,
        isTruncated: Bool, isOccluded: Bool, isCrowd: Bool, attributes: [String: String], place: Problem.Place
    ) {
        self.label = label
        self.box = box
        self.packedOutline = packedOutline
        self.statedArea = statedArea
        self.keypoints = keypoints
        self.isDifficult = isDifficult
        self.isTruncated = isTruncated
        self.isOccluded = isOccluded
        self.isCrowd = isCrowd
        self.attributes = attributes
        self.place = place
    }

    /// Square pixels: as the annotation says it, else of the outline, else of the box.
    public var area: Double {
        if let statedArea { return statedArea }
        switch outline {
        case nil: return box.area
        case .polygons(let polygons): return polygons.reduce(0) { $0 + $1.area }
        case .mask(let mask): return mask.area
        }
    }
}
