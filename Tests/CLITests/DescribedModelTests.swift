import ArgumentParser
import SaccadeDrawing
import SaccadeLayers
import SaccadeModels
import SaccadePrelude
import SaccadeTensors
import Testing

@testable import SaccadeCLI
@testable import SaccadeCommandSupport
@testable import SaccadeCommands
@testable import SaccadeRunCommands

/// Networks that are no list of layers, as `describe` shows them.
@Suite struct DescribedModelTests {
    /// Down once, up once, and what was there before handed over.
    private struct Small: Model {
        let conv1, conv2, conv3, head: Conv2D
        let norm: BatchNorm2D
        let up: ConvTranspose2D

        init() {
            var generator = SplitMix64(seed: 1)
            conv1 = Conv2D(in: 1, out: 8, kernel: 3, using: &generator)
            norm = BatchNorm2D(8)
            conv2 = Conv2D(in: 8, out: 12, kernel: 3, padding: 1, using: &generator)
            up = ConvTranspose2D(in: 12, out: 8, kernel: 2, stride: 2, using: &generator)
            conv3 = Conv2D(in: 16, out: 8, kernel: 3, using: &generator)
            head = Conv2D(in: 8, out: 2, kernel: 1, using: &generator)
        }

        var inputs: [ModelInput] {
            let length = FreeLength(usual: 18, multipleOf: 4, plus: 2, least: 10)
            return [.init("image", [.batch, .fixed(1), .free(length), .free(length)])]
        }
        var outputs: [String] { ["scores"] }

        func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
            let skip = relu(norm(conv1(inputs[0], as: "conv1"), as: "norm"))
            let side = skip.shape[2] - 2
            let low = relu(conv2(maxPool2D(skip, kernel: 2), as: "conv2"))
            let middle = skip.sliced(axis: 2, 1..<1 + side).sliced(axis: 3, 1..<skip.shape[3] - 1)
            let high = up(low, as: "up").sliced(axis: 2, 1..<1 + side).sliced(axis: 3, 1..<skip.shape[3] - 1)
            let joined = concatenated([middle, high], axis: 1)
            return [head(relu(conv3(joined, as: "conv3")), as: "head")]
        }
    }

    private func summary(_ arguments: String...) throws -> ModelSummary {
        try Describe.parse(["small"] + arguments).summary(of: Small(), named: "Small", optimizerStates: 2)
    }

    @Test("the maps of an encoder and decoder, and what leads from one to another")
    func flows() throws {
        let flows = SummaryFlows(try summary())
        #expect(flows.hasLevels)
        #expect(
            flows.maps.map { "\($0.height)×\($0.width)×\($0.channels), \($0.copied) \($0.caption)" } == [
                "18×18×1, 0 input", "16×16×8, 0 ", "8×8×8, 0 ", "8×8×12, 0 ", "14×14×16, 8 ", "12×12×8, 0 ",
                "12×12×2, 0 output",
            ])
        #expect(
            flows.flows.map { "\($0.from)→\($0.to) \($0.kind.rawValue): \($0.caption)" } == [
                "0→1 convolution: 3×3 conv, batch norm, ReLU", "1→2 pooling: 2×2 max pool, stride 2",
                "2→3 convolution: 3×3 conv, ReLU", "3→4 upsampling: 2×2 up-conv, stride 2",
                "1→4 skip: copy and crop", "4→5 convolution: 3×3 conv, ReLU", "5→6 convolution: 1×1 conv",
            ])
        #expect(Schematic(try summary()).stages.isEmpty)
        for name in ["exercise-1", "resnet-50", "googlenet"] {
            let summary = ModelSummary(try Architecture(fileOrName: name).resolved())
            #expect(!SummaryFlows(summary).hasLevels && !Schematic(summary).stages.isEmpty)
        }
    }

    @Test("the table has a line for every layer and for what is done between them")
    func table() throws {
        let lines = SummaryTable(try summary(), optimizer: "Adam").text.split(separator: "\n").map(String.init)
        for part in ["conv1", "norm", "pool1", "conv2", "up", "crop1", "crop2", "concat1", "conv3", "head"] {
            #expect(lines.contains { $0.hasPrefix(part + " ") }, "\(part)")
        }
        #expect(lines.contains { $0.contains("batchnorm + relu") && $0.contains("16×16×8") })
        #expect(lines.allSatisfy { $0.count <= 120 })
    }

    @Test("sizes that fit are taken, and others are refused with those that do")
    func sizes() throws {
        let wide = try summary("--input", "22x30x1", "--batch", "3")
        #expect(wide.input == [22, 30, 1] && wide.layers.last?.outputSize == [16, 24, 2] && wide.memory.batch == 3)
        for (size, reason) in [("20x22x1", "18 or 22"), ("22x22x3", "[N, 1, H, W]"), ("100", "axes")] {
            let error = #expect(throws: CommandError.self) { try summary("--input", size) }
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        }
    }
}
