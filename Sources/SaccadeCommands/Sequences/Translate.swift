package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeTensors
import SaccadeTraining

package struct Translate: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Translate sentences, a line each.",
        discussion: """
            Each line of the file, or of standard input, is a sentence; its translation goes to standard output as a line. \
            An empty line stays empty.

            EXAMPLES:
              saccade translate multi30k sentences.txt
              echo "Ein Hund läuft im Schnee." | saccade translate multi30k -
              saccade translate multi30k sentences.txt --beam 1      # the likeliest word at each step
              saccade translate multi30k sentences.txt --json --alternatives 3

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.ownHelp)
    var model: String

    @Argument(help: ArgumentHelp("A text file with a sentence in each line; “-” is standard input.", valueName: "file"))
    var file = "-"

    @Option(help: "Beginnings that are kept at each step, 1 to 64; 1 is the greedy choice.")
    var beam = 5

    @Option(help: "How much longer translations are preferred, 0 to 2.")
    var lengthPenalty = 0.6

    @Option(help: ArgumentHelp("With --json: translations of each sentence, 1 to the beam.", valueName: "count"))
    var alternatives = 1

    @Flag(help: "Print a line of JSON for each sentence.")
    var json = false

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    package func validate() throws {
        try options.requireOneModel(model)
        guard (1...64).contains(beam) else { throw ValidationError("--beam must be from 1 to 64, got \(beam).") }
        guard (0...2).contains(lengthPenalty) else {
            throw ValidationError("--length-penalty must be from 0 to 2, got \(lengthPenalty).")
        }
        guard (1...beam).contains(alternatives) else {
            throw ValidationError("--alternatives must be from 1 to the beam, \(beam), got \(alternatives).")
        }
    }

    package func run() async throws {
        try compute.apply()
        let request = try options.request(model: model)
        let search = BeamSearch(width: beam, lengthPenalty: lengthPenalty)
        let (file, json, alternatives, plan) = (file, json, alternatives, compute.planOptions)
        try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            try loaded.requireFinite()
            let translator = try Translator(loaded, options: plan)
            for line in try SentenceLines(file) {
                let sentence = try line.get()
                let isBlank = sentence.allSatisfy(\.isWhitespace)
                let found = isBlank ? [] : try translator.translations(of: sentence, by: search)
                if json {
                    let record = Record(source: sentence, translations: Array(found.prefix(alternatives)))
                    print(String(decoding: try JSONEncoder.lines.encode(record), as: UTF8.self))
                } else {
                    print(found.first?.text ?? "")
                }
            }
        }
    }

    private struct Record: Encodable {
        let source: String
        let translations: [Translator.Answer]
    }

    package init() {}
}

extension JSONEncoder {
    /// One object in one line.
    fileprivate static var lines: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
