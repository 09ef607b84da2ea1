import Foundation
import SaccadeFiles
public import SaccadeTensors

extension SafetensorsFile {
    /// Writes tensors, as 32-bit floats in the order given, and texts to a file that appears whole or not at all.
    ///
    /// The same content gives the same bytes.
    ///
    /// - Parameters:
    ///   - tensors: Names, each once and not `__metadata__`, with shapes; the values are asked for one at a time.
    ///   - metadata: Texts to store with them.
    ///   - path: The file to replace or make.
    /// - Throws: ``FileError`` when the disk is full or the file cannot be written; what was there is untouched.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
    ) throws {
        let header = try header(tensors.map { ($0.name, $0.tensor.shape) }, metadata)
        try AtomicFile.write(path) { writer in
            var length = UInt64(header.count).littleEndian
            try withUnsafeBytes(of: &length) { try writer.write($0) }
            try header.withUnsafeBytes { try writer.write($0) }
            for (_, tensor) in tensors { try tensor.withScalars { try writer.write($0) } }
        }
    }

    private static func header(_ tensors: [(String, Shape)], _ metadata: [String: String]) throws -> [UInt8] {
        precondition(
            Set(tensors.map(\.0)).count == tensors.count && !tensors.contains { $0.0 == "__metadata__" },
            "SafetensorsFile.write: names must be different from each other and from __metadata__")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        var items: [String] = []
        if !metadata.isEmpty { items.append("\"__metadata__\":\(try json(metadata))") }
        var offset = 0
        for (name, shape) in tensors {
            let end = offset + shape.elementCount * MemoryLayout<Float>.size
            let lengths = shape.dimensions.map(String.init).joined(separator: ",")
            items.append(
                "\(try json(name)):{\"dtype\":\"F32\",\"shape\":[\(lengths)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var bytes = Array("{\(items.joined(separator: ","))}".utf8)
        // Spaces at the end bring the numbers to a multiple of eight bytes.
        while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
        return bytes
    }
}

extension FileWriter {
    /// Adds floats at the end, least significant byte first.
    fileprivate func write(_ scalars: UnsafeBufferPointer<Float>) throws(FileError) {
        guard 1.littleEndian != 1 else { return try write(UnsafeRawBufferPointer(scalars)) }
        for scalar in scalars {
            let bits = scalar.bitPattern.littleEndian
            try withUnsafeBytes(of: bits) { bytes throws(FileError) in try write(bytes) }
        }
    }
}
