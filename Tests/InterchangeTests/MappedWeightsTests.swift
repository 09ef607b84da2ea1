import Foundation
import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
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

    @Test("of every kind of file have the same numbers")
    func allFixtures() throws {
        for name in WeightsFixtures.expected.keys.sorted() {
            let file = try WeightsFile(at: WeightsFixtures.path(name))
            let names = file.entries.map(\.name)
            for (mapped, read) in zip(try file.tensors(names, mapped: true), try file.tensors(names)) {
                #expect(zip(mapped.scalars, read.scalars).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
            }
        }
    }

    @Test("of another type, or turned round, are brought into memory")
    func otherForms() throws {
        let folder = try Folder()
        // float64: as large as many numbers of float32, and none of them.
        var header = Data(#"{"x":{"dtype":"F64","shape":[20000],"data_offsets":[0,160000]}}"#.utf8)
        while header.count % 8 != 0 { header.append(0x20) }
        var bytes = Data()
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(header)
        for index in 0..<20_000 {
            withUnsafeBytes(of: Double(index).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        let path = folder.path + "/x.safetensors"
        try bytes.write(to: URL(fileURLWithPath: path))
        let tensor = try SafetensorsFile(at: path).tensors(["x"], mapped: true)[0]
        #expect(tensor.scalars == (0..<20_000).map(Float.init))
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
