import Foundation

@testable import SaccadeRuns

/// Reads event files by the rules of their formats alone: TFRecord's framing, and protobuf's fields one by one.
struct EventReader {
    struct Damaged: Error { let reason: String }

    struct Event: Equatable {
        var time = 0.0
        var step = 0
        var version: String?
        var scalars: [String: Float] = [:]
        var sessionStatus: Int?
    }

    /// - Throws: ``Damaged`` where a checksum, a length or a field is not what it must be.
    static func events(of bytes: [UInt8]) throws -> [Event] {
        var events: [Event] = []
        var place = 0
        while place < bytes.count {
            guard place + 12 <= bytes.count else { throw Damaged(reason: "ends in a length") }
            let length = Int(number(bytes[place..<place + 8]))
            guard number(bytes[place + 8..<place + 12]) == CRC32C.masked(bytes[place..<place + 8]) else {
                throw Damaged(reason: "checksum of a length at \(place)")
            }
            guard place + 16 + length <= bytes.count else { throw Damaged(reason: "ends in an event") }
            let message = Array(bytes[place + 12..<place + 12 + length])
            guard number(bytes[place + 12 + length..<place + 16 + length]) == CRC32C.masked(message) else {
                throw Damaged(reason: "checksum of an event at \(place)")
            }
            events.append(try event(message))
            place += 16 + length
        }
        return events
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Fields of tensorflow/core/util/event.proto: 1 wall_time, 2 step, 3 file_version, 5 summary, 7 session_log.
    private static func event(_ bytes: [UInt8]) throws -> Event {
        var event = Event()
        for field in try fields(bytes) {
            switch (field.number, field.value) {
            case (1, .fixed(let bits)): event.time = Double(bitPattern: bits)
            case (2, .varint(let value)): event.step = Int(value)
            case (3, .bytes(let text)): event.version = String(decoding: text, as: UTF8.self)
            case (5, .bytes(let summary)):
                // Summary: 1 value; its Value: 1 tag, 2 simple_value.
                for field in try fields(summary) {
                    guard case .bytes(let value) = field.value else { throw Damaged(reason: "summary") }
                    var tag = ""
                    var scalar = Float.nan
                    for part in try fields(value) {
                        switch (part.number, part.value) {
                        case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
                        case (2, .fixed(let bits)): scalar = Float(bitPattern: UInt32(bits))
                        default: throw Damaged(reason: "field \(part.number) of a value")
                        }
                    }
                    event.scalars[tag] = scalar
                }
            case (7, .bytes(let log)):
                for part in try fields(log) {
                    guard part.number == 1, case .varint(let status) = part.value else {
                        throw Damaged(reason: "session log")
                    }
                    event.sessionStatus = Int(status)
                }
            default: throw Damaged(reason: "field \(field.number) of an event")
            }
        }
        return event
    }

    private enum Value {
        case varint(UInt64)
        case fixed(UInt64)
        case bytes([UInt8])
    }

    private static func fields(_ bytes: [UInt8]) throws -> [(number: Int, value: Value)] {
        var place = 0
        func varint() throws -> UInt64 {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while place < bytes.count, shift < 64 {
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            throw Damaged(reason: "varint")
        }
        func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard count >= 0, place + count <= bytes.count else { throw Damaged(reason: "length") }
            defer { place += count }
            return bytes[place..<place + count]
        }
        var found: [(Int, Value)] = []
        while place < bytes.count {
            let key = try varint()
            let value: Value
            switch key & 7 {
            case 0: value = .varint(try varint())
            case 1: value = .fixed(number(try take(8)))
            case 2: value = .bytes(Array(try take(Int(try varint()))))
            case 5: value = .fixed(number(try take(4)))
            default: throw Damaged(reason: "wire type")
            }
            found.append((Int(key >> 3), value))
        }
        return found
    }

    /// The events of the one event file in a run's folder.
    static func events(ofRunAt folder: String) throws -> [Event] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasPrefix("events.out.tfevents.")
        }
        guard names.count == 1 else { throw Damaged(reason: "\(names.count) event files: \(names)") }
        return try events(of: Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(names[0])"))))
    }
}
