import Foundation
public import SaccadeFiles
public import SaccadeImages

/// Images with sentences about them.
public struct CaptionDataset: Sendable {
    /// A sentence, and where it stands.
    public struct Caption: Sendable {
        public let text: String
        public let place: Problem.Place
    }

    /// An image and what was written about it.
    public struct Sample: Sendable {
        /// The path of the image's file.
        public let image: String
        public let captions: [Caption]
        public let split: DatasetSplit?
    }

    /// In the order of the files. Images without a caption are not among them.
    public let samples: [Sample]
    /// What is wrong with the files; records that make no sense are left out of the samples.
    public let problems: [Problem]

    /// Opens COCO's `captions_*.json`, or a table `image,caption` (Flickr8k's `captions.txt`).
    ///
    /// - Parameters:
    ///   - path: The file, or the folder in which it is.
    ///   - imageFolder: Where the images are, if not in `images`, a folder of the part's name, or beside the file.
    /// - Throws: ``FileError`` when there is no such file or it cannot be read at all.
    public init(at path: String, imageFolder: String? = nil) throws(FileError) {
        let files = Self.files(at: path)
        guard !files.isEmpty else {
            throw FileError(
                .unknownFormat, path: path, reason: "there is no captions_*.json, captions.txt or captions.csv",
                remedy: "check the path")
        }
        var samples: [Sample] = []
        var problems: [Problem] = []
        for file in files {
            let read = file.lowercased().hasSuffix(".json") ? Self.readCOCO : Self.readTable
            let (found, bad) = try read(file, imageFolder)
            samples += found
            problems += bad
        }
        self.init(samples, problems)
    }

    private init(_ samples: [Sample], _ problems: [Problem]) { (self.samples, self.problems) = (samples, problems) }

    /// The files with captions at a path.
    static func files(at path: String) -> [String] {
        guard ImageFolder.isFolder(path) else {
            let isJSON = path.lowercased().hasSuffix(".json")
            return (isJSON ? COCOLayout.hasRecords(path, of: "caption") : isTable(path)) ? [path] : []
        }
        for folder in [path] + ["annotations", "Annotations"].map({ "\(path)/\($0)" }) {
            let names = ((try? FolderContents.names(in: folder)) ?? []).filter { $0.lowercased().hasPrefix("captions") }
            let files = names.map { "\(folder)/\($0)" }.filter { $0.hasSuffix(".json") || isTable($0) }
            if !files.isEmpty { return files }
        }
        return []
    }

    private static func isTable(_ path: String) -> Bool {
        guard ["txt", "csv"].contains(Path(path).suffix.lowercased()),
            let start = try? RegularFile.beginning(of: path, count: 256)
        else { return false }
        return start.starts(with: "image,caption".utf8)
    }

    private static func readTable(
        _ path: String, _ imageFolder: String?
    ) throws(FileError) -> (samples: [Sample], problems: [Problem]) {
        let table = try CSVFile(path)
        var problems = table.problems
        let root = Path(path).folder
        let folder =
            imageFolder ?? ["images", "Images"].map { "\(root)/\($0)" }.first(where: ImageFolder.isFolder) ?? root
        var order: [String] = []
        var captions: [String: [Caption]] = [:]
        for record in table.records.dropFirst() {
            let place = Problem.Place(file: path, line: record.line, record: record.fields[0], index: record.line - 1)
            guard record.fields.count == 2 else {
                problems.append(
                    Problem(
                        .malformedRecord, at: place,
                        "has \(record.fields.count) values where an image and a caption belong",
                        remedy: "put a caption with commas between \""))
                continue
            }
            guard let caption = caption(record.fields[1], place, &problems) else { continue }
            let name = record.fields[0]
            if captions[name] == nil { order.append(name) }
            captions[name, default: []].append(caption)
        }
        return (
            order.map { Sample(image: "\(folder)/\($0)", captions: captions[$0] ?? [], split: nil) }, problems
        )
    }

    private static func readCOCO(
        _ path: String, _ imageFolder: String?
    ) throws(FileError) -> (samples: [Sample], problems: [Problem]) {
        let file = try COCOFile(path)
        var problems: [Problem] = []
        func usable<Content>(
            _ place: Problem.Place, _ read: () throws(JSONMismatch) -> Content
        ) -> Content? {
            do throws(JSONMismatch) { return try read() } catch {
                problems.append(
                    Problem(.malformedRecord, at: place, error.reason, remedy: "correct the record or delete it"))
                return nil
            }
        }
        var order: [(id: Int, name: String)] = []
        try file.begin(.images)
        while let (index, record) = try file.next() {
            let place = Problem.Place(file: path, record: "image \(index)", index: index)
            let image = usable(place) { () throws(JSONMismatch) in try COCOFile.ImageEntry(record) }
            if let image { order.append((image.id, image.fileName)) }
        }
        let known = Set(order.map(\.id))
        var captions: [Int: [Caption]] = [:]
        try file.begin(.annotations)
        while let (index, record) = try file.next() {
            let place = Problem.Place(file: path, .annotation, index, id: record.id)
            let read = usable(place) { () throws(JSONMismatch) in try COCOFile.Caption(record) }
            guard let annotation = read else { continue }
            guard known.contains(annotation.imageID) else {
                problems.append(
                    Problem(
                        .missingImage, at: place, "belongs to the image \(annotation.imageID), which is not listed",
                        remedy: "list the image, or delete the record"))
                continue
            }
            guard let caption = caption(annotation.caption, place, &problems) else { continue }
            captions[annotation.imageID, default: []].append(caption)
        }
        let layout = COCOLayout(captions: path, imageFolder: imageFolder)
        let folder = layout.folder(of: path, for: order.lazy.map(\.name))
        let samples = order.compactMap { id, name in
            captions[id].map {
                Sample(image: layout.path(of: name, in: folder), captions: $0, split: layout.split(of: path))
            }
        }
        return (samples, problems)
    }

    private static func caption(_ text: String, _ place: Problem.Place, _ problems: inout [Problem]) -> Caption? {
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
            problems.append(
                Problem(.emptyCaption, at: place, "the caption has no words", remedy: "write one, or delete the record")
            )
            return nil
        }
        return Caption(text: text.trimmingCharacters(in: .whitespacesAndNewlines), place: place)
    }
}

/// Images; their captions are found by the samples' numbers.
extension CaptionDataset: ImageDataset {
    public var count: Int { samples.count }

    public func name(at index: Int) -> String { samples[index].image }

    public func subset(_ indices: some Sequence<Int>) -> CaptionDataset {
        CaptionDataset(indices.map { samples[$0] }, problems)
    }

    public func unusable(at index: Int, _ inspection: Inspection) -> Problem? {
        inspection.problem(withImageAt: samples[index].image)
    }

    public func image(at index: Int, atLeast leastSize: PixelSize?) throws(FileError) -> Image {
        try Image(contentsOf: samples[index].image, atLeast: leastSize)
    }
}
