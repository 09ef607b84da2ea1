import Foundation
public import SaccadeFiles

/// The kinds of data sets that can be checked.
public enum DataFormat: String, Sendable, Codable, CaseIterable {
    case voc
    case coco
    case yolo
    case folders
    case mnist
    case cifar10

    /// What it is called, and by what it is recognised.
    public var words: String {
        switch self {
        case .voc: "Pascal VOC (an XML file for each picture)"
        case .coco: "COCO (a JSON file for all pictures)"
        case .yolo: "YOLO (a text file for each picture)"
        case .folders: "a folder for each class"
        case .mnist: "MNIST (IDX files)"
        case .cifar10: "CIFAR-10 (binary batches)"
        }
    }

    /// Recognises what is at a path.
    ///
    /// - Throws: ``FileError``: nothing there, or nothing that is known, with all that was looked for.
    public init(of path: String) throws(FileError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw FileError(.missing, path: path, reason: "there is no such folder", remedy: "check the path")
        }
        if let format = DetectionDataset.format(of: path).flatMap({ DataFormat(rawValue: $0.rawValue) }) {
            self = format
        } else if !MNIST.splits(in: path).isEmpty {
            self = .mnist
        } else if !CIFAR10.splits(in: path).isEmpty || path.lowercased().hasSuffix(".bin") {
            self = .cifar10
        } else if (try? ClassificationDataset.splits(at: path)) != nil {
            self = .folders
        } else {
            throw FileError(
                .unknownFormat, path: path,
                reason: "no data set is recognised here: looked for "
                    + Self.allCases.map(\.words).joined(separator: "; "),
                remedy: "check the path, or say --format")
        }
    }
}
