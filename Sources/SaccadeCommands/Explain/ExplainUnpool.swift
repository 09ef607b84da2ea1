import ArgumentParser
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeModels
import SaccadeTensors

/// `saccade explain unpool`.
struct ExplainUnpool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpool",
        abstract: "Max unpooling on plain numbers: each goes back to where the pooling found its largest.",
        discussion: """
            With --indices, --input is what is unpooled. Indices are a map of 0 and 1 with one 1 in each window, or \
            the flat position of each number in the result (row × width + column), as networks hold them.
            Without, --input is pooled first, and its largest numbers are unpooled. Without either, two examples are \
            shown.

            EXAMPLES:
              saccade explain unpool
              saccade explain unpool --input '[[1,2,6,3],[3,5,2,1],[1,2,2,1],[7,3,4,8]]'
              saccade explain unpool --input '[[9,7]]' --indices '[[2,4]]' --output unpool.svg

            \(Failure.codes)
            """)

    @Option(
        help: ArgumentHelp("Rows of numbers.", valueName: "numbers"), transform: NumberArgument.init(transforming:))
    var input: NumberArgument?

    @Option(
        help: ArgumentHelp("Where each number goes: a map of 0 and 1, or flat positions.", valueName: "numbers"),
        transform: NumberArgument.init(transforming:))
    var indices: NumberArgument?

    @Option(help: "Height and width of a pooling window.")
    var kernel = 2

    @Option(help: "Elements between neighbouring windows. Default: as many as a window has.")
    var stride: Int?

    @Option(
        help: ArgumentHelp(
            "Size of the result, for flat positions. Default: so many windows as there are numbers.", valueName: "HxW"),
        transform: Pair.init(sizeText:))
    var size: Pair?

    @OptionGroup var options: ExampleOptions

    func validate() throws {
        guard indices == nil || input != nil else { throw ValidationError("Give --input to be unpooled by --indices.") }
        guard size == nil || indices != nil else { throw ValidationError("--size belongs to --indices.") }
        guard (1...NumberGrid.maximumLength).contains(kernel) else {
            throw ValidationError("--kernel must be from 1 to \(NumberGrid.maximumLength), got \(kernel).")
        }
    }

    func run() throws {
        let shown = try examples()
        let text = shown.map(\.text).joined(separator: "\n\n")
        let figure = FigureStack(shown.map(\.figure))
        if shown.count == 1 {
            try options.show(text, json: shown[0], figure)
        } else {
            try options.show(text, json: shown, figure)
        }
    }

    private func examples() throws -> [Shown] {
        guard let input = input?.grid else {
            let image = try workedOut { try NumberGrid([[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]]) }
            let map = try workedOut { try NumberGrid([[0, 1, 0, 1], [0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]) }
            let numbers = try workedOut { try NumberGrid([[2, 6], [30, 45]]) }
            return try workedOut {
                [
                    Shown(
                        try UnpoolingExample(pooling: image, kernel: kernel, stride: stride ?? kernel), pooled: image),
                    Shown(try UnpoolingExample(unpooling: numbers, by: map)),
                ]
            }
        }
        return try workedOut {
            guard let indices = indices?.grid else {
                return [
                    Shown(try UnpoolingExample(pooling: input, kernel: kernel, stride: stride ?? kernel), pooled: input)
                ]
            }
            guard indices.size == input.size else {
                return [Shown(try UnpoolingExample(unpooling: input, by: indices))]
            }
            guard indices.rows.joined().allSatisfy({ $0 == $0.rounded() }) else {
                throw ValidationError("--indices: positions are whole numbers.")
            }
            let size = size ?? Pair(input.height * kernel, input.width * kernel)
            return [
                Shown(
                    try UnpoolingExample(unpooling: input, to: indices.rows.map { $0.map { Int($0) } }, size: size))
            ]
        }
    }

    /// What is printed of an example.
    private struct Shown: Encodable {
        private enum Keys: CodingKey { case input, pooled, indices, map, output, engineDifference }

        let example: UnpoolingExample
        let pooled: NumberGrid?

        init(_ example: UnpoolingExample, pooled: NumberGrid? = nil) { (self.example, self.pooled) = (example, pooled) }

        /// With the names that a pooling gives them: its input, what it made of it, and what comes back.
        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: Keys.self)
            try values.encode(pooled ?? example.input, forKey: .input)
            if pooled != nil { try values.encode(example.input, forKey: .pooled) }
            try values.encode(example.indices, forKey: .indices)
            try values.encode(example.map, forKey: .map)
            try values.encode(example.output, forKey: .output)
            try values.encode(example.engineDifference, forKey: .engineDifference)
        }

        var text: String {
            var parts: [(String, String)] = []
            if let pooled { parts = [("Input:", pooled.text), ("Max pooling keeps", example.input.text)] }
            if pooled == nil { parts = [("Input:", example.input.text)] }
            parts += [
                ("Pooling indices, as a map:", example.map.text),
                (
                    "and as positions (row × \(example.output.width) + column):",
                    example.indices.map { $0.map(String.init).joined(separator: " ") }.joined(separator: "\n")
                ),
                ("Max unpooling gives", example.output.text),
            ]
            return parts.map { "\($0)\n\($1)" }.joined(separator: "\n\n")
                + "\n\n" + engineSentence(example.engineDifference)
        }

        /// Every number keeps its colour on its way.
        var figure: any Figure {
            let category = Dictionary(
                zip(example.indices.joined(), 0...), uniquingKeysWith: { first, _ in first })
            func atPosition(_ place: NumberGrid.Place) -> Int? {
                category[place.row * example.output.width + place.column]
            }
            func ofInput(_ place: NumberGrid.Place) -> Int? { category[example.indices[place.row][place.column]] }
            var panels: [NumberPanels.Panel] = []
            if let pooled {
                panels = [.init("input", pooled, atPosition), .init("max pooling", example.input, ofInput)]
            } else {
                panels = [.init("input", example.input, ofInput)]
            }
            panels += [
                .init("pooling indices", example.map, atPosition), .init("max unpooling", example.output, atPosition),
            ]
            return NumberPanels(title: pooled == nil ? "Max unpooling" : "Max pooling and unpooling", panels: panels)
        }
    }
}
