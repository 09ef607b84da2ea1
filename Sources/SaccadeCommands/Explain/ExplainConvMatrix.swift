import ArgumentParser
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeModels

/// `saccade explain conv-matrix`.
struct ExplainConvMatrix: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conv-matrix",
        abstract:
            "A convolution of one dimension as a matrix, and its transposed convolution as the matrix transposed.",
        discussion: """
            Rows of the matrix are outputs, columns the input between its zeros of padding. The transposed matrix \
            spreads the outputs back; its padding is cut off. Without --stride, strides 1 and 2 are shown.

            EXAMPLES:
              saccade explain conv-matrix
              saccade explain conv-matrix --input '[1,2,3,4]' --filter '[1,0,-1]' --stride 2
              saccade explain conv-matrix --json

            \(Failure.codes)
            """)

    @Option(
        help: ArgumentHelp("A row of numbers. Default: [1,2,3,4].", valueName: "numbers"),
        transform: NumberArgument.init(transforming:))
    var input: NumberArgument?

    @Option(
        help: ArgumentHelp("A row of numbers. Default: [1,2,3].", valueName: "numbers"),
        transform: NumberArgument.init(transforming:))
    var filter: NumberArgument?

    @Option(help: "Elements between neighbouring positions. Default: 1, and then 2.")
    var stride: Int?

    @Option(help: "Zeros on each side of the input.")
    var padding = 1

    @OptionGroup var options: ExampleOptions

    func run() throws {
        let examples = try workedOut {
            let input = try input?.grid ?? NumberGrid([[1, 2, 3, 4]])
            let filter = try filter?.grid ?? NumberGrid([[1, 2, 3]])
            return try (stride.map { [$0] } ?? [1, 2]).map {
                try ConvolutionMatrixExample(input, filter: filter, stride: $0, padding: padding)
            }
        }
        let text = examples.map(Self.text).joined(separator: "\n\n")
        let figure = FigureStack(examples.map(Self.figure))
        let shown = examples.map(Shown.init)
        if shown.count == 1 {
            try options.show(text, json: shown[0], figure)
        } else {
            try options.show(text, json: shown, figure)
        }
    }

    private static func text(_ example: ConvolutionMatrixExample) -> String {
        """
        Input \(example.input.text), filter \(example.filter.text), stride \(example.stride), padding \(example.padding)

        Convolution, as a matrix times the padded input \(example.padded.text):
        \(example.matrix.text)
        gives
        \(example.output.text)

        Transposed convolution, as the transposed matrix times that result:
        \(example.transposedMatrix.text)
        gives
        \(example.spread.text)
        and without its padding
        \(example.transposedOutput.text)

        \(engineSentence(example.engineDifference))
        """
    }

    /// The taps of the filter keep their colours.
    private static func figure(_ example: ConvolutionMatrixExample) -> any Figure {
        func tap(_ row: Int, _ column: Int) -> Int? {
            let tap = column - row * example.stride
            return (0..<example.filter.width).contains(tap) ? tap : nil
        }
        return NumberPanels(
            title: "Convolution and transposed convolution, stride \(example.stride), padding \(example.padding)",
            panels: [
                .init("filter", example.filter) { $0.column },
                .init("matrix", example.matrix) { tap($0.row, $0.column) },
                .init("padded input", example.padded.column), .init("convolution", example.output.column),
                .init("transposed matrix", example.transposedMatrix) { tap($0.column, $0.row) },
                .init("its input", example.output.column), .init("transposed convolution", example.spread.column),
            ])
    }

    private struct Shown: Encodable {
        let input, filter, paddedInput, matrix, output, transposedMatrix, spread, transposedOutput: NumberGrid
        let stride, padding: Int
        let engineDifference: Double

        init(_ example: ConvolutionMatrixExample) {
            (input, filter, paddedInput) = (example.input, example.filter, example.padded)
            (matrix, output) = (example.matrix, example.output)
            (transposedMatrix, spread) = (example.transposedMatrix, example.spread)
            (transposedOutput, stride, padding) = (example.transposedOutput, example.stride, example.padding)
            engineDifference = example.engineDifference
        }
    }
}
