import Foundation
import SaccadeFiles

/// CIFAR-100 (Krizhevsky, 2009) in its binary version: `train.bin` and `test.bin` with records of a coarse label, a fine
/// label, and 3 planes of 32 × 32 bytes; `fine_label_names.txt` names the fine ones, which are the classes here.
enum CIFAR100 {
    static let recordSize = 2 + 3 * 32 * 32
    static let classCount = 100

    static func splits(in folder: String) -> [DatasetSplit] {
        guard Path("\(folder)/fine_label_names.txt").exists else { return [] }
        return [.train, .test].filter { Path(file($0, in: folder)).exists }
    }

    private static func file(_ split: DatasetSplit, in folder: String) -> String { "\(folder)/\(split.rawValue).bin" }

    static func open(_ folder: String, splits: [DatasetSplit]) throws(FileError) -> ClassificationDataset {
        let names = try TextFile.lines(of: "\(folder)/fine_label_names.txt", limit: 1 << 16).lines
            .map { $0.text.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard names.count == classCount, Set(names).count == classCount else {
            throw FileError(
                .malformed, path: "\(folder)/fine_label_names.txt",
                reason: "must name \(classCount) different classes, one per line, and names \(names.count)",
                remedy: "download it again")
        }
        var records: [RecordFile] = []
        var samples: [ClassificationDataset.Sample] = []
        for path in splits.map({ file($0, in: folder) }) {
            let bytes = try RegularFile.contents(of: path, limit: CIFAR10.largest)
            guard !bytes.isEmpty, bytes.count.isMultiple(of: recordSize) else {
                throw FileError(
                    .malformed, path: path,
                    reason: "has \(bytes.count) bytes, and CIFAR-100 records have \(recordSize) each",
                    remedy: "download the file again")
            }
            for index in 0..<bytes.count / recordSize {
                let label = Int(bytes[index * recordSize + 1])
                guard label < classCount else {
                    throw FileError(
                        .malformed, path: path,
                        reason: "record #\(index) has label \(label), and CIFAR-100's are 0 to 99",
                        remedy: "download the file again")
                }
                samples.append(.init(label: label, origin: .record(file: records.count, index: index)))
            }
            records.append(
                RecordFile(
                    name: Path(path).name, bytes: bytes, start: 2, stride: recordSize, width: 32,
                    height: 32, channels: 3, layout: .planar))
        }
        return ClassificationDataset(format: .cifar100, classNames: names, samples: samples, records: records)
    }
}
