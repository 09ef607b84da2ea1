import SaccadeFiles

/// Writes images with boxes in one format, one image after the other, so that a data set need not be in memory.
///
/// It writes what describes the images. The images themselves are put where ``path(ofImage:_:)`` says by whoever
/// has them.
protocol DetectionWriter {
    /// Where an image belongs, below the folder.
    func path(ofImage name: String, _ split: DatasetSplit?) -> String

    /// - Parameters:
    ///   - name: What the image's file is called; no other of its part has the name.
    ///   - report: Is told what the format has no room for.
    mutating func add(
        _ sample: DetectionSample, named name: String, to folder: inout StagedFolder, _ report: inout ConversionReport
    ) throws(FileError)

    /// Writes what is known only at the end.
    mutating func finish(in folder: inout StagedFolder, _ report: inout ConversionReport) throws(FileError)
}

extension DetectionWriter {
    func path(ofImage name: String, _ split: DatasetSplit?) -> String {
        split.map { "images/\($0.folderName)/\(name)" } ?? "images/\(name)"
    }
}

extension DatasetSplit {
    /// What its folder is called in all formats.
    var folderName: String { folderNames.first ?? rawValue }
}
