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
    case cifar100
    case omniglot
    case csv
    case masks
    case captions
    case pairs
    case labelled
    case tagged
    case frames
    case clips
    case text

    /// What it is called, and by what it is recognised.
    public var words: String {
        switch self {
        case .voc: "Pascal VOC (an XML file for each image)"
        case .coco: "COCO (a JSON file for all images)"
        case .yolo: "YOLO (a text file for each image)"
        case .folders: "a folder for each class"
        case .mnist: "MNIST (IDX files)"
        case .cifar10: "CIFAR-10 (binary batches)"
        case .cifar100: "CIFAR-100 (binary files)"
        case .omniglot: "Omniglot (a folder for each alphabet, in it one for each character)"
        case .csv: "a CSV list of images and classes (columns image and label)"
        case .masks: "images with masks (lists of both, X and Xannot, images and masks, PNGImages and PedMasks)"
        case .captions: "images with captions (captions_*.json, captions.txt with image,caption)"
        case .pairs: "sentences in two or more languages (NAME.en, NAME.de, also .gz)"
        case .labelled:
            "texts with classes (NAME.pos and NAME.neg, a table with the columns text and label, CLASS/*.txt)"
        case .tagged: "sentences with a label for each word (CoNLL's columns)"
        case .frames: "clips as folders of numbered images"
        case .clips: "labelled clips (labels.csv for each, a list of FOLDER FRAMES CLASS, or videos in class folders)"
        case .text: "text files (.txt)"
        }
    }

    /// Recognises what is at a path.
    ///
    /// - Throws: ``FileError``: nothing there, or nothing that is known, with all that was looked for.
    public init(of path: String) throws(FileError) {
        guard Path(path).exists else {
            throw FileError(.missing, path: path, reason: "there is no such folder", remedy: "check the path")
        }
        // Its list of classes may belong to boxes as well.
        if LabelledClips.format(of: path) == .films {
            self = .clips
            return
        }
        let boxes = DetectionDataset.format(of: path)
        // A list of classes may belong to masks as well as to YOLO's boxes.
        let isMasks = boxes == .yolo || boxes == nil ? try MaskLayout(path) != nil : false
        if isMasks {
            self = .masks
        } else if let format = boxes.flatMap({ DataFormat(rawValue: $0.rawValue) }) {
            self = format
        } else if !CaptionDataset.files(at: path).isEmpty {
            self = .captions
        } else if !MNIST.splits(in: path).isEmpty {
            self = .mnist
        } else if !CIFAR10.splits(in: path).isEmpty || path.lowercased().hasSuffix(".bin") {
            self = .cifar10
        } else if !CIFAR100.splits(in: path).isEmpty {
            self = .cifar100
        } else if !ImageList.files(at: path).isEmpty {
            self = .csv
        } else if Omniglot.isOmniglot(path) {
            self = .omniglot
        } else if !TextPairs.groups(in: path).isEmpty {
            self = .pairs
        } else if LabelledTextLayout(path, takesPlainFiles: false) != nil {
            self = .labelled
        } else if ImageFolder.isFolder(path) ? !ColumnReader.files(in: path).isEmpty : ColumnReader.isColumns(path) {
            self = .tagged
        } else if ImageFolder.splits(in: path).isEmpty, Self.isFrames(path) {
            self = .frames
        } else if LabelledClips.format(of: path) != nil {
            self = .clips
        } else if (try? ClassificationDataset.splits(at: path)) != nil {
            self = .folders
        } else if !TextCorpus.files(at: path).isEmpty {
            self = .text
        } else {
            if let problem = CIFARPickles.problem(at: path) { throw problem }
            throw FileError(
                .unknownFormat, path: path,
                reason: "no data set is recognised here: looked for "
                    + Self.allCases.map(\.words).joined(separator: "; "),
                remedy: "check the path, or say --format")
        }
    }

    /// Whether every folder of images is a series of numbers without gaps that begins at 0 or 1 behind a common name;
    /// images of a class may be numbered too, so plain numbers are none.
    private static func isFrames(_ path: String) -> Bool {
        let folders = [path] + ImageFolder.folders(in: path).map { "\(path)/\($0)" }
        let series = folders.flatMap { FrameFolders.series(in: $0) }
        return !series.isEmpty
            && series.allSatisfy {
                ["img_", "frame_", "frame", "image_", "x_", "y_", "flow_x_", "flow_y_"].contains($0.prefix)
            }
    }
}
