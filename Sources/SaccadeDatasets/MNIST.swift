import Foundation
import SaccadeFiles

/// The handwritten digits of LeCun, Cortes and Burges, and anything in the same files (Fashion-MNIST, Kuzushiji-MNIST):
/// grey images of one size in ten classes.
enum MNIST {
    /// The two files of a split, without `.gz`.
    static func stems(_ split: DatasetSplit) -> (images: String, labels: String)? {
        switch split {
        case .train: ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
        case .test: ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
        case .validation, .all: nil
        }
    }

    /// The path of one file of a folder, with or without `.gz`; nil where there is neither.
    static func file(_ stem: String, in folder: String) -> String? {
        ["\(folder)/\(stem)", "\(folder)/\(stem).gz"].first { Path($0).exists }
    }

    /// The splits that a folder has files for; half of a pair counts, so that opening it says what is missing.
    static func splits(in folder: String) -> [DatasetSplit] {
        [.train, .test].filter { split in
            guard let stems = stems(split) else { return false }
            return file(stems.images, in: folder) != nil || file(stems.labels, in: folder) != nil
        }
    }

    /// Reads one split or several, in this order.
    static func open(_ folder: String, splits: [DatasetSplit]) throws(FileError) -> ClassificationDataset {
        var records: [RecordFile] = []
        var samples: [ClassificationDataset.Sample] = []
        for split in splits {
            guard let stems = stems(split) else { continue }
            let (imagesPath, labelsPath) = (try path(stems.images, in: folder), try path(stems.labels, in: folder))
            let images = try IDX(contentsOf: imagesPath, axes: 3)
            let labels = try IDX(contentsOf: labelsPath, axes: 1)
            guard images.dimensions[0] == labels.dimensions[0] else {
                throw FileError(
                    .malformed, path: labelsPath,
                    reason: "has \(labels.dimensions[0]) labels for the \(images.dimensions[0]) images of "
                        + "\(Path(imagesPath).name)",
                    remedy: "take both files from one download")
            }
            for (index, label) in labels.bytes[labels.start...].enumerated() {
                guard label < 10 else {
                    throw FileError(
                        .malformed, path: labelsPath,
                        reason: "label #\(index) is \(label), and labels are 0 to 9", remedy: "download the file again")
                }
                samples.append(.init(label: Int(label), origin: .record(file: records.count, index: index)))
            }
            let (height, width) = (images.dimensions[1], images.dimensions[2])
            records.append(
                RecordFile(
                    name: Path(imagesPath).name, bytes: images.bytes, start: images.start,
                    stride: height * width,
                    width: width, height: height, channels: 1, layout: .interleaved))
        }
        return ClassificationDataset(
            format: .mnist, classNames: (0...9).map(String.init), samples: samples, records: records)
    }

    private static func path(_ stem: String, in folder: String) throws(FileError) -> String {
        guard let path = file(stem, in: folder) else {
            throw FileError(
                .missing, path: "\(folder)/\(stem)", reason: "this file of MNIST is not there, nor with .gz",
                remedy: "download it again")
        }
        return path
    }
}
