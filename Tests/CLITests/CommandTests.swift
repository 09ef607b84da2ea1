import Foundation
import SaccadeDatasets
import TestSupport
import Testing

@Suite struct CommandTests {
    @Test(
        "every command has help with examples and exit codes",
        arguments: [
            "demo", "scenes", "describe", "check", "convert", "augment", "train", "evaluate", "classify", "explain",
            "runs",
        ])
    func help(command: String) throws {
        let outcome = try Program.run(command, "--help")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("EXAMPLES:") && outcome.output.contains("EXIT CODES:"))
    }

    @Test(
        "a data set may be called as the built-in recipe or network that learns from it",
        arguments: ["scenes", "resnet50"])
    func folderOfTheSameName(name: String) throws {
        try Program.inFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            for arguments in [["describe", name], ["train", name, "--data", name, "--print-recipe"]] {
                let outcome = try Program.run(arguments, in: folder)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let other = try Program.run("describe", ".", in: folder)
            #expect(other.status == 65 && other.errors.contains("this is a folder; name a file inside it"))
        }
    }

    @Test(
        "a mistake gives one sentence and an exit code",
        arguments: [
            Mistake(
                arguments: ["descibe", "mnist"], status: 64,
                complaint: "there is no command descibe; did you mean describe? The commands are demo, scenes,"
            ),
            Mistake(arguments: ["trian"], status: 64, complaint: "did you mean train?"),
            Mistake(
                arguments: ["frobnicate", "--help"], status: 64,
                complaint: "there is no command frobnicate; the commands are demo, scenes, describe, check,"),
            Mistake(arguments: ["train", "mnist", "--epohcs", "3"], status: 64, complaint: "Did you mean '--epochs'?"),
            Mistake(arguments: ["describe", "mnst"], status: 65, complaint: "did you mean mnist?"),
            Mistake(arguments: ["describe", "mnist", "--input", "28x28"], status: 64, complaint: "--input must be"),
            Mistake(arguments: ["describe", "mnist", "--diagram", "a.gif"], status: 64, complaint: "--diagram"),
            Mistake(arguments: ["train", "mnist"], status: 64, complaint: "Give --data FOLDER"),
            Mistake(arguments: ["train", "mnist", "--data", "/nowhere"], status: 65, complaint: "no such folder"),
            Mistake(arguments: ["train", "mnist", "--data", "/", "--epochs", "0"], status: 64, complaint: "epochs"),
            Mistake(
                arguments: ["train", "mnist", "--set", "training.epohcs=3"], status: 64,
                complaint: "--set training.epohcs=3: there is no setting epohcs; did you mean epochs?"),
            Mistake(
                arguments: ["train", "mnist", "--set", "batchSize=3"], status: 64,
                complaint: "did you mean training.batchSize?"),
            Mistake(
                arguments: ["train", "mnist", "--data", "/", "--threads", "0"], status: 64, complaint: "--threads"),
            Mistake(arguments: ["train", "mnist", "--resume", "--run", "none"], status: 65, complaint: "no run here"),
            Mistake(
                arguments: ["train", "mnist", "--data", "/", "--max-memory", "4 GiBB"], status: 64,
                complaint: "--max-memory must be a number with a unit"),
            Mistake(
                arguments: ["train", "resnet-18", "--print-recipe", "--set", "training.freeze=conv1"], status: 64,
                complaint: "--set training.freeze=conv1: freeze must be a list, got “conv1”"),
            Mistake(
                arguments: ["train", "resnet-18", "--set", "network=resnet-19", "--print-recipe"], status: 64,
                complaint: "unknown network “resnet-19”"),
            Mistake(arguments: ["describe", "resnet-5O"], status: 65, complaint: "did you mean resnet-50?"),
            Mistake(
                arguments: ["describe", "alexnet", "--input", "32x32x3"], status: 65,
                complaint: "error: alexnet: pool3: a kernel of height 3 does not fit"),
            Mistake(arguments: ["evaluate", "none", "--data", "/"], status: 65, complaint: "no run here"),
            Mistake(
                arguments: ["evaluate", "--data", "/"], status: 64, complaint: "Give a model, or --arch and --weights."),
            Mistake(arguments: ["augment", "/nowhere.png"], status: 65, complaint: "/nowhere.png"),
            Mistake(arguments: ["augment", "a.png", "--count", "0"], status: 64, complaint: "--count must be from 1"),
            Mistake(arguments: ["augment", "a.png", "--set", "seed=1"], status: 64, complaint: "give --recipe"),
            Mistake(arguments: ["augment", "a.png", "--image-folder", "/"], status: 64, complaint: "give --data"),
            Mistake(
                arguments: ["augment", "a.png", "--recipe", "mnist", "--set", "training.augmentation=[{kind: x}]"],
                status: 64, complaint: "--set training.augmentation"),
            Mistake(
                arguments: ["train", "mnist", "--data", "/", "--set", "training.augmentation=[{kind: mixup}]"],
                status: 64, complaint: "did you mean mixUp?"),
            Mistake(arguments: ["bench", "loader:/nowhere"], status: 65, complaint: "/nowhere: there "),
            Mistake(arguments: ["bench", "annotations:/nowhere"], status: 65, complaint: "/nowhere: there "),
            Mistake(arguments: ["classify", "none", "a.png"], status: 65, complaint: "no run here"),
            Mistake(arguments: ["classify", "none", "a.png", "--top", "0"], status: 64, complaint: "--top"),
            Mistake(arguments: ["check", "/nowhere"], status: 65, complaint: "no such folder"),
            Mistake(arguments: ["check", "."], status: 65, complaint: "no data set is recognised"),
            Mistake(arguments: ["check", ".", "--format", "vok"], status: 64, complaint: "--format must be one of"),
            Mistake(arguments: ["check", ".", "--classes", "0"], status: 64, complaint: "--classes"),
            Mistake(
                arguments: ["convert", ".", "a", "--format", "coco"], status: 65, complaint: "no data set with boxes"),
            Mistake(
                arguments: ["convert", ".", "a", "--format", "png"], status: 64, complaint: "--format must be one of"),
            Mistake(
                arguments: ["convert", ".", "a", "--format", "voc", "--segments"], status: 64, complaint: "--segments"),
            Mistake(
                arguments: ["runs", "show", "none"], status: 65, complaint: "no run here called none; saccade runs"),
            Mistake(arguments: ["runs", "list", "--limit", "0"], status: 64, complaint: "--limit must be at least 1"),
            Mistake(arguments: ["runs", "compare", "a"], status: 64, complaint: "at least two runs"),
            Mistake(
                arguments: ["runs", "compare"] + (0..<13).map { "\($0)" }, status: 64, complaint: "at most 12 runs"),
            Mistake(arguments: ["runs", "compare", "a", "b", "--chart", "a.gif"], status: 64, complaint: "--chart"),
            Mistake(arguments: ["runs", "compare", "a", "b"], status: 65, complaint: "no run here called a"),
            Mistake(arguments: ["runs", "delete", "a"], status: 64, complaint: "give --yes"),
            Mistake(arguments: ["runs", "delete", "a", "--yes"], status: 65, complaint: "no run here called a"),
            Mistake(arguments: ["runs", "scan"], status: 64, complaint: "<folder>"),
            Mistake(arguments: ["runs", "scan", "/nowhere"], status: 65, complaint: "no such folder"),
            Mistake(
                arguments: ["runs", "shwo", "a"], status: 64,
                complaint: "there is no command runs shwo; did you mean show?"),
            Mistake(arguments: ["bench", "--batch", "x"], status: 64, complaint: "--batch"),
            Mistake(arguments: ["bench", "--load", "65"], status: 64, complaint: "--load must be from 0 to 64"),
            Mistake(arguments: ["bench", "--tasks", "0"], status: 64, complaint: "--tasks must be from 1 to 64"),
            Mistake(arguments: ["bench", "--threads", "0"], status: 64, complaint: "--threads must be from 1 to"),
            Mistake(arguments: ["scenes", "--count", "0", "--output", "a"], status: 64, complaint: "--count must be"),
            Mistake(arguments: ["scenes", "--count", "3"], status: 64, complaint: "--output"),
            Mistake(
                arguments: ["scenes", "--count", "9999999999", "--output", "a"], status: 64, complaint: "--count must"),
            Mistake(
                arguments: ["scenes", "--count", "3", "--output", "a", "--size", "128"], status: 64,
                complaint: "--size must be"),
            Mistake(
                arguments: ["scenes", "--count", "3", "--output", "a", "--size", "8x99999"], status: 64,
                complaint: "--size must be"),
            Mistake(
                arguments: ["scenes", "--count", "3", "--output", "a", "--format", "kitti"], status: 64,
                complaint: "--format"),
            Mistake(
                arguments: ["scenes", "--count", "3", "--output", "a", "--first", "-1"], status: 64,
                complaint: "--first"),
            Mistake(
                arguments: ["scenes", "--count", "3", "--output", "a", "--validation", "1"], status: 64,
                complaint: "--validation"),
            Mistake(
                arguments: ["scenes", "--count", "3", "--output", "a", "--frames", "1"], status: 64,
                complaint: "--frames"),
            Mistake(arguments: ["scenes", "--count", "3", "--output", "/"], status: 73, complaint: "other contents"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        try Program.inFolder { folder in
            try mistake.check(in: folder)
        }
    }

    @Test("scenes writes a folder that train reads, and does not write over it")
    func scenes() throws {
        try Program.inFolder { folder in
            let command = ["scenes", "--count", "50", "--output", "scenes", "--size", "32x32", "--sheet"]
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0 && outcome.output == "50 scenes of 24 classes are in scenes.\n")
            #expect(try ClassificationDataset(at: "\(folder)/scenes", split: .train).count == 40)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/scenes/contact-sheet.png"))
            let again = try Program.run(command, in: folder)
            #expect(again.status == 73 && again.errors.contains("other contents"))
        }
    }

    @Test("describe gives the lecture's numbers as JSON")
    func describe() throws {
        struct Answer: Decodable {
            struct Layer: Decodable {
                let name: String, kind: String, outputSize: [Int], parameters: Int, multiplyAdds: Int
            }
            let layers: [Layer], totalParameters: Int, totalMultiplyAdds: Int
        }
        let outcome = try Program.run("describe", "exercise-1", "--json")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        #expect(answer.layers.map(\.parameters).filter { $0 > 0 } == [9472, 51232, 4624, 2_332_850, 1020, 42])
        #expect(answer.totalParameters == 2_399_240)
        #expect(
            answer.layers.filter { $0.kind == "conv" }.map(\.outputSize) == [
                [234, 234, 64], [113, 113, 32], [54, 54, 16],
            ])
        #expect(answer.totalMultiplyAdds == answer.layers.map(\.multiplyAdds).reduce(0, +))
    }

    @Test("the resolved recipe is a recipe, and is stored with the run")
    func recipe() throws {
        try Program.inFolder { folder in
            let changes = ["--epochs", "1", "--set", "training.batchSize=40", "--set", "layers.0.conv.channels=2"]
            let printed = try Program.run(["train", "mnist", "--print-recipe"] + changes, in: folder)
            #expect(printed.status == 0 && printed.output.contains("  batchSize: 40\n"), "\(printed.errors)")
            try printed.output.write(toFile: "\(folder)/new.yaml", atomically: true, encoding: .utf8)
            let again = try Program.run("train", "new.yaml", "--print-recipe", in: folder)
            #expect(again.output == printed.output)

            try drawImages(48, in: folder)
            let small = ["--set", "input=16x16x3", "--data", "images", "--run", "a"]
            let trained = try Program.run(["train", "new.yaml"] + small, in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            let stored = try String(contentsOfFile: "\(folder)/runs/a/recipe.yaml", encoding: .utf8)
            #expect(stored == printed.output.replacingOccurrences(of: "28x28x1", with: "16x16x3"))
        }
    }

    @Test("a run is fine-tuned for other classes, with parts that stay as they are")
    func fineTuning() throws {
        try Program.inFolder { folder in
            try ClassFolder.write(36, to: "\(folder)/images")
            for kind in ["star", "circle"] {
                try FileManager.default.createDirectory(atPath: "\(folder)/two", withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: "\(folder)/images/\(kind)", toPath: "\(folder)/two/\(kind)")
            }
            let small = [
                "train", "cifar-resnet-20", "--set", "input=16x16x3", "--epochs", "1", "--batch-size", "4",
                "--set", "training.augmentation=[]",
            ]
            let first = try Program.run(small + ["--data", "images", "--run", "a"], in: folder)
            #expect(first.status == 0, "\(first.errors)")
            let tuned = try Program.run(
                small + [
                    "--data", "two", "--run", "b", "--from", "a", "--set", "training.freeze=[conv1, bn1, layer1]",
                ],
                in: folder)
            #expect(tuned.status == 0, "\(tuned.errors)")
            #expect(
                tuned.errors.contains(
                    "Starts from the weights of runs/a/best.safetensors; new are linear.weight, linear.bias, for 2 "
                        + "classes in place of 6.\n"))
            // A run is as good a name for its weights as their file.
            let written = try Program.run("convert", "b", "b.pth", in: folder)
            #expect(written.status == 0 && written.output.hasPrefix("b.pth: "), "\(written.errors)")
            let (ofRun, ofFile) = (
                try Program.run("inspect", "b", "--json", in: folder),
                try Program.run("inspect", "b.pth", "--json", in: folder)
            )
            #expect(ofRun.status == 0 && ofFile.output.contains("linear.weight"))
            #expect(ofRun.output.count(of: "\"mean\"") == ofFile.output.count(of: "\"mean\""))
            // A file that does not fit leaves no run behind.
            let wrong = try Program.run(
                "train", "mnist", "--set", "input=16x16x3", "--data", "two", "--run", "c", "--from", "a", in: folder)
            #expect(wrong.status == 65 && wrong.errors.contains("this is not a checkpoint of this network"))
            let missing = try Program.run(small + ["--data", "two", "--run", "c", "--from", "d"], in: folder)
            #expect(missing.status == 65 && missing.errors.contains("neither a file of this name nor runs/d/best"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/runs/c"))
        }
    }

    /// Scenes of one object each as a folder of 24 classes.
    private func drawImages(_ count: Int, in folder: String) throws {
        let options = ["--size", "32x32", "--objects", "1", "--validation", "0"]
        let drawn = try Program.run(["scenes", "--count", "\(count)", "--output", "images"] + options, in: folder)
        #expect(drawn.status == 0, "\(drawn.errors)")
    }

    @Test("trains on a folder, evaluates, classifies, and refuses what does not fit")
    func mainJob() throws {
        try Program.inFolder { folder in
            try drawImages(240, in: folder)
            let recipe = """
                input: 16x16x3
                layers:
                  - conv: {channels: 8, kernel: 3}
                  - relu
                  - maxpool: 2
                  - flatten
                  - linear: classes
                training: {epochs: 2, batchSize: 16}
                """
            try recipe.write(toFile: "\(folder)/small.yaml", atomically: true, encoding: .utf8)
            let trained = try Program.run("train", "small.yaml", "--data", "images", "--run", "a", in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            #expect(trained.output.contains("saccade classify a"))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/runs/a/curves.png"))

            // A second training of the same name would write over the first.
            let again = try Program.run("train", "small.yaml", "--data", "images", "--run", "a", in: folder)
            #expect(again.status == 65 && again.errors.contains("--resume"))

            struct Report: Decodable { let samples: Int, top1: Double, confusionMatrix: [[Int]] }
            let evaluated = try Program.run("evaluate", "a", "--data", "images", "--json", in: folder)
            let report = try JSONDecoder().decode(Report.self, from: Data(evaluated.output.utf8))
            #expect(report.samples == 24)  // a tenth of each class was held back
            #expect(report.confusionMatrix.flatMap { $0 }.reduce(0, +) == report.samples)

            try evaluateElsewhere(in: folder)

            struct Answer: Decodable {
                struct Prediction: Decodable { let label: String, probability: Double }
                let image: String, predictions: [Prediction]
            }
            let cats = "images/train/cat"
            let image =
                try "\(cats)/" + #require(FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(cats)").first)
            try "no image".write(toFile: "\(folder)/bad.png", atomically: true, encoding: .utf8)
            let classified = try Program.run("classify", "a", image, "bad.png", "--json", in: folder)
            #expect(classified.status == 65 && classified.errors.contains("bad.png"))
            let lines = classified.output.split(separator: "\n")
            let answer = try JSONDecoder().decode(Answer.self, from: Data(try #require(lines.first).utf8))
            #expect(lines.count == 1 && answer.image == image && answer.predictions.count == 5)
            #expect(answer.predictions.map(\.probability).reduce(0, +) <= 1.0001)
        }
    }

    /// Judges the weights of the run `a` as if they came from elsewhere, by images whose classes are called otherwise.
    private func evaluateElsewhere(in folder: String) throws {
        struct Report: Decodable, Equatable { let samples: Int, top1: Double, confusionMatrix: [[Int]] }
        let model = ["--arch", "small.yaml", "--weights", "runs/a/best.safetensors"]
        func evaluated(_ data: String) throws -> (report: Report?, outcome: Program.Outcome) {
            let outcome = try Program.run(["evaluate"] + model + ["--data", data, "--json"], in: folder)
            return (try? JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8)), outcome)
        }
        let files = FileManager.default
        let classes = try files.contentsOfDirectory(atPath: "\(folder)/images/train").sorted()
        func copy(_ classes: [(from: String, to: String)], to data: String) throws {
            try files.createDirectory(atPath: "\(folder)/\(data)", withIntermediateDirectories: true)
            for (from, to) in classes {
                try files.copyItem(atPath: "\(folder)/images/train/\(from)", toPath: "\(folder)/\(data)/\(to)")
            }
        }
        let all = try evaluated("images")
        #expect(all.report?.samples == 240, "\(all.outcome.errors)")

        // Fewer classes keep their numbers.
        try copy(classes.suffix(2).map { ($0, $0) }, to: "few")
        let few = try evaluated("few")
        #expect(few.report?.confusionMatrix.suffix(2).flatMap(\.self).reduce(0, +) == few.report?.samples)

        // Names that nobody knows, as ImageNet's folders have them, count by their order.
        try copy(classes.enumerated().map { ($1, "n\(100 + $0)") }, to: "numbered")
        let numbered = try evaluated("numbered")
        #expect(numbered.report == all.report && numbered.outcome.errors.contains("by order"))

        // Classes without names take those of the data.
        let nameless = ["--arch", "small.yaml", "--classes", "\(classes.count)", "--seed", "1", "--data", "images"]
        let fresh = try Program.run(["evaluate"] + nameless, in: folder)
        #expect(fresh.status == 0 && fresh.output.contains(classes[0]) && !fresh.errors.contains("by order"))

        try copy(classes.map { ($0, $0 == classes[0] ? "zebra" : $0) }, to: "strange")
        let strange = try evaluated("strange")
        #expect(strange.outcome.status == 65 && strange.outcome.errors.contains("zebra"))
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
