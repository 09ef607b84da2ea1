import ArgumentParser
import Foundation
import SaccadeDrawing
import SaccadeFiles
import SaccadeModels
import SaccadeSettings
import Testing

@testable import SaccadeCLI
@testable import SaccadeCommandSupport
@testable import SaccadeCommands
@testable import SaccadeRunCommands

@Suite struct DescribeCommandTests {
    static func table(_ recipe: String) throws -> [String] {
        let description = ModelSummary(try Architecture(fileOrName: recipe).resolved())
        return SummaryTable(description, optimizer: "Adam").text.split(separator: "\n").map(String.init)
    }

    @Test("the table of Exercise 1 shows the lecture’s answers, in columns that line up")
    func table() throws {
        let lines = try Self.table("exercise-1")
        let conv = try #require(lines.first { $0.hasPrefix("conv1") })
        for part in [
            "conv 7×7", "valid", "234×234×64", "9 472", "9 408 + 64", "13.4 MiB", "(240 − 7 + 0) / 1 + 1 = 234",
        ] {
            #expect(conv.contains(part))
        }
        #expect(lines.contains { $0.contains("2 399 240") })
        #expect(lines.contains { $0.contains("1 184 688 016") })
        let title = try #require(lines.first { $0.hasPrefix("layer") })
        let column = title.range(of: "size").map { title.distance(from: title.startIndex, to: $0.lowerBound) }
        let sum = conv.range(of: "(240").map { conv.distance(from: conv.startIndex, to: $0.lowerBound) }
        #expect(column == sum)
    }

    @Test(
        "tables of the recipes fit into 120 characters",
        arguments: Architecture.builtInNames.filter { (try? Architecture(fileOrName: $0).isChain) ?? false })
    func width(_ name: String) throws {
        #expect(try Self.table(name).map(\.count).max() ?? 0 <= 120)
    }

    @Test("numbers are grouped and scaled")
    func numbers() {
        #expect(grouped(0) == "0")
        #expect(grouped(999) == "999")
        #expect(grouped(2_399_240) == "2 399 240")
        #expect(abbreviated(999) == "999")
        #expect(abbreviated(999_960) == "1.0 M")
        #expect(abbreviated(515_144_448) == "515.1 M")
        #expect(bytes(1023) == "1023 B")
        #expect(bytes(1 << 20) == "1.0 MiB")
        #expect(bytes(Int.max) == "8.0 EiB")
    }

    @Test(
        "wrong options are refused before anything is read",
        arguments: [
            ["x", "--input", "240x240"], ["x", "--input", "0x1x1"], ["x", "--padding", "smae"],
            ["x", "--padding", "-1"],
            ["x", "--batch", "0"], ["x", "--batch", "65537"], ["x", "--classes", "0"], ["x", "--diagram", "x.gif"], [],
        ])
    func usage(_ arguments: [String]) {
        #expect(throws: (any Error).self) {
            do { _ = try Describe.parse(arguments) } catch {
                #expect(Describe.exitCode(for: error) == ExitCode(64))
                throw error
            }
        }
    }

    @Test("the help names the built-in recipes, examples and exit codes")
    func help() {
        let help = Describe.helpMessage()
        for part in ["exercise-1", "EXAMPLES", "--padding", "--diagram", "65"] { #expect(help.contains(part)) }
    }

    @Test("errors become the exit codes that the help promises")
    func codes() {
        #expect(Failure.code(for: RecipeError("x", at: nil)) == ExitCode(65))
        for (code, expected) in [
            (FileError.Code.unwritable, 73), (.missingFolder, 73), (.diskFull, 73), (.missing, 65), (.malformed, 65),
        ] {
            let error = FileError(code, path: "x", reason: "y", remedy: "z")
            #expect(Failure.code(for: error).rawValue == expected, "\(code)")
        }
    }

    @Test("the schematic shows images and vectors, activations on their arrows, blocks as one")
    func diagram() throws {
        func stages(_ name: String) throws -> [Schematic.Stage] {
            Schematic(ModelSummary(try Architecture(fileOrName: name).resolved())).stages
        }
        let exercise = try stages("exercise-1")
        #expect(
            exercise.map(\.label) == [
                "240×240×3", "234×234×64", "117×117×64", "113×113×32", "56×56×32", "54×54×16", "50", "20", "2",
            ])
        #expect(exercise[1].caption == "7×7 conv, ReLU")
        #expect(exercise[2].caption == "2×2 max pool, stride 2")
        #expect(exercise[2].role == .pooling)
        #expect(exercise.last?.caption == "linear")
        #expect(try stages("resnet-50").count == 1 + 2 + 16 + 2)
        // Without the auxiliary heads.
        #expect(try stages("googlenet").count == 1 + 3 + 9 + 4 + 1 + 1)
    }

    @Test("a run draws the file it was asked for", arguments: FigureFormat.allCases)
    func draws(_ format: FigureFormat) throws {
        let path = FileManager.default.temporaryDirectory.path + "/describe-\(UUID().uuidString).\(format.rawValue)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Describe.parse(["lenet-5", "--json", "--diagram", path]).run()
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 > 1000)
    }

    @Test("what cannot be written ends with its own exit code")
    func unwritable() throws {
        let outcome = try Program.run("describe", "lenet-5", "--diagram", "/nowhere/x.svg")
        #expect(outcome.status == 73)
        #expect(outcome.errors.hasPrefix("error: /nowhere/x.svg"))
        #expect(outcome.output.isEmpty)
    }

    @Test("a misspelt key is pointed out with file, line and the nearest key")
    func misspelt() throws {
        try Program.inFolder { folder in
            try Data("input: 8x8x1\nlayers:\n  - conv: {chanels: 4, kernel: 3}\n".utf8)
                .write(to: URL(fileURLWithPath: folder + "/net.yaml"))
            let outcome = try Program.run("describe", "net.yaml", in: folder)
            #expect(outcome.status == 65)
            #expect(outcome.errors == "error: net.yaml:3: unknown key “chanels” in conv; did you mean channels?\n")
        }
    }
}
