import Foundation
import SaccadeFiles
import SaccadeMetrics
import SaccadeTraining
import SwiftProtobuf

/// A run's numbers for TensorBoard: an `events.out.tfevents.…` file in its folder.
///
/// The step is the epoch. A process that begins or resumes a training writes a new file with all epochs that are over, in
/// place of the files of earlier processes, and adds to it: no step is there twice and none is missing, wherever a
/// process was killed. The file begins with a session's start, upon which a TensorBoard that is running forgets what it
/// has read of the old files.
final class EventFile {
    /// The file.
    let path: String

    /// - Parameters:
    ///   - folder: The run's folder.
    ///   - records: The epochs that are over.
    ///   - timings: When they were.
    /// - Throws: `FileError` when the file cannot be written; the old ones are then as they were.
    init(replacingThoseIn folder: String, records: [EpochRecord], timings: [EpochTiming]) throws(FileError) {
        let now = Date().timeIntervalSince1970
        let old = try FolderContents.names(in: folder).filter { $0.hasPrefix(RunFiles.eventsPrefix) }
        let name = Self.name(after: old, at: now)
        path = "\(folder)/\(name)"
        let ended = Dictionary(timings.map { ($0.epoch, $0.ended) }) { $1 }
        var bytes = Self.record(.with { ($0.wallTime, $0.fileVersion) = (now, "brain.Event:2") })
        // Readers drop what they know from this step on.
        bytes += Self.record(
            .with {
                ($0.wallTime, $0.step) = (now, 0)
                $0.sessionLog = .with { $0.status = .start }
            })
        for record in records { bytes += Self.record(Self.event(of: record, at: (ended[record.epoch] ?? nil) ?? now)) }
        try AtomicFile.write(bytes, to: path)
        for name in old { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    }

    /// Adds an epoch.
    ///
    /// - Parameters:
    ///   - record: What it came to.
    ///   - time: When it was over, in seconds since 1970.
    /// - Throws: `FileError` when the disk is full; the file is then as it was.
    func append(_ record: EpochRecord, at time: Double) throws(FileError) {
        _ = try AppendedFile.append(Self.record(Self.event(of: record, at: time)), to: path)
    }

    /// TensorBoard reads the files of a folder in the order of their names, and goes on to the next when there is one.
    private static func name(after old: [String], at time: Double) -> String {
        let last = old.compactMap { name in
            Int(name.dropFirst(RunFiles.eventsPrefix.count).prefix { $0.isNumber })
        }.max()
        let seconds = max(Int(time), (last ?? 0) < Int.max ? (last ?? 0) + 1 : 0)
        let host = ProcessInfo.processInfo.hostName.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return "\(RunFiles.eventsPrefix)\(seconds).\(host.isEmpty ? "localhost" : host)"
    }

    private static func event(of record: EpochRecord, at time: Double) -> Saccade_Event {
        let scalars =
            record.training.inOrder.map { (tag: "train/\($0.metric.rawValue)", value: $0.value) }
            + record.validation.inOrder.map { (tag: "validation/\($0.metric.rawValue)", value: $0.value) }
            + [(tag: "learning_rate", value: record.learningRate)]
        return .with { event in
            (event.wallTime, event.step) = (time, Int64(record.epoch))
            event.summary = .with { summary in
                summary.value = scalars.map { tag, value in
                    .with { ($0.tag, $0.simpleValue) = (tag, Float(value)) }
                }
            }
        }
    }

    /// An event as a TFRecord: its length (64 bits), the length's masked checksum, the bytes, their masked checksum; all
    /// little endian.
    private static func record(_ event: Saccade_Event) -> [UInt8] {
        // Only fields without a value can fail, and proto3 has none that need one.
        let message: [UInt8] = (try? event.serializedBytes()) ?? []
        let length = littleEndian(UInt64(message.count))
        return length + littleEndian(CRC32C.masked(length)) + message + littleEndian(CRC32C.masked(message))
    }

    private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}
