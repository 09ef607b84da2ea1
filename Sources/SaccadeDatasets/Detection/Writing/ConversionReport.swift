/// What writing a data set did, and what the format had no room for.
public struct ConversionReport: Sendable, Encodable {
    /// Something that is not in the files that were written.
    public struct Loss: Sendable, Encodable {
        /// What is lost, in words that follow its number.
        public let what: String
        /// How many times.
        public let count: Int
        /// The first case.
        public let example: String
    }

    /// The images described.
    public internal(set) var images = 0
    /// The objects written.
    public internal(set) var objects = 0
    /// What is lost, in the order in which it was met.
    public private(set) var losses: [Loss] = []
    /// What the formats keep that no conversion carries over.
    public internal(set) var notes: [String] = []

    mutating func lose(_ what: String, _ example: String, count: Int = 1) {
        if let index = losses.firstIndex(where: { $0.what == what }) {
            losses[index] = Loss(what: what, count: losses[index].count + count, example: losses[index].example)
        } else {
            losses.append(Loss(what: what, count: count, example: example))
        }
    }

    /// Counts an object, and what of it only some formats can say.
    mutating func add(_ object: AnnotatedObject, keepsFlags: Bool, keepsKeypoints: Bool) {
        objects += 1
        let place = object.place
        let example = place.file + (place.line.map { ":\($0)" } ?? "") + (place.record.map { " \($0)" } ?? "")
        if !object.keypoints.isEmpty, !keepsKeypoints { lose("lists of keypoints", example) }
        guard !keepsFlags else { return }
        if object.isDifficult { lose("difficult flags", example) }
        if object.isTruncated { lose("truncated flags", example) }
        if object.isOccluded { lose("occluded flags", example) }
        if object.isCrowd { lose("crowd flags", example) }
        if !object.attributes.isEmpty { lose("objects’ attributes", example) }
    }
}
