package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeTensors
import SaccadeTraining

package struct Label: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Label texts or clips, or each of their words or frames.",
        discussion: """
            For a network that labels texts each line of the file, or of standard input, is a text. Its label goes to standard \
            output as a line: the label, how probable it is, and the text, with tabs between. With --each, by a network that \
            labels words, each word has a line, and an empty line ends the text.

            For a network that labels clips the file is a video, or a folder of numbered images. With --each, by a network that \
            labels frames, each frame has a line: its number, how probable the label is, and the label.

            EXAMPLES:
              saccade label rt-polarity reviews.txt
              echo "a gripping film" | saccade label rt-polarity -
              saccade label tagger sentences.txt --each
              saccade label rt-polarity reviews.txt --json
              saccade label scenes-actions film.mp4 --each

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.ownHelp)
    var model: String

    @Argument(
        help: ArgumentHelp("A text file with a text in each line, or a clip; “-” is standard input.", valueName: "file")
    )
    var file = "-"

    @Flag(help: "Label each word, or each frame.")
    var each = false

    @Flag(help: "Print a line of JSON for each text.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    package func validate() throws { try options.requireOneModel(model) }

    package func run() async throws {
        try compute.apply()
        let request = try options.request(model: model)
        let (file, json, each, model) = (file, json, each, model)
        try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            try loaded.requireFinite()
            if case .labelClips = loaded.description.task {
                let reader = try ClipReader(loaded)
                try Self.check(each, reader.labelsEach, of: model, "frame", "clips")
                return print(try ClipLines.text(file, reader, json: json))
            }
            let labeller = try TextLabeller(loaded)
            try Self.check(each, labeller.labelsEach, of: model, "word", "texts")
            for line in try SentenceLines(file) {
                let text = try line.get()
                let answers = labeller.answers(for: text)
                print(json ? try Self.json(text, answers, each: each) : Self.lines(text, answers, each: each))
            }
        }
    }

    /// Sees to it that the answers are of the kind that is asked for.
    private static func check(_ each: Bool, _ isEach: Bool, of model: String?, _ part: String, _ whole: String) throws {
        guard each != isEach else { return }
        throw CommandError.data(
            isEach
                ? "\(model ?? "the network"): this network labels each \(part); say --each"
                : "\(model ?? "the network"): this network labels whole \(whole); leave out --each")
    }

    private static func lines(
        _ text: String, _ answers: [(token: String, answers: [TextLabeller.Answer])], each: Bool
    ) -> String {
        let lines = answers.compactMap { token, answers in
            answers.first.map {
                String(format: "%@\t%.3f\t%@", each ? token : $0.label, $0.probability, each ? $0.label : token)
            }
        }
        return lines.joined(separator: "\n") + (each ? "\n" : "")
    }

    private static func json(
        _ text: String, _ answers: [(token: String, answers: [TextLabeller.Answer])], each: Bool
    ) throws -> String {
        struct Word: Encodable {
            let word: String
            let labels: [TextLabeller.Answer]
        }
        struct Record: Encodable {
            let text: String
            let labels: [TextLabeller.Answer]?
            let words: [Word]?
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let record = Record(
            text: text, labels: each ? nil : answers.first?.answers ?? [],
            words: each ? answers.map { Word(word: $0.token, labels: $0.answers) } : nil)
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }

    package init() {}
}
