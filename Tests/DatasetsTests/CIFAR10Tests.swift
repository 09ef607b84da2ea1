import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import TestSupport
import Testing

@Suite struct CIFAR10Tests {
    /// A record whose planes hold `label`, `label + 1` and `label + 2`, but for the last pixel.
    static func record(_ label: UInt8) -> [UInt8] {
        [label] + (0..<3).flatMap { Array(repeating: label + $0, count: 1023) + [200 + $0] }
    }

    @Test(
        "the Python version is refused, saying where the same images are",
        arguments: [
            (["data_batch_1", "test_batch", "batches.meta"], "cifar-10-binary.tar.gz"),
            (["train", "test", "meta"], "cifar-100-binary.tar.gz"),
        ])
    func pickles(files: [String], archive: String) throws {
        let folder = try TemporaryFolder()
        for file in files { try folder.write([1], to: file) }
        let opened = try #require(throws: FileError.self) { try ClassificationDataset(at: folder.path) }
        #expect(opened.code == .unsupported && opened.description.contains(archive))
        #expect(throws: opened) { try DataFormat(of: folder.path) }
    }

    @Test("reads batches in order, planes turned into pixels")
    func reads() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.record(3), to: "data_batch_2.bin")
        try folder.write(Self.record(1) + Self.record(2), to: "data_batch_1.bin")
        try folder.write(Self.record(9), to: "test_batch.bin")
        let train = try ClassificationDataset(at: folder.path, split: .train)
        #expect(train.format == .cifar10)
        #expect(train.samples.map(\.label) == [1, 2, 3])
        #expect((0..<3).map(train.name(at:)) == ["data_batch_1.bin #0", "data_batch_1.bin #1", "data_batch_2.bin #0"])
        let image = try train.image(at: 2, atLeast: nil)
        #expect((image.width, image.height, image.channels) == (32, 32, 3))
        #expect([0, 1, 2].map { image[0, 0, $0] } == [3, 4, 5])
        #expect([0, 1, 2].map { image[31, 31, $0] } == [200, 201, 202])
        #expect(train.classNames.first == "airplane" && train.classNames.last == "truck")
        #expect(try ClassificationDataset(at: folder.path, split: .test).samples.map(\.label) == [9])
        #expect(try ClassificationDataset(at: folder.path).samples.map(\.label) == [1, 2, 3, 9])
    }

    @Test("takes the classes' names from batches.meta.txt, and refuses a wrong list")
    func names() throws {
        let folder = try TemporaryFolder()
        let batch = try folder.write(Self.record(1), to: "data_batch_1.bin")
        let names = (0..<10).map { "class \($0)" }
        try folder.write(Array((names.joined(separator: "\r\n") + "\n\n").utf8), to: "batches.meta.txt")
        #expect(try ClassificationDataset(at: folder.path).classNames == names)
        #expect(try ClassificationDataset(at: batch).classNames == names)
        for wrong in [Array(names.dropLast()), Array(names.dropLast()) + ["class 0"]] {
            try folder.write(Array(wrong.joined(separator: "\n").utf8), to: "batches.meta.txt")
            let error = #expect(throws: FileError.self) { try ClassificationDataset(at: folder.path) }
            #expect(error?.path == "\(folder.path)/batches.meta.txt")
        }
    }

    @Test(
        "refuses files that are no batches",
        arguments: [
            [], Array(record(1).dropLast()), record(1) + [0], record(1) + record(10),
        ] as [[UInt8]])
    func refuses(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "any.bin")
        let error = #expect(throws: FileError.self) { try ClassificationDataset(at: path) }
        #expect(error?.code == .malformed)
        #expect(error?.path == path)
    }

    /// The PNG holds the same images, one per row, as interleaved RGB; the labels were found independently.
    @Test(
        "agrees with the lossless images",
        .enabled(if: ReferenceData.has("cifar10_lossless_train"), "\(ReferenceData.missing)"))
    func reference() throws {
        let path = ReferenceData.path("cifar10_lossless_train")
        let dataset = try ClassificationDataset(at: "\(path)/first200_binary_format.bin", split: .train)
        let rows = try Image(contentsOf: "\(path)/cifar10_batch_0.png").rgb()
        let text = try String(contentsOfFile: "\(path)/cifar10_batch_0_labels.txt", encoding: .utf8)
        let labels = text.split(separator: "\n").map { Int($0) }
        #expect(dataset.count == 200)
        for index in 0..<200 {
            #expect(
                try dataset.image(at: index, atLeast: nil).pixels
                    == Array(rows.pixels[index * 3072..<(index + 1) * 3072]))
            #expect(dataset.label(at: index) == labels[index])
        }
    }
}
