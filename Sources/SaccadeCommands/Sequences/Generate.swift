package import ArgumentParser
import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeFiles
import SaccadePrelude
import SaccadeTensors
import SaccadeTraining

package struct Generate: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Write text with a language model, or show how a clip goes on.",
        discussion: """
            A language model reads the prompt, then draws what comes next, reads that, and so on. The text goes to standard \
            output while it is written.

            A network that predicts frames watches the clip and writes into the folder --output
              predicted.png   the frames, and below each what was expected in its place; then --length frames more, of which \
                              the network saw nothing
              predicted.gif   the same as a film, side by side

            EXAMPLES:
              saccade generate shakespeare --prompt "ROMEO:" --length 500
              saccade generate my-run --temperature 0.7 --top-k 20 --seed 3
              saccade generate my-run --temperature 0      # always the likeliest
              saccade generate scenes-next-frame --clip film.mp4 --length 4 --output predicted

            \(Failure.codes)
            """)

    @Argument(help: ModelOptions.ownHelp)
    var model: String?

    @Option(help: "What the network reads first. Default: the beginning of a line.")
    var prompt = ""

    @Option(
        help:
            "Tokens to write, characters or words, as the network has them; frames of a clip. Default: 1000, or 4 frames."
    )
    var length: Int?

    @Option(help: "Below 1 the likely becomes likelier; at 0 the likeliest is taken.")
    var temperature = 1.0

    @Option(help: "Draw from that many of the likeliest tokens. Default: all.")
    var topK: Int?

    @Option(help: "Random seed; the same seed writes the same text.")
    var seed: UInt64 = 0

    @Option(help: "For a network that predicts frames: a video, or a folder of numbered images.")
    var clip: String?

    @Option(help: "With --clip: the folder to write; it is made where it is missing.")
    var output = "predicted"

    @OptionGroup var options: ModelOptions
    @OptionGroup var compute: ComputeOptions

    private var sampling: TokenSampling { TokenSampling(temperature: temperature, topK: topK) }

    package func validate() throws {
        try options.requireOneModel(model)
        let most = clip == nil ? 100_000_000 : 256
        if let length, !(0...most).contains(length) {
            throw ValidationError("--length must be from 0 to \(most), got \(length).")
        }
        if let problem = sampling.problem { throw ValidationError("--\(problem).") }
    }

    package func run() async throws {
        try compute.apply()
        let request = try options.request(model: model)
        if let clip { return try await predict(clip, request) }
        let length = length ?? 1000
        let (prompt, sampling, seed, plan) = (prompt, sampling, seed, compute.planOptions)
        let written = try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            try loaded.requireFinite()
            let writer = try TextGenerator(loaded, options: plan)
            var generator = SplitMix64(seed: seed)
            let output = TextOutput()
            let start = ContinuousClock.now
            do throws(UnknownToken) {
                output.write(prompt)
                try writer.generate(from: prompt, length: length, sampling, using: &generator) { output.write($0) }
            } catch {
                throw CommandError.data("--prompt: \(error)")
            }
            output.finish()
            return start.duration(to: .now)
        }
        let seconds = written / .seconds(1)
        Console.note(String(format: "%d tokens in %.2f s: %.0f a second.", length, seconds, Double(length) / seconds))
    }

    /// Frames that are watched at most.
    private static let mostFrames = 64

    private func predict(_ clip: String, _ request: ModelRequest) async throws {
        let (length, output, model) = (length ?? 4, output, model)
        let files = try await ComputeThread.run {
            let loaded = try LoadedModel(request)
            ModelOptions.report(loaded.difference)
            try loaded.requireFinite()
            let frames = try FrameGenerator(loaded).frames(
                of: FrameSource(at: clip), most: Self.mostFrames, further: length)
            return try PredictedFrames(seen: frames.seen, expected: frames.expected, beyond: frames.beyond).write(
                to: output, title: "\(model ?? loaded.name): frames of \(clip), and what was expected in their places")
        }
        print(files.joined(separator: "\n"))
    }

    package init() {}
}

/// Standard output for text that appears while it is made.
private final class TextOutput {
    private var waiting: [UInt8] = []
    private var lastWrite = ContinuousClock.now

    /// - Returns: Always true: a reader that has gone ends the program.
    @discardableResult
    func write(_ text: String) -> Bool {
        waiting += text.utf8
        // Often enough for an eye, and seldom enough for ten thousand characters a second.
        if waiting.count > 4096 || lastWrite.duration(to: .now) > .milliseconds(30) { flush() }
        return true
    }

    func finish() {
        waiting.append(UInt8(ascii: "\n"))
        flush()
    }

    private func flush() {
        FileHandle.standardOutput.write(Data(waiting))
        waiting = []
        lastWrite = .now
    }
}
