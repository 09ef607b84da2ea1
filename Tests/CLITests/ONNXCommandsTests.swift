import Foundation
import SaccadeInterchange
import SaccadeLayers
import SaccadeModels
import SaccadeONNX
import SaccadePrelude
import SaccadeTensors
import Testing

@Suite struct ONNXCommandsTests {
    @Test("a network goes to ONNX and comes back: convert, inspect, run, and its weights as safetensors")
    func thereAndBack() throws {
        struct Report: Decodable {
            struct Port: Decodable { let name: String, axes: [String]? }
            let format: String, opset: Int, inputs: [Port], outputs: [Port], operators: [String: Int], totalCount: Int
        }
        try Program.inFolder { folder in
            let there = try Program.run("convert", "mnist", "mnist.onnx", "--seed", "5", in: folder)
            #expect(there.status == 0, "\(there.errors)")
            #expect(there.output.hasPrefix("mnist.onnx: MNIST for [N, 1, 28, 28], opset 17"))

            let json = try Program.run("inspect", "mnist.onnx", "--json", in: folder)
            let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
            #expect(report.format == "ONNX" && report.opset == 17)
            #expect(report.inputs.map(\.name) == ["input"] && report.inputs[0].axes == ["N", "1", "28", "28"])
            #expect(report.outputs.map(\.name) == ["output"] && report.operators["Conv"] != nil)
            let text = try Program.run("inspect", "mnist.onnx", in: folder)
            #expect(text.output.contains("takes input [N, 1, 28, 28]") && text.output.contains("by Saccade"))

            var generator = SplitMix64(seed: 3)
            let shape: Shape = [3, 1, 28, 28]
            let x = Tensor((0..<shape.elementCount).map { _ in .random(in: -1...1, using: &generator) }, shape: shape)
            try NumPyFile.write(x, to: "\(folder)/x.npy")
            let network = Network(try Architecture(fileOrName: "mnist").resolved(seed: 5))
            let expected = network(x).scalars
            for arguments in [[], ["--eager"]] {
                let run = try Program.run(
                    ["run", "mnist.onnx", "--input", "x.npy", "--output", "y.npy"] + arguments, in: folder)
                #expect(run.output == "y.npy: output [3, 10] of mnist.onnx\n", "\(run.errors)")
                let y = try NumPyFile.read("\(folder)/y.npy")
                #expect(y.shape == [3, 10] && zip(y.scalars, expected).allSatisfy { abs($0 - $1) < 1e-4 })
            }

            let back = try Program.run("convert", "mnist.onnx", "mnist.safetensors", in: folder)
            #expect(back.status == 0, "\(back.errors)")
            let file = try WeightsFile(at: "\(folder)/mnist.safetensors")
            for (name, parameter) in network.parameters {
                #expect(try file.tensor(name).scalars == parameter.value.scalars, "\(name)")
            }
        }
    }

    @Test("what is wrong with an ONNX file, or with what is asked of it, is said")
    func badInput() throws {
        try Program.inFolder { folder in
            try Data("no model".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.onnx"))
            try NumPyFile.write(Tensor(filledWith: 0, shape: [1, 2]), to: "\(folder)/x.npy")
            #expect(try Program.run("convert", "mnist", "mnist.onnx", "--seed", "5", in: folder).status == 0)
            for (arguments, status, words) in [
                (["inspect", "a.onnx"], 65, "a.onnx: this is no ONNX model"),
                (["inspect", "b.onnx"], 65, "b.onnx"),
                (["run", "mnist.onnx", "--input", "x.npy", "--output", "y.npy"], 65, "give input [N, 1, 28, 28]"),
                (["convert", "mnist.onnx", "b.onnx"], 64, "is not written anew"),
                (["convert", "mnist.onnx", "folder"], 64, "become .safetensors, .pth or .npy"),
                (["convert", "mnist", "b.onnx", "--tensor", "conv1.weight"], 64, "a network needs all of them"),
                (["convert", "a.safetensors", "b.safetensors", "--arch", "mnist"], 64, "ends with .onnx"),
                (["classify", "a.onnx", "x.png"], 65, "a.onnx: this is no ONNX model"),
            ] {
                let outcome = try Program.run(arguments, in: folder)
                #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.status == Int32(status), "\(arguments)")
            }
        }
    }
}
