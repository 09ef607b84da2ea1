import Foundation
import SaccadeFiles
import SaccadeTensors
import SwiftProtobuf
import Testing

@testable import SaccadeONNX

/// Files that are wrong, and what is said of them.
@Suite struct BadInputTests {
    /// What reading and running a model throws.
    private func trouble(_ builder: ModelBuilder, running: Bool = true) throws -> String {
        let error = try #require(throws: FileError.self) {
            let model = try builder.model
            if running {
                let shapes = try #require(model.inputShapes())
                _ = try model.plan(for: shapes)
            }
        }
        return error.description
    }

    @Test func whatIsNoModelIsSaid() throws {
        for bytes: [UInt8] in [[], Array("hello, world".utf8), [0x0A], [UInt8](repeating: 0xFF, count: 100)] {
            let error = #expect(throws: FileError.self) { try ONNXModel(decoding: bytes, name: "a.onnx") }
            #expect(
                error?.description.hasPrefix("a.onnx: this is no ONNX model") == true, "\(String(describing: error))")
        }
        #expect(throws: FileError.self) { try ONNXModel(contentsOf: "/no/such/model.onnx") }
        #expect(throws: FileError.self) { try ONNXModel(contentsOf: "/tmp") }
    }

    @Test func everyUnknownOperatorIsNamedWithThoseThatAreKnown() throws {
        var builder = ModelBuilder()
        builder.add("LSTM", ["x"], ["a"])
        builder.add("Magic", ["a"], ["b"], domain: "com.example")
        builder.add("If", ["b"], ["y"])
        builder.add("Nobody", ["x"], ["z"])  // nothing depends on it
        let text = try trouble(builder)
        #expect(text.contains("If, LSTM, com.example::Magic. Those that are: Abs, Add, "))
        #expect(!text.contains("Nobody"))
    }

    @Test func circlesAndLooseEndsAreFound() throws {
        var circle = ModelBuilder()
        circle.add("Add", ["x", "b"], ["a"])
        circle.add("Relu", ["a"], ["b"])
        circle.add("Relu", ["b"], ["y"])
        #expect(try trouble(circle).contains("Add that makes a reads b, which is only made by or after it"))

        var loose = ModelBuilder()
        loose.add("Add", ["x", "w"], ["y"])
        #expect(try trouble(loose).contains("reads w, which nothing makes"))

        var twice = ModelBuilder()
        twice.add("Relu", ["x"], ["y"])
        twice.add("Relu", ["x"], ["y"])
        #expect(try trouble(twice).contains("y is made twice"))

        var nowhere = ModelBuilder(outputs: ["nothing"])
        nowhere.add("Relu", ["x"], ["y"])
        #expect(try trouble(nowhere).contains("nothing makes the output nothing"))

        var weights = ModelBuilder()
        weights.weights("w", [1], [1])
        weights.weights("w", [1], [1])
        weights.add("Add", ["x", "w"], ["y"])
        #expect(try trouble(weights).contains("there are two tensors w"))
        #expect(try trouble(ModelBuilder(inputs: [("x", [1]), ("x", [1])], outputs: ["x"])).contains("two inputs x"))
    }

    @Test func tensorsThatAreNotWhatTheySayAreRefused() throws {
        func tensor(_ change: (inout ONNXTensorProto) -> Void) throws -> String {
            var builder = ModelBuilder()
            builder.weights("w", [4], [1, 2, 3, 4])
            change(&builder.proto.graph.initializer[0])
            builder.add("Add", ["x", "w"], ["y"])
            return try trouble(builder)
        }
        #expect(try tensor { $0.dims = [5] }.contains("w: 16 bytes of data, where [5] elements of float take 20"))
        #expect(try tensor { $0.dims = [1 << 40, 1 << 40, 0] }.contains("w: "))
        #expect(try tensor { $0.dims = [Int64.max, Int64.max] }.contains("has more than"))
        #expect(try tensor { $0.dims = [-1] }.contains("cannot have the lengths [-1]"))
        #expect(try tensor { $0.dims = [Int64](repeating: 1, count: 9) }.contains("9 axes"))
        #expect(try tensor { $0.dataType = 8 }.contains("ONNX's type 8"))
        #expect(try tensor { $0.dataType = 77 }.contains("ONNX's type 77"))
        #expect(try tensor { $0.clearRawData() }.contains("0 elements, where [4] holds 4"))
        #expect(try tensor { $0.segment = .with { $0.end = 3 } }.contains("segments"))
        #expect(try tensor { $0.dataLocation = .external }.contains("another file"))
    }

    @Test func settingsThatCannotBeAreRefused() throws {
        func step(
            _ type: String, _ attributes: [String: ONNXNode.Attribute], input: [Int64] = [1, 2, 6, 6],
            numbers: [[Int64]] = [], opset: Int64 = 17
        ) throws -> String {
            var builder = ModelBuilder(opset: opset, inputs: [("x", input)])
            builder.weights("w", [4, 2, 3, 3], [Float](repeating: 1, count: 72))
            for (index, list) in numbers.enumerated() { builder.numbers("n\(index)", list) }
            let second = ["Conv", "ConvTranspose"].contains(type) ? ["w"] : numbers.indices.map { "n\($0)" }
            builder.add(type, ["x"] + second, ["y"], attributes)
            return try trouble(builder)
        }
        let max = Int.max
        #expect(try step("Conv", ["strides": .integers([0, 1])]).contains("strides is [0, 1]"))
        #expect(try step("Conv", ["strides": .integers([max, max])]).contains("strides is"))
        #expect(try step("Conv", ["pads": .integers([max, 0, 0, 0])]).contains("pads is"))
        #expect(try step("Conv", ["pads": .integers([60000, 60000, 60000, 60000])]).contains("elements"))
        #expect(try step("Conv", ["dilations": .integers([9, 9])]).contains("does not fit"))
        #expect(try step("Conv", ["group": .integer(0)]).contains("0 groups"))
        #expect(try step("Conv", ["group": .integer(Int.min)]).contains("groups"))
        #expect(try step("Conv", ["kernel_shape": .integers([5, 5])]).contains("a kernel of [5, 5]"))
        #expect(try step("Conv", ["strides": .string("2")]).contains("strides is no list of whole numbers"))
        #expect(try step("Conv", ["auto_pad": .string("SOMEHOW")]).contains("auto_pad SOMEHOW"))
        #expect(try step("Conv", ["shift": .integer(1)]).contains("the attribute(s) shift are not understood"))
        #expect(
            try step("ConvTranspose", ["strides": .integers([65000, 65000])], input: [1, 4, 5000, 5000]).contains(
                "output of some"))
        #expect(try step("MaxPool", ["kernel_shape": .integers([7, 7])]).contains("does not fit"))
        #expect(try step("MaxPool", [:]).contains("a kernel of []"))
        #expect(try step("Softmax", ["axis": .integer(4)]).contains("there is no axis 4 of 4"))
        #expect(try step("Softmax", ["axis": .integer(Int.min)]).contains("there is no axis"))
        #expect(try step("Transpose", ["perm": .integers([0, 0, 1, 2])]).contains("name one twice"))
        #expect(try step("Flatten", ["axis": .integer(Int.min)]).contains("there is no axis"))
        #expect(try step("LRN", ["size": .integer(4)]).contains("even number"))
        #expect(try step("Reshape", [:], numbers: [[-1, -1]]).contains("lengths"))
        #expect(try step("Reshape", [:], numbers: [[7, 0]]).contains("elements"))
        #expect(try step("Reshape", [:], numbers: [[.max, .max]]).contains("has more than"))
        #expect(try step("Expand", [:], numbers: [[1 << 40, 1, 1, 1, 1]]).contains("has more than"))
        #expect(try step("Tile", [:], numbers: [[.max, 2, 1, 1]]).contains("repeats"))
        #expect(try step("Gather", [:], numbers: [[7]]).contains("there is no place 7 of 1"))
        #expect(try step("Slice", [:], numbers: [[.min], [.max], [.min]]).contains("there is no axis"))
        #expect(try step("Slice", [:], numbers: [[0], [9], [1], [0]]).contains("a step of 0"))
        #expect(try step("Pad", [:], numbers: [[.min, 0, 0, 0, 0, 0, 0, 0]]).contains("pads of"))
        #expect(try step("Split", ["axis": .integer(2)], numbers: [[3, 4]]).contains("parts of"))
        #expect(try step("Resize", [:], numbers: [[1], [1], [1, 2, .max, .max]]).contains("has more than"))
        #expect(try step("Unsqueeze", [:], numbers: [[5, 5]]).contains("name one twice"))
        #expect(try step("Cast", ["to": .integer(8)]).contains("another type of numbers"))
        #expect(try step("BatchNormalization", ["training_mode": .integer(1)]).contains("as in training"))
        #expect(try step("Relu", [:], opset: 99).contains("opset 99"))
        #expect(try step("Relu", [:], opset: -1).contains("it is not said which version"))
    }

    @Test func wholeNumbersThatOverflowAreRefused() throws {
        for (type, values) in [
            ("Add", [Int64.max, 1]), ("Mul", [.max, 2]), ("Sub", [.min, 1]), ("Div", [1, 0]), ("Div", [.min, -1]),
        ] {
            var builder = ModelBuilder()
            builder.numbers("a", [values[0]])
            builder.numbers("b", [values[1]])
            builder.add(type, ["a", "b"], ["c"])
            builder.add("Reshape", ["x", "c"], ["y"])
            #expect(try trouble(builder).contains("become too large, or are divided by zero"), "\(type)")
        }
    }

    @Test func constantsCannotGrowWithoutEnd() throws {
        var builder = ModelBuilder()
        builder.weights("w", [1], [1])
        builder.numbers("n", [1 << 26])
        for index in 0..<20 {
            builder.add("Expand", ["w", "n"], ["big\(index)"])
            builder.add("ReduceMax", ["big\(index)"], ["one\(index)"])
        }
        builder.add("Concat", (0..<20).map { "one\($0)" }, ["y"], ["axis": .integer(0)])
        #expect(try trouble(builder).contains("the constants of the network grow"))
    }

    @Test func inputsThatDoNotFitAreRefused() throws {
        var builder = ModelBuilder(inputs: [("x", [2, 4]), ("z", [2, 4])])
        builder.add("Add", ["x", "z"], ["y"])
        let model = try builder.model
        let x = Tensor(filledWith: 1, shape: [2, 4])
        #expect(throws: FileError.self) { try model([x]) }
        #expect(throws: FileError.self) { try model([x, Tensor(filledWith: 1, shape: [2, 5])]) }
        #expect(throws: FileError.self) { try model.plan(for: [[2, 4], [4]]) }
        #expect(throws: FileError.self) { try model.plan(for: [[2, 4], [2, 4]], values: ["q": x]) }
        let plan = try model.plan(for: [[2, 4], [2, 4]])
        #expect(throws: FileError.self) { try plan.run([x]) }
        #expect(try plan.run([x, x])[0].scalars == [Float](repeating: 2, count: 8))
    }

    @Test func placesThatNameNothingAreRefusedWhenAPlanRuns() throws {
        var builder = ModelBuilder(inputs: [("x", [3])])
        builder.proto.graph.input[0].type.tensorType.elemType = 7
        builder.weights("w", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8])
        builder.add("Gather", ["w", "x"], ["y"])
        let model = try builder.model
        let plan = try model.plan(for: [[3]])
        #expect(try plan.run([Tensor([3, 0, 1])])[0].scalars == [7, 8, 1, 2, 3, 4])
        for wrong: [Float] in [[0, 1, 4], [-1, 0, 0], [0.5, 0, 0], [.nan, 0, 0], [.infinity, 0, 0]] {
            #expect(throws: FileError.self) { try plan.run([Tensor(wrong, shape: [3])]) }
        }
        #expect(throws: FileError.self) { try model([Tensor([0, 1, 4])]) }
    }

    @Test func weightsInOtherFilesStayInTheModelsFolder() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "onnx-\(UInt64.random(in: 0 ... .max))")
        let inner = folder.appendingPathComponent("model")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = [Float]([9, 1, 2, 3, 4]).withUnsafeBufferPointer { Data(buffer: $0) }
        try data.write(to: inner.appendingPathComponent("weights.bin"))
        try data.write(to: folder.appendingPathComponent("secret.bin"))
        try FileManager.default.createSymbolicLink(
            at: inner.appendingPathComponent("link.bin"),
            withDestinationURL: folder.appendingPathComponent("secret.bin"))

        func read(_ entries: [String: String]) throws -> ONNXModel {
            var builder = ModelBuilder()
            builder.weights("w", [4], [])
            builder.proto.graph.initializer[0].clearRawData()
            builder.proto.graph.initializer[0].dataLocation = .external
            builder.proto.graph.initializer[0].externalData = entries.map { key, value in
                .with { ($0.key, $0.value) = (key, value) }
            }
            builder.add("Add", ["x", "w"], ["y"])
            let path = inner.appendingPathComponent("model.onnx").path
            try Data(builder.bytes).write(to: URL(fileURLWithPath: path))
            return try ONNXModel(contentsOf: path)
        }
        let model = try read(["location": "weights.bin", "offset": "4", "length": "16"])
        #expect(try model([Tensor(filledWith: 0, shape: [1, 4])])[0].scalars == [1, 2, 3, 4])
        for entries in [
            ["location": "../secret.bin"], ["location": folder.appendingPathComponent("secret.bin").path],
            ["location": "link.bin"], ["location": "nothing.bin"], ["location": ""], [:],
            ["location": "./../secret.bin"],
            ["location": "weights.bin", "offset": "5"], ["location": "weights.bin", "offset": "-4"],
            ["location": "weights.bin", "offset": "99999999999999999999"], ["location": "weights.bin", "length": "8"],
            ["location": "."], ["location": "weights.bin\0.txt"],
        ] {
            #expect(throws: FileError.self, "\(entries)") { try read(entries) }
        }
    }
}
