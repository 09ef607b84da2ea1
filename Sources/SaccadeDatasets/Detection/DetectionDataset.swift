public import SaccadeFiles

/// Images with boxes around objects, whatever files describe them.
///
/// A record that makes no sense does not stop the reading: it is left out and listed in ``problems``.
public struct DetectionDataset: Sendable {
    /// The formats that are read and written.
    public enum Format: String, Sendable, Codable, CaseIterable {
        /// Pascal VOC: an XML file for each image.
        case voc
        /// COCO: one JSON file for all images of a part.
        case coco
        /// YOLO: a text file for each image, a line for each object.
        case yolo
    }

    /// The format that it was read from.
    public let format: Format
    /// Its folder.
    public let root: String
    /// The names of the classes; a label is an index into them.
    public let classNames: [String]
    /// The numbers that the data set's own files have for the classes, by name (COCO); nil where they have none, or not the
    /// same in all files.
    public let categoryIDs: [String: Int]?
    /// The images with their objects.
    public let samples: [DetectionSample]
    /// What is wrong with the annotations. Whether the images are there and whole is not known before
    /// ``DataCheck`` looks.
    public let problems: [Problem]
    /// How many records of objects there are, those that were left out among them.
    public let recordCount: Int
    /// How many of them were left out because they make no sense.
    public let unusableCount: Int

    /// Says which regions of its images may have an object; nil where nobody asks.
    public var proposer: (any RegionProposing)?

    /// A data set from its parts; for those that come from no file, too.
    public init(
        format: Format, root: String, classNames: [String], categoryIDs: [String: Int]? = nil,
        samples: [DetectionSample], problems: [Problem] = [], recordCount: Int? = nil, unusableCount: Int = 0,
        proposer: (any RegionProposing)? = nil
    ) {
        self.format = format
        self.root = root
        self.classNames = classNames
        self.categoryIDs = categoryIDs
        self.samples = samples
        self.problems = problems
        self.recordCount = recordCount ?? samples.reduce(0) { $0 + $1.objects.count }
        self.unusableCount = unusableCount
        self.proposer = proposer
    }

    /// Refuses data of which too much makes no sense, before anybody trains on the rest.
    ///
    /// - Parameter fraction: The largest part of the records that may be unusable, in 0...1.
    /// - Throws: ``FileError`` with the code `malformed` and the first problem.
    public func requireUsable(unusableFraction fraction: Double = 0.01) throws(FileError) {
        guard unusableCount > 0, Double(unusableCount) > fraction * Double(recordCount) else { return }
        throw FileError(
            .malformed, path: root,
            reason: "\(unusableCount) of \(recordCount) records make no sense, the first: "
                + (problems.first.map { "\($0.message) (\($0.place.file))" } ?? "unknown"),
            remedy: "run saccade check on it")
    }
}
