import Foundation
import SaccadeFiles
import SaccadeTensors
import Testing

@testable import SaccadeInterchange

/// Files that lie: each is an error, soon and in little memory.
@Suite struct HostileWeightsTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        var code = FileError.Code.malformed
        var name = "x.pth"

        init(_ description: String, _ bytes: [UInt8], _ code: FileError.Code = .malformed, name: String = "x.pth") {
            testDescription = description
            self.bytes = bytes
            self.code = code
            self.name = name
        }
    }

    private static let eight = [UInt8](repeating: 1, count: 8)

    /// A pickle of one tensor called w, of two floats unless it lies.
    private static func tensor(
        key: String = "0", count: Int = 2, offset: Int = 0, shape: [Int] = [2], strides: [Int] = [1],
        storage: (String, String) = ("torch", "FloatStorage")
    ) -> [UInt8] {
        var pickle = PickleWriter()
        pickle.beginDictionary()
        pickle.text("w")
        write(&pickle, key, count, offset, shape, strides, storage)
        pickle.endDictionary()
        return pickle.bytes
    }

    private static func write(
        _ pickle: inout PickleWriter, _ key: String, _ count: Int, _ offset: Int, _ shape: [Int], _ strides: [Int],
        _ storage: (String, String) = ("torch", "FloatStorage")
    ) {
        pickle.global("torch._utils", "_rebuild_tensor_v2")
        pickle.tuple {
            $0.tuple {
                $0.text("storage")
                $0.global(storage.0, storage.1)
                $0.text(key)
                $0.text("cpu")
                $0.integer(count)
            }
            $0.persistentIdentifier()
            $0.integer(offset)
            $0.tuple { for length in shape { $0.integer(length) } }
            $0.tuple { for step in strides { $0.integer(step) } }
        }
        pickle.call()
    }

    private static func checkpoint(_ pickle: [UInt8]) -> [UInt8] { Archives.checkpoint(pickle, [eight]) }

    private static func raw(_ text: String, _ more: [UInt8] = []) -> [UInt8] {
        checkpoint([0x80, 2] + Array(text.utf8) + more)
    }

    /// The tensor's pickle without its protocol and its end.
    private static var inner: [UInt8] { Array(tensor().dropFirst(2).dropLast()) }

    static let tensors = [
        Bad("an offset past the end", checkpoint(tensor(offset: 3))),
        Bad("an offset that overflows", checkpoint(tensor(offset: .max))),
        Bad("a negative offset", checkpoint(tensor(offset: -1))),
        Bad("a shape larger than its storage", checkpoint(tensor(shape: [3]))),
        Bad("a negative length", checkpoint(tensor(shape: [-2]))),
        Bad("a shape that overflows", checkpoint(tensor(shape: [1 << 62, 4], strides: [0, 0]))),
        Bad("a shape that wraps to fit", checkpoint(tensor(shape: [1 << 32, 1 << 32, 2], strides: [0, 0, 1]))),
        Bad(
            "no elements, but a shape that overflows", checkpoint(tensor(shape: [1 << 62, 4, 0], strides: [0, 0, 0]))),
        Bad("no elements, but strides that overflow", checkpoint(tensor(shape: [0, 1 << 62, 4], strides: [0, 0, 0]))),
        Bad("strides past the end", checkpoint(tensor(strides: [2]))),
        Bad("strides that overflow", checkpoint(tensor(shape: [2, 2], strides: [.max, .max]))),
        Bad("a negative stride", checkpoint(tensor(strides: [-1]))),
        Bad("as many strides as not axes", checkpoint(tensor(strides: [1, 1]))),
        Bad(
            "nine axes", checkpoint(tensor(shape: [1, 1, 1, 1, 1, 1, 1, 1, 2], strides: [1, 1, 1, 1, 1, 1, 1, 1, 1]))),
        Bad("a hundred million repetitions", checkpoint(tensor(shape: [100_000_000], strides: [0]))),
        Bad("a storage that is not there", checkpoint(tensor(key: "1"))),
        Bad("a storage of another place", checkpoint(tensor(key: "../../data.pkl"))),
        Bad("a storage of more elements than bytes", checkpoint(tensor(count: 1 << 40))),
        Bad("a storage whose size overflows", checkpoint(tensor(count: .max))),
        Bad("a storage of fewer elements than none", checkpoint(tensor(count: -2))),
        Bad(
            "a storage of complex numbers", checkpoint(tensor(storage: ("torch", "ComplexFloatStorage"))), .unsupported),
        Bad("a storage that is a function", checkpoint(tensor(storage: ("collections", "OrderedDict")))),
        Bad("two tensors of a name", checkpoint(twice)),
        Bad("a name that is not a number", raw("}(G", [0x7F, 0xF8, 0, 0, 0, 0, 0, 0] + inner + Array("u.".utf8))),
        Bad("no tensor at all", raw("}."), .unsupported),
        Bad("tensors that look at the same numbers for ever", lookers, .tooLarge),
    ]

    /// {"a.b": tensor, "a": {"b": tensor}}
    private static var twice: [UInt8] {
        var pickle = PickleWriter()
        pickle.beginDictionary()
        pickle.text("a.b")
        write(&pickle, "0", 2, 0, [2], [1])
        pickle.text("a")
        pickle.beginDictionary()
        pickle.text("b")
        write(&pickle, "0", 2, 0, [2], [1])
        pickle.endDictionary()
        pickle.endDictionary()
        return pickle.bytes
    }

    /// A megabyte that ten thousand tensors look at.
    private static var lookers: [UInt8] {
        var pickle = PickleWriter()
        pickle.beginDictionary()
        for index in 0..<10_000 {
            pickle.text("t\(index)")
            write(&pickle, "0", 1 << 18, 0, [1 << 18], [1])
        }
        pickle.endDictionary()
        return Archives.checkpoint(pickle.bytes, [[UInt8](repeating: 0, count: 1 << 20)])
    }

    static let pickles = [
        Bad("an empty pickle", checkpoint([]), .truncated),
        Bad("a pickle without end", raw("}}}}"), .truncated),
        Bad("a text longer than the file", raw("X", [0xFF, 0xFF, 0xFF, 0x7F]), .truncated),
        Bad("a text of 2⁶³ bytes", raw("", [0x8D, 0, 0, 0, 0, 0, 0, 0, 0x80]), .truncated),
        Bad("a number of 2 GB", raw("", [0x8B, 0xFF, 0xFF, 0xFF, 0x7F]), .truncated),
        Bad("a number of letters", raw("Iabc\n.")),
        Bad("a number beyond 64 bits", raw("L99999999999999999999L\n.")),
        Bad("a mark that is not there", raw("t.")),
        Bad("a value that is not there", raw("a.")),
        Bad("an end without a value", raw(".")),
        Bad("an end with two values", raw("NN.")),
        Bad("a value taken from below a mark", raw("N(a.")),
        Bad("a memo that is empty", raw("h\u{1}.")),
        Bad("items for what takes none", raw("NNa.")),
        Bad("a key without a value", raw("}(Nu.")),
        Bad("a call of a number", raw("K\u{1})R.")),
        Bad("a call without arguments", raw("ccollections\nOrderedDict\nNR.")),
        Bad("a global of odd letters", raw("cos\nsys\u{7}tem\n)R."), .unsupported),
        Bad(
            "a global by two texts",
            raw("", [0x80, 4, 0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8) + [0x93]), .unsupported),
        Bad("an extension", raw("", [0x82, 1])),
        Bad("a persistent name of protocol 0", raw("Pstorage\n.")),
        Bad("a list that holds itself", raw("]q\u{0}h\u{0}a.")),
        Bad(
            "a dictionary that holds itself",
            checkpoint(
                [0x80, 2] + Array("}q\u{0}(X\u{1}\u{0}\u{0}\u{0}ah\u{0}X\u{1}\u{0}\u{0}\u{0}b".utf8) + inner
                    + Array("u.".utf8))),
        Bad(
            "tuples a million deep",
            checkpoint([0x80, 2] + Array(")".utf8) + [UInt8](repeating: 0x85, count: 1_000_000) + Array(".".utf8))),
        Bad(
            "marks a million deep",
            checkpoint([0x80, 2] + [UInt8](repeating: UInt8(ascii: "("), count: 1_000_000) + Array(".".utf8))),
        Bad("lists of lists that double forty times", laughs),
        Bad(
            "more values than there can be",
            checkpoint([0x80, 2] + [UInt8](repeating: UInt8(ascii: "]"), count: 5_000_000)), .tooLarge),
    ]

    /// {"a": x, "b": x} of {"a": y, "b": y} of …, forty times.
    private static var laughs: [UInt8] {
        var pickle: [UInt8] = [0x80, 2] + inner + Array("q\u{0}0".utf8)
        for level in 0..<12 {
            let (old, new) = (UInt8(level), UInt8(level + 1))
            pickle += Array("}(".utf8)
            for key in UInt8(ascii: "a")...UInt8(ascii: "h") {
                pickle += [UInt8(ascii: "X"), 1, 0, 0, 0, key, UInt8(ascii: "h"), old]
            }
            pickle += [UInt8(ascii: "u"), UInt8(ascii: "q"), new, UInt8(ascii: "0")]
        }
        return checkpoint(pickle + [UInt8(ascii: "h"), 12, UInt8(ascii: ".")])
    }

    private static let pickle = Archives.Part(name: "a/data.pkl", bytes: tensor())
    private static let storage = Archives.Part(name: "a/data/0", bytes: eight)

    private static func archive(_ change: (inout Archives.Part) -> Void) -> [UInt8] {
        var part = storage
        change(&part)
        return Archives.bytes([pickle, part])
    }

    static let archives = [
        Bad("nothing in it", Archives.bytes([]), .unknownFormat),
        Bad("no pickle in it", Archives.bytes([storage]), .unknownFormat),
        Bad("TorchScript", Archives.bytes([pickle, storage, .init(name: "a/constants.pkl", bytes: [])]), .unsupported),
        Bad("two entries of a name", Archives.bytes([pickle, storage, storage])),
        Bad("an encrypted entry", archive { $0.flags = 1 }, .unsupported),
        Bad("an unknown compression", archive { $0.method = 12 }, .unsupported),
        Bad("an entry past the end", archive { $0.claimedStart = 0x7FFF_0000 }),
        Bad("an entry that is another's name", archive { $0.claimedStart = 5 }),
        Bad("an entry longer than the file", archive { $0.claimedCount = 0x7FFF_0000 }, .truncated),
        Bad("sizes in 64 bits that are missing", archive { $0.claimedCount = 0xFFFF_FFFF }),
        Bad("a deflated entry of fewer bytes", archive { ($0.isDeflated, $0.claimedCount) = (true, 9) }),
        Bad(
            "a bomb",
            Archives.bytes([
                .init(name: "a/data.pkl", bytes: tensor(count: 5 << 20, shape: [5 << 20])),
                .init(name: "a/data/0", bytes: [UInt8](repeating: 0, count: 20 << 20), isDeflated: true),
            ]), .tooLarge),
        Bad(
            "a pickle that is a bomb",
            Archives.bytes([
                .init(
                    name: "a/data.pkl", bytes: [UInt8](repeating: UInt8(ascii: "]"), count: 40 << 20), isDeflated: true)
            ]), .tooLarge),
        Bad(
            "a directory past the end",
            Array(Archives.bytes([pickle, storage]).dropLast(6)) + [0xFF, 0xFF, 0xFF, 0x7F, 0, 0]),
        Bad("a cut directory", Array(Archives.bytes([pickle, storage]).dropLast(30)), .truncated),
        Bad("a pickle whose checksum is another", damaged),
    ]

    private static var damaged: [UInt8] {
        var bytes = Archives.bytes([pickle, storage])
        bytes[30 + "a/data.pkl".utf8.count + 5] ^= 0xFF
        return bytes
    }

    private static func npy(_ header: String, _ data: Int = 8, version: UInt8 = 1, length: Int? = nil) -> [UInt8] {
        var bytes = NumPyHeader.magic + [version, 0]
        if version == 1 {
            bytes.append(littleEndian: UInt16(length ?? header.utf8.count))
        } else {
            bytes.append(littleEndian: UInt32(length ?? header.utf8.count))
        }
        return bytes + header.utf8 + [UInt8](repeating: 0, count: data)
    }

    private static func array(_ shape: String, _ data: Int = 8) -> [UInt8] {
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n", data)
    }

    static let arrays = [
        Bad("a byte too few", array("(2,)", 7)), Bad("a byte too many", array("(2,)", 9)),
        Bad("a shape that overflows", array("(4611686018427387904, 4)")),
        Bad("a shape that wraps to fit", array("(4294967296, 4294967296, 2)")),
        Bad("no elements, but strides that overflow", array("(0, 4611686018427387904, 4)", 0)),
        Bad("a length beyond integers", array("(99999999999999999999,)")),
        Bad("a negative length", array("(-2,)")), Bad("nine axes", array("(1,1,1,1,1,1,1,1,2)")),
        Bad("a shape that is a list", array("[2]")), Bad("a shape without end", array("(2,")),
        Bad("no dictionary", npy("pickle me")),
        Bad("no shape", npy("{'descr': '<f4', 'fortran_order': False}")),
        Bad("a key twice", npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}")),
        Bad("a key too many", npy("{'descr': '<f4', 'x': '<f4', 'fortran_order': False, 'shape': (2,)}")),
        Bad("dictionaries without end", npy(String(repeating: "{'a':", count: 10_000))),
        Bad("brackets without end", npy("{'descr': " + String(repeating: "[", count: 10_000))),
        Bad("a text without end", npy("{'descr': '<f4")),
        Bad("something behind it", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x")),
        Bad("a header longer than the file", npy("{}", length: 60_000), .truncated),
        Bad("a header of 4 GB", npy("{}", version: 2, length: 0xFFFF_FFFF)),
        Bad("version 9", npy("{}", version: 9), .unsupported),
        Bad("magic alone", NumPyHeader.magic, .truncated),
    ].map { Bad($0.testDescription, $0.bytes, $0.code, name: "x.npy") }

    @Test("is refused with its name and the reason", arguments: tensors + pickles + archives + arrays)
    func refused(_ bad: Bad) throws {
        let folder = try Folder()
        let path = folder.path + "/" + bad.name
        try Data(bad.bytes).write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: FileError.self) {
            // Compressed numbers are found wanting when they are read.
            let file = try WeightsFile(at: path)
            for entry in file.entries { _ = try file.tensor(entry.name) }
        }
        #expect(error.code == bad.code, "\(error)")
        #expect(error.path == path)
        #expect(!error.description.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test("what is odd but whole is read")
    func odd() throws {
        let folder = try Folder()
        func read(_ bytes: [UInt8]) throws -> [String: [Float]] {
            try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/x.pth"))
            let file = try WeightsFile(at: folder.path + "/x.pth")
            return try Dictionary(
                uniqueKeysWithValues: file.entries.map { ($0.name, try file.tensor($0.name).scalars) })
        }
        let two: [Float] = [Float(bitPattern: 0x0101_0101), Float(bitPattern: 0x0101_0101)]
        #expect(try read(Self.checkpoint(Self.tensor())) == ["w": two])
        #expect(try read(Archives.checkpoint(Self.tensor(), [Self.eight], isDeflated: true)) == ["w": two])
        #expect(
            try read(Archives.bytes([Self.pickle, Self.storage], comment: "PK\u{5}\u{6} said the comment")) == [
                "w": two
            ])
        // The later of two values of a key counts, as in Python.
        let again =
            [0x80, 2] + Array("}(X\u{1}\u{0}\u{0}\u{0}wNX\u{1}\u{0}\u{0}\u{0}w".utf8)
            + Array(Self.tensor().dropFirst(2 + 2 + 6).dropLast(2)) + Array("u.".utf8)
        #expect(try read(Self.checkpoint(again)) == ["w": two])
        // Protocol 0 and 1: lines of text, and numbers as names.
        let plain =
            Array("(dI7\n".utf8) + Array(Self.tensor().dropFirst(2 + 2 + 6).dropLast(2)) + Array("sI01\nF1.5\ns.".utf8)
        #expect(try read(Self.checkpoint(plain)) == ["7": two])
    }

    @Test("a file of the old form that is cut anywhere is an error, or has all its tensors")
    func cuts() throws {
        let folder = try Folder()
        for name in ["views_legacy.pth", "views.pth", "fortran.npy"] {
            let whole = try WeightsFixtures.bytes(name)
            let path = folder.path + "/cut" + (name.hasSuffix(".npy") ? ".npy" : ".pth")
            for count in 0..<whole.count {
                try Data(whole[..<count]).write(to: URL(fileURLWithPath: path))
                #expect(throws: FileError.self, "\(name): \(count)") { try WeightsFile(at: path) }
            }
        }
    }
}
