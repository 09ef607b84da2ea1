import ArgumentParser
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeModels

/// `saccade explain downsample`.
struct ExplainDownsample: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downsample",
        abstract: "Max pooling, average pooling and strided convolution of the same numbers.",
        discussion: """
            Each window of the input gives one number: its largest, its mean, or the sum of its numbers times the \
            filter’s. A window is as large as the filter.

            EXAMPLES:
              saccade explain downsample
              saccade explain downsample --input '[[1,2,3,4,5],[5,4,3,2,1],[0,1,0,1,0]]' --filter '[[1,-1]]' --stride 1
              saccade explain downsample --json

            \(Failure.codes)
            """)

    @Option(
        help: ArgumentHelp("Rows of numbers.", valueName: "numbers"), transform: NumberArgument.init(transforming:))
    var input: NumberArgument?

    @Option(
        help: ArgumentHelp("Rows of numbers. Default: [[0.1,0.2],[0.3,0.4]].", valueName: "numbers"),
        transform: NumberArgument.init(transforming:))
    var filter: NumberArgument?

    @Option(help: "Elements between neighbouring windows.")
    var stride = 2

    @OptionGroup var options: ExampleOptions

    func run() throws {
        let example = try workedOut {
            try DownsamplingExample(
                input?.grid ?? NumberGrid([[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]]),
                filter: filter?.grid ?? NumberGrid([[0.1, 0.2], [0.3, 0.4]]), stride: stride)
        }
        try options.show(Self.text(example), json: Shown(example), Self.figure(example))
    }

    private static func text(_ example: DownsamplingExample) -> String {
        let parts = [
            ("Input:", example.input), ("Max pooling gives", example.largest),
            ("Average pooling gives", example.means), ("Filter:", example.filter),
            ("Convolution with stride \(example.stride) gives", example.weighted),
        ]
        return parts.map { "\($0)\n\($1.text)" }.joined(separator: "\n\n") + "\n\n"
            + engineSentence(example.engineDifference)
    }

    /// Each window and what becomes of it in one colour, where windows lie side by side.
    private static func figure(_ example: DownsamplingExample) -> any Figure {
        let width = example.largest.width
        func ofOutput(_ place: NumberGrid.Place) -> Int? { place.row * width + place.column }
        func ofInput(_ place: NumberGrid.Place) -> Int? {
            let (row, column) = (place.row / example.stride, place.column / example.stride)
            let isSideBySide = example.filter.height == example.stride && example.filter.width == example.stride
            return isSideBySide && row < example.largest.height && column < width ? row * width + column : nil
        }
        return NumberPanels(
            title: "Max pooling, average pooling and convolution, stride \(example.stride)",
            panels: [
                .init("input", example.input, ofInput), .init("max pooling", example.largest, ofOutput),
                .init("average pooling", example.means, ofOutput), .init("filter", example.filter),
                .init("convolution", example.weighted, ofOutput),
            ])
    }

    private struct Shown: Encodable {
        let input, filter, maxPooling, averagePooling, convolution: NumberGrid
        let stride: Int
        let engineDifference: Double

        init(_ example: DownsamplingExample) {
            (input, filter, stride) = (example.input, example.filter, example.stride)
            (maxPooling, averagePooling, convolution) = (example.largest, example.means, example.weighted)
            engineDifference = example.engineDifference
        }
    }
}
