import Foundation
import SaccadeFiles

/// Where texts with classes lie; see ``LabelledTexts/init(at:split:)``.
struct LabelledTextLayout {
    /// What a file or folder holds.
    enum Contents {
        /// A text of the class on each line.
        case lines(className: String)
        /// A file for each text of the class.
        case documents(className: String)
        /// A table of texts and classes.
        case table
    }

    struct Part {
        let path: String
        let contents: Contents
        let split: DatasetSplit?

        /// Nil where the table says it.
        var className: String? {
            switch contents {
            case .lines(let name), .documents(let name): name
            case .table: nil
            }
        }
    }

    let parts: [Part]

    /// - Parameter takesPlainFiles: Whether a folder of `.txt` files is taken for one of a file for each class, which
    ///   only the user can know.
    /// - Returns: Nil where there is nothing of the kind.
    init?(_ path: String, takesPlainFiles: Bool = true) {
        guard ImageFolder.isFolder(path) else {
            guard LabelledTextTable.isTable(path) else { return nil }
            parts = [Part(path: path, contents: .table, split: DatasetSplit(ofText: Path(path).name))]
            return
        }
        let names = ((try? FolderContents.names(in: path)) ?? []).filter { !$0.hasPrefix(".") }
        let folders = ImageFolder.splits(in: path)
        let roots: [(split: DatasetSplit?, path: String)] =
            folders.isEmpty ? [(nil, path)] : folders.map { ($0.split, $0.path) }
        let plainRoots: [(split: DatasetSplit?, path: String)] = [DatasetSplit.train, .validation, .test].compactMap {
            split in
            split.folderNames.first { ImageFolder.isFolder("\(path)/\($0)") }.map { (split, "\(path)/\($0)") }
        }
        let files = (plainRoots.isEmpty ? [(nil, path)] : plainRoots).map { Self.files($0.path, $0.split) }
        // The same names in each part are no chance.
        let sayClasses = files.count > 1 && Set(files.map { $0.map(\.className) }).count == 1
        let candidates = [
            Self.tables(path, names), Self.polarity(path, names), roots.flatMap { Self.documents($0.path, $0.split) },
            takesPlainFiles || sayClasses ? files.flatMap { $0 } : [],
        ]
        guard let parts = candidates.first(where: { !$0.isEmpty }) else { return nil }
        self.parts = parts
    }

    private static func tables(_ folder: String, _ names: [String]) -> [Part] {
        let tables = names.filter { LabelledTextTable.isTable("\(folder)/\($0)") }.map { name in
            Part(path: "\(folder)/\(name)", contents: .table, split: DatasetSplit(ofText: name))
        }
        // Without names of parts nothing says how several tables belong together.
        return tables.contains { $0.split != nil } ? tables.filter { $0.split != nil } : Array(tables.prefix(1))
    }

    private static func polarity(_ folder: String, _ names: [String]) -> [Part] {
        let parts = names.compactMap { name -> Part? in
            let suffix = Path(name).suffix.lowercased()
            guard ["pos", "neg"].contains(suffix) else { return nil }
            return Part(
                path: "\(folder)/\(name)", contents: .lines(className: suffix), split: DatasetSplit(ofText: name))
        }
        return Set(parts.map(\.className)).count == 2 ? parts : []
    }

    private static func documents(_ folder: String, _ split: DatasetSplit?) -> [Part] {
        // IMDb's reviews without a class lie beside those that have one.
        let parts = ImageFolder.folders(in: folder).filter { $0 != "unsup" }.compactMap { name -> Part? in
            guard !LabelledTextReader.documents(in: "\(folder)/\(name)").isEmpty else { return nil }
            return Part(path: "\(folder)/\(name)", contents: .documents(className: name), split: split)
        }
        // Folders of parts, with a file for each class in them, are not classes.
        let names = DatasetSplit.allCases.flatMap(\.folderNames)
        let areParts = parts.allSatisfy { names.contains($0.className ?? "") }
        return parts.count > 1 && !areParts ? parts : []
    }

    private static func files(_ folder: String, _ split: DatasetSplit?) -> [Part] {
        let others = ["readme", "license", "licence", "notice", "copying"]
        let parts = LabelledTextReader.documents(in: folder).compactMap { name -> Part? in
            let stem = Path(name).withoutSuffix
            guard !others.contains(stem.lowercased()) else { return nil }
            return Part(path: "\(folder)/\(name)", contents: .lines(className: stem), split: split)
        }
        return parts.count > 1 ? parts : []
    }
}
