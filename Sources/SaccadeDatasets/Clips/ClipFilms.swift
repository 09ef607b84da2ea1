import Foundation
import SaccadeFiles

/// Folders of images, each with a table of what is to be seen: `labels.csv` with the columns `frame` (a name of an image),
/// `action` or `label` (of that picture) and perhaps `class` (of the film).
///
/// A film of which any line makes no sense is left out as a whole, for a film with a hole in it shows another thing.
enum ClipFilms {
    static let table = "labels.csv"

    static func isThere(_ path: String) -> Bool { films(path).contains { columns(of: "\($0.path)/\(table)") != nil } }

    static func open(_ root: String) throws(FileError) -> LabelledClips.Contents {
        var problems: [Problem] = []
        var rows: [(split: DatasetSplit?, film: Film)] = []
        for (split, path) in films(root) {
            do throws(FileError) {
                let film = try Film(in: path, &problems)
                if let film { rows.append((split, film)) }
            } catch {
                problems.append(Problem(error))
            }
        }
        let actions = try Names(list("actions", root), otherwise: rows.flatMap { $0.film.actions }, &problems)
        let classes = try Names(list("classes", root), otherwise: rows.compactMap { $0.film.className }, &problems)
        var clips: [LabelledClips.Clip] = []
        for (split, film) in rows {
            let labels = film.lines.compactMap { line in
                actions.number(of: line.action, at: film.place(line), &problems)
            }
            let place = film.lines.first.map(film.place) ?? Problem.Place(file: film.folder)
            var label: Int?
            if let name = film.className {
                label = classes.number(of: name, at: place, &problems)
                if label == nil { continue }
            }
            guard labels.count == film.lines.count else { continue }
            clips.append(
                LabelledClips.Clip(
                    source: FrameSource(images: film.lines.map { "\(film.folder)/\($0.image)" }, name: film.folder),
                    label: label, frameLabels: labels, split: split, place: place))
        }
        return LabelledClips.Contents(
            classNames: clips.contains { $0.label != nil } ? classes.names : [], frameClassNames: actions.names,
            clips: clips, problems: problems)
    }

    /// A list of names, which lies above where only a part of the data set was given.
    private static func list(_ name: String, _ root: String) -> String {
        let here = "\(root)/\(name).txt"
        let above = Path(root).folder
        return Path(here).exists ? here : "\(above.isEmpty ? "." : above)/\(name).txt"
    }

    /// Folders that have a table, with their parts.
    private static func films(_ root: String) -> [(split: DatasetSplit?, path: String)] {
        let splits = ImageFolder.splits(in: root)
        let roots = splits.isEmpty ? [(nil, root)] : splits.map { (Optional($0.split), $0.path) }
        return roots.flatMap { split, root in
            ImageFolder.folders(in: root).map { (split, "\(root)/\($0)") }
        }.filter { RegularFile.isPresent(at: "\($0.1)/\(table)") }
    }

    /// Which columns of a table are which; nil where it is another table.
    private static func columns(of path: String) -> Columns? {
        guard let start = try? RegularFile.beginning(of: path, count: 4096),
            let line = start.split(whereSeparator: { $0 == 10 || $0 == 13 }).first,
            let text = String(validating: line, as: UTF8.self)
        else { return nil }
        return Columns(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
    }

    private struct Columns {
        let frame: Int, action: Int, filmClass: Int?, count: Int

        init?(_ header: [String]) {
            let names = header.map { $0.trimmingCharacters(in: [" ", "\"", "\u{FEFF}"]).lowercased() }
            guard let frame = names.firstIndex(of: "frame"),
                let action = names.firstIndex(where: { ["action", "label"].contains($0) })
            else { return nil }
            (self.frame, self.action, filmClass, count) = (frame, action, names.firstIndex(of: "class"), names.count)
        }
    }

    /// One table.
    private struct Film {
        let folder: String
        private(set) var lines: [(image: String, action: String, number: Int)] = []
        private(set) var className: String?

        var actions: [String] { lines.map(\.action) }

        func place(_ line: (image: String, action: String, number: Int)) -> Problem.Place {
            Problem.Place(file: "\(folder)/\(table)", line: line.number, record: line.image, index: line.number - 1)
        }

        /// - Returns: Nil where a line makes no sense, which is a problem then.
        init?(in folder: String, _ problems: inout [Problem]) throws(FileError) {
            self.folder = folder
            let path = "\(folder)/\(table)"
            let file = try CSVFile(path)
            let before = problems.count
            problems += file.problems
            func refuse(_ line: Int, _ rule: Problem.Rule, _ message: String, _ remedy: String) {
                problems.append(
                    Problem(rule, at: .init(file: path, line: line, index: line - 1), message, remedy: remedy))
            }
            guard let columns = file.records.first.flatMap({ Columns($0.fields) }) else {
                refuse(1, .malformedRecord, "does not name the columns frame and action", "begin with frame,action")
                return nil
            }
            var images = Set(ImageNames.list(in: folder))
            var classNames: Set<String> = []
            for record in file.records.dropFirst() {
                guard record.fields.count == columns.count else {
                    refuse(
                        record.line, .malformedRecord,
                        "has \(record.fields.count) values in \(columns.count) columns", "give each column a value")
                    continue
                }
                let (image, action) = (record.fields[columns.frame], record.fields[columns.action])
                guard images.remove(image) != nil else {
                    let isTwice = lines.contains { $0.image == image }
                    refuse(
                        record.line, isTwice ? .duplicateRecord : .missingImage,
                        isTwice ? "names \(image) a second time" : "names the image \(image), which is not there",
                        isTwice ? "delete one of the lines" : "add the image, or delete the line")
                    continue
                }
                guard !action.isEmpty else {
                    refuse(record.line, .malformedRecord, "has no action", "write what is to be seen")
                    continue
                }
                lines.append((image, action, record.line))
                if let column = columns.filmClass { classNames.insert(record.fields[column]) }
            }
            if classNames.count > 1 {
                let names = classNames.sortedByBytes().prefix(3).joined(separator: ", ")
                refuse(
                    2, .malformedRecord, "a film is of one class, and this one of several (\(names))", "decide on one")
            }
            if lines.isEmpty, problems.count == before {
                refuse(1, .malformedRecord, "names no images", "add some lines")
            }
            if let image = images.sortedByBytes().first, problems.count == before {
                refuse(
                    1, .malformedRecord, "lacks \(images.count) of the folder's images, such as \(image)",
                    "add a line for each")
            }
            guard problems.count == before else { return nil }
            className = classNames.first
        }
    }
}
