import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeDrawing
import SaccadeFiles
import SaccadeGeometry
import SaccadeImages
import SaccadeModels
import SaccadeRuns
import SaccadeTensors
import SaccadeTraining

/// An image with what the network makes of it.
struct DemoAnswer: Sendable {
    let image: Image
    let name: String
    /// What is on it; nil where nobody has said.
    let truth: String?
    /// The most probable first; at least one.
    let guesses: [Classifier.Prediction]

    var isRight: Bool { guesses[0].label == truth }

    /// As an item of a sheet: the first guess, and the truth where it is another.
    var item: ContactSheet.Item {
        func text(_ guess: Classifier.Prediction) -> String {
            "\(guess.label) \(Int((guess.probability * 100).rounded())) %"
        }
        guard let truth else {
            return .init(image, caption: guesses.prefix(2).map(text).joined(separator: "\n"))
        }
        let second = isRight ? (guesses.count > 1 ? text(guesses[1]) : "") : "it is: \(truth)"
        return .init(image, caption: "\(text(guesses[0]))\n\(second)", verdict: isRight ? .right : .wrong)
    }
}

/// Some of the scenes that were never seen, as a folder of labelled images for other commands.
struct KeptScenes {
    let folder: String
    /// The scene that is explained, an index into the answers.
    let example: Int

    /// Where the image of an answer is.
    func path(of index: Int, _ answers: [DemoAnswer]) -> String {
        "\(folder)/\(answers[index].truth ?? "unknown")/\(index).png"
    }

    func write(_ answers: some Collection<DemoAnswer>) throws {
        let answers = Array(answers)
        for (index, answer) in answers.enumerated() {
            let path = path(of: index, answers)
            try FileManager.default.createDirectory(
                atPath: Path(path).folder, withIntermediateDirectories: true)
            try answer.image.writePNG(to: path, level: 1)
        }
    }
}

/// What a demo came to, and the page that shows it.
struct DemoResult {
    let task: DemoTask
    let seed: UInt64
    let learnt: ClassificationDataset
    let network: ResolvedNetwork
    let layers: LayerByLayer
    let records: [EpochRecord]
    let answers: [DemoAnswer]
    /// About the user's own images.
    let own: [DemoAnswer]
    let explanation: Explanation
    /// Some of the scenes that were never seen, with a class for each pixel.
    let segmented: [DemoSegmentation]
    /// Larger scenes that were never seen, with what is where on them.
    let detected: [DemoDetection]
    /// The folder of the run.
    let run: String
    let kept: KeptScenes

    /// How many scenes are segmented.
    static let segmentedScenes = 6
    static let detectedScenes = 4

    var right: Int { answers.count { $0.isRight } }
    var accuracy: Double { Double(right) / Double(max(answers.count, 1)) }

    /// Commands that go on from here.
    var next: [String] {
        [
            "saccade explain \(run) \(kept.path(of: kept.example, answers))",
            "saccade classify \(run) IMAGE…",
            "saccade segment \(kept.path(of: kept.example, answers))",
            "saccade evaluate \(run) --data \(kept.folder)",
            "saccade scenes --count 2000 --size 64x64 --output scenes && saccade train scenes --data scenes",
        ]
    }

    /// Mistakes and doubts, which are what there is to learn from.
    var doubts: ContactSheet {
        let doubtful = answers.sorted {
            ($0.isRight ? 1 : 0, $0.guesses[0].probability) < ($1.isRight ? 1 : 0, $1.guesses[0].probability)
        }
        return ContactSheet(
            title: "Never seen before: the \(min(48, answers.count)) most doubtful of \(answers.count)",
            items: doubtful.prefix(48).map(\.item), columns: 8, side: 84)
    }

    func report(seconds: [(name: String, seconds: Double)]) throws -> Report {
        Report(
            title: "What a network learnt in \(Int(seconds.reduce(0) { $0 + $1.seconds }.rounded())) seconds",
            subtitle: "saccade demo: \(percent(accuracy)) of \(answers.count) scenes that it had never seen are named "
                + "rightly; guessing would name \(percent(DemoTask.chance))",
            sections: [
                Report.Section("The task", [.paragraph(task.text), .figure(try sceneSheet, caption: sceneCaption)]),
                Report.Section(
                    "How it learnt", [.row(curves.map { .drawing($0, caption: "") })]),
                Report.Section("What it takes for what", [.drawing(confusions, caption: confusionCaption)]),
                Report.Section(
                    "What it doubts",
                    [
                        .figure(
                            doubts,
                            caption:
                                "Mistakes first, then right answers from the most doubtful on. Below each scene the "
                                + "first answer with its probability, then the truth or the second answer.")
                    ]),
            ] + ownSection + [layerSection, segmentSection, detectSection, networkSection, figureSection(seconds)])
    }

