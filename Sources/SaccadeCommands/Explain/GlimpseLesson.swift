import Foundation
import SaccadeCommandSupport
import SaccadeDrawing
import SaccadeGeometry
import SaccadeImages
import SaccadeTraining

/// The paths of glimpses over some images.
struct GlimpseLesson: Sendable {
    /// Over one image.
    struct Path: Sendable {
        let image: String
        /// As the network sees it.
        let seen: Image
        /// What is on it, where that is known.
        let truth: [String]?
        let glimpses: [GlimpseReader.Glimpse]

        /// What the network says in the end.
        var answers: [Classifier.Prediction] { glimpses.filter(\.isAnswer).compactMap(\.predictions.first) }
    }

    let paths: [Path]

    var text: String { paths.map(Self.text).joined(separator: "\n\n") }

    private static func text(of path: Path) -> String {
        let count = path.answers.count
        var table = TextTable([
            .init("glimpse", .right), .init("x", .right), .init("y", .right), .init("sees"), .init("says"),
        ])
        for (number, glimpse) in path.glimpses.enumerated() {
            let sees = glimpse.boxes.map { String(format: "%.0f×%.0f", $0.width, $0.height) }.joined(separator: ", ")
            let says = glimpse.predictions.map { "\($0.label) \(percent($0.probability))" }.joined(separator: ", ")
            table.append([
                "\(number + 1)", String(format: "%.1f", glimpse.place.x), String(format: "%.1f", glimpse.place.y),
                sees, glimpse.isAnswer ? "\(says)  ← answer\(count > 1 ? " \(glimpse.answer + 1)" : "")" : says,
            ])
        }
        let truth = path.truth.map { "; it shows \($0.joined(separator: ", "))" } ?? ""
        let answers = path.answers.map { "\($0.label) (\(percent($0.probability)))" }.joined(separator: ", ")
        return """
            \(path.image), \(path.seen.size) pixels as the network sees it: \(answers)\(truth)

            \(table.text)
            """
    }

    private static func percent(_ share: Float) -> String { String(format: "%.1f %%", share * 100) }

    var figure: any Figure {
        FigureStack(
            paths.map { path in
                let answers = path.answers.map(\.label).joined(separator: ", ")
                let truth = path.truth.map { " (it shows \($0.joined(separator: ", ")))" } ?? ""
                return GlimpsePath(
                    title: "\(path.image.split(separator: "/").last ?? ""): \(answers)\(truth)", image: path.seen,
                    glimpses: path.glimpses.map {
                        GlimpsePath.Glimpse(
                            place: $0.place, boxes: $0.boxes, patches: $0.patches,
                            captions: $0.predictions.map { "\($0.label) \(Self.percent($0.probability))" },
                            isAnswer: $0.isAnswer)
                    })
            })
    }

    var shown: [Shown] { paths.map(Shown.init) }

    /// Places and boxes (left, top, right and bottom edge) are in pixels of the image as it is seen.
    struct Shown: Encodable {
        struct Glimpse: Encodable {
            let number: Int
            let x, y: Double
            let boxes: [[Double]]
            let answer: Int
            let isAnswer: Bool
            let predictions: [Classifier.Prediction]
        }
        let image: String
        let width, height: Int
        let truth: [String]?
        let answers: [Classifier.Prediction]
        let glimpses: [Glimpse]

        init(_ path: Path) {
            (image, width, height) = (path.image, path.seen.width, path.seen.height)
            (truth, answers) = (path.truth, path.answers)
            glimpses = path.glimpses.enumerated().map { number, glimpse in
                Glimpse(
                    number: number + 1, x: glimpse.place.x, y: glimpse.place.y,
                    boxes: glimpse.boxes.map { [$0.left, $0.top, $0.right, $0.bottom] }, answer: glimpse.answer + 1,
                    isAnswer: glimpse.isAnswer, predictions: glimpse.predictions)
            }
        }
    }
}
