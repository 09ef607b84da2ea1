import Foundation
import SaccadeDatasets
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct WeightsCommandsTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/weights").standardizedFileURL.path

    @Test("every command has help with examples and exit codes", arguments: ["run", "inspect", "fetch", "convert"])
    func help(command: String) throws {
        let outcome = try Program.run(command, "--help")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("EXAMPLES:") && outcome.output.contains("EXIT CODES:"))
    }

    @Test("inspect lists names, shapes, types and what the numbers are like")
    func inspect() throws {
        struct Report: Decodable {
            struct Tensor: Decodable {
                let name: String, shape: [Int], type: String, mean: Double, maximum: Double?, notNumbers: Int
            }
            let format: String, tensors: [Tensor], totalCount: Int, metadata: [String: String]
        }
        let json = try Program.run("inspect", Self.fixtures + "/types.pth", "--json")
        let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
        #expect(report.format == "PyTorch" && report.tensors.count == 16 && report.totalCount == 85)
        let special = try #require(report.tensors.first { $0.name == "half_special" })
        #expect(special.type == "float16" && special.maximum == 65504 && special.notNumbers == 1)
        let text = try Program.run("inspect", Self.fixtures + "/nested_legacy.pth")
        #expect(text.output.contains("conv1.weight") && text.output.contains("2×3×3×3"))
        #expect(text.output.contains("PyTorch before 1.6, 2 tensors, 55 numbers"))
        #expect(text.output.contains("  best_prec1: 91.5"))
        let infinite = try Program.run("inspect", Self.fixtures + "/types.pth")
        #expect(infinite.output.contains("1 infinite, 1 NaN"))
    }

    @Test("convert turns weights into another format, and keeps to data sets otherwise")
    func convert() throws {
        try Program.inFolder { folder in
            let there = try Program.run("convert", Self.fixtures + "/nested.pth", "a.safetensors", in: folder)
            #expect(there.output == "a.safetensors: 2 tensors, from PyTorch to safetensors\n", "\(there.errors)")
            let back = try Program.run("convert", "a.safetensors", "b.pth", in: folder)
            #expect(back.status == 0 && back.output.contains("Not kept: arch, best_prec1, count, epoch, flag"))
            let (a, b) = try (
                WeightsFile(at: "\(folder)/a.safetensors"), WeightsFile(at: "\(folder)/b.pth")
            )
            #expect(a.entries == b.entries)
            let one = try Program.run("convert", "b.pth", "c.npy", "--tensor", "conv1.weight", in: folder)
            #expect(one.status == 0)
            #expect(
                try NumPyFile.read("\(folder)/c.npy").scalars == b.tensor("conv1.weight").scalars)
        }
    }

    @Test("run gives a network numbers, from a seed or from a file of weights")
    func run() throws {
        try Program.inFolder { folder in
            var generator = SplitMix64(seed: 3)
            let shape: Shape = [3, 1, 28, 28]
            let x = Tensor((0..<shape.elementCount).map { _ in .random(in: -1...1, using: &generator) }, shape: shape)
            try NumPyFile.write(x, to: "\(folder)/x.npy")
            let network = Network(try Architecture(fileOrName: "mnist").resolved(seed: 5))
            let expected = network(x)
            func result(_ arguments: [String], _ name: String = "y.npy") throws -> Tensor {
                let outcome = try Program.run(["run"] + arguments + ["--output", name], in: folder)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.output.hasPrefix("\(name): output [3, 10] of MNIST"))
                let file = try WeightsFile(at: "\(folder)/\(name)")
                return try file.tensor(file.entries[0].name)
            }
            let fresh = try result(["mnist", "--seed", "5", "--input", "x.npy"])
            #expect(zip(fresh.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-4 })
            let eager = try result(["mnist", "--seed", "5", "--input", "x.npy", "--eager", "--threads", "1"])
            #expect(zip(eager.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-4 })

            // As PyTorch would name and save them, from another seed than the program's.
            let stored = network.storedTensors.map { (name: "module." + $0.name, tensor: $0.tensor) }
            try WeightsFile.write(stored, to: "\(folder)/w.pth")
            try WeightsFile.write([("input", x), ("other", x)], to: "\(folder)/x.safetensors")
            let loaded = try result(
                ["--arch", "mnist", "--weights", "w.pth", "--input", "x.safetensors"], "y.safetensors")
            #expect(zip(loaded.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-4 })
            #expect(try WeightsFile(at: "\(folder)/y.safetensors").entries[0].name == "output")

            // Weights of seven classes make a network of seven classes.
            let seven = Network(try Architecture(fileOrName: "mnist").resolved(classes: 7, seed: 5))
            try WeightsFile.write(seven.storedTensors, to: "\(folder)/seven.safetensors")
            let outcome = try Program.run(
                "run", "--arch", "mnist", "--weights", "seven.safetensors", "--input", "x.npy", "--output", "y.npy",
                in: folder)
            #expect(outcome.output.hasPrefix("y.npy: output [3, 7] of MNIST"), "\(outcome.errors)")
            let strict = try Program.run(
                "run", "--arch", "mnist", "--weights", "seven.safetensors", "--classes", "10", "--input", "x.npy",
                "--output", "y.npy", in: folder)
            #expect(strict.status == 65 && strict.errors.contains("[7, 64] where the network has [10, 64]"))
            let part = try Program.run(
                "run", "--arch", "mnist", "--weights", "seven.safetensors", "--classes", "10", "--partial", "--input",
                "x.npy", "--output", "y.npy", in: folder)
            #expect(part.status == 0 && part.errors.contains("[7, 64] in the file, [10, 64] in the network"))
        }
    }

    @Test("classify takes weights from elsewhere, with names from a file")
    func classify() throws {
        try Program.inFolder { folder in
            try ClassFolder.write(10, side: 28, to: "\(folder)/images")
            let network = Network(try Architecture(fileOrName: "mnist").resolved(classes: 3, seed: 5))
            try WeightsFile.write(network.storedTensors, to: "\(folder)/w.pth")
            try "red\ngreen\n\n# a comment\nblue\n".write(
                toFile: "\(folder)/names.txt", atomically: true, encoding: .utf8)
            let images = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/images")
            let image = "images/" + (try #require(images.first { $0.hasSuffix(".png") }))
            let named = try Program.run(
                "classify", "--arch", "mnist", "--weights", "w.pth", "--classes-file", "names.txt", image, "--json",
                in: folder)
            #expect(named.status == 0, "\(named.errors)")
            for name in ["red", "green", "blue"] { #expect(named.output.contains("\"label\":\"\(name)\"")) }
            let numbered = try Program.run(
                "classify", "--arch", "mnist", "--weights", "w.pth", image, image, in: folder)
            #expect(numbered.status == 0 && numbered.output.contains("class 2"))
            #expect(numbered.output.split(separator: "\n").count == 8)
        }
    }

    @Test(
        "a mistake gives one sentence and an exit code",
        arguments: [
            Mistake(arguments: ["inspect", "no.pth"], status: 65, complaint: "no such file"),
            Mistake(arguments: ["inspect", "text.pth"], status: 65, complaint: "no file of weights"),
            Mistake(
                arguments: ["inspect", fixtures + "/module.pth"], status: 65, complaint: "torch.nn.modules.linear"),
            Mistake(arguments: ["convert", "no.pth", "a.safetensors"], status: 65, complaint: "no such file"),
            Mistake(
                arguments: ["convert", fixtures + "/list.pth", "a.h5"], status: 64, complaint: "ends with .safetens"),
            Mistake(
                arguments: ["convert", fixtures + "/list.pth", "a.npy"], status: 65, complaint: "holds one tensor"),
            Mistake(
                arguments: ["convert", fixtures + "/list.pth", "a.npy", "--tensor", "no"], status: 65,
                complaint: "no tensor no"),
            Mistake(
                arguments: ["convert", fixtures + "/list.pth", "nowhere/a.pth"], status: 73,
                complaint: "the folder for this file does not exist"),
            Mistake(
                arguments: ["convert", fixtures + "/list.pth", "a.pth", "--segments"], status: 64,
                complaint: "for data sets only"),
            Mistake(arguments: ["convert", ".", "a"], status: 64, complaint: "Give --format"),
            Mistake(
                arguments: ["convert", ".", "a", "--format", "voc", "--tensor", "x"], status: 64, complaint: "--tensor"),
            Mistake(
                arguments: ["run", "--input", "x.npy", "--output", "y.npy"], status: 64, complaint: "Give a model"),
            Mistake(
                arguments: ["run", "mnist", "--arch", "mnist", "--input", "x.npy", "--output", "y.npy"], status: 64,
                complaint: "one too many"),
            Mistake(
                arguments: ["run", "mnist", "--input", "x.npy", "--output", "y.txt"], status: 64,
                complaint: "--output must end"),
            Mistake(
                arguments: ["run", "mnist", "--input", "x.npy", "--output", "y.npy"], status: 65,
                complaint: "no such file"),
            Mistake(
                arguments: ["run", "mnist", "--input", fixtures + "/vector.npy", "--output", "y.npy"], status: 65,
                complaint: "[N, C, H, W]"),
            Mistake(
                arguments: ["run", "mnist", "--input", fixtures + "/types.pth", "--output", "y.npy"], status: 65,
                complaint: "none is called input"),
            Mistake(
                arguments: [
                    "run", "mnist", "--seed", "1", "--weights", "a.pth", "--input", "x.npy", "--output", "y.npy",
                ],
                status: 64, complaint: "not both"),
            Mistake(
                arguments: ["classify", "--arch", "mnst", "--weights", fixtures + "/list.pth", "a.png"], status: 65,
                complaint: "did you mean mnist?"),
            Mistake(
                arguments: ["classify", "--weights", fixtures + "/list.pth", "a.png"], status: 65,
                complaint: "--arch resnet-18 --weights"),
            Mistake(
                arguments: ["classify", "--arch", "mnist", "--weights", fixtures + "/list.pth", "a.png"], status: 65,
                complaint: "this is not a checkpoint of this network: missing conv1.weight"),
            Mistake(arguments: ["classify", "mnist"], status: 64, complaint: "Give images"),
            Mistake(arguments: ["classify", "mnist", "a.png"], status: 65, complaint: "no weights are published"),
            Mistake(arguments: ["classify", "resnet-5O", "a.png"], status: 65, complaint: "did you mean resnet-50?"),
            Mistake(arguments: ["fetch"], status: 64, complaint: "--list"),
            Mistake(arguments: ["fetch", "resnet-51"], status: 64, complaint: "did you mean resnet-50?"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Program.inFolder { folder in
            try "This is a text, not weights of any kind.".write(
                toFile: "\(folder)/text.pth", atomically: true, encoding: .utf8)
            try mistake.check(in: folder)
        }
    }

    @Test("fetch says offline where to put the file by hand, and takes one that is there")
    func fetch() throws {
        try Program.inFolder { folder in
            func fetch(_ arguments: String...) throws -> Program.Outcome {
                // The cache of whoever runs the tests stays as it is.
                let set = "XDG_CACHE_HOME='\(folder)' exec '\(Program.path)' "
                return try Program.shell(set + arguments.joined(separator: " "))
            }
            let list = try fetch("fetch", "--list")
            #expect(list.output.contains("resnet50-0676ba61.pth") && list.output.contains("76.13 %"))
            #expect(list.output.contains("box AP 37.90 %, mask AP 34.60 %"), "\(list.output)")
            let detector = try fetch("detect", "fasterrcnn_resnet50_fpn", "a.png")
            #expect(detector.errors.contains("run saccade fetch fasterrcnn-resnet-50-fpn"), "\(detector.errors)")
            // Nobody listens at the port of a service that no machine has had for forty years.
            let offline = try fetch("fetch", "resnet50", "--mirror", "http://127.0.0.1:1/")
            #expect(offline.status == 65)
            let place = "\(folder)/saccade/weights/resnet50-0676ba61.pth"
            #expect(offline.errors.contains(place), "\(offline.errors)")
            let without = try fetch("classify", "resnet50", "a.png")
            #expect(without.status == 65 && without.errors.contains("run saccade fetch resnet-50"))
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: place))
            let wrong = try fetch("fetch", "resnet50")
            #expect(wrong.status == 65 && wrong.errors.contains("delete it"))
        }
    }
}

extension Program {
    /// Runs a line of the shell.
    static func shell(_ line: String) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        // Little is written, so that neither pipe fills.
        let text = [output, errors].map {
            String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: text[0], errors: text[1])
    }
}
