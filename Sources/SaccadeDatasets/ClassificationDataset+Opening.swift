import Foundation
public import SaccadeFiles

extension ClassificationDataset {
    /// Opens the data set at `path`, whatever its format.
    ///
    /// Recognised, in this order: a single CIFAR-10 `.bin` file; a folder of MNIST's IDX files; a folder of CIFAR-10's
    /// binary batches, or CIFAR-100's files; CSV files of images and classes; a folder with `train`, `val` or `test`,
    /// each with a folder per class; Omniglot's folders of alphabets; a folder per class.
    ///
    /// A single file and a plain folder per class come without splits: all of their samples count as `.train`.
    ///
    /// - Parameters:
    ///   - path: The folder or file.
    ///   - split: The part to open. `.all` joins the parts in the order train, validation, test.
    ///   - fraction: The largest part of a list's records that may make no sense, in 0...1; see ``problems``.
    /// - Throws: ``FileError``: nothing there, no known format (with all that was looked for), no such split, damaged
    ///   files, one class only, or a class without images.
    public init(
        at path: String, split: DatasetSplit = .all, unusableFraction fraction: Double = 0.01
    ) throws(FileError) {
        let contents = try Contents(at: path)
        let wanted = split == .all ? contents.splits : contents.splits.filter { $0 == split }
        guard !wanted.isEmpty else {
            throw split.missing(at: path, among: contents.splits)
        }
        switch contents {
        case .mnist(let folder, _):
            self = try MNIST.open(folder, splits: wanted)
        case .cifar10(let files):
            self = try CIFAR10.open(files: wanted.flatMap { split in files.first { $0.split == split }?.files ?? [] })
        case .cifar100(let folder, _):
            self = try CIFAR100.open(folder, splits: wanted)
        case .omniglot(let folder):
            self = try Omniglot.open(folder)
        case .list(let files, _):
            self = try ImageList.open(files, split: split, unusableFraction: fraction)
        case .folders(let roots):
            self = try ImageFolder.open(
                wanted.compactMap { split in roots.first { $0.split == split }?.path }, classesOf: roots.map(\.path))
        }
    }

    /// The splits that the data at `path` come with, among train, validation and test; only `.train` for a single file
    /// or a plain folder per class.
    ///
    /// - Throws: ``FileError``, when nothing is there or no format is recognised.
    public static func splits(at path: String) throws(FileError) -> [DatasetSplit] {
        try Contents(at: path).splits
    }

    /// What was found at a path, before anything but names has been read.
    private enum Contents {
        case mnist(folder: String, splits: [DatasetSplit])
        case cifar10([(split: DatasetSplit, files: [String])])
        case cifar100(folder: String, splits: [DatasetSplit])
        case omniglot(folder: String)
        case list([(split: DatasetSplit?, path: String)], splits: [DatasetSplit])
        case folders([(split: DatasetSplit, path: String)])

        var splits: [DatasetSplit] {
            switch self {
            case .mnist(_, let splits), .cifar100(_, let splits), .list(_, let splits): splits
            case .omniglot: [.train]
            case .cifar10(let files): files.map(\.split)
            case .folders(let roots): roots.map(\.split)
            }
        }

        init(at given: String) throws(FileError) {
            // Without a slash at the end, samples' names read well.
            let path = given.count > 1 && given.hasSuffix("/") ? String(given.dropLast()) : given
            guard Path(path).exists else {
                throw FileError(.missing, path: path, reason: "there is no such folder", remedy: "check the path")
            }
            let lists = ImageList.files(at: path)
            guard ImageFolder.isFolder(path) else {
                guard lists.isEmpty else {
                    self = .list(lists, splits: try ImageList.splits(lists))
                    return
                }
                guard Path(path).suffix.lowercased() == "bin" else {
                    throw FileError(
                        .unknownFormat, path: path,
                        reason: "this is a file",
                        remedy:
                            "give a folder with one folder of images per class, a CIFAR-10 .bin file, or a CSV file with "
                            + "the columns image and label")
                }
                self = .cifar10([(.train, [path])])
                return
            }
            let mnist = MNIST.splits(in: path)
            let cifar10 = CIFAR10.splits(in: path)
            let folders = ImageFolder.splits(in: path)
            if !mnist.isEmpty {
                self = .mnist(folder: path, splits: mnist)
            } else if !cifar10.isEmpty {
                self = .cifar10(cifar10.map { ($0, CIFAR10.files($0, in: path)) })
            } else if !CIFAR100.splits(in: path).isEmpty {
                self = .cifar100(folder: path, splits: CIFAR100.splits(in: path))
            } else if !lists.isEmpty {
                self = .list(lists, splits: try ImageList.splits(lists))
            } else if let masks = try? MaskDataset(at: path), !masks.samples.isEmpty {
                throw FileError(
                    .unknownFormat, path: path,
                    reason: "these are images with masks, not a folder of images for each class",
                    remedy: "a recipe for them has task: segment")
            } else if !folders.isEmpty {
                self = .folders(folders)
            } else if Omniglot.isOmniglot(path) {
                self = .omniglot(folder: path)
            } else if !ImageFolder.folders(in: path).isEmpty {
                self = .folders([(.train, path)])
            } else {
                if let problem = CIFARPickles.problem(at: path) { throw problem }
                throw FileError(
                    .unknownFormat, path: path,
                    reason: "no data set here: looked for MNIST (train-images-idx3-ubyte, t10k-…, also .gz), CIFAR-10 "
                        + "(data_batch_*.bin, test_batch.bin), CIFAR-100 (train.bin, test.bin, fine_label_names.txt), CSV "
                        + "lists (image,label), Omniglot (ALPHABET/characterNN/*.png) and class folders (CLASS/*.jpg, "
                        + ".jpeg, .png, .webp, .gif, .bmp or .tif, also below train, val and test)",
                    remedy: "put the images in one folder per class")
            }
        }
    }
}

extension FileError.Code {
    /// The data do not come with the split that was asked for.
    public static let missingSplit = FileError.Code(rawValue: "missingSplit")
    /// There are fewer than two classes to tell apart.
    public static let tooFewClasses = FileError.Code(rawValue: "tooFewClasses")
    /// A class has no images.
    public static let emptyClass = FileError.Code(rawValue: "emptyClass")
}
