import Foundation
import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

/// Tensors that stay in their file.
@Suite struct MappedWeightsTests {
    private let large = Tensor.random([64, 300], seed: 1)

    /// Where a tensor's numbers lie within a page.
    private func place(_ tensor: Tensor) -> Int {
        tensor.withScalars { Int(bitPattern: $0.baseAddress) % Int(sysconf(Int32(_SC_PAGESIZE))) }
    }

    @Test("are read where they lie, the others as ever", arguments: ["a.safetensors", "a.pth"])
    func sameNumbers(name: String) throws {
        let folder = try Folder()
        let small = Tensor.random([5], seed: 2)
        try WeightsFile.write([("small", small), ("large", large)], to: folder.path + "/" + name)
        let file = try WeightsFile(at: folder.path + "/" + name)
        let tensors = try file.tensors(["large", "small"], mapped: true)
        #expect(tensors.map(\.scalars) == [large, small].map(\.scalars))
        // What is copied begins at a multiple of 64 bytes; in the file the header is in front, and the small tensor.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
        let numbers = large.withScalars { Data(buffer: $0) }
        let start = try #require(bytes.range(of: numbers)).lowerBound
        #expect(place(tensors[0]) == start % Int(sysconf(Int32(_SC_PAGESIZE))) && start > 0)
        #expect(place(try file.tensors(["large"])[0]).isMultiple(of: 64))
    }

    /// A safetensors file of one tensor `x` whose header is of so many bytes.
    private func write(_ type: String, count: Int, _ numbers: Data, header length: Int, to path: String) throws {
        var header = Data(
            #"{"x":{"dtype":"\#(type)","shape":[\#(count)],"data_offsets":[0,\#(numbers.count)]}}"#.utf8)
        header.append(Data(repeating: 0x20, count: length - header.count))
        let size = withUnsafeBytes(of: UInt64(length).littleEndian) { Data($0) }
        try (size + header + numbers).write(to: URL(fileURLWithPath: path))
    }

    @Test("of another type, or where no number may lie, are brought into memory")
    func otherForms() throws {
        let folder = try Folder()
        let path = folder.path + "/x.safetensors"
        let numbers = (0..<20_000).map(Float.init)
        try write("F64", count: 20_000, numbers.map(Double.init).withUnsafeBytes { Data($0) }, header: 96, to: path)
        #expect(try SafetensorsFile(at: path).tensors(["x"], mapped: true)[0].scalars == numbers)
        for length in [96, 97, 98] {
            try write("F32", count: 20_000, numbers.withUnsafeBytes { Data($0) }, header: length, to: path)
            let tensor = try SafetensorsFile(at: path).tensors(["x"], mapped: true)[0]
            #expect(tensor.scalars == numbers)
            #expect((place(tensor) == 8 + length) == (length == 96))
        }
    }

    @Test("a network computes with them, a plan takes them, and training leaves the file alone")
    func network() throws {
        let folder = try Folder()
        var generator = SplitMix64(seed: 3)
        let linear = Linear(in: 300, out: 64, using: &generator)
        try WeightsFile.write(
            [("weight", large), ("bias", .random([64], seed: 4))], to: folder.path + "/l.safetensors")
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/l.safetensors"))
        let file = try WeightsFile(at: folder.path + "/l.safetensors")
        let x = Tensor.random([3, 300], seed: 5)
        try linear.load(file)
        let expected = linear(x)
        try linear.load(file, mapped: true)
        #expect(linear(x).scalars == expected.scalars)
        linear.weight.update { for index in $0.indices { $0[index] *= 2 } }
        #expect(linear.weight.value.scalars == large.scalars.map { $0 * 2 })
        try linear.load(file, mapped: true)
        let plan = Plan(for: x.shape, releasesWeights: true) { linear($0) }
        #expect(plan(x).relativeError(to: expected) < 1e-6)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
    }

    @Test("a file that has become shorter is refused")
    func shortened() throws {
        let folder = try Folder()
        let path = folder.path + "/a.safetensors"
        try WeightsFile.write([("large", large)], to: path)
        let file = try WeightsFile(at: path)
        truncate(path, 50_000)
        #expect(throws: FileError.self) { try file.tensors(["large"], mapped: true) }
    }
}
