import ArgumentParser
import Foundation
import SaccadeDatasets

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a data set with boxes from Pascal VOC, COCO or YOLO into another of the three.",
        discussion: """
            Boxes come back to the millionth of a pixel. What the new format has no room for is listed at the end, and so \
            is how many records were left out because they make no sense; saccade check tells which.

            EXAMPLES:
              saccade convert VOC2012 voc-as-coco --format coco
              saccade convert photos.yaml boxes --format voc --images link
              saccade convert annotations.json out --format yolo --segments --pictures photos

            \(Failure.codes)
            """)

    @Argument(help: ArgumentHelp("A data set: its folder, or the file that describes it.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("A new folder.", valueName: "out"))
    var output: String

    @Option(
        help: ArgumentHelp("The new format.", valueName: "coco|voc|yolo"),
        transform: { try formatNamed($0, among: DetectionDataset.Format.allCases) })
    var format: DetectionDataset.Format

    @Option(
        help: ArgumentHelp("The old format, if it is not to be found out.", valueName: "coco|voc|yolo"),
        transform: { try formatNamed($0, among: DetectionDataset.Format.allCases, option: "--from") })
    var from: DetectionDataset.Format?

    @Option(help: ArgumentHelp("Where the pictures are, if not with the boxes.", valueName: "folder"))
    var pictures: String?

    @Option(
        help: ArgumentHelp("What becomes of the pictures (default: copy).", valueName: "copy|link|none"),
        transform: { try formatNamed($0, among: DetectionDataset.Pictures.allCases, option: "--images") })
    var images: DetectionDataset.Pictures?

    @Flag(help: "For YOLO: write outlines in place of boxes where an object has one.")
    var segments = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard !segments || format == .yolo else { throw ValidationError("--segments is for --format yolo only.") }
    }

    func run() throws {
        let data = try DetectionDataset(at: input, format: from, pictures: pictures)
        let report = try data.write(
            to: output, as: format, pictures: images ?? .copy, writesOutlines: segments)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
            return
        }
        print("\(output): \(report.pictures) pictures with \(report.objects) objects, from \(data.format) to \(format)")
        if report.losses.isEmpty {
            print("Nothing that the data set says about its pictures is lost.")
        } else {
            print("Not kept:")
            for loss in report.losses { print("  \(loss.count) \(loss.what), as in \(loss.example)") }
        }
        for note in report.notes { print("Note: \(note).") }
    }
}
