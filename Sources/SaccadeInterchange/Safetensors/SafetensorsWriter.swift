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
        try write(tensors.map { TensorContents(name: $0.name, $0.tensor) }, metadata: metadata, to: path)
    }

    /// Writes tensors of any types, in the order given; see ``write(_:metadata:to:)``.
    static func write(_ tensors: [TensorContents], metadata: [String: String], to path: String) throws {
        let header = try header(tensors, metadata)
        try AtomicFile.write(path) { writer in
            var length = UInt64(header.count).littleEndian
            try withUnsafeBytes(of: &length) { try writer.write($0) }
            try header.withUnsafeBytes { try writer.write($0) }
            for tensor in tensors { try tensor.eachPiece { try writer.write($0) } }
        }
    }

    private static func header(_ tensors: [TensorContents], _ metadata: [String: String]) throws -> [UInt8] {
        precondition(
            Set(tensors.map(\.name)).count == tensors.count && !tensors.contains { $0.name == "__metadata__" },
            "SafetensorsFile.write: names must be different from each other and from __metadata__")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        var items: [String] = []
        if !metadata.isEmpty { items.append("\"__metadata__\":\(try json(metadata))") }
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.byteCount
            let lengths = tensor.shape.dimensions.map(String.init).joined(separator: ",")
            let type = tensor.type.rawValue
            items.append(
                "\(try json(tensor.name)):{\"dtype\":\"\(type)\",\"shape\":[\(lengths)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var bytes = Array("{\(items.joined(separator: ","))}".utf8)
        // Spaces at the end bring the numbers to a multiple of eight bytes.
        while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
        return bytes
    }
}
