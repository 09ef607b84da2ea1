import Foundation
import SaccadeFiles

/// The image files of a folder.
enum ImageNames {
    /// Whether a name is an image's, by its suffix.
    static func isImage(_ name: String) -> Bool {
        !name.hasPrefix(".") && ImageFolder.suffixes.contains(Path(name).suffix.lowercased())
    }

    /// The names of the images right in a folder, sorted; none where it cannot be read.
    static func list(in folder: String) -> [String] {
        ((try? FolderContents.names(in: folder)) ?? []).filter(isImage)
    }

    /// The names of the images right in a folder by their names without suffix.
    static func byStem(in folder: String) -> [String: String] {
        Dictionary(list(in: folder).map { (stem($0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A name without its suffix.
    static func stem(_ name: String) -> String { Path(name).withoutSuffix }

    /// The paths of the images below a folder, relative to it, sorted; links to folders are not followed, so that a
    /// loop of them ends.
    static func below(_ folder: String, depth: Int = 8) -> [String] {
        var found = list(in: folder)
        guard depth > 0 else { return found }
        for name in ImageFolder.folders(in: folder) where !Path("\(folder)/\(name)").isLink {
            found += below("\(folder)/\(name)", depth: depth - 1).map { "\(name)/\($0)" }
        }
        return found
    }
}
