import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import TestSupport
import Testing

/// The bytes of an IDX file.
func idx(_ dimensions: [Int], _ elements: [UInt8], magic: [UInt8]? = nil) -> [UInt8] {
    let sizes = dimensions.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
    return (magic ?? [0, 0, 8, UInt8(dimensions.count)]) + sizes + elements
}

@Suite struct MNISTTests {
    static let images = "train-images-idx3-ubyte"
    static let labels = "train-labels-idx1-ubyte"
    /// Three images of 2 rows and 3 columns.
    static let goodImages = idx([3, 2, 3], Array(0..<18))
    static let goodLabels = idx([3], [7, 0, 9])

    @Test("reads images and labels, plain or compressed", arguments: [false, true])
    func reads(isCompressed: Bool) throws {
        let folder = try TemporaryFolder()
        let suffix = isCompressed ? ".gz" : ""
        try folder.write(isCompressed ? gzipped(Self.goodImages) : Self.goodImages, to: Self.images + suffix)
        try folder.write(isCompressed ? gzipped(Self.goodLabels) : Self.goodLabels, to: Self.labels + suffix)
        let dataset = try ClassificationDataset(at: folder.path)
        #expect(dataset.format == .mnist)
        #expect(dataset.count == 3)
        #expect(dataset.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
        #expect(dataset.samples.map(\.label) == [7, 0, 9])
        #expect(
            try dataset.image(at: 1, atLeast: nil) == Image(width: 3, height: 2, channels: 1, pixels: Array(6..<12)))
        #expect(dataset.name(at: 2) == "\(Self.images)\(suffix) #2")
        #expect(try ClassificationDataset.splits(at: folder.path) == [.train])
        let error = #expect(throws: FileError.self) { try ClassificationDataset(at: folder.path, split: .test) }
        #expect(error?.code == .missingSplit)
    }

    struct Bad: CustomTestStringConvertible {
        var testDescription: String
        var images = MNISTTests.goodImages
        var labels = MNISTTests.goodLabels
        var says: String
    }

    static let bad: [Bad] = [
        Bad(testDescription: "empty file", images: [], says: "ends within its header"),
        Bad(testDescription: "cut header", images: Array(goodImages.prefix(15)), says: "ends within its header"),
        Bad(
            testDescription: "wrong magic", images: idx([3, 2, 3], Array(0..<18), magic: [0, 0, 8, 1]), says: "begins"),
        Bad(
            testDescription: "floats", images: idx([3, 2, 3], Array(0..<18), magic: [0, 0, 13, 3]), says: "begins with"),
        Bad(
            testDescription: "cut", images: Array(goodImages.dropLast()), says: "promises 3 × 2 × 3 bytes and the file"),
        Bad(testDescription: "rest", images: goodImages + [0], says: "promises 3 × 2 × 3 bytes and the file has 35"),
        Bad(testDescription: "no images", images: idx([0, 28, 28], []), says: "nothing"),
        Bad(testDescription: "no width", images: idx([3, 2, 0], []), says: "nothing"),
        Bad(
            testDescription: "sizes that overflow", images: idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], []),
            says: "more"),
        Bad(testDescription: "huge sizes", images: idx([65536, 65535, 1], [1]), says: "promises 65536 × 65535 × 1"),
        Bad(testDescription: "too few labels", labels: idx([2], [1, 2]), says: "has 2 labels for the 3 images"),
        Bad(testDescription: "label 10", labels: idx([3], [1, 10, 2]), says: "label #1 is 10"),
    ]

    @Test("refuses damaged files with their name and a remedy", arguments: bad, [false, true])
    func refuses(bad: Bad, isCompressed: Bool) throws {
        let folder = try TemporaryFolder()
        try folder.write(isCompressed ? gzipped(bad.images) : bad.images, to: Self.images)
        try folder.write(isCompressed ? gzipped(bad.labels) : bad.labels, to: Self.labels)
        let error = #expect(throws: FileError.self) { try ClassificationDataset(at: folder.path) }
        let description = error?.description ?? ""
        #expect(error?.code == .malformed)
        #expect(description.contains("-ubyte: ") && description.hasSuffix("."))
        // Compressed files are described by what comes out of them, so only the plain ones have one text for each case.
        if !isCompressed { #expect(description.contains(bad.says), "\(description)") }
    }

    @Test("a compressed file that is cut, or holds more than it promises, is refused")
    func damagedCompression() throws {
        let good = try gzipped(Self.goodImages)
        let bomb = try gzipped(Self.goodImages + Array(repeating: 0, count: 16 << 20))
        let cases: [(bytes: [UInt8], says: String)] = [
            (Array(good.dropLast(12)), "end too early"), (Array(good.prefix(12)), "end too early"),
            (bomb, "holds more than the 34 bytes that its header promises"),
        ]
        for (bytes, says) in cases {
            let folder = try TemporaryFolder()
            try folder.write(bytes, to: "\(Self.images).gz")
            try folder.write(Self.goodLabels, to: Self.labels)
            let error = #expect(throws: FileError.self) { try ClassificationDataset(at: folder.path) }
            #expect(error?.description.contains(says) == true, "\(String(describing: error))")
        }
    }

    @Test("half of a pair of files names the missing half")
    func missingHalf() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.goodImages, to: Self.images)
        let error = #expect(throws: FileError.self) { try ClassificationDataset(at: folder.path) }
        #expect(error?.code == .missing)
        #expect(error?.path == "\(folder.path)/\(Self.labels)")
    }

    /// Counts of http://yann.lecun.com/exdb/mnist; mean 0.1307 and standard deviation 0.3081 as everybody normalises by.
    @Test(
        "agrees with what is published of MNIST", .enabled(if: ReferenceData.has("mnist"), "\(ReferenceData.missing)"))
    func published() throws {
        let path = ReferenceData.path("mnist")
        #expect(try ClassificationDataset.splits(at: path) == [.train, .test])
        let train = try ClassificationDataset(at: path, split: .train)
        #expect(train.countsPerClass == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
        #expect((0..<10).map(train.label(at:)) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        let test = try ClassificationDataset(at: path, split: .test)
        #expect(test.countsPerClass == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
        #expect((0..<5).map(test.label(at:)) == [7, 2, 1, 0, 4])
        let all = try ClassificationDataset(at: path)
        #expect(all.count == 70_000)
        #expect(all.name(at: 60_000) == "t10k-images-idx3-ubyte.gz #0")
        #expect(try all.image(at: 60_000, atLeast: nil) == test.image(at: 0, atLeast: nil))

        var (sum, squares, count) = (0, 0, 0)
        for index in 0..<train.count {
            for pixel in try train.image(at: index, atLeast: nil).pixels {
                sum += Int(pixel)
                squares += Int(pixel) * Int(pixel)
            }
            count += 28 * 28
        }
        let mean = Double(sum) / Double(count) / 255
        let deviation = (Double(squares) / Double(count) / 65025 - mean * mean).squareRoot()
        #expect(abs(mean - 0.1307) < 5e-5)
        #expect(abs(deviation - 0.3081) < 5e-5)
    }
}
