public import SaccadeFiles
public import SaccadeImages

/// Samples with numbers from 0, in an order that depends on their files alone, whatever a sample is: what splitting,
/// leaving out bad samples, and loading need to know of a data set.
public protocol Dataset: Sendable {
    var count: Int { get }
    /// What to call a sample in a message: the path of its file, or its file and its number in it.
    func name(at index: Int) -> String
    /// The samples with these numbers, in this order.
    ///
    /// - Precondition: Each is in `0..<count`.
    func subset(_ indices: some Sequence<Int>) -> Self

    /// Which of the groups that a split keeps in proportion a sample is of, such as its class.
    func group(at index: Int) -> Int
    /// What to call the samples of a group in a message: `images of cat`.
    func nameOfSamples(in group: Int) -> String
    /// Why a sample cannot be used; nil where it can.
    func unusable(at index: Int, _ inspection: Inspection) -> Problem?
    /// Records of the files that gave no sample because they are invalid.
    var problems: [Problem] { get }
    /// Bytes that samples take in memory from beginning to end.
    var byteCount: Int { get }
}

extension Dataset {
    public func group(at index: Int) -> Int { 0 }
    public func nameOfSamples(in group: Int) -> String { "samples" }
    public func unusable(at index: Int, _ inspection: Inspection) -> Problem? { nil }
    public var byteCount: Int { 0 }
}

/// How closely samples are looked at before anybody relies on them.
public enum Inspection: Sendable {
    /// Whether each file is there, is an image of a known kind, and tells its size: reads the beginning of each file.
    /// What lies behind it may still be damaged.
    case headers
    /// Decodes each image, which takes about as long as reading the data set once for training.
    case pixels

    /// What is wrong with an image file.
    func problem(withImageAt path: String) -> Problem? {
        do throws(FileError) {
            switch self {
            case .headers: _ = try ImageHeader(contentsOf: path)
            case .pixels: _ = try Image(contentsOf: path)
            }
            return nil
        } catch {
            return Problem(error, rule: .unreadableImage)
        }
    }
}

/// A data set with an image in each sample.
public protocol ImageDataset: Dataset {
    /// The image of a sample, 8 bits per channel, 1 or 3 channels.
    ///
    /// - Parameters:
    ///   - index: In `0..<count`.
    ///   - leastSize: Where given, a JPEG may be decoded at a fraction of its size, but not below this; see
    ///     ``Preprocessing/leastDecodedSize``.
    /// - Throws: `FileError`, which names the file, when it is missing, damaged or no image.
    func image(at index: Int, atLeast leastSize: PixelSize?) throws(FileError) -> Image

    /// Whether there are annotations.
    var isAnnotated: Bool { get }
    /// What is known about the image besides its class, in its pixels; nil where nothing moves with it.
    ///
    /// - Parameter size: Of the image.
    func annotations(at index: Int, of size: PixelSize) throws(FileError) -> Annotations?
}

extension ImageDataset {
    public var isAnnotated: Bool { false }
    public func annotations(at index: Int, of size: PixelSize) throws(FileError) -> Annotations? { nil }
}
