import Foundation
import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct SafetensorsTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/element_types.safetensors").path

    @Test("numbers of every type that the reference implementation wrote become floats")
    func elementTypes() throws {
        let file = try SafetensorsFile(at: SafetensorsTests.fixture)
        #expect(file.metadata == ["made by": "reference \"é\""])
        let whole: [Float] = [0, 1, 2, 100, 7, 127]
        func expect(_ name: String, _ scalars: [Float], sourceLocation: SourceLocation = #_sourceLocation) throws {
            #expect(try file.tensor(name).scalars == scalars, "\(name)", sourceLocation: sourceLocation)
        }
        try expect("bool", [1, 0, 1])
        try expect("uint8", whole)
        try expect("int8", whole.map { $0 - 100 })
        try expect("uint16", whole.map { $0 * 500 })
        try expect("int16", whole.map { $0 * -250 })
        try expect("uint32", whole.map { $0 * 100_000 })
        try expect("int32", whole.map { $0 * -100_000 })
        try expect("uint64", whole.map { $0 * 0x1p20 })
        try expect("int64", whole.map { $0 * -0x1p40 })
        let real: [Float] = [0, -0.0, 1, -2.5, 65504, 6.1035156e-05, 5.9604645e-08, .infinity, -.infinity]
        try expect("float16", real + [0.33300781])
        try expect("float32", real + [0.333])
        try expect(
            "bfloat16", [0, -0.0, 1, -2.5, 65536, 6.1035156e-05, 5.9604645e-08, .infinity, -.infinity, 0.33203125])
        try expect("float64", (real + [0.333]).map { Float(Double($0) * 1e-3) })
        try expect("scalar", [3.5])
        #expect(try file.tensor("scalar").shape == [])
        #expect(try file.tensor("empty").shape == [0, 4])
        #expect(file.shapes["int64"] == [2, 3])
    }

    @Test("what is written is read again, in the same bytes each time")
    func roundTrip() throws {
        let folder = try Folder()
        let tensors: [(name: String, tensor: Tensor)] = [
            ("b \"quoted\" /é", .ramp([300, 400])), ("a", .ramp([])), ("empty", .ramp([0, 3])),
        ]
        try SafetensorsFile.write(tensors, metadata: ["z": "1", "a": "two\n"], to: folder.file)
        let file = try SafetensorsFile(at: folder.file)
        #expect(file.metadata == ["z": "1", "a": "two\n"])
        for (name, tensor) in tensors {
            let read = try file.tensor(name)
            #expect(read.shape == tensor.shape)
            #expect(read.scalars == tensor.scalars)
        }
        let bytes = try folder.contents()
        try SafetensorsFile.write(tensors, metadata: ["a": "two\n", "z": "1"], to: folder.file)
        #expect(try folder.contents() == bytes)
        // As the format demands for aligned access, the numbers begin at a multiple of eight.
        #expect(bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) } % 8 == 0)
        let error = #expect(throws: FileError.self) { try file.tensor("c") }
        #expect(error?.code == .noSuchTensor)
    }

    @Test("a network is loaded by name, with a prefix if need be")
    func network() throws {
        let folder = try Folder()
        func network(_ seed: UInt64) -> Sequential {
            var generator = SplitMix64(seed: seed)
            return Sequential {
                Linear(in: 3, out: 2, using: &generator)
                BatchNorm2D(2)
            }
        }
        let (saved, loaded) = (network(1), network(2))
        try SafetensorsFile.write(
            saved.storedTensors.map { ("net/" + $0.name, $0.tensor) } + [("other", .ramp([1]))], to: folder.file)
        try loaded.load(SafetensorsFile(at: folder.file), prefix: "net/")
        #expect(loaded.storedTensors.map(\.tensor.scalars) == saved.storedTensors.map(\.tensor.scalars))
        let error = #expect(throws: LoadingError.self) { try loaded.load(SafetensorsFile(at: folder.file)) }
        #expect(error?.missing.count == 6)
        #expect(error?.unexpected.count == 8)
    }

    /// A file of a header and some bytes behind it.
    private func file(_ header: String, data: Int, length: UInt64? = nil) throws -> Folder {
        let folder = try Folder()
        var bytes = Data()
        withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: header.utf8)
        bytes.append(Data(count: data))
        try bytes.write(to: URL(fileURLWithPath: folder.file))
        return folder
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let header: String
        var data = 8
        var length: UInt64?
        var code = FileError.Code.malformed

        init(
            _ name: String, _ header: String, data: Int = 8, length: UInt64? = nil,
            _ code: FileError.Code = .malformed
        ) {
            testDescription = name
            self.header = header
            self.data = data
            self.length = length
            self.code = code
        }
    }

    private static func entry(_ dtype: String, _ shape: String, _ offsets: String) -> String {
        #"{"x":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
    }

    static let bad = [
        Bad("nothing behind the header", entry("F32", "[2]", "[0,8]"), data: 0, .truncated),
        Bad("a byte too few", entry("F32", "[2]", "[0,8]"), data: 7, .truncated),
        Bad("a byte too many", entry("F32", "[2]", "[0,8]"), data: 9),
        Bad("a header longer than the file", "{}", data: 0, length: 1000, .truncated),
        Bad("a header longer than memory", "{}", data: 0, length: .max),
        Bad("a header of 2⁶³ bytes", "{}", data: 0, length: 1 << 63),
        Bad("no JSON", "pickle me", data: 0),
        Bad("JSON of another kind", "[1,2]", data: 0),
        Bad("no shape", #"{"x":{"dtype":"F32","data_offsets":[0,8]}}"#),
        Bad("a negative length", entry("F32", "[-2,-1]", "[0,8]")),
        Bad("a fraction", entry("F32", "[2.5]", "[0,8]")),
        Bad("a length beyond integers", entry("F32", "[99999999999999999999]", "[0,8]")),
        Bad("lengths whose product overflows", entry("F32", "[4611686018427387904,4]", "[0,8]")),
        Bad("lengths whose product wraps to fit", entry("F32", "[4294967296,4294967296,2]", "[0,0]"), data: 0),
        Bad("no elements, but strides that overflow", entry("F32", "[0,4611686018427387904,4]", "[0,0]"), data: 0),
        Bad("nine axes", entry("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]")),
        Bad("offsets in the wrong order", entry("F32", "[2]", "[8,0]")),
        Bad("a negative offset", entry("F32", "[2]", "[-8,0]")),
        Bad("one offset", entry("F32", "[2]", "[0]")),
        Bad("offsets that do not fit the shape", entry("F32", "[3]", "[0,8]")),
        Bad("a hole before the tensor", entry("F32", "[1]", "[4,8]")),
        Bad(
            "tensors on top of each other",
            #"{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"#
                + #""y":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#
        ),
        Bad("a type of eight bits", entry("F8_E4M3", "[8]", "[0,8]"), .unsupported),
        Bad("metadata with numbers", #"{"__metadata__":{"epoch":3}}"#, data: 0),
        Bad("brackets without end", String(repeating: "[", count: 100_000), data: 0),
        Bad("braces without end", String(repeating: #"{"x":"#, count: 100_000), data: 0),
    ]

    @Test("a file that lies is refused with its name and the reason", arguments: bad)
    func hostile(_ c: Bad) throws {
        let folder = try file(c.header, data: c.data, length: c.length)
        let error = try #require(throws: FileError.self) { try SafetensorsFile(at: folder.file) }
        #expect(error.code == c.code, "\(error)")
        #expect(error.description.hasPrefix(folder.file + ": "))
    }

    @Test("random damage never does worse than an error")
    func damage() throws {
        let folder = try Folder()
        try SafetensorsFile.write([("a", .ramp([3, 4])), ("b", .ramp([5]))], metadata: ["k": "v"], to: folder.file)
        let good = try folder.contents()
        var generator = SplitMix64(seed: 1)
        for _ in 0..<500 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                bytes = bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))
            }
            try bytes.write(to: URL(fileURLWithPath: folder.file))
            do throws(FileError) {
                let file = try SafetensorsFile(at: folder.file)
                for name in file.shapes.keys { #expect(try file.tensor(name).shape.elementCount <= 12) }
            } catch {
                #expect(error.path == folder.file)
            }
        }
    }

    @Test("what is no file is refused")
    func noFile() throws {
        let folder = try Folder()
        #expect(#expect(throws: FileError.self) { try SafetensorsFile(at: folder.file) }?.code == .missing)
        #expect(#expect(throws: FileError.self) { try SafetensorsFile(at: folder.path) }?.code == .notAFile)
        #expect(#expect(throws: FileError.self) { try SafetensorsFile(at: "/dev/zero") }?.code == .notAFile)
    }

    @Test("a file that is cut short while it is open is an error, not the end of the process")
    func shrinking() throws {
        let folder = try Folder()
        try SafetensorsFile.write([("a", .ramp([100_000]))], to: folder.file)
        let file = try SafetensorsFile(at: folder.file)
        #expect(truncate(folder.file, 1000) == 0)
        #expect(#expect(throws: FileError.self) { try file.tensor("a") }?.code == .truncated)
    }
}

/// A folder that goes with the test.
final class Folder {
    let path: String
    var file: String { path + "/tensors.safetensors" }

    init() throws {
        path = NSTemporaryDirectory() + "saccade-interchange-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func contents() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file)) }
}
