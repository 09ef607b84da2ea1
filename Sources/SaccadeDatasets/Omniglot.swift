import SaccadeFiles

/// Omniglot (Lake, Salakhutdinov and Tenenbaum, 2015), unpacked: `ALPHABET/characterNN/*.png`. A class is a character of
/// an alphabet, as in `Balinese/character01`.
enum Omniglot {
    /// The classes of a folder; none where it is something else.
    static func classNames(in folder: String) -> [String] {
        ImageFolder.folders(in: folder).flatMap { alphabet in
            ImageFolder.folders(in: "\(folder)/\(alphabet)").filter(isCharacter).map { "\(alphabet)/\($0)" }
        }
    }

    /// Whether a folder looks like it, by its first alphabet.
    static func isOmniglot(_ folder: String) -> Bool {
        ImageFolder.folders(in: folder).first.map { alphabet in
            let characters = ImageFolder.folders(in: "\(folder)/\(alphabet)")
            return !characters.isEmpty && characters.allSatisfy(isCharacter)
        } ?? false
    }

    private static func isCharacter(_ name: String) -> Bool {
        name.hasPrefix("character") && RecordRules.integer(name.dropFirst(9)) != nil
    }

    static func open(_ folder: String) throws(FileError) -> ClassificationDataset {
        let names = classNames(in: folder)
        guard names.count > 1 else {
            throw FileError(
                .tooFewClasses, path: folder, reason: "has fewer than two characters",
                remedy: "unpack images_background.zip here")
        }
        var samples: [ClassificationDataset.Sample] = []
        for (label, name) in names.enumerated() {
            let files = ImageNames.list(in: "\(folder)/\(name)")
            guard !files.isEmpty else {
                throw FileError(
                    .emptyClass, path: "\(folder)/\(name)", reason: "this character has no images",
                    remedy: "unpack it again, or delete the folder")
            }
            samples += files.map { .init(label: label, origin: .file(path: "\(folder)/\(name)/\($0)")) }
        }
        return ClassificationDataset(format: .omniglot, classNames: names, samples: samples, records: [])
    }
}
