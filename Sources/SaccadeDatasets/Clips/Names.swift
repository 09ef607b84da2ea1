import Foundation
import SaccadeFiles

/// Names of classes in the order of their numbers.
struct Names {
    let names: [String]
    /// The file that lists them; nil where nothing does.
    private let file: String?
    private let numbers: [String: Int]

    /// - Parameters:
    ///   - path: A file with a name on each line, which need not be there.
    ///   - others: What names there are where no file tells; they are sorted then, numbers as numbers.
    /// - Throws: ``FileError`` where the file cannot be read.
    init(_ path: String, otherwise others: [String], _ problems: inout [Problem]) throws(FileError) {
        if Path(path).exists {
            let (lines, bad) = try TextFile.lines(of: path, limit: 1 << 20)
            problems += bad
            file = path
            names = lines.map { $0.text.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        } else {
            file = nil
            names = Set(others).sorted { a, b in
                if let x = RecordRules.integer(a), let y = RecordRules.integer(b), x != y { return x < y }
                return a.utf8.lexicographicallyPrecedes(b.utf8)
            }
        }
        numbers = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }

    /// The number of a name; nil, and a problem, where the file does not have it.
    func number(of name: String, at place: Problem.Place, _ problems: inout [Problem]) -> Int? {
        if let number = numbers[name] { return number }
        problems.append(
            Problem(
                .unknownClass, at: place, "is of \(name), which \(file ?? "no line") does not name",
                remedy: "add it there, or correct the line"))
        return nil
    }
}
