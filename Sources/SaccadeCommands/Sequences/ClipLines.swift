import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeFiles
import SaccadeTraining

/// What `saccade label` says of a clip.
enum ClipLines {
    /// One line for a clip, or for each of its frames: the frame, its label, how probable that is.
    static func text(_ path: String, _ reader: ClipReader, json: Bool) throws -> String {
        let (answers, problem) = try reader.answers(for: FrameSource(at: path))
        guard !answers.isEmpty else {
            throw problem
                ?? FileError(.empty, path: path, reason: "has no frames", remedy: "give a video, or a folder of images")
        }
        if let problem { Console.note("\(problem) The \(answers.count) answers are for what came before.") }
        if json { return try record(path, answers, reader.labelsEach) }
        return answers.enumerated().compactMap { place, answers in
            answers.first.map {
                String(
                    format: "%@\t%.3f\t%@", reader.labelsEach ? "\(place + 1)" : $0.label, $0.probability,
                    reader.labelsEach ? $0.label : path)
            }
        }.joined(separator: "\n")
    }

    private static func record(
        _ path: String, _ answers: [[TextLabeller.Answer]], _ isEach: Bool
    ) throws -> String {
        struct Record: Encodable {
            let clip: String
            let labels: [TextLabeller.Answer]?
            let frames: [[TextLabeller.Answer]]?
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let record = Record(clip: path, labels: isEach ? nil : answers[0], frames: isEach ? answers : nil)
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }
}
