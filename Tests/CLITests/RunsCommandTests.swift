import Foundation
import SaccadeDatasets
import SaccadeFiles
import TestSupport
import Testing

@testable import SaccadeCLI
@testable import SaccadeCommandSupport
@testable import SaccadeCommands
@testable import SaccadeRunCommands

@Suite struct RunsCommandTests {
    @Test("every command of runs has help with examples", arguments: ["list", "show", "compare", "delete", "scan"])
    func help(command: String) throws {
        let outcome = try Program.run("runs", command, "--help")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("EXAMPLES:") && outcome.output.contains("EXIT CODES:"))
    }

    static let recipe = """
        name: Small
        input: 16x16x3
        layers: [flatten, {linear: classes}]
        training: {epochs: 3, batchSize: 16}
        """

    /// A folder with a recipe, 60 images and some runs.
    private func inFolder(runs: [[String]], _ body: (String) throws -> Void) throws {
        try Program.inFolder { folder in
            try ClassFolder.write(60, to: "\(folder)/images")
            try Self.recipe.write(toFile: "\(folder)/small.yaml", atomically: true, encoding: .utf8)
            for arguments in runs {
                let command = ["train", "small.yaml", "--data", "images"] + arguments
                let outcome = try Program.run(command, in: folder)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            try body(folder)
        }
    }

    private struct Run: Decodable {
        let name: String, state: String, epochs: Int, bestValue: Double?, folder: String
    }

    private func runs(in folder: String) throws -> [Run] {
        let outcome = try Program.run("runs", "list", "--json", in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode([Run].self, from: Data(outcome.output.utf8))
    }

    @Test("runs are listed, shown, compared and deleted")
    func whole() throws {
        try inFolder(runs: [["--run", "a"], ["--run", "b", "--learning-rate", "0.1"]]) { folder in
            let found = try runs(in: folder)
            #expect(found.map(\.name) == ["b", "a"] && found.allSatisfy { $0.state == "finished" && $0.epochs == 3 })
            let list = try Program.run("runs", in: folder)
            #expect(list.output.contains("Small") && list.output.contains("3/3"), "\(list.output)")

            let shown = try Program.run("runs", "show", "a", in: folder)
            #expect(shown.status == 0 && shown.errors.isEmpty)
            for part in [
                "Best epoch", "• train   ○ val", "training.batchSize", "checkpoint.safetensors", "Waiting",
            ] {
                #expect(shown.output.contains(part), "\(part)")
            }
            struct Shown: Decodable {
                struct Epoch: Decodable { let epoch: Int, training: [String: Double] }
                let run: Run, settings: [String: String], epochs: [Epoch]
            }
            let json = try Program.run("runs", "show", "runs/a", "--json", in: folder)
            let run = try JSONDecoder().decode(Shown.self, from: Data(json.output.utf8))
            #expect(
                run.epochs.map(\.epoch) == [1, 2, 3] && run.epochs.allSatisfy { $0.training["loss"] != nil }
                    && run.settings["training.batchSize"] == "16")

            let compared = try Program.run("runs", "compare", "a", "b", "--chart", "both.svg", in: folder)
            #expect(
                compared.status == 0 && compared.output.contains("training.learningRate  0.01  0.1"),
                "\(compared.output)")
            #expect(FileManager.default.fileExists(atPath: "\(folder)/both.svg"))

            let deleted = try Program.run("runs", "delete", "a", "--yes", in: folder)
            #expect(deleted.status == 0 && !FileManager.default.fileExists(atPath: "\(folder)/runs/a"))
            #expect(try runs(in: folder).map(\.name) == ["b"])

            // A folder that somebody removed is still in the list, until it is deleted there.
            try FileManager.default.removeItem(atPath: "\(folder)/runs/b")
            #expect(try runs(in: folder).map(\.state) == ["gone"])
            #expect(try Program.run("runs", "delete", "b", "--yes", in: folder).status == 0)
            #expect(try runs(in: folder).isEmpty)
        }
    }

    @Test("a run that is being trained is neither trained by another nor deleted")
    func locked() throws {
        try inFolder(runs: [["--run", "a"]]) { folder in
            let lock = try FileLock(at: "\(folder)/runs/a/.lock")
            #expect(try runs(in: folder).map(\.state) == ["running"])
            let trained = try Program.run("train", "small.yaml", "--run", "a", "--resume", "--epochs", "5", in: folder)
            #expect(trained.status == 65 && trained.errors.contains("another process is training"), "\(trained.errors)")
            let deleted = try Program.run("runs", "delete", "a", "--yes", in: folder)
            #expect(deleted.status == 65 && deleted.errors.contains("a process is training"), "\(deleted.errors)")
            _ = consume lock
            #expect(try runs(in: folder).map(\.state) == ["finished"])
        }
    }

    @Test("timings at the ends of what may be measured are shown, and beyond them left out")
    func oddTimings() throws {
        try inFolder(runs: [["--run", "a"]]) { folder in
            let lines = """
                {"epoch":1,"samples":1099511627775,"seconds":0}
                {"epoch":2,"samples":1099511627775,"seconds":999999999999}
                {"epoch":3,"samples":9223372036854775807,"seconds":1}
                """
            try lines.write(toFile: "\(folder)/runs/a/timings.jsonl", atomically: true, encoding: .utf8)
            let outcome = try Program.run("runs", "show", "a", in: folder)
            #expect(outcome.status == 0 && outcome.output.contains("samples/s"), "\(outcome.errors)")
        }
    }

    @Test("a registry that is damaged stops nothing, and is made anew from the runs")
    func damaged() throws {
        try Program.inFolder { folder in
            try Data(repeating: 0x41, count: 5000).write(to: URL(fileURLWithPath: "\(folder)/registry.sqlite"))
            try ClassFolder.write(60, to: "\(folder)/images")
            try Self.recipe.write(toFile: "\(folder)/small.yaml", atomically: true, encoding: .utf8)
            let trained = try Program.run("train", "small.yaml", "--data", "images", "--run", "a", in: folder)
            #expect(
                trained.status == 0 && trained.errors.contains("note: this run is not entered"), "\(trained.errors)")
            let list = try Program.run("runs", in: folder)
            #expect(list.status == 0 && list.output.contains("Small") && list.errors.contains("note: only the runs in"))
            let scan = try Program.run("runs", "scan", ".", in: folder)
            #expect(scan.status == 0 && scan.output.contains("1 run is in"), "\(scan.output)\(scan.errors)")
            #expect(try runs(in: folder).map(\.name) == ["a"])
        }
    }

    @Test("a training that would need too much memory is refused with a batch that would fit")
    func memory() throws {
        try inFolder(runs: []) { folder in
            let command = ["train", "small.yaml", "--data", "images", "--set", "training.batchSize=60000"]
            let refused = try Program.run(command + ["--max-memory", "160MiB"], in: folder)
            #expect(refused.status == 69 && refused.errors.contains("--max-memory allows 160 MiB"), "\(refused.errors)")
            let match = try #require(refused.errors.firstMatch(of: /--batch-size (\d+) would fit/))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/runs"))
            let small = ["train", "small.yaml", "--data", "images", "--batch-size", String(match.1)]
            #expect(try Program.run(small + ["--max-memory", "160MiB"], in: folder).status == 0)
            let none = try Program.run(small + ["--max-memory", "1kB"], in: folder)
            #expect(none.status == 69 && none.errors.contains("not even a single image"), "\(none.errors)")
        }
    }

    @Test("bad images are told, and too many are refused")
    func badSamples() throws {
        try inFolder(runs: []) { folder in
            try "no image".write(
                toFile: "\(folder)/images/star/4.png", atomically: true, encoding: .utf8)
            let command = ["train", "small.yaml", "--data", "images"]
            let refused = try Program.run(command, in: folder)
            #expect(
                refused.status == 65 && refused.errors.contains("1 of 60 samples cannot be used"), "\(refused.errors)")
            let trained = try Program.run(command + ["--allow-bad-samples"], in: folder)
            #expect(trained.status == 0 && trained.errors.contains("star/4.png"), "\(trained.errors)")
        }
    }

    @Test(
        "sizes are read as people write them",
        arguments: [
            ("4GiB", 4 << 30), ("500 MB", 500_000_000), ("1.5g", 3 << 29), ("64k", 65536), ("1B", 1), ("0GiB", nil),
            ("4", nil), ("GiB", nil), ("-1GiB", nil), ("4GiBB", nil), ("9e99GB", nil), ("99999999TiB", nil), ("", nil),
            ("1.2.3G", nil), ("٤GiB", nil),
        ] as [(String, Int?)])
    func sizes(_ text: String, _ bytes: Int?) {
        #expect(ByteSize(text)?.bytes == bytes)
    }

    @Test("a chart of letters shows where the curves go")
    func chart() {
        let text = TerminalChart(
            title: "T", series: [("a", [(1, 0), (3, 10)]), ("b", [(1, 10), (3, 10)])], width: 5, height: 3
        ).text
        #expect(
            text == """
                T   • a   ○ b
                10 │○○○◉◉
                   │ ••
                 0 │•
                   └─────
                    1   3
                """, "\(text)")
        #expect(TerminalChart(title: "T", series: [("a", [(1, .nan)])]).text == "T: no data")
        #expect(TerminalChart(title: "T", series: [("a", [(1, -1)])], isLog: true).text == "T: no data")
        #expect(TerminalChart(title: "T", series: [("a", [(1, 2)])], width: 5, height: 3).text.contains("•"))
    }
}