    // MARK: Sections

    private var sceneSheet: ContactSheet {
        get throws {
            // The classes take turns, so that the first rounds show all of them.
            let items = try (0..<min(48, learnt.count)).map { index in
                ContactSheet.Item(
                    try learnt.image(at: index), caption: learnt.classNames[learnt.label(at: index)])
            }
            return ContactSheet(title: "", items: items, columns: 8, side: 84)
        }
    }

    private var sceneCaption: String {
        "Some of the \(learnt.count) scenes that it learnt from, with the class of their main object."
    }

    private var curves: [LineChart] {
        [
            RunCurves.fractions(of: records, width: 360, height: 260),
            RunCurves.losses(of: records, width: 360, height: 260),
        ]
        .compactMap { $0 }
    }

    private var confusions: SaccadeDrawing.ConfusionMatrix {
        let classes = learnt.classNames
        var counts = classes.map { _ in classes.map { _ in 0 } }
        for answer in answers {
            guard let truth = answer.truth.flatMap(classes.firstIndex(of:)),
                let guess = classes.firstIndex(of: answer.guesses[0].label)
            else { continue }
            counts[truth][guess] += 1
        }
        return SaccadeDrawing.ConfusionMatrix(title: "", classes: classes, counts: counts)
    }

    private var confusionCaption: String {
        "Of \(answers.count) scenes that it had never seen: the row is what they show, the column what it said."
    }

    private var ownSection: [Report.Section] {
        guard !own.isEmpty else { return [] }
        let sheet = ContactSheet(title: "", items: own.map(\.item), columns: min(6, own.count), side: 112)
        return [
            Report.Section(
                "Your images",
                [
                    .figure(sheet, caption: own.map(\.name).joined(separator: ", ")),
                    .paragraph(
                        "It has seen drawn scenes alone, and has no word for anything but its "
                            + "\(learnt.classNames.count) classes: of photographs it can but guess which is nearest."),
                ])
        ]
    }

    private var layerSection: Report.Section {
        let saliency = SaliencyFigures(
            explanation, by: layers, classNamed: learnt.classNames[explanation.label])
        let sheets = LayerFigures(layers, explanation.activations).sheets
        return Report.Section(
            "What every layer makes of a scene",
            [
                .row([.image(explanation.image, caption: "A scene that it had never seen")] + saliency.blocks),
                .paragraph(LayerFigures.note),
            ] + sheets.map { .figure($0.figure, caption: $0.caption) })
    }

    private var segmentSection: Report.Section {
        Report.Section(
            "What every pixel shows",
            [
                .paragraph(
                    "Another network, which comes with the program and has learnt from such scenes before, gives each pixel "
                        + "a class: Documentation/scenes-segmentation.md says how it was trained, and how well it does."
                ),
                .row(segmented.map { .drawing($0.overlay, caption: "") }),
            ])
    }

    private var detectSection: Report.Section {
        Report.Section(
            "What is where",
            [
                .paragraph(
                    "A third network, which comes with the program as well, finds the objects of larger scenes: Faster R-CNN, "
                        + "of which Documentation/faster-rcnn-scenes.md says more. saccade detect does it with any image."
                ),
                .row(detected.map { .drawing($0.overlay, caption: "") }),
            ])
    }

    private var networkSection: Report.Section {
        let description = ModelSummary(network, batch: 1)
        return Report.Section(
            "The network",
            [
                .drawing(
                    Schematic(description, maximumWidth: 760),
                    caption: "\(description.totalParameters) parameters; "
                        + "\(description.totalMultiplyAdds) multiplications with an addition for an image")
            ])
    }

    private func figureSection(_ seconds: [(name: String, seconds: Double)]) -> Report.Section {
        func range(_ range: Range<Int>) -> String {
            "\(range.count) scenes, numbers \(range.lowerBound) to \(range.upperBound - 1)"
        }
        let best = records.last(where: \.isBest)?.epoch
        let rows =
            [
                ["seed", "\(seed)"],
                ["learnt from", range(task.training) + ", \(task.epochs) times"],
                ["held back", range(task.validation) + ", to choose the epoch" + (best.map { ": \($0)" } ?? "")],
                ["judged by", range(task.test) + ", asked once, at the end"],
                ["right", "\(right) of \(answers.count): \(percent(accuracy))"],
                ["guessing", percent(DemoTask.chance)],
                ["computed by", "\(Threads.count) threads of \(Machine.processor), \(Machine.engine)"],
            ] + seconds.map { ["seconds for \($0.name)", String(format: "%.1f", $0.seconds)] }
        return Report.Section(
            "In figures",
            [
                .table(Report.Table(columns: [.init("what"), .init("figure")], rows: rows)),
                .paragraph("What to try next:"), .preformatted(next.joined(separator: "\n")),
            ])
    }
}
