public import SaccadeFiles
public import SaccadeImages
import SaccadePrelude

/// Images with one class each, whatever the files they come from.
///
/// A value that holds names and labels; images in files are read when they are asked for, small ones from record files
/// (MNIST, CIFAR-10) stay in memory and are shared by all copies and subsets. Samples are numbered from 0, in an order
/// that depends on the files' names and contents alone.
public struct ClassificationDataset: ImageDataset {
    /// The formats that are recognised.
    public enum Format: String, Sendable, Codable {
        /// IDX files `train-images-idx3-ubyte` and so on, plain or `.gz`.
        case mnist
        /// Binary batches of 3073-byte records.
        case cifar10
        /// Binary files of 3074-byte records.
        case cifar100
        /// A folder per class.
        case folder
        /// A folder per alphabet with a folder per character.
        case omniglot
        /// CSV files of images and classes.
        case list
        /// No files: ``Scenes`` drawn when they were asked for.
        case scenes
    }

    /// One labelled image.
    public struct Sample: Sendable, Equatable {
        /// Where the image is.
        public enum Origin: Sendable, Equatable {
            /// An image file.
            case file(path: String)
            /// A record, numbered from 0, in one of the data set's record files.
            case record(file: Int, index: Int)
        }

        /// Index of the class in ``ClassificationDataset/classNames``.
        public let label: Int
        /// Where the image is.
        public let origin: Origin
    }

    /// The format of the files.
    public let format: Format
    /// The names of the classes; a label is an index into them. At least two.
    public let classNames: [String]
    /// The labelled images.
    public let samples: [Sample]
    let records: [RecordFile]
    /// Records of the data set's lists that make no sense and gave no sample; those of all parts.
    public internal(set) var problems: [Problem] = []

    /// Bytes that the record files take in memory, whichever samples are used.
    public var byteCount: Int { records.reduce(0) { $0 + $1.bytes.count } }

    /// The number of samples.
    public var count: Int { samples.count }

    /// How many samples each class has, `[classes]`.
    public var countsPerClass: [Int] {
        samples.reduce(into: Array(repeating: 0, count: classNames.count)) { $0[$1.label] += 1 }
    }

    /// The class of a sample, an index into ``classNames``.
    ///
    /// - Precondition: `index` is in `0..<count`.
    public func label(at index: Int) -> Int { samples[index].label }

    /// The class: a split keeps the classes in proportion.
    public func group(at index: Int) -> Int { label(at: index) }

    public func nameOfSamples(in group: Int) -> String { "images of \(classNames[group])" }

    /// Records of record files were checked when they were opened.
    public func unusable(at index: Int, _ inspection: Inspection) -> Problem? {
        guard case .file(let path) = samples[index].origin else { return nil }
        return inspection.problem(withImageAt: path)
    }

    /// What to call a sample: the path of its file, or the name of its record file and its number in it, as in
    /// `train-images-idx3-ubyte.gz #17`.
    ///
    /// - Precondition: `index` is in `0..<count`.
    public func name(at index: Int) -> String {
        switch samples[index].origin {
        case .file(let path): path
        case .record(let file, let record): "\(records[file].name) #\(record)"
        }
    }

    /// The image of a sample, 8 bits per channel, 1 or 3 channels.
    ///
    /// - Parameters:
    ///   - index: In `0..<count`.
    ///   - leastSize: Where given, a JPEG may be decoded at a fraction of its size, but not below this; see
    ///     ``Preprocessing/leastDecodedSize``.
    /// - Throws: `FileError`, which names the file, when it is missing, damaged or no image.
    public func image(at index: Int, atLeast leastSize: PixelSize? = nil) throws(FileError) -> Image {
        switch samples[index].origin {
        case .file(let path): try Image(contentsOf: path, atLeast: leastSize)
        case .record(let file, let record): records[file].image(record)
        }
    }

    /// The samples with these numbers, in this order; labels keep their meaning.
    ///
    /// - Precondition: Each index is in `0..<count`.
    public func subset(_ indices: some Sequence<Int>) -> ClassificationDataset {
        ClassificationDataset(
            format: format, classNames: classNames, samples: indices.map { samples[$0] }, records: records,
            problems: problems)
    }
}

extension ClassificationDataset {
    /// Image files that are listed elsewhere, with their classes.
    ///
    /// - Precondition: There is a label for each file, an index into the names.
    public init(files: [String], labels: [Int], classNames: [String]) {
        require(
            files.count == labels.count && labels.allSatisfy(classNames.indices.contains),
            "ClassificationDataset: \(labels.count) labels among \(classNames.count) classes for \(files.count) files")
        let samples = zip(files, labels).map { Sample(label: $1, origin: .file(path: $0)) }
        self.init(format: .list, classNames: classNames, samples: samples, records: [])
    }
}
