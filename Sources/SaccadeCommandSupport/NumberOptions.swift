package import ArgumentParser
import Foundation
package import SaccadeDrawing
package import SaccadeModels
package import SaccadeTensors

/// Numbers on the command line: `'[[1,2],[3,4]]'`, or one row, `'[1,2]'`.
package struct NumberArgument: ExpressibleByArgument {
    package let grid: NumberGrid

    package init?(argument: String) { nil }

    /// - Throws: Why the text is no grid; ``init(argument:)`` could only say that it is none.
    package init(transforming text: String) throws {
        let rows: [[Double]]
        let decoder = JSONDecoder()
        if let grid = try? decoder.decode([[Double]].self, from: Data(text.utf8)) {
            rows = grid
        } else if let row = try? decoder.decode([Double].self, from: Data(text.utf8)) {
            rows = [row]
        } else {
            throw ValidationError("write rows of numbers, such as '[[1,2],[3,4]]'.")
        }
        do { grid = try NumberGrid(rows) } catch { throw ValidationError("\(error).") }
    }
}

/// How a worked example is shown: the same flags for all of them.
package struct ExampleOptions: ParsableArguments {
    @Flag(help: "Print JSON in place of text.")
    package var json = false

    @Option(help: ArgumentHelp("Draw it: a PNG, SVG or PDF, by the ending.", valueName: "file"))
    package var output: String?

    package init() {}

    package func validate() throws {
        guard let output else { return }
        do { _ = try FigureFormat(path: output) } catch { throw ValidationError("--output \(error)") }
    }

    /// Prints an example, and draws it where that is wanted.
    package func show(_ text: String, json example: some Encodable, _ figure: @autoclosure () -> any Figure) throws {
        if let output { try figure().write(to: output) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(example), as: UTF8.self))
        } else {
            print(text)
            if let output { print("\nDrawn: \(output)") }
        }
    }
}

/// What the engine makes of the same numbers.
package func engineSentence(_ difference: Double) -> String {
    difference == 0
        ? "The engine gives the same numbers." : "The engine gives the same numbers, to \(difference.plain)."
}

extension Pair {
    /// `4x6` or `4×6`, each 1 to `NumberGrid.maximumLength`.
    package init(sizeText text: String) throws {
        let lengths = text.split(omittingEmptySubsequences: false, whereSeparator: "x×X".contains).map { Int($0) }
        guard lengths.count == 2, let height = lengths[0], let width = lengths[1],
            [height, width].allSatisfy((1...NumberGrid.maximumLength).contains)
        else { throw ValidationError("write height x width, such as 4x4, at most 64 each.") }
        self.init(height, width)
    }
}

/// Runs `body`, which works an example out: numbers that allow none are the command line's fault.
package func workedOut<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as BuildingBlockError {
        throw ValidationError("\(error).".capitalizedFirst)
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension NumberPanels.Panel {
    /// A grid of plain numbers.
    ///
    /// - Parameter category: What tints a place; nil leaves it white.
    package init(_ title: String, _ grid: NumberGrid, _ category: (NumberGrid.Place) -> Int? = { _ in nil }) {
        self.init(
            title,
            (0..<grid.height).map { row in
                (0..<grid.width).map { column in
                    let place = grid.places[row * grid.width + column]
                    return NumberPanels.Cell(grid[place].plain, category: category(place))
                }
            })
    }
}
