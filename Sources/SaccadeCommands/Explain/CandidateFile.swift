import Foundation
import SaccadeCommandSupport
import SaccadeFiles
import SaccadeGeometry
import SaccadeModels

/// Boxes with scores in a file: a JSON list, or what `saccade detect --json` prints of an image.
enum CandidateFile {
    private struct Record: Decodable {
        let box: [Double]
        let score: Double
        let label: String?
    }

    private struct Answer: Decodable { let detections: [Record] }

    /// - Throws: What is wrong with the file, and with which of its boxes.
    static func read(_ path: String) throws -> [SuppressionExample.Candidate] {
        let data = Data(try RegularFile.contents(of: path, limit: 1 << 24))
        let decoder = JSONDecoder()
        let records: [Record]
        do {
            records =
                try (try? decoder.decode(Answer.self, from: data).detections)
                ?? decoder.decode([Record].self, from: data)
        } catch {
            throw CommandError.data(
                "\(path): \(reason(error)); write a JSON list such as [{\"box\": [12, 30, 80, 90], \"score\": 0.9, \"label\": "
                    + "\"cat\"}]")
        }
        guard !records.isEmpty else { throw CommandError.data("\(path): there are no boxes in it; give at least one") }
        return try records.enumerated().map { index, record in
            let place = "\(path): box \(index + 1)"
            guard record.box.count == 4, record.box.allSatisfy({ abs($0) <= MappedRegion.farthest }) else {
                throw CommandError.data("\(place) is not four edges in pixels, left, top, right and bottom; write them")
            }
            let box = Box(left: record.box[0], top: record.box[1], right: record.box[2], bottom: record.box[3])
            guard box.isValid, Boxes([box])[0].isValid else {
                throw CommandError.data(
                    "\(place), \(box.text), has no area; write its left, top, right and bottom edge in this order")
            }
            guard (0...1).contains(record.score) else {
                throw CommandError.data("\(place) has a score of \(record.score.plain); scores are from 0 to 1")
            }
            return SuppressionExample.Candidate(record.label ?? "", score: record.score, box: box)
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "this is no list of boxes" }
        func place(_ context: DecodingError.Context) -> String {
            guard let index = context.codingPath.compactMap(\.intValue).first else { return "" }
            return " of box \(index + 1)"
        }
        switch error {
        case .keyNotFound(let key, let context): return "“\(key.stringValue)”\(place(context)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            guard let key = context.codingPath.last(where: { $0.intValue == nil }) else {
                return "this is no list of boxes"
            }
            return "“\(key.stringValue)”\(place(context)) is not what belongs there"
        default: return "this is no JSON"
        }
    }
}
