import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeTensors
import TestSupport
import Testing

/// Fixtures too large to be kept: torchvision writes them while the tests run.
@Suite(.serialized) struct LiveZooTests {
    /// A Python with torch and torchvision: `SACCADE_PYTHON`, or python3.
    static let python: String? = {
        let python = ProcessInfo.processInfo.environment["SACCADE_PYTHON"] ?? "python3"
        return (try? run(python, ["-c", "import torch, torchvision"])) == 0 ? python : nil
    }()

    static func run(_ python: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(
        "random weights written by torchvision, at full size, give torchvision’s output",
        .enabled(if: python != nil, "there is no python3 with torch and torchvision; SACCADE_PYTHON may name one"),
        arguments: BuiltInNetworks.names)
    func live(_ name: String) throws {
        let folder = NSTemporaryDirectory() + "saccade-zoo-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try Self.run(Self.python ?? "", [ZooFixtures.script, "--live", name, folder]) == 0)
        let network = Network(try #require(BuiltInNetworks.network(named: name)).resolved())
        try network.load(SafetensorsFile(at: "\(folder)/weights.safetensors"))
        let results = try SafetensorsFile(at: "\(folder)/results.safetensors")
        let (x, output) = (try results.tensor("input"), try results.tensor("output"))
        let error = Plan(for: x.shape) { network($0) }(x).relativeError(to: output)
        #expect(error < 1e-4, "\(name): \(error)")
    }
}
