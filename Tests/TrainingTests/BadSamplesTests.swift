import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeTraining
import TestSupport
import Testing
import TrainingTestSupport

@Suite struct BadSamplesTests {
    static let recipe = """
        input: 16x16x3
        layers: [flatten, {linear: classes}]
        training: {epochs: 1, batchSize: 20, validationFraction: 0.25}
        """

    private func training(_ folder: String, _ bad: BadSamples = .tolerateFew) throws -> Training<Classification> {
        try Training(Classification(), Recipe(yaml: Self.recipe, source: "test.yaml"), data: folder, badSamples: bad)
    }

    /// 240 small images of six classes.
    private func images() throws -> (folder: TemporaryFolder, files: [String]) {
        let folder = try TemporaryFolder()
        try ClassFolder.write(240, to: folder.path)
        let dataset = try ClassificationDataset(at: folder.path)
        return (folder, (0..<dataset.count).map(dataset.name(at:)))
    }

    private func overwrite(_ path: String, _ data: Data = Data("no image".utf8)) throws {
        try data.write(to: URL(fileURLWithPath: path))
    }

    private func names(_ dataset: ClassificationDataset) -> [String] { (0..<dataset.count).map(dataset.name(at:)) }

    @Test("a few bad images are skipped and told; the others stay in the parts that they were in")
    func few() throws {
        let (folder, files) = try images()
        let before = try training(folder.path)
        #expect(before.skipped.isEmpty && before.training.count + before.validation.count == 240)
        try overwrite(files[7])
        try overwrite(names(before.validation)[3], Data())
        let bad = [files[7], names(before.validation)[3]]
        let after = try training(folder.path)
        #expect(Set(after.skipped.map(\.place.file)) == Set(bad))
        #expect(after.skipped.allSatisfy { $0.rule == .unreadableImage })
        #expect(names(after.training) == names(before.training).filter { !bad.contains($0) })
        #expect(names(after.validation) == names(before.validation).filter { !bad.contains($0) })

        let run = try TemporaryFolder()
        _ = try after.run(in: run.path, resuming: false, observer: nil)
        let list = try String(contentsOfFile: "\(run.path)/skipped.txt", encoding: .utf8)
        #expect(list.split(separator: "\n").count == 2 && bad.allSatisfy { list.contains($0) })
    }

    @Test("more than a hundredth is refused, unless it is allowed")
    func many() throws {
        let (folder, files) = try images()
        for file in files.prefix(3) { try overwrite(file) }
        let error = #expect(throws: FileError.self) { try training(folder.path) }
        #expect(error?.code == .malformed && error?.path == folder.path)
        for part in ["3 of 240", "/circle/", "--allow-bad-samples", "saccade check"] {
            #expect(error?.description.contains(part) ?? false, "\(part)")
        }
        let allowed = try training(folder.path, .skipAll)
        #expect(allowed.skipped.count == 3 && allowed.training.count + allowed.validation.count == 237)
    }

    @Test("damage behind a header is found where every image is decoded, and named where it is not")
    func pixels() throws {
        let (folder, _) = try images()
        let file = names(try training(folder.path).training)[0]
        let data = try #require(FileManager.default.contents(atPath: file))
        try overwrite(file, data.prefix(data.count - 30))
        #expect(try training(folder.path).skipped.isEmpty)
        #expect(try training(folder.path, .skipAll).skipped.map(\.place.file) == [file])
        let run = try TemporaryFolder()
        let error = #expect(throws: FileError.self) {
            try training(folder.path).run(in: run.path, resuming: false, observer: nil)
        }
        #expect(error?.path == file)
    }

    @Test("a class of which nothing is left is refused")
    func emptied() throws {
        let (folder, files) = try images()
        for file in files where file.contains("/star/") { try overwrite(file) }
        let error = #expect(throws: FileError.self) { try training(folder.path, .skipAll) }
        #expect(error?.code == .emptyClass && error?.reason.contains("star") ?? false)
    }

    @Test("records of a list that make no sense count, too")
    func list() throws {
        let (folder, files) = try images()
        let list = try TemporaryFolder()
        func write(bad: Int, of count: Int) throws {
            let lines = files.prefix(count).enumerated().map { number, file in
                number < bad ? "only one value" : "\(file),\(file.contains("/star/") ? "star" : "other")"
            }
            try (["image,label"] + lines).joined(separator: "\n").write(
                toFile: "\(list.path)/list.csv", atomically: true, encoding: .utf8)
        }
        _ = folder
        try write(bad: 2, of: 240)
        #expect(try training(list.path).skipped.map(\.place.line) == [2, 3])
        // Two bad records and one bad image are too many together.
        try overwrite(files[100])
        #expect(throws: FileError.self) { try training(list.path) }
        #expect(try training(list.path, .skipAll).skipped.count == 3)
        try write(bad: 4, of: 240)
        #expect(throws: FileError.self) { try training(list.path) }
        #expect(try training(list.path, .skipAll).skipped.count == 5)
    }
}
