import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages
import SaccadeModels

/// Non-maximum suppression of some boxes in words, as JSON and as a picture.
struct NMSLesson {
    let example: SuppressionExample
    /// How many boxes there were.
    let count: Int
    let image: Image?

    /// - Parameters:
    ///   - count: How many boxes there were, those left out included.
    ///   - image: What they lie on, if it is known.
    init(_ example: SuppressionExample, of count: Int, image: Image?) {
        (self.example, self.count, self.image) = (example, count, image)
    }

    /// `3 cat`: the rank from 1, and the label.
    private func name(_ place: Int) -> String {
        let label = example.outcomes[place].candidate.label
        return "\(place + 1)" + (label.isEmpty ? "" : " \(label)")
    }

    /// `dropped by 1, IoU 0.84`.
    private func fate(_ outcome: SuppressionExample.Outcome) -> String {
        switch outcome.suppression {
        case .kept: "stays"
        case .dropped(let other, let iou): "dropped by \(other + 1), IoU \(Double(iou).rounded(2))"
        case .unscored: "dropped"
        }
    }

    // MARK: Text

    var text: String {
        let outcomes = example.outcomes
        let kept = example.kept
        var table = TextTable([
            .init("", .right), .init("label"), .init("score", .right), .init("box"), .init("NMS"),
            .init("soft, linear", .right), .init("soft, Gaussian", .right),
        ])
        for (place, outcome) in outcomes.enumerated() {
            table.append([
                "\(place + 1)", outcome.candidate.label, outcome.candidate.score.rounded(3), outcome.candidate.box.text,
                fate(outcome), outcome.linear?.rounded(3) ?? "gone", outcome.gaussian?.rounded(3) ?? "gone",
            ])
        }
        let isSeveral = Set(outcomes.map(\.candidate.label)).count > 1
        let part = outcomes.count < count ? "The \(outcomes.count) best of \(count) boxes" : "\(count) boxes"
        var parts = [
            "\(part), threshold \(example.threshold.plain)\(isSeveral ? "; every label by itself" : "")",
            table.text,
            "\(kept.count) of \(outcomes.count) stay:\n\(tree)",
        ]
        if !example.spared.isEmpty {
            parts.append(
                example.spared.map {
                    "\(name($0.place)) stays though \($0.other + 1), a better box, overlaps it by \($0.iou.rounded(2)): "
                        + "that one had gone before its turn came."
                }.joined(separator: "\n"))
        }
        parts.append(
            "Soft-NMS drops none for its overlap, but lowers its score: linear, by 1 − IoU above "
                + "\(example.threshold.plain); Gaussian, by exp(−IoU² / \(example.sigma.plain)). Below "
                + "\(Double(SuppressionExample.leastScore).plain) a box is gone.")
        return parts.joined(separator: "\n\n")
    }

    /// Who stays, and below each whom it drops.
    private var tree: String {
        example.kept.map { place in
            let gone = example.dropped(by: place)
            let score = example.outcomes[place].candidate.score.rounded(3)
            let branches = gone.enumerated().map { index, other -> String in
                guard case .dropped(_, let iou) = example.outcomes[other].suppression else { return "" }
                return "\(index == gone.count - 1 ? "└─" : "├─") \(name(other)), IoU \(Double(iou).rounded(2))"
            }
            return (["\(name(place)), \(score)"] + branches).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    // MARK: Picture

    var figure: any Figure {
        FigureRow([
            BoxSketch(
                title: "Boxes that stay, and dashed those that they drop (IoU above \(example.threshold.plain))",
                over: image, items: items, width: 400),
            GroupedBarChart(
                title: "Scores", series: ["score", "soft-NMS, linear", "soft-NMS, Gaussian"], groups: groups),
        ])
    }

    /// Each that stays has a colour, which those that it drops have, too.
    private var colors: [Color] {
        let ranks = Dictionary(uniqueKeysWithValues: zip(example.kept, 0...))
        return example.outcomes.indices.map { place in
            switch example.outcomes[place].suppression {
            case .kept: .category(ranks[place] ?? 0)
            case .dropped(let other, _): .category(ranks[other] ?? 0)
            case .unscored: .faint
            }
        }
    }

    /// Those that stay lie on top, and have their labels first.
    private var items: [BoxSketch.Item] {
        let colors = colors
        func item(_ place: Int) -> BoxSketch.Item {
            let outcome = example.outcomes[place]
            let isKept = outcome.suppression == .kept
            let label = "\(name(place)) \(String(format: "%.2f", outcome.candidate.score))"
            return BoxSketch.Item(outcome.candidate.box, colors[place], isKept ? .bold : .dashed, label: label)
        }
        let gone = example.outcomes.indices.filter { example.outcomes[$0].suppression != .kept }
        return gone.map(item) + example.kept.map(item)
    }

    private var groups: [GroupedBarChart.Group] {
        let colors = colors
        return example.outcomes.enumerated().map { place, outcome in
            GroupedBarChart.Group(
                name(place), note: fate(outcome), colors[place], isGone: outcome.suppression != .kept,
                values: [outcome.candidate.score, outcome.linear, outcome.gaussian])
        }
    }

    // MARK: JSON

    var shown: Shown { Shown(self) }

    /// Boxes are numbered from 1, as in the text.
    struct Shown: Encodable {
        struct Candidate: Encodable {
            let number: Int
            let label: String
            let score: Double
            let box: [Double]
            let kept: Bool
            let droppedBy: Int?
            let iou: Double?
            let softLinear, softGaussian: Double?
        }
        struct Spared: Encodable {
            let number, by: Int
            let iou: Double
        }
        let count: Int
        let threshold, sigma: Double
        let boxes: [Candidate]
        let kept: [Int]
        let spared: [Spared]

        init(_ lesson: NMSLesson) {
            let example = lesson.example
            (count, threshold, sigma) = (lesson.count, example.threshold, example.sigma)
            boxes = example.outcomes.enumerated().map { place, outcome in
                var (other, overlap): (Int?, Double?)
                if case .dropped(let by, let iou) = outcome.suppression { (other, overlap) = (by + 1, Double(iou)) }
                return Candidate(
                    number: place + 1, label: outcome.candidate.label, score: outcome.candidate.score,
                    box: outcome.candidate.box.edges, kept: outcome.suppression == .kept, droppedBy: other,
                    iou: overlap,
                    softLinear: outcome.linear, softGaussian: outcome.gaussian)
            }
            kept = example.kept.map { $0 + 1 }
            spared = example.spared.map { Spared(number: $0.place + 1, by: $0.other + 1, iou: $0.iou) }
        }
    }
}
