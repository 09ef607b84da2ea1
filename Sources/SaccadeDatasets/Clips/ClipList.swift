import Foundation
import SaccadeFiles

/// Lists of films with the numbers of their classes, as MMAction2 (OpenMMLab, 2020) has them: a folder of images, how many
/// they are and the class on each line, or a video and the class.
///
/// The names of classes are those of `classes.txt` or `label_map.txt` beside the list; without either the numbers are
/// names.
enum ClipList {
    /// The lists at a path, with the parts that their names speak of.
    static func files(at path: String) -> [String] {
        guard ImageFolder.isFolder(path) else { return isList(path) ? [path] : [] }
        return ((try? FolderContents.names(in: path)) ?? []).filter {
            !$0.hasPrefix(".") && $0.lowercased().contains("list") && isList("\(path)/\($0)")
        }.map { "\(path)/\($0)" }
    }

    static func open(_ files: [String]) throws(FileError) -> LabelledClips.Contents {
        var problems: [Problem] = []
        var lines: [(line: Line, split: DatasetSplit?)] = []
        for file in files {
            let (found, bad) = try TextFile.lines(of: file)
            problems += bad
            var seen: [Line.Statement: Int] = [:]
            for text in found where text.text.contains(where: { !$0.isWhitespace }) {
                let place = Problem.Place(file: file, line: text.number, index: text.number - 1)
                guard let line = Line(text.text, place) else {
                    problems.append(
                        Problem(
                            .malformedRecord, at: place,
                            "is neither a folder, a number of images and the number of a class, nor a video and the "
                                + "number of a class", remedy: "write FOLDER FRAMES CLASS or VIDEO CLASS"))
                    continue
                }
                if let first = seen[line.statement] {
                    problems.append(
                        Problem(
                            .duplicateRecord, at: place, "says the same as line \(first)", remedy: "delete one of them")
                    )
                    continue
                }
                seen[line.statement] = text.number
                lines.append((line, DatasetSplit(in: Path(file).name)))
            }
        }
        let root = files.first.map(folder(of:)) ?? "."
        let list = ["classes.txt", "label_map.txt"].map { "\(root)/\($0)" }.first { Path($0).exists }
        let names = try Names(list ?? "", otherwise: lines.map { String($0.line.label) }, &problems)
        var clips: [LabelledClips.Clip] = []
        for (line, split) in lines {
            guard let label = label(of: line, names, list, &problems), let source = source(of: line, &problems) else {
                continue
            }
            clips.append(
                LabelledClips.Clip(
                    source: source, label: label, frameLabels: nil, split: split, place: line.place))
        }
        return LabelledClips.Contents(classNames: names.names, clips: clips, problems: problems)
    }

    private struct Line {
        /// What a line says, wherever it stands.
        struct Statement: Hashable {
            let name: String, frames: Int?, label: Int
        }

        let statement: Statement
        let place: Problem.Place

        var label: Int { statement.label }

        init?(_ text: String, _ place: Problem.Place) {
            // Names may have spaces in them; the numbers come last.
            var words = text.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, let label = RecordRules.integer(words.removeLast()) else { return nil }
            var frames: Int?
            if !VideoNames.isVideo(Path(String(words.last ?? "")).name) {
                guard words.count >= 2, let count = RecordRules.integer(words.removeLast()), count > 0 else {
                    return nil
                }
                frames = count
            }
            statement = Statement(name: words.joined(separator: " "), frames: frames, label: label)
            var place = place
            place.record = statement.name
            self.place = place
        }
    }

    private static func label(
        of line: Line, _ names: Names, _ list: String?, _ problems: inout [Problem]
    ) -> Int? {
        guard let list else { return names.number(of: String(line.label), at: line.place, &problems) }
        if names.names.indices.contains(line.label) { return line.label }
        problems.append(
            Problem(
                .unknownClass, at: line.place, "is of class \(line.label), and \(list) names \(names.names.count)",
                remedy: "add the name, or correct the number"))
        return nil
    }

    /// The film of a line; nil, and a problem, where nothing of it is there.
    private static func source(of line: Line, _ problems: inout [Problem]) -> FrameSource? {
        let root = folder(of: line.place.file)
        let name = line.statement.name
        let below = name.hasPrefix("/") ? [name] : ["\(root)/\(name)"]
        guard let frames = line.statement.frames else {
            let path = (below + ["\(root)/videos/\(name)"]).first { RegularFile.isPresent(at: $0) }
            if let path { return FrameSource(video: path) }
            problems.append(
                Problem(
                    .missingFile, at: line.place, "the video \(below[0]) is not there",
                    remedy: "add it, or delete the line"))
            return nil
        }
        let folders = below + ["\(root)/rawframes/\(name)", "\(root)/rawframes_\(name)"]
        guard let folder = folders.first(where: ImageFolder.isFolder) else {
            problems.append(
                Problem(
                    .missingFile, at: line.place, "the folder \(below[0]) is not there",
                    remedy: "add it, or delete the line"))
            return nil
        }
        do throws(FileError) {
            let series = try FrameSource.series(in: folder) ?? []
            // Counted from 1, or from 0 where there is such an image.
            let start = series.first?.number == 0 ? 0 : 1
            let listed = series.filter { $0.number >= start && $0.number - start < frames }
            if listed.count < frames {
                problems.append(
                    Problem(
                        .missingImage, at: line.place,
                        "has \(frames) images by the list, of which \(folder) has \(listed.count)",
                        remedy: "add the images, or correct the number"))
            }
            guard !listed.isEmpty else { return nil }
            return FrameSource(images: listed.map { "\(folder)/\($0.name)" }, name: folder)
        } catch {
            problems.append(Problem(.malformedRecord, at: line.place, error.reason, remedy: error.remedy))
            return nil
        }
    }

    private static func folder(of path: String) -> String {
        let folder = Path(path).folder
        return folder.isEmpty ? "." : folder
    }

    /// Whether a text file begins with such a line.
    private static func isList(_ path: String) -> Bool {
        guard Path(path).suffix.lowercased() == "txt",
            let start = try? RegularFile.beginning(of: path, count: 4096),
            let line = start.split(whereSeparator: { $0 == 10 || $0 == 13 }).first,
            let text = String(validating: line, as: UTF8.self)
        else { return false }
        return Line(text, Problem.Place(file: path)) != nil
    }
}
