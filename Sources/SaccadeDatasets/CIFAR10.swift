import Foundation
import SaccadeFiles

/// CIFAR-10 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009) in its binary version: records
/// of a label byte and 3 planes of 32 × 32 bytes, red, green, blue.
enum CIFAR10 {
    static let recordSize = 1 + 3 * 32 * 32
    static let classNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]
    /// The largest batch in circulation has 50 000 records (154 MB); leave room for a few joined.
    static let largest = 1 << 30

    /// The batch files of a split, sorted.
    static func files(_ split: DatasetSplit, in folder: String) -> [String] {
        let names = (try? FolderContents.names(in: folder)) ?? []
        return names.filter { name in
            switch split {
            case .train: name.hasPrefix("data_batch_") && name.hasSuffix(".bin")
            case .test: name == "test_batch.bin"
            case .validation, .all: false
            }
        }.map { "\(folder)/\($0)" }
    }

    static func splits(in folder: String) -> [DatasetSplit] {
        [.train, .test].filter { !files($0, in: folder).isEmpty }
    }

    /// Reads batch files, in this order. The classes' names come from `batches.meta.txt` beside the first, if there.
    static func open(files: [String]) throws(FileError) -> ClassificationDataset {
        var records: [RecordFile] = []
        var samples: [ClassificationDataset.Sample] = []
        for path in files {
            let bytes = try RegularFile.contents(of: path, limit: largest)
            guard !bytes.isEmpty, bytes.count.isMultiple(of: recordSize) else {
                throw FileError(
                    .malformed, path: path,
                    reason: "has \(bytes.count) bytes, and CIFAR-10 records have \(recordSize) each",
                    remedy: "download the file again")
            }
            for index in 0..<bytes.count / recordSize {
                let label = Int(bytes[index * recordSize])
                guard label < classNames.count else {
                    throw FileError(
                        .malformed, path: path,
                        reason: "record #\(index) has label \(label), and CIFAR-10's are 0 to 9",
                        remedy: "check that it is a CIFAR-10 batch, and download it again")
                }
                samples.append(.init(label: label, origin: .record(file: records.count, index: index)))
            }
            records.append(
                RecordFile(
                    name: Path(path).name, bytes: bytes, start: 1, stride: recordSize, width: 32,
                    height: 32,
                    channels: 3, layout: .planar))
        }
        let names = try files.first.map { first throws(FileError) in try namesOfClasses(beside: first) }
        return ClassificationDataset(
            format: .cifar10, classNames: names ?? classNames, samples: samples, records: records)
    }

    private static func namesOfClasses(beside batch: String) throws(FileError) -> [String] {
        let folder = Path(batch).folder
        let path = folder.isEmpty ? "batches.meta.txt" : "\(folder)/batches.meta.txt"
        guard Path(path).exists else { return classNames }
        let bytes = try RegularFile.contents(of: path, limit: 1 << 16)
        let names = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard names.count == classNames.count, Set(names).count == names.count else {
            throw FileError(
                .malformed, path: path,
                reason: "must name \(classNames.count) different classes, one per line, and names \(names.count)",
                remedy: "correct or delete it")
        }
        return names
    }
}
