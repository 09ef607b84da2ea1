import Foundation
import SaccadeDatasets

/// A data set with boxes written in another format.
enum ConvertDataset {
    /// - Parameters:
    ///   - format: The new format.
    ///   - from: The old one, if it is not to be found out.
    ///   - imageFolder: Where the images are, if not with the boxes.
    ///   - images: What becomes of them.
    static func run(
        from input: String, to output: String, format: DetectionDataset.Format, from old: DetectionDataset.Format?,
        imageFolder: String?, images: DetectionDataset.Images, segments: Bool, json: Bool
    ) throws {
        let data = try DetectionDataset(at: input, format: old, imageFolder: imageFolder)
        let report = try data.write(to: output, as: format, images: images, writesOutlines: segments)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
            return
        }
        print("\(output): \(report.images) images with \(report.objects) objects, from \(data.format) to \(format)")
        // Of these something is gone before it could be written.
        let costly: Set<Problem.Rule> = [.malformedFile, .missingFile, .duplicateRecord, .outline]
        let left = data.problems.filter { costly.contains($0.rule) }
        if let first = left.first {
            print(
                "Not read: \(left.count) file\(left.count == 1 ? "" : "s") or records, as \(first); see saccade check \(input)"
            )
        }
        if report.losses.isEmpty {
            if left.isEmpty { print("Nothing that the data set says about its images is lost.") }
        } else {
            print("Not kept:")
            for loss in report.losses { print("  \(loss.count) \(loss.what), as in \(loss.example)") }
        }
        for note in report.notes { print("Note: \(note).") }
    }
}
