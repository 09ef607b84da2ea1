package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets

package struct Check: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Find every problem in a data set: file, line, rule, remedy.",
        discussion: """
            What the folder holds is found out, its annotations are read and every image is decoded. A problem has a \
            line of its own. With --fix, boxes that reach beyond their image are clipped, and boxes without area and \
            records that stand there twice are taken out; a mended file keeps its name, and what it was before lies \
            beside it as FILE.orig. Everything else takes a person.

            EXAMPLES:
              saccade check photos
              saccade check VOC2012 --json
              saccade check annotations.json --image-folder photos
              saccade check labels --format yolo --fix
              saccade check camvid --classes 12

            FORMATS:
              \(DataFormat.allCases.map(\.rawValue).joined(separator: ", "))

            \(Failure.codes)
              1   there are problems
            """)

    @Argument(help: ArgumentHelp("A data set: its folder, or the file that describes it.", valueName: "data"))
    var data: String

    @Option(
        help: ArgumentHelp("What the data set is, if that is not to be found out.", valueName: "format"),
        transform: { try formatNamed($0, among: DataFormat.allCases) })
    var format: DataFormat?

    @Option(
        name: [.customLong("image-folder"), .customLong("pictures")],
        help: ArgumentHelp("Where the images are, if not with the boxes.", valueName: "folder"))
    var imageFolder: String?

    @Option(help: "How many classes masks have, if no classes.txt tells; 255 stands for pixels that do not count.")
    var classes: Int?

    @Flag(help: "Mend what needs no person.")
    var fix = false

    @Flag(help: "Print JSON.")
    var json = false

    package func validate() throws {
        if let classes, !(1...256).contains(classes) {
            throw ValidationError("--classes must be from 1 to 256; got \(classes).")
        }
    }

    package func run() throws {
        var check = try DataCheck(of: data, format: format, imageFolder: imageFolder, classes: classes)
        var fixes: AnnotationFixes?
        if fix {
            let done = try AnnotationFixes(check.problems)
            if !done.files.isEmpty {
                check = try DataCheck(of: data, format: format, imageFolder: imageFolder, classes: classes)
            }
            fixes = done
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(Report(data, check, fixes)), as: UTF8.self))
        } else {
            print(Self.text(data, check, fixes))
        }
        if !check.problems.isEmpty { throw ExitCode(1) }
    }

    private struct Report: Encodable {
        let data: String
        let recognised: String
        let counts: [String: Int]
        let problems: [Problem]
        let mended: [AnnotationFixes.File]?

        init(_ data: String, _ check: DataCheck, _ fixes: AnnotationFixes?) {
            self.data = data
            recognised = check.recognised
            counts = Dictionary(check.counts.map { ($0.name, $0.count) }, uniquingKeysWith: { $1 })
            problems = check.problems
            mended = fixes?.files
        }
    }

    private static func text(_ data: String, _ check: DataCheck, _ fixes: AnnotationFixes?) -> String {
        var lines = check.problems.map(\.description)
        if !lines.isEmpty { lines.append("") }
        for file in fixes?.files ?? [] {
            lines.append(
                "mended \(file.path): clipped boxes \(file.clippedBoxes), removed records \(file.removedRecords); "
                    + "as it was: \(file.backup)")
        }
        lines.append("\(data): \(check.recognised)")
        lines.append(check.counts.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
        let rules = Dictionary(grouping: check.problems, by: \.rule.rawValue).map { ($0.key, $0.value) }
        guard !rules.isEmpty else { return (lines + ["No problems."]).joined(separator: "\n") }
        var table = TextTable([.init("rule"), .init("problems", .right), .init("--fix mends", .right)])
        for (rule, problems) in rules.sorted(by: { ($1.1.count, $0.0) < ($0.1.count, $1.0) }) {
            let fixable = problems.count { $0.fix != nil }
            table.append([rule, "\(problems.count)", fixable > 0 ? "\(fixable)" : ""])
        }
        return (lines + ["", table.text]).joined(separator: "\n")
    }

    package init() {}
}

/// The format that an option names.
func formatNamed<Format: RawRepresentable<String>>(
    _ name: String, among formats: [Format], option: String = "--format"
) throws -> Format {
    guard let format = formats.first(where: { $0.rawValue == name }) else {
        let names = formats.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("\(option) must be one of \(names); got “\(name)”.")
    }
    return format
}
