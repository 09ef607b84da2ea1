import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import TestSupport
import Testing

@Suite struct ImageFolderTests {
    @Test("a folder per class: sorted, any case, links followed, hidden and other files passed over")
    func plain() throws {
        let folder = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try folder.writeImage(1, to: "images/dog/b.png")
        try folder.writeImage(2, to: "images/dog/a.JPG")
        let small = Image(width: 3, height: 2, filledWith: [9, 9, 9])
        try folder.write(small.webPData(quality: nil), to: "images/dog/c.webp")
        let tiff = URL(filePath: #filePath).appending(path: "../../Fixtures/tiff/white_is_zero8.tif").standardized
        try folder.write(Array(Data(contentsOf: tiff)), to: "images/dog/d.TIF")
        try folder.writeImage(3, to: "images/dog/.hidden.png")
        try folder.write([1], to: "images/dog/notes.txt")
        try folder.write([1], to: "images/README")
        try folder.writeImage(4, to: "images/.cache/x.png")
        try elsewhere.writeImage(5, to: "c.JPEG")
        try elsewhere.writeImage(6, to: "kittens/d.png")
        let root = "\(folder.path)/images"
        try FileManager.default.createSymbolicLink(
            atPath: "\(root)/dog/link.jpeg", withDestinationPath: "\(elsewhere.path)/c.JPEG")
        try FileManager.default.createSymbolicLink(
            atPath: "\(root)/Cat", withDestinationPath: "\(elsewhere.path)/kittens")

        let dataset = try ClassificationDataset(at: root)
        #expect(dataset.format == .folder)
        #expect(dataset.classNames == ["Cat", "dog"])
        #expect(
            dataset.samples.indices.map(dataset.name(at:))
                == ["Cat/d.png", "dog/a.JPG", "dog/b.png", "dog/c.webp", "dog/d.TIF", "dog/link.jpeg"].map {
                    "\(root)/\($0)"
                })
        #expect(dataset.samples.map(\.label) == [0, 1, 1, 1, 1, 1])
        #expect(try dataset.image(at: 3, atLeast: nil)[0, 0] == 9)
        #expect(try dataset.image(at: 4, atLeast: nil)[0, 0] == 255)
        #expect(try dataset.image(at: 5, atLeast: nil)[0, 0] == 5)
        #expect(try ClassificationDataset(at: "\(root)/").samples == dataset.samples)
        #expect(try ClassificationDataset.splits(at: root) == [.train])
        #expect(try ClassificationDataset(at: root, split: .train).samples == dataset.samples)
        let error = #expect(throws: FileError.self) { try ClassificationDataset(at: root, split: .test) }
        #expect(error?.code == .missingSplit)
    }

    @Test("a class keeps its number in a split that lacks another class")
    func splits() throws {
        let folder = try TemporaryFolder()
        for name in ["train/a/1.png", "train/b/1.png", "train/c/1.png", "val/b/2.png", "test/a/3.png", "test/c/3.png"] {
            try folder.writeImage(1, to: name)
        }
        #expect(try ClassificationDataset.splits(at: folder.path) == [.train, .validation, .test])
        #expect(try ClassificationDataset(at: folder.path, split: .train).samples.map(\.label) == [0, 1, 2])
        #expect(try ClassificationDataset(at: folder.path, split: .validation).samples.map(\.label) == [1])
        let test = try ClassificationDataset(at: folder.path, split: .test)
        #expect(test.classNames == ["a", "b", "c"])
        #expect(test.samples.map(\.label) == [0, 2])
        #expect(try ClassificationDataset(at: folder.path).samples.map(\.label) == [0, 1, 2, 1, 0, 2])
    }

    @Test("a class may be called train")
    func vehicles() throws {
        let folder = try TemporaryFolder()
        try folder.writeImage(1, to: "train/1.png")
        try folder.writeImage(1, to: "car/1.png")
        #expect(try ClassificationDataset(at: folder.path).classNames == ["car", "train"])
    }

    @Test("says what is wrong with a folder, and what would be right")
    func refuses() throws {
        let folder = try TemporaryFolder()
        func problem(_ name: String) -> FileError? {
            #expect(throws: FileError.self) { try ClassificationDataset(at: "\(folder.path)/\(name)") }
        }
        #expect(problem("nothing")?.code == .missing)

        try folder.makeFolder("bare")
        #expect(problem("bare")?.code == .unknownFormat)
        #expect(problem("bare")?.description.contains("looked for MNIST") == true)

        try folder.writeImage(1, to: "flat/image.png")
        #expect(problem("flat")?.code == .unknownFormat)
        #expect(problem("flat/image.png")?.code == .unknownFormat)

        try folder.writeImage(1, to: "lonely/cat/1.png")
        #expect(problem("lonely")?.code == .tooFewClasses)
        #expect(problem("lonely")?.description.contains("only one class folder, cat;") == true)

        try folder.writeImage(1, to: "gap/cat/1.png")
        try folder.write([1], to: "gap/dog/notes.txt")
        #expect(problem("gap")?.code == .emptyClass)
        #expect(problem("gap")?.path == "\(folder.path)/gap/dog")
    }

    @Test("a file that is no image is found when it is loaded, and named")
    func notAImage() throws {
        let folder = try TemporaryFolder()
        try folder.writeImage(1, to: "cat/1.png")
        let bad = try folder.write(Array("not an image".utf8), to: "dog/1.jpg")
        let dataset = try ClassificationDataset(at: folder.path)
        #expect(throws: Never.self) { try dataset.image(at: 0, atLeast: nil) }
        let error = #expect(throws: FileError.self) { try dataset.image(at: 1, atLeast: nil) }
        #expect(error?.path == bad)
    }

    @Test(
        "opens CIFAR-10 as a folder of JPEGs",
        .enabled(if: ReferenceData.has("cifar10_jpeg"), "\(ReferenceData.missing)"))
    func reference() throws {
        let path = ReferenceData.path("cifar10_jpeg")
        let train = try ClassificationDataset(at: path, split: .train)
        #expect(
            train.classNames == [
                "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
            ])
        #expect(train.countsPerClass == Array(repeating: 250, count: 10))
        #expect(try ClassificationDataset(at: path, split: .test).countsPerClass == Array(repeating: 200, count: 10))
        #expect(try train.image(at: 2499, atLeast: nil).size == PixelSize(width: 32, height: 32))
    }
}
