public import SaccadeFiles

/// The file formats that figures are written in.
public enum FigureFormat: String, Sendable, Hashable, CaseIterable {
    case png
    case svg
    case pdf

    /// The format that a file's name asks for.
    ///
    /// - Throws: ``FileError`` with the code `unknownFormat`.
    public init(path: String) throws(FileError) {
        let name = path.split(separator: "/").last ?? ""
        let ending = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
        guard let format = FigureFormat(rawValue: ending) else {
            throw FileError(
                .unknownFormat, path: path,
                reason: ending.isEmpty ? "its name does not say a format" : "figures are not drawn as .\(ending)",
                remedy: "end the name in .png, .svg or .pdf")
        }
        self = format
    }
}
