import Foundation
import SaccadeFiles
import SaccadeInterchange
import SaccadeTensors
import TestSupport
import Testing

@Suite struct WeightsConversionTests {
    @Test(
        "every type survives every way round, to the bit",
        arguments: ["types.pth", "types_legacy.pth", "views.pth", "views_big.pth", "nested.pth"])
    func roundTrips(name: String) throws {
        let folder = try Folder()
        let original = try WeightsFile(at: WeightsFixtures.path(name))
        let expected = try #require(WeightsFixtures.expected[name])
        try original.convert(to: folder.path + "/a.safetensors")
        try WeightsFile(at: folder.path + "/a.safetensors").convert(to: folder.path + "/b.pth")
        try WeightsFile(at: folder.path + "/b.pth").convert(to: folder.path + "/c.safetensors")
        for file in ["a.safetensors", "b.pth", "c.safetensors"] {
            try WeightsFixtures.check(WeightsFile(at: folder.path + "/" + file), against: expected)
        }
        // Written twice, the same bytes; and what is gone through .pth lost its texts only.
        let (a, c) = try (bytes(folder.path + "/a.safetensors"), bytes(folder.path + "/c.safetensors"))
        if original.metadata.isEmpty { #expect(a == c) }
        try original.convert(to: folder.path + "/d.safetensors")
        #expect(try bytes(folder.path + "/d.safetensors") == a)
        #expect(try WeightsFile(at: folder.path + "/a.safetensors").metadata == original.metadata)
    }

    @Test("one tensor becomes an array, as NumPy has it")
    func arrays() throws {
        let folder = try Folder()
        let file = try WeightsFile(at: WeightsFixtures.path("types.pth"))
        for entry in file.entries {
            let path = "\(folder.path)/\(entry.name).npy"
            try file.convert(to: path, only: [entry.name])
            let array = try WeightsFile(at: path)
            #expect(array.entries[0].type == (entry.type == .bfloat16 ? .float32 : entry.type))
            #expect(array.entries[0].shape == entry.shape && array.entries[0].name == entry.name)
            let (found, wanted) = try (array.tensor(entry.name).scalars, file.tensor(entry.name).scalars)
            #expect(zip(found, wanted).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
        }
        #expect(throws: FileError.self) { try file.convert(to: folder.path + "/all.npy") }
        #expect(throws: FileError.self) { try file.convert(to: folder.path + "/a.npy", only: ["no"]) }
        #expect(throws: FileError.self) { try file.convert(to: folder.path + "/a.onnx") }
        // The bytes that numpy.save wrote for the same array.
        let little = try WeightsFile(at: WeightsFixtures.path("little_f4.npy"))
        try little.convert(to: folder.path + "/again.npy")
        #expect(try bytes(folder.path + "/again.npy") == WeightsFixtures.bytes("little_f4.npy"))
        try WeightsFile(at: WeightsFixtures.path("vector.npy")).convert(to: folder.path + "/again.npy")
        #expect(try bytes(folder.path + "/again.npy") == WeightsFixtures.bytes("vector.npy"))
        try NumPyFile.write(.ramp([2, 3]), to: folder.path + "/ramp.npy")
        #expect(try NumPyFile.read(folder.path + "/ramp.npy").scalars == Tensor.ramp([2, 3]).scalars)
        #expect(try NumPyFile.read(WeightsFixtures.path("fortran.npy")).shape == [2, 3, 4])
    }

    @Test("PyTorch opens what is written with weights_only")
    func pyTorch() throws {
        let folder = try Folder()
        try WeightsFile(at: WeightsFixtures.path("types.pth")).convert(to: folder.path + "/types.pth")
        try WeightsFile(at: WeightsFixtures.path("views.pth")).convert(to: folder.path + "/views.pth")
        let script = """
            import sys, numpy, torch
            for name in ["types", "views"]:
                ours = torch.load(f"{sys.argv[1]}/{name}.pth", weights_only=True)
                theirs = torch.load(f"{sys.argv[2]}/{name}.pth", weights_only=False)
                assert list(ours) == list(theirs), list(ours)
                for key in ours:
                    a, b = ours[key], theirs[key]
                    assert a.dtype == b.dtype and a.shape == b.shape, key
                    assert torch.equal(a.contiguous().view(-1).view(torch.uint8) if a.numel() else a,
                                       b.detach().contiguous().view(-1).view(torch.uint8) if b.numel() else b), key
            print("same")
            """
        let python = ProcessInfo.processInfo.environment["SACCADE_PYTHON"] ?? "python3"
        guard let torch = try run([python, "-c", "import torch"]), torch.status == 0 else {
            return print("skipped: there is no PyTorch: set SACCADE_PYTHON to a Python that has it")
        }
        let outcome = try run([python, "-c", script, folder.path, WeightsFixtures.folder])
        #expect(outcome?.output == "same\n")
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String)? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) }
}
