import Foundation
import SaccadeFiles
import SaccadeInterchange

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What one epoch came to: a line of `metrics.jsonl`.
public struct EpochRecord: Sendable, Equatable, Codable {
    /// Counted from 1.
    public var epoch: Int
    /// The learning rate of its last step.
    public var learningRate: Double
    /// The mean loss of the training samples, each when it was learnt from.
    public var trainingLoss: Double
    /// The share of training samples whose class had the highest score, likewise.
    public var trainingAccuracy: Double
    /// The mean loss of the validation samples; nil where there are none.
    public var validationLoss: Double?
    /// The share of validation samples whose class had the highest score.
    public var validationAccuracy: Double?
    /// The share of validation samples whose class was among the five highest scores.
    public var validationTop5: Double?
    /// Whether no epoch before was better.
    public var isBest: Bool
    /// Steps that were left out because a loss or gradient was not finite.
    public var skippedSteps: Int

    public init(
        epoch: Int, learningRate: Double, trainingLoss: Double, trainingAccuracy: Double,
        validationLoss: Double? = nil, validationAccuracy: Double? = nil, validationTop5: Double? = nil,
        isBest: Bool = false, skippedSteps: Int = 0
    ) {
        self.epoch = epoch
        self.learningRate = learningRate
        self.trainingLoss = trainingLoss
        self.trainingAccuracy = trainingAccuracy
        self.validationLoss = validationLoss
        self.validationAccuracy = validationAccuracy
        self.validationTop5 = validationTop5
        self.isBest = isBest
        self.skippedSteps = skippedSteps
    }

    /// The records of a run, in order; what is no record, such as a line that is still being written, is passed over.
    public static func read(fromRunAt folder: String) -> [EpochRecord] {
        JSONLines.read("\(folder)/metrics.jsonl")
    }
}

/// A file that grows by lines of JSON.
struct JSONLines {
    let path: String

    /// The lines that are whole and of this type, in order.
    static func read<Record: Decodable>(_ path: String) -> [Record] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let decoder = JSONDecoder.ofRuns
        return data.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Record.self, from: $0) }
    }

    /// Adds a line and brings it onto the disk.
    ///
    /// - Returns: The file's length behind it.
    @discardableResult
    func append(_ record: some Encodable) throws -> Int {
        try AppendedFile.append(try JSONEncoder.ofRuns.encode(record) + [UInt8(ascii: "\n")], to: path)
    }

    /// Cuts off what was written after the file had `length` bytes.
    func truncate(to length: Int) throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size >= length else {
            throw RunError(
                .damaged,
                "\(path): \(size) bytes are there, \(length) were written; restore the file or train anew.")
        }
        guard size > length else { return }
        try FileDescriptor(opening: path, O_WRONLY).truncate(to: length)
    }
}

// A loss may be no number, for which JSON has no word.
extension JSONEncoder {
    /// The same text for the same value, whatever its numbers are.
    static var ofRuns: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }
}

extension JSONDecoder {
    /// Reads what ``Foundation/JSONEncoder/ofRuns`` writes.
    static var ofRuns: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
