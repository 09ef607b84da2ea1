import ArgumentParser
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeModels
import SaccadeTensors

/// `saccade explain upconv`.
struct ExplainUpconv: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upconv",
        abstract: "Transposed convolution (up-convolution) on plain numbers: copies of the filter, and their sum.",
        discussion: """
            Each input number lays a copy of the filter into the output, weighted by itself, --stride places behind \
            its neighbour’s; where copies overlap they are summed. --padding is where the filter’s origin is: so many \
            rows and columns are cut off from each side of the output.

            EXAMPLES:
              saccade explain upconv
              saccade explain upconv --input '[[5,6],[7,8]]' --filter '[[1,2],[3,4]]' --stride 2
              saccade explain upconv --stride 2 --padding 1 --size 3x3 --output upconv.svg

            \(Failure.codes)
            """)

    @Option(
        help: ArgumentHelp("Rows of numbers. Default: [[5,6],[7,8]].", valueName: "numbers"),
        transform: NumberArgument.init(transforming:))
    var input: NumberArgument?

    @Option(
        help: ArgumentHelp("Rows of numbers. Default: a plus of 0.2 in 3×3.", valueName: "numbers"),
        transform: NumberArgument.init(transforming:))
    var filter: NumberArgument?

    @Option(help: "Output elements between the copies of neighbouring inputs.")
    var stride = 2

    @Option(help: "Elements cut off from each side of the output. Default: the filter’s origin is in its centre.")
    var padding: Int?

    @Option(
        help: ArgumentHelp(
            "Size of the output. Default: stride times the input’s, where that can be.", valueName: "HxW"),
        transform: Pair.init(sizeText:))
    var size: Pair?

    @OptionGroup var options: ExampleOptions

    func run() throws {
        let example = try workedOut {
            try TransposedConvolutionExample(
                input?.grid ?? NumberGrid([[5, 6], [7, 8]]),
                filter: filter?.grid ?? NumberGrid([[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]]), stride: stride,
                padding: padding.map { Pair($0, $0) }, size: size)
        }
        try options.show(Self.text(example), json: Shown(example), Self.figure(example))
    }

    private static func text(_ example: TransposedConvolutionExample) -> String {
        var parts = [
            "Input:\n\(example.input.text)", "Filter:\n\(example.filter.text)",
            """
            Stride \(example.stride), padding \(word(example.padding)), output \
            \(example.output.height)×\(example.output.width)\
            \(example.outputPadding == 0 ? "" : " (output padding \(word(example.outputPadding)))"):
            """,
        ]
        parts += example.copies.map { copy in
            "\(copy.value.plain) of row \(copy.place.row + 1), column \(copy.place.column + 1) gives\n"
                + copy.weighted.text
        }
        parts += ["The sum:\n\(example.output.text)", engineSentence(example.engineDifference)]
        return parts.joined(separator: "\n\n")
    }

    private static func word(_ pair: Pair) -> String {
        pair.height == pair.width ? "\(pair.height)" : "\(pair.height)×\(pair.width)"
    }

    /// Each copy in the colour of its input.
    private static func figure(_ example: TransposedConvolutionExample) -> any Figure {
        let width = example.input.width
        func category(_ place: NumberGrid.Place) -> Int { place.row * width + place.column }
        var panels: [NumberPanels.Panel] = [
            .init("input", example.input, category), .init("filter", example.filter),
        ]
        panels += example.copies.map { copy in
            .init("\(copy.value.plain) × filter", copy.weighted) { copy.weighted[$0] == 0 ? nil : category(copy.place) }
        }
        panels.append(.init("sum", example.output))
        return NumberPanels(
            title: "Transposed convolution, stride \(example.stride), padding \(word(example.padding))", panels: panels)
    }

    private struct Shown: Encodable {
        struct Copy: Encodable {
            let row, column: Int
            let value: Double
            let weighted: NumberGrid
        }
        let input, filter, output: NumberGrid
        let stride: Int
        let padding, outputPadding: [Int]
        let copies: [Copy]
        let engineDifference: Double

        init(_ example: TransposedConvolutionExample) {
            (input, filter, output, stride) = (example.input, example.filter, example.output, example.stride)
            padding = [example.padding.height, example.padding.width]
            outputPadding = [example.outputPadding.height, example.outputPadding.width]
            copies = example.copies.map {
                Copy(row: $0.place.row, column: $0.place.column, value: $0.value, weighted: $0.weighted)
            }
            engineDifference = example.engineDifference
        }
    }
}
