import Foundation
import SaccadeFiles

/// The folder into which a data set is written, and what its pictures are called there.
struct OutputFiles {
    let folder: String
    /// Names of the pictures, a name for each sample, no two alike where they would meet.
    let names: [String]
    /// The samples that had to be called otherwise.
    private(set) var renamed: [(sample: String, name: String)] = []
    private let samples: [DetectionSample]
    private let format: DetectionDataset.Format
    private let pictures: DetectionDataset.Pictures

    init(
        _ data: DetectionDataset, folder: String, format: DetectionDataset.Format, pictures: DetectionDataset.Pictures
    ) throws(FileError) {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        (samples, self.format, self.pictures) = (data.samples, format, pictures)
        if FileManager.default.fileExists(atPath: folder) {
            guard try FolderContents.names(in: folder).isEmpty else {
                throw FileError(
                    .unwritable, path: folder, reason: "there is something in this folder",
                    remedy: "give the name of a new one")
            }
        }
        var taken: Set<String> = []
        var names: [String] = []
        for sample in data.samples {
            // Annotations of a picture are called as it is, so the suffix does not tell pictures apart.
            let space = format == .voc ? "" : "\(sample.split?.folderNames[0] ?? "")/"
            let plain = Self.safe((sample.name as NSString).lastPathComponent)
            let long = Self.safe(sample.name.replacing("/", with: "_"))
            let part = Self.safe("\(sample.split?.folderNames[0] ?? "all")_\(plain)")
            var (name, number) = (plain, 1)
            for candidate in [plain, long, part] {
                name = candidate
                if !taken.contains(space + PictureNames.stem(name).lowercased()) { break }
            }
            while taken.contains(space + PictureNames.stem(name).lowercased()) {
                number += 1
                name = "\(PictureNames.stem(plain))_\(number).\((plain as NSString).pathExtension)"
            }
            taken.insert(space + PictureNames.stem(name).lowercased())
            if name != plain { renamed.append((sample.name, name)) }
            names.append(name)
        }
        self.names = names
    }

    /// A name that is a file's, whatever the data set says.
    private static func safe(_ name: String) -> String {
        let name = String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 32 && $0 != "/" }))
        return name.isEmpty || name == "." || name == ".." ? "picture" : name
    }

    /// Writes a text, and makes the folders on the way.
    func write(_ text: String, to name: String) throws(FileError) {
        let path = "\(folder)/\(name)"
        try makeFolder((path as NSString).deletingLastPathComponent)
        try AtomicFile.write(text, to: path)
    }

    /// Where the picture of a sample goes, relative to the folder.
    func picture(_ index: Int) -> String {
        switch (format, samples[index].split) {
        case (.voc, _): "JPEGImages/\(names[index])"
        case (_, let split?): "images/\(split.folderNames.first ?? "all")/\(names[index])"
        case (_, nil): "images/\(names[index])"
        }
    }

    /// Copies or links the pictures.
    ///
    /// - Returns: Those that are not there.
    func transfer() throws(FileError) -> [String] {
        guard pictures != .none else { return [] }
        var missing: [String] = []
        let files = FileManager.default
        for (index, sample) in samples.enumerated() {
            guard files.fileExists(atPath: sample.image) else {
                missing.append(sample.image)
                continue
            }
            let path = "\(folder)/\(picture(index))"
            try makeFolder((path as NSString).deletingLastPathComponent)
            do {
                if pictures == .copy {
                    try files.copyItem(atPath: sample.image, toPath: path)
                } else {
                    let target = URL(fileURLWithPath: sample.image).standardizedFileURL.path
                    try files.createSymbolicLink(atPath: path, withDestinationPath: target)
                }
            } catch {
                throw FileError(
                    .unwritable, path: path, reason: "the picture cannot be put here", remedy: "check the disk")
            }
        }
        return missing
    }

    private func makeFolder(_ path: String) throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                .unwritable, path: path, reason: "this folder cannot be made", remedy: "choose another")
        }
    }
}
