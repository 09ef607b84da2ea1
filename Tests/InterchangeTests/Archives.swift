import CSaccadeZlib
import Foundation

@testable import SaccadeFiles
@testable import SaccadeInterchange

/// ZIP archives with whatever in them, for tests: whole in themselves, whatever else is wrong with them.
enum Archives {
    struct Part {
        var name: String
        var bytes: [UInt8]
        var isDeflated = false
        var flags: UInt16 = 0
        var method: UInt16?
        var claimedCount: UInt32?
        var claimedStart: UInt32?
    }

    static func bytes(_ parts: [Part], comment: String = "") -> [UInt8] {
        var (body, directory): ([UInt8], [UInt8]) = ([], [])
        for part in parts {
            let packed = part.isDeflated ? deflated(part.bytes) : part.bytes
            var common: [UInt8] = []
            for number in [20, part.flags, part.method ?? (part.isDeflated ? 8 : 0), 0, 0x21] as [UInt16] {
                common.append(littleEndian: number)
            }
            common.append(littleEndian: Checksum.crc32(part.bytes))
            common.append(
                littleEndian: part.isDeflated ? UInt32(packed.count) : part.claimedCount ?? UInt32(packed.count))
            common.append(littleEndian: part.claimedCount ?? UInt32(part.bytes.count))
            common.append(littleEndian: UInt16(part.name.utf8.count))
            directory.append(littleEndian: 0x0201_4B50 as UInt32)
            directory += [20, 0] + common + [UInt8](repeating: 0, count: 12)
            directory.append(littleEndian: part.claimedStart ?? UInt32(body.count))
            directory += part.name.utf8
            body.append(littleEndian: 0x0403_4B50 as UInt32)
            body += common + [0, 0] + Array(part.name.utf8) + packed
        }
        var end: [UInt8] = []
        end.append(littleEndian: 0x0605_4B50 as UInt32)
        end += [0, 0, 0, 0]
        for _ in 0..<2 { end.append(littleEndian: UInt16(parts.count)) }
        end.append(littleEndian: UInt32(directory.count))
        end.append(littleEndian: UInt32(body.count))
        end.append(littleEndian: UInt16(comment.utf8.count))
        return body + directory + end + comment.utf8
    }

    /// A checkpoint with a pickle and the bytes of storages 0, 1, ….
    static func checkpoint(_ pickle: [UInt8], _ storages: [[UInt8]] = [], isDeflated: Bool = false) -> [UInt8] {
        bytes(
            [Part(name: "a/data.pkl", bytes: pickle, isDeflated: isDeflated)]
                + storages.enumerated().map { Part(name: "a/data/\($0)", bytes: $1, isDeflated: isDeflated) })
    }

    /// The entries of an archive.
    static func parts(of path: String) throws -> [Part] {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.regularFileSize()
        let archive = try ZipArchive(TensorStore(file), fileSize: size)
        return try archive.entries.values.sorted { $0.headerStart < $1.headerStart }
            .map { Part(name: $0.name, bytes: try archive.contents(of: $0, limit: 1 << 20)) }
    }

    static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        precondition(
            deflateInit2_(
                &stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: room) { output, count in
            bytes.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(bytes.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(room)
                precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
                count = room - Int(stream.avail_out)
            }
        }
    }
}
