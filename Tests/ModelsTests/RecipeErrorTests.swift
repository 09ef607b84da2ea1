import Foundation
import SaccadeModels
import SaccadeSettings
import SaccadeTensors
import Testing

@Suite struct RecipeErrorTests {
    struct Mistake: CustomTestStringConvertible {
        var yaml: String
        var line: Int?
        var saying: [String]
        var testDescription: String { saying[0] }

        /// A recipe whose layers begin on line 3.
        init(layers: String..., line: Int?, saying: String...) {
            yaml = "input: 20x20x3\nlayers:\n" + layers.map { "  - \($0)\n" }.joined()
            (self.line, self.saying) = (line, saying)
        }

        init(_ yaml: String, line: Int?, saying: String...) {
            (self.yaml, self.line, self.saying) = (yaml, line, saying)
        }
    }

    static let mistakes = [
        // Keys.
        Mistake(layers: "relu", "conv: {chanels: 4, kernel: 3}", line: 4, saying: "chanels", "did you mean channels?"),
        Mistake("inptu: 20x20x3\nlayers: [relu]", line: 1, saying: "inptu", "did you mean input?"),
        Mistake(layers: "maxpol: 2", line: 3, saying: "unknown layer “maxpol”", "did you mean maxpool?"),
        Mistake(layers: "conv2d", line: 3, saying: "unknown layer “conv2d”", "did you mean conv?"),
        Mistake(layers: "xylophone", line: 3, saying: "unknown layer “xylophone”"),
        Mistake(layers: "conv: {channels: 4, channels: 5, kernel: 3}", line: 3, saying: "channels", "twice"),
        Mistake(
            layers: "conv: {channels: 4, kernel: 3, activation: rleu}", line: 3, saying: "rleu", "did you mean relu?"),
        Mistake(
            layers: "conv: {channels: 4, kernel: 3, padding: smae}", line: 3, saying: "smae", "did you mean same?"),
        Mistake("input: 20x20x3\nlayers:\n  - conv:\n      channels: 4\n      kernal: 3", line: 5, saying: "kernal"),
        // Types and ranges.
        Mistake(
            layers: "conv: {channels: many, kernel: 3}", line: 3, saying: "channels must be a whole number", "many"),
        Mistake(layers: "conv: {channels: 4.5, kernel: 3}", line: 3, saying: "channels must be a whole number"),
        Mistake(layers: "conv: {channels: 0, kernel: 3}", line: 3, saying: "from 1 to 65536"),
        Mistake(layers: "conv: {channels: -4, kernel: 3}", line: 3, saying: "-4"),
        Mistake(layers: "conv: {channels: 99999999999999999999, kernel: 3}", line: 3, saying: "channels"),
        Mistake(layers: "conv: {channels: 4, kernel: [1, 2, 3]}", line: 3, saying: "[height, width]", "3 values"),
        Mistake(layers: "conv: {channels: 4, kernel: {a: 1}}", line: 3, saying: "kernel must be", "a section"),
        Mistake(layers: "conv: {channels: 4, kernel: 3, bias: perhaps}", line: 3, saying: "bias must be true or false"),
        Mistake(layers: "conv: {channels: 4}", line: 3, saying: "conv needs kernel"),
        Mistake(layers: "conv", line: 3, saying: "conv needs channels"),
        Mistake(layers: "conv: 4", line: 3, saying: "conv must be a section"),
        Mistake(layers: "dropout: 1.5", line: 3, saying: "probability must be a number from 0.0"),
        Mistake(layers: "dropout: nan", line: 3, saying: "probability must be a number"),
        Mistake(layers: "linear: klasses", line: 3, saying: "units must be a whole number"),
        Mistake(
            layers: "upconv: {channels: class, kernel: 2}", line: 3,
            saying: "channels must be a whole number, or the word classes, got “class”"),
        Mistake(layers: "[relu]", line: 3, saying: "a layer must be a kind"),
        Mistake(layers: "{conv: {channels: 4, kernel: 3}, relu: }", line: 3, saying: "one kind", "conv, relu"),
        Mistake("input: 20x20\nlayers: [relu]", line: 1, saying: "height x width x channels", "20x20"),
        Mistake("input: 0x20x3\nlayers: [relu]", line: 1, saying: "from 1 to 65536"),
        Mistake("input: 65536x65536x65536\nlayers: [relu]", line: 1, saying: "elements in all"),
        Mistake("input: [1, 2]\nlayers: [relu]", line: 1, saying: "input must be a text"),
        Mistake("layers: [relu]", line: 1, saying: "needs input"),
        Mistake("input: 20x20x3", line: 1, saying: "needs layers"),
        Mistake("input: 20x20x3\nlayers: []", line: 2, saying: "at least one layer"),
        Mistake("input: 20x20x3\nlayers: relu", line: 2, saying: "layers must be a list"),
        Mistake("- relu", line: 1, saying: "a recipe must be a section"),
        Mistake("", line: nil, saying: "empty"),
        Mistake("name: [unclosed", line: nil, saying: "not YAML"),
        Mistake("a: 1\n\tb: 2", line: 2, saying: "not YAML"),
        // Names.
        Mistake(
            layers: "conv: {channels: 4, kernel: 3, name: a}", "conv: {channels: 4, kernel: 3, name: a}", line: 4,
            saying: "already belongs to the layer on line 3"),
        Mistake(layers: "relu: {name: ../x}", line: 3, saying: "a name is"),
        Mistake(
            layers: "conv: {channels: 4, kernel: 3, shares: nobody}", line: 3, saying: "no layer nobody before it"),
        Mistake(
            layers: "conv: {channels: 4, kernel: 3, name: a}", "conv: {channels: 4, kernel: 3, shares: a}", line: 4,
            saying: "cannot share the weights of a", "[4, 4, 3, 3]"),
        // Networks that cannot exist.
        Mistake(
            layers: "conv: {channels: 4, kernel: 21}", line: 3, saying: "conv1: ", "(20 − 21 + 0) / 1 + 1",
            "does not fit"),
        Mistake(layers: "maxpool: 20", "maxpool: 2", line: 4, saying: "pool2: ", "(1 − 2 + 0) / 2 + 1"),
        Mistake(layers: "maxpool: {kernel: 2, padding: 2}", line: 3, saying: "pool1: padding 2 is more than half"),
        Mistake(layers: "linear: 5", line: 3, saying: "fc1: a linear layer needs a vector", "20×20×3", "flatten"),
        Mistake(layers: "flatten", "conv: {channels: 4, kernel: 3}", line: 4, saying: "needs an image", "1200"),
        Mistake(layers: "flatten", "maxpool: 2", line: 4, saying: "needs an image"),
        Mistake(layers: "flatten", "linear: classes", line: 4, saying: "number of classes is not known"),
        Mistake(
            layers: "relu", "conv: {channels: classes, kernel: 1}", line: 4,
            saying: "conv1: the number of classes is not",
            "--classes"),
        Mistake(
            layers: "upconv: {channels: classes, kernel: 2}", line: 3, saying: "upconv1: the number of classes is not"),
        Mistake(
            "classes: 5\ninput: 20x20x4\nlayers:\n  - conv: {channels: classes, kernel: 1, groups: 2}", line: 4,
            saying: "4 / 2 and 5 / 2"),
        Mistake(layers: "conv: {channels: 4, kernel: 3, groups: 2}", line: 3, saying: "3 / 2 and 4 / 2"),
        Mistake(
            layers: "residual: {body: [conv: {channels: 4, kernel: 3}]}", line: 3, saying: "block1: ", "18×18×4",
            "20×20×3"),
        Mistake(
            layers: "parallel: [[relu], [maxpool: 2]]", line: 3, saying: "parallel1: the branches", "20×20×3, 10×10×3"),
        Mistake(layers: "parallel: [[relu]]", line: 3, saying: "at least two branches"),
        Mistake(
            layers: "residual:\n      body:\n        - relu\n        - conv: {channels: 3, kernel: 30}", line: 6,
            saying: "block1.conv1: "),
        Mistake(
            layers: "upconv: {channels: 4, kernel: 2, outputPadding: 3}", line: 3, saying: "upconv1: output padding 3"),
        // Bombs.
        Mistake(
            layers: "repeat: {count: 4096, layers: [repeat: {count: 4096, layers: [relu]}]}", line: 3,
            saying: "more than 4096 layers"),
        Mistake(
            layers: "repeat: {count: 12, layers: [upconv: {channels: 1, kernel: 1, stride: [1, 1024]}]}", line: 3,
            saying: "longer than the 65536"),
        Mistake(layers: "conv: {channels: 65536, kernel: 1024, padding: 1024}", line: 3, saying: "weights are more"),
        Mistake(layers: "conv: {channels: 65536, kernel: 1, padding: 1024}", line: 3, saying: "elements"),
        Mistake(
            layers: "repeat: {count: 4000, layers: [conv: {channels: 3, kernel: 1, padding: 1024}]}", line: 3,
            saying: "conv5: its output of 10260×10260×3"),
        Mistake(layers: "adaptive-avgpool: 1024", "conv: {channels: 300, kernel: 1}", line: 4, saying: "elements"),
        Mistake(layers: "flatten", "linear: 16777216", line: 4, saying: "16777216 · 1200"),
        Mistake(layers: "relu: \(String(repeating: "[", count: 100))", line: nil, saying: "not YAML"),
        Mistake(
            "input: 1\nlayers: \(String(repeating: "[", count: 70))\(String(repeating: "]", count: 70))", line: 2,
            saying: "nested more than"),
        Mistake("a: \(String(repeating: "[", count: 5000))", line: 1, saying: "not YAML"),
        Mistake(
            "a: &a [x,x,x,x,x,x,x,x]\n"
                + zip("bcdefghij", "abcdefghi").map { "\($0): &\($0) [*\($1),*\($1),*\($1),*\($1)]\n" }.joined(),
            line: nil, saying: "aliases"),
    ]

    @Test("every mistake is pointed out with its file, its line and a remedy", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        let error = try #require(throws: RecipeError.self) {
            _ = ModelSummary(try Architecture(yaml: mistake.yaml, source: "recipes/x.yaml").resolved())
        }
        for part in mistake.saying { #expect(error.message.contains(part), "\(error)") }
        #expect(error.location?.file == "recipes/x.yaml")
        if let line = mistake.line {
            #expect(error.location?.line == line, "\(error)")
            #expect(error.description.hasPrefix("recipes/x.yaml:\(line): "))
        }
        #expect(!error.description.contains("\n"))
    }

    @Test("files that are not recipes are refused")
    func files() throws {
        func message(_ path: String) throws -> String {
            try #require(throws: RecipeError.self) { _ = try Architecture(fileOrName: path) }.description
        }
        #expect(try message("/nowhere/x.yaml").contains("no such file"))
        #expect(try message("/").contains("folder"))
        #expect(try message("vgg-116").contains("did you mean vgg-1"))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("recipes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("x.yaml")
        try Data([0xFF, 0xFE, 0x00]).write(to: file)
        #expect(try message(file.path).contains("UTF-8"))
        try Data(repeating: 32, count: 1 << 21).write(to: file)
        #expect(try message(file.path).contains("at most 1048576"))
        try Data("input: 4\nlayers: [linear: 2]".utf8).write(to: file)
        #expect(try Architecture(fileOrName: file.path).name == "x")
    }

    @Test("an input size is read, or refused")
    func inputSizes() {
        #expect(InputSize("240x320x3") == .image(height: 240, width: 320, channels: 3))
        #expect(InputSize("240×320×3") == .image(height: 240, width: 320, channels: 3))
        #expect(InputSize("784") == .vector(784))
        #expect(InputSize("240x320x3")?.shape == [3, 240, 320])
        #expect(InputSize("240x320x3")?.description == "240x320x3")
        for text in [
            "", "x", "1x", "1x2", "1x2x3x4", "-1x2x3", "ax2x3", "0x1x1", "65537x1x1", "99999999999999999999",
            "65536x65536x65536", "65536x65536x65536x65536x65536", "1.5x2x3",
        ] {
            #expect(InputSize(text) == nil, "\(text)")
        }
        #expect(Padding("same") == .same)
        #expect(Padding("3") == .pixels(3))
        #expect(Padding("-1") == nil)
        #expect(Padding("1025") == nil)
    }
}
